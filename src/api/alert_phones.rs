//! `/settings/alert-phones`: the numbers that get alerts, each of which says yes by a code before it counts.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::{Deserialize, Deserializer, Serialize, de};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::answer::Answer;
use super::caller::ApiCaller;
use super::idempotency::once;
use super::params::Params;
use super::presence::{Proof, prove};
use super::problems::{self, invalid_field, wrong_field};
use super::request::Received;
use crate::accounts::Scope;
use crate::alert_phones::{self, Asker, BeginError, Begun, ConfirmError};
use crate::leads;
use crate::messaging::Rule;
use crate::messaging::wording::PhonePurpose;
use crate::phone::Phone;
use crate::platform::app::App;
use crate::platform::bounded::{Instant, Text};
use crate::platform::db::PgConnection;
use crate::platform::ids::{OrgId, TextId};
use crate::platform::problem::Problem;
use crate::platform::public::Public;

const TOO_MANY_CODES: Problem = Problem::new(
    StatusCode::TOO_MANY_REQUESTS,
    "too_many_codes",
    "The clinic had its codes of the day. Try again tomorrow, or ask whoever runs the installation.",
);
pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(get_alert_phones, set_alert_phone))
        .routes(routes!(confirm_alert_phone))
        .routes(routes!(delete_alert_phone_change))
}

/// What a number is for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum AlertPurpose {
    /// The org's alert phone.
    #[default]
    HotLead,
    /// That of clinical alerts.
    Clinical,
    /// Nothing of the org's settings changes: somebody on the list shows that the phone is theirs, and is told from then on.
    Recipient,
}

impl From<AlertPurpose> for PhonePurpose {
    fn from(purpose: AlertPurpose) -> Self {
        match purpose {
            AlertPurpose::HotLead => Self::HotLead,
            AlertPurpose::Clinical => Self::Clinical,
            AlertPurpose::Recipient => Self::Recipient,
        }
    }
}

/// The numbers that get alerts.
#[derive(Serialize, ToSchema)]
struct AlertPhones {
    hot_lead: AlertPhone,
    clinical: AlertPhone,
    recipient: AlertPhone,
    /// Test texts that may be sent before 24 hours have passed since the oldest.
    tests_left: i64,
    /// The latest texts to such numbers, the newest first.
    tests: Vec<PhoneTest>,
}

/// One kind of number.
#[derive(Serialize, ToSchema)]
struct AlertPhone {
    /// In force; null where those on the list of recipients are all.
    phone: Option<String>,
    /// Waits for its code.
    #[schema(nullable)]
    pending: Option<PendingAlertPhone>,
}

/// A number that waits for its code.
#[derive(Serialize, ToSchema)]
struct PendingAlertPhone {
    phone: String,
    #[schema(inline)]
    asked_at: Instant,
    /// From then on its code counts no more.
    #[schema(inline)]
    expires_at: Instant,
}

/// What became of a text to such a number.
#[derive(Serialize, ToSchema)]
struct PhoneTest {
    #[schema(inline)]
    text_id: Public<TextId>,
    /// `test` or `code`.
    kind: &'static str,
    phone: String,
    /// `queued`, `sending`, `unknown`, `sent`, `delivered`, `undelivered` or `failed`.
    state: String,
    #[schema(inline)]
    asked_at: Instant,
    #[schema(inline)]
    sent_at: Option<Instant>,
    /// The provider's code, when it did not arrive.
    failure_code: Option<i32>,
    /// What to do about that.
    failure: Option<String>,
}

impl From<alert_phones::AlertPhones> for AlertPhones {
    fn from(all: alert_phones::AlertPhones) -> Self {
        let of = |purpose| {
            let standing = all.of(purpose);
            let pending = standing.and_then(|standing| standing.pending.as_ref());
            AlertPhone {
                phone: standing.and_then(|standing| standing.phone.clone()),
                pending: pending.map(|pending| PendingAlertPhone {
                    phone: pending.phone.clone(),
                    asked_at: Instant(pending.asked_at),
                    expires_at: Instant(pending.expires_at),
                }),
            }
        };
        Self {
            hot_lead: of(PhonePurpose::HotLead),
            clinical: of(PhonePurpose::Clinical),
            recipient: of(PhonePurpose::Recipient),
            tests_left: all.tests_left,
            tests: all.tests.into_iter().map(PhoneTest::from).collect(),
        }
    }
}

impl From<alert_phones::TestedPhone> for PhoneTest {
    fn from(tested: alert_phones::TestedPhone) -> Self {
        Self {
            text_id: Public(tested.text),
            kind: if tested.is_code { "code" } else { "test" },
            phone: tested.phone,
            state: tested.state,
            asked_at: Instant(tested.asked_at),
            sent_at: tested.sent_at.map(Instant),
            failure_code: tested.failure_code,
            failure: tested.failure,
        }
    }
}

/// Shows which numbers get alerts, which wait for their code, and what became of the latest tests.
#[utoipa::path(get, path = "/settings/alert-phones", tag = "settings", responses((status = 200, body = AlertPhones, description = "All of it")))]
async fn get_alert_phones(State(app): State<App>, caller: ApiCaller) -> Result<Answer, Problem> {
    caller.needs(Scope::SettingsRead)?;
    let failed = |error: sqlx::Error| problems::database(caller.org, &error);
    let mut tx = app.begin(caller.org).await.map_err(failed)?;
    let there = shown(&app, &mut tx, caller.org).await?;
    tx.commit().await.map_err(failed)?;
    Answer::ok(&there)
}

async fn shown(app: &App, tx: &mut PgConnection, org: OrgId) -> Result<AlertPhones, Problem> {
    let all = alert_phones::alert_phones(app, tx, org).await;
    all.map(AlertPhones::from).map_err(|error| problems::database(org, &error))
}

/// A number as a program writes it: E.164 and nothing else.
#[derive(Debug)]
pub(super) struct Number(pub Phone);

impl<'de> Deserialize<'de> for Number {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let written = String::deserialize(from)?;
        let phone = Phone::parse_e164(written.trim());
        phone
            .map(Self)
            .ok()
            .ok_or_else(|| de::Error::custom("must be a number with its country, such as +13105550177"))
    }
}

/// Which number is to get the alerts.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct AlertPhoneWanted {
    #[serde(default)]
    #[schema(inline)]
    purpose: AlertPurpose,
    /// E.164; null takes the number in force away.
    #[serde(deserialize_with = "given")]
    #[schema(value_type = Option<String>, required)]
    phone: Option<Number>,
    /// Of whoever asks, when they signed in more than 15 minutes ago.
    #[serde(default)]
    password: Option<String>,
    /// A code of their second factor, where they have one.
    #[serde(default)]
    second_factor: Option<String>,
}

/// Null is a decision and has to be said.
fn given<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Number>, D::Error> {
    Option::deserialize(from)
}

/// Asks for another number: a code is texted to it, and nothing changes before that is entered. The same number again has its code
/// texted again. A person who signed in more than 15 minutes ago gives their password, too.
#[utoipa::path(post, path = "/settings/alert-phones", tag = "settings", request_body = AlertPhoneWanted, responses((status = 200, body = AlertPhones, description = "The code is on its way, or the number is in force")))]
async fn set_alert_phone(
    State(app): State<App>,
    caller: ApiCaller,
    request: Received,
) -> Result<Response, Problem> {
    caller.needs(Scope::SettingsWrite)?;
    let wanted: AlertPhoneWanted = request.json()?;
    let proof =
        Proof { password: wanted.password.as_deref(), second_factor: wanted.second_factor.as_deref() };
    prove(&app, &caller, proof).await?;
    once(&app, &caller, &request, async |tx| {
        let purpose = wanted.purpose.into();
        match &wanted.phone {
            Some(Number(phone)) => {
                begin(&app, tx, &caller, (purpose, phone)).await?;
            }
            None => remove(&app, tx, &caller, purpose).await?,
        }
        Answer::ok(&shown(&app, tx, caller.org).await?)
    })
    .await
}

/// Texts a code to the number.
pub(super) async fn begin(
    app: &App,
    tx: &mut PgConnection,
    caller: &ApiCaller,
    wanted: (PhonePurpose, &Phone),
) -> Result<Begun, Problem> {
    let actor = caller.actor.to_string();
    let asker = Asker { actor: &actor, language: caller.language() };
    let begun = alert_phones::begin_change(app, tx, caller.org, wanted, asker).await;
    begun.map_err(|error| not_begun(caller.org, &error))
}

/// Takes the number in force away.
pub(super) async fn remove(
    app: &App,
    tx: &mut PgConnection,
    caller: &ApiCaller,
    purpose: PhonePurpose,
) -> Result<(), Problem> {
    let actor = caller.actor.to_string();
    let asker = Asker { actor: &actor, language: caller.language() };
    let removed = alert_phones::remove_phone(app, tx, caller.org, purpose, asker).await;
    removed.map_err(|error| problems::database(caller.org, &error))
}

pub(super) fn not_begun(org: OrgId, error: &BeginError) -> Problem {
    match error {
        BeginError::TooMany => TOO_MANY_CODES,
        BeginError::NoRecipient => invalid_field("phone", "is no recipient's"),
        BeginError::Refused(rule) => refused(*rule),
        BeginError::Database(error) => problems::database(org, error),
    }
}

/// The rule as a field or a sentence.
pub(super) fn refused(rule: Rule) -> Problem {
    match rule {
        Rule::Number(_) => {
            invalid_field("phone", "is of a kind or country that the clinic's texts do not go to")
        }
        rule => problems::text_refused(rule.code(), rule.advice()),
    }
}

/// The code that was texted.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct AlertPhoneCode {
    #[serde(default)]
    #[schema(inline)]
    purpose: AlertPurpose,
    /// Six digits.
    #[schema(inline)]
    code: Text<1, 20>,
}

/// Takes the code: from now on the number gets the alerts, and the one before is told by text. Five wrong ones end it.
#[utoipa::path(post, path = "/settings/alert-phones/confirm", tag = "settings", request_body = AlertPhoneCode, responses((status = 200, body = AlertPhones, description = "The number is in force")))]
async fn confirm_alert_phone(
    State(app): State<App>,
    caller: ApiCaller,
    request: Received,
) -> Result<Response, Problem> {
    caller.needs(Scope::SettingsWrite)?;
    let entered: AlertPhoneCode = request.json()?;
    let purpose = entered.purpose.into();
    let counted = alert_phones::count_try(&app, caller.org, purpose).await;
    counted.map_err(|error| problems::database(caller.org, &error))?;
    once(&app, &caller, &request, async |tx| {
        confirm(&app, tx, &caller, (purpose, entered.code.as_str())).await?;
        Answer::ok(&shown(&app, tx, caller.org).await?)
    })
    .await
}

/// Takes a code that was counted.
pub(super) async fn confirm(
    app: &App,
    tx: &mut PgConnection,
    caller: &ApiCaller,
    entered: (PhonePurpose, &str),
) -> Result<String, Problem> {
    let actor = caller.actor.to_string();
    let asker = Asker { actor: &actor, language: caller.language() };
    let confirmed = alert_phones::confirm_phone(app, tx, caller.org, entered, asker).await;
    let phone = confirmed.map_err(|error| match error {
        ConfirmError::Wrong => wrong_field("code", "That is not the code that was texted."),
        ConfirmError::NothingAsked => invalid_field(
            "code",
            "counts no more: ask for a new one, it works for ten minutes and five tries",
        ),
        ConfirmError::Database(error) => problems::database(caller.org, &error),
    })?;
    let told = leads::confirm_recipients(tx, caller.org, &phone, app.clock.now()).await;
    told.map_err(|error| problems::database(caller.org, &error))?;
    Ok(phone)
}

/// Which change.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ChangeParams {
    /// `hot_lead` when it is not given.
    #[serde(default)]
    #[param(inline, value_type = Option<AlertPurpose>)]
    purpose: AlertPurpose,
}

/// Takes back a change whose code was not entered. Nothing is in the way when there is none.
#[utoipa::path(delete, path = "/settings/alert-phones/pending", tag = "settings", params(ChangeParams), responses((status = 204, description = "No code is waited for")))]
async fn delete_alert_phone_change(
    State(app): State<App>,
    caller: ApiCaller,
    asked: Params<ChangeParams>,
) -> Result<StatusCode, Problem> {
    caller.needs(Scope::SettingsWrite)?;
    let asked = asked.read()?;
    let failed = |error: sqlx::Error| problems::database(caller.org, &error);
    let actor = caller.actor.to_string();
    let asker = Asker { actor: &actor, language: caller.language() };
    let mut tx = app.begin(caller.org).await.map_err(failed)?;
    let purpose = asked.purpose.into();
    alert_phones::withdraw_change(&app, &mut tx, caller.org, purpose, asker).await.map_err(failed)?;
    tx.commit().await.map_err(failed)?;
    Ok(StatusCode::NO_CONTENT)
}
