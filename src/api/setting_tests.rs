//! `/settings/tests`: whether what was set up works, tried for real, with what to do where it does not.
//!
//! Others are asked meanwhile, so no transaction is open and no answer is kept: asking again is looking again. A test text leaves by
//! a job like any other.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::alert_phones::{Number, refused};
use super::answer::Answer;
use super::caller::ApiCaller;
use super::idempotency::once;
use super::problems::{self, invalid_field};
use super::request::Received;
use crate::accounts::Scope;
use crate::alert_phones::{self, Asker, TestError, Tested};
use crate::messaging::wording::PhonePurpose;
use crate::phone::Phone;
use crate::platform::app::App;
use crate::platform::db::PgConnection;
use crate::platform::ids::{OrgId, TextId};
use crate::platform::problem::Problem;
use crate::platform::public::Public;
use crate::platform::trial::Check;
use crate::{calendars, mail, orgs, receptionist, tools};

const TOO_MANY_TESTS: Problem = Problem::new(
    StatusCode::TOO_MANY_REQUESTS,
    "too_many_tests",
    "Three test texts were sent in the last 24 hours. Try again later; alerts are not affected.",
);

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(create_test_text))
        .routes(routes!(create_webhook_test))
        .routes(routes!(create_calendar_test))
        .routes(routes!(create_assistant_test))
        .routes(routes!(create_email_test))
}

/// What was found.
#[derive(Debug, Serialize, ToSchema)]
struct SettingTest {
    /// Whether everything is right.
    ok: bool,
    /// One for each thing that was looked at.
    checks: Vec<Check>,
}

/// In the words of whoever reads them.
fn answer(checks: Vec<Check>, caller: &ApiCaller) -> Result<Answer, Problem> {
    let said = |check: Check| Check {
        detail: caller.reads.say(&check.detail),
        fix: check.fix.map(|fix| caller.reads.say(&fix)),
        ..check
    };
    let found = SettingTest {
        ok: checks.iter().all(|check| check.ok),
        checks: checks.into_iter().map(said).collect(),
    };
    Ok(Answer { etag: None, ..Answer::ok(&found)? })
}

/// Posts a signed message to the org's door by the public address, and one with a secret that nobody has: whether the first arrives,
/// is believed and is this org's, and the second is refused.
#[utoipa::path(post, path = "/settings/tests/webhook", tag = "settings", responses((status = 200, body = SettingTest, description = "What was found")))]
async fn create_webhook_test(State(app): State<App>, caller: ApiCaller) -> Result<Answer, Problem> {
    caller.needs(Scope::SettingsWrite)?;
    let found = receptionist::try_door(&app, caller.org).await;
    answer(found.map_err(|error| problems::database(caller.org, &error))?, &caller)
}

/// Reads the busy times of each calendar that blocks, and writes an event into each that takes visits, which is taken out at once.
#[utoipa::path(post, path = "/settings/tests/calendar", tag = "settings", responses((status = 200, body = SettingTest, description = "What was found")))]
async fn create_calendar_test(State(app): State<App>, caller: ApiCaller) -> Result<Answer, Problem> {
    caller.needs(Scope::SettingsWrite)?;
    let found = calendars::try_accounts(&app, caller.org).await;
    answer(found.map_err(|error| problems::database(caller.org, &error))?, &caller)
}

/// Asks the voice platform for each assistant of the org by the org's key, and tells in what it differs from what to paste.
#[utoipa::path(post, path = "/settings/tests/assistant", tag = "settings", responses((status = 200, body = SettingTest, description = "What was found")))]
async fn create_assistant_test(State(app): State<App>, caller: ApiCaller) -> Result<Answer, Problem> {
    caller.needs(Scope::SettingsWrite)?;
    let found = tools::try_assistant(&app, caller.org).await;
    answer(found.map_err(|error| problems::database(caller.org, &error))?, &caller)
}

/// Greets the mail server, and sends the person who is signed in an e-mail. For a program, which has no address, it greets alone.
#[utoipa::path(post, path = "/settings/tests/email", tag = "settings", responses((status = 200, body = SettingTest, description = "What was found")))]
async fn create_email_test(State(app): State<App>, caller: ApiCaller) -> Result<Answer, Problem> {
    caller.needs(Scope::SettingsWrite)?;
    let failed = |error: sqlx::Error| problems::database(caller.org, &error);
    let mut tx = app.begin(caller.org).await.map_err(failed)?;
    let (clinic, _) = orgs::name_and_region(&mut tx, caller.org).await.map_err(failed)?;
    tx.commit().await.map_err(failed)?;
    let to = caller.staff().map(|staff| staff.email.as_str());
    answer(mail::try_mail(&app, to, (&clinic, caller.language())).await, &caller)
}

/// Where a test goes.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct TestTextWanted {
    /// E.164; the org's alert phone when it is not given.
    #[schema(value_type = Option<String>)]
    phone: Option<Number>,
}

/// A test that is on its way.
#[derive(Debug, Serialize, ToSchema)]
struct TestText {
    #[schema(inline)]
    text_id: Public<TextId>,
    /// `test`; `code` where the number waits for its code, which is what it gets.
    kind: &'static str,
    /// `queued`: `GET /settings/alert-phones` tells what becomes of it.
    state: &'static str,
}

/// Sends a test alert to a number that gets alerts. Three a day, and to no number that nobody has confirmed.
#[utoipa::path(post, path = "/settings/tests/sms", tag = "settings", request_body = TestTextWanted, responses((status = 202, body = TestText, description = "On its way")))]
async fn create_test_text(
    State(app): State<App>,
    caller: ApiCaller,
    request: Received,
) -> Result<Response, Problem> {
    caller.needs(Scope::SettingsWrite)?;
    let wanted: TestTextWanted = request.json()?;
    once(&app, &caller, &request, async |tx| {
        let phone = match wanted.phone {
            Some(Number(phone)) => phone,
            None => own_phone(&app, tx, caller.org).await?,
        };
        let tested = send_test(&app, tx, &caller, &phone).await?;
        let kind = if tested.is_code { "code" } else { "test" };
        let sent = TestText { text_id: Public(tested.text), kind, state: "queued" };
        Ok(Answer { status: StatusCode::ACCEPTED, etag: None, ..Answer::ok(&sent)? })
    })
    .await
}

async fn own_phone(app: &App, tx: &mut PgConnection, org: OrgId) -> Result<Phone, Problem> {
    let all = alert_phones::alert_phones(app, tx, org).await.map_err(|e| problems::database(org, &e))?;
    let own = all.of(PhonePurpose::HotLead).and_then(|standing| standing.phone.as_deref());
    let own = own.and_then(|phone| Phone::parse_e164(phone).ok());
    own.ok_or_else(|| invalid_field("phone", "is missing, and the clinic has no alert phone"))
}

/// Sends it for either endpoint.
pub(super) async fn send_test(
    app: &App,
    tx: &mut PgConnection,
    caller: &ApiCaller,
    phone: &Phone,
) -> Result<Tested, Problem> {
    let actor = caller.actor.to_string();
    let asker = Asker { actor: &actor, language: caller.language() };
    let tested = alert_phones::send_test(app, tx, caller.org, phone, asker).await;
    tested.map_err(|error| match error {
        TestError::NotConfirmed => invalid_field(
            "phone",
            "is no number that gets alerts: save it first and enter the code that is texted to it",
        ),
        TestError::TooMany => TOO_MANY_TESTS,
        TestError::Refused(rule) => refused(rule),
        TestError::Database(error) => problems::database(caller.org, &error),
    })
}
