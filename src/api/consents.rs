//! `/consents`: the ledger of every yes and no to texts.

use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::answer::Answer;
use super::caller::ApiCaller;
use super::cursor::{Page, place_of};
use super::idempotency::once;
use super::params::{Limit, Params};
use super::problems::{self, invalid_field};
use super::request::Received;
use crate::accounts::Scope;
use crate::contacts;
use crate::messaging::{self, Consent, ConsentError, NewConsent, Purpose, Source};
use crate::phone::Phone;
use crate::platform::app::App;
use crate::platform::bounded::{Instant, Text};
use crate::platform::db::PgConnection;
use crate::platform::ids::{ContactId, TextConsentId};
use crate::platform::problem::Problem;
use crate::platform::public::Public;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list_consents, create_consent))
}

/// A line of the ledger. It is never changed; the newest of a number and purpose counts.
#[derive(Debug, Serialize, ToSchema)]
struct ConsentLine {
    #[schema(inline)]
    id: Public<TextConsentId>,
    /// E.164.
    phone: String,
    #[schema(inline)]
    contact_id: Option<Public<ContactId>>,
    /// `texts` or `marketing`.
    purpose: String,
    given: bool,
    /// `reply`, `provider`, `voice`, `web`, `paper`, `staff` or `import`.
    source: String,
    /// What proves it.
    note: Option<String>,
    /// `caller`, `provider`, or the key that recorded it.
    recorded_by: String,
    #[schema(inline)]
    recorded_at: Instant,
}

impl From<Consent> for ConsentLine {
    fn from(line: Consent) -> Self {
        Self {
            id: Public(line.id),
            phone: line.phone,
            contact_id: line.contact_id.map(Public),
            purpose: line.purpose,
            given: line.given,
            source: line.source,
            note: line.note,
            recorded_by: line.recorded_by,
            recorded_at: Instant(line.recorded_at.to_jiff()),
        }
    }
}

/// To what.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum WrittenPurpose {
    Texts,
    Marketing,
}

/// How it came; what people text is recorded by itself.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum WrittenSource {
    Voice,
    Web,
    Paper,
    Staff,
    Import,
}

/// A yes or a no to record.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ConsentToRecord {
    /// E.164.
    #[schema(inline)]
    phone: Text<3, 32>,
    purpose: WrittenPurpose,
    given: bool,
    source: WrittenSource,
    /// What proves it: the words shown or said, where the paper lies.
    #[schema(inline)]
    note: Option<Text<1, 500>>,
}

/// Which lines.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ConsentParams {
    #[serde(default)]
    #[param(value_type = Option<i32>, minimum = 1, maximum = 100, default = 50)]
    limit: Limit,
    cursor: Option<String>,
    /// Only of this number, E.164.
    phone: Option<String>,
}

/// Lists the ledger, newest first.
#[utoipa::path(get, path = "/consents", tag = "messages", params(ConsentParams), responses((status = 200, body = Page<ConsentLine>, description = "A page")))]
async fn list_consents(
    State(app): State<App>,
    caller: ApiCaller,
    asked: Params<ConsentParams>,
) -> Result<Response, Problem> {
    caller.needs(Scope::MessagesRead)?;
    let asked = asked.read()?;
    let before = asked.cursor.as_deref().map(place_of::<jiff::Timestamp, TextConsentId>).transpose()?;
    let before = before.map(|(_, id)| TextConsentId(id));
    let phone = asked.phone.as_deref().map(number).transpose()?;
    let limit = asked.limit.get();
    let failed = |error: sqlx::Error| problems::database(caller.org, &error);
    let mut tx = app.begin(caller.org).await.map_err(failed)?;
    let phone = phone.as_ref().map(Phone::as_str);
    let lines = messaging::consents(&mut tx, caller.org, phone, before, limit + 1).await.map_err(failed)?;
    tx.commit().await.map_err(failed)?;
    let items: Vec<ConsentLine> = lines.into_iter().map(ConsentLine::from).collect();
    let page = Page::of(items, limit, |item| (item.recorded_at.0.to_string(), item.id.0));
    Ok(axum::Json(page).into_response())
}

/// Records a yes or a no. A no to texts opts the number out of every text at once. What the ledger says already is 200 and
/// leaves no line.
#[utoipa::path(post, path = "/consents", tag = "messages", request_body = ConsentToRecord, responses((status = 201, body = ConsentLine, description = "Recorded"), (status = 200, body = ConsentLine, description = "Known already: the line that says so, or null")))]
async fn create_consent(
    State(app): State<App>,
    caller: ApiCaller,
    request: Received,
) -> Result<Response, Problem> {
    caller.needs(Scope::MessagesWrite)?;
    let new: ConsentToRecord = request.json()?;
    once(&app, &caller, &request, async |tx| {
        caller.did(&app, tx, ("consent.write", None)).await?;
        record(&app, tx, &caller, &new).await
    })
    .await
}

async fn record(
    app: &App,
    tx: &mut PgConnection,
    caller: &ApiCaller,
    new: &ConsentToRecord,
) -> Result<Answer, Problem> {
    let failed = |error: sqlx::Error| problems::database(caller.org, &error);
    let phone = number(new.phone.as_str())?;
    let contact = contacts::known(tx, caller.org, phone.as_str()).await.map_err(failed)?;
    let recorded_by = caller.actor.short();
    let consent = NewConsent {
        phone: &phone,
        contact: contact.map(|known| known.id),
        purpose: match new.purpose {
            WrittenPurpose::Texts => Purpose::Texts,
            WrittenPurpose::Marketing => Purpose::Marketing,
        },
        given: new.given,
        source: match new.source {
            WrittenSource::Voice => Source::Voice,
            WrittenSource::Web => Source::Web,
            WrittenSource::Paper => Source::Paper,
            WrittenSource::Staff => Source::Staff,
            WrittenSource::Import => Source::Import,
        },
        note: new.note.as_ref().map(Text::as_str),
        recorded_by: &recorded_by,
    };
    let recorded =
        messaging::record_consent(app, tx, caller.org, consent).await.map_err(|error| match error {
            ConsentError::OnlyThemselves => problems::ONLY_THEMSELVES,
            ConsentError::Database(error) => failed(error),
        })?;
    let lines = messaging::consents(tx, caller.org, Some(phone.as_str()), None, 1).await.map_err(failed)?;
    let line = lines.into_iter().next().map(ConsentLine::from);
    match recorded {
        Some(_) => Answer::created(&line, "/api/v1/consents".into()),
        None => Answer::ok(&line),
    }
}

fn number(written: &str) -> Result<Phone, Problem> {
    Phone::parse_e164(written)
        .map_err(|_no_number| invalid_field("phone", "must be a number in E.164, such as +13105550142"))
}
