//! `/email-recipients`.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::accounts::Scope;
use crate::api::answer::{Answer, IfMatch, as_json};
use crate::api::caller::ApiCaller;
use crate::api::cursor::{Page, place_of};
use crate::api::entries::{lock, merged};
use crate::api::idempotency::once;
use crate::api::params::{Limit, Params};
use crate::api::presence::{TakenProof, prove};
use crate::api::problems::{self, invalid_field};
use crate::api::request::{Received, parsed};
use crate::mail::{
    self, Listing, RECIPIENTS_MAX, Recipient, RecipientFields, SaveError, StaffAddress, TestEmailError,
};
use crate::notifications::{self, NewNotification};
use crate::platform::app::App;
use crate::platform::bounded::Instant;
use crate::platform::db::PgConnection;
use crate::platform::ids::{EmailId, EmailRecipientId, LocationId, OrgId, Prefixed as _};
use crate::platform::problem::Problem;
use crate::platform::public::Public;

const PATH: &str = "/email-recipients";
const READ_ONLY: &[&str] = &["id", "delivery", "created_at"];

const TOO_MANY_TEST_EMAILS: Problem = Problem::new(
    StatusCode::TOO_MANY_REQUESTS,
    "too_many_test_emails",
    "Twenty test e-mails were sent in the last 24 hours. Try again later; alerts are not affected.",
);

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list_email_recipients, create_email_recipient))
        .routes(routes!(get_email_recipient, update_email_recipient, delete_email_recipient))
        .routes(routes!(create_test_email))
}

/// Somebody of the clinic who gets e-mails.
#[derive(Debug, Serialize, ToSchema)]
struct EmailRecipient {
    #[schema(inline)]
    id: Public<EmailRecipientId>,
    #[schema(inline)]
    address: StaffAddress,
    /// The site whose alerts go there; null gets those of all.
    #[schema(inline)]
    location_id: Option<Public<LocationId>>,
    /// Whether hot lead and clinical alerts go there.
    wants_alerts: bool,
    /// Whether the daily summary goes there.
    wants_summary: bool,
    /// Of what they get: `en` or `es`.
    language: &'static str,
    /// `on`, or `off` while this installation has no mail server: then nothing goes there.
    delivery: &'static str,
    #[schema(inline)]
    created_at: Instant,
}

impl EmailRecipient {
    fn of(app: &App, recipient: Recipient) -> Self {
        Self {
            id: Public(recipient.id),
            address: recipient.address,
            location_id: recipient.location.map(Public),
            wants_alerts: recipient.wants_alerts,
            wants_summary: recipient.wants_summary,
            language: recipient.language.as_str(),
            delivery: delivery(app),
            created_at: Instant(recipient.created_at),
        }
    }
}

/// Whether anything leaves at all, in a word.
pub(super) fn delivery(app: &App) -> &'static str {
    if mail::is_on(&app.config) { "on" } else { "off" }
}

/// Which page.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct RecipientParams {
    #[serde(default)]
    #[param(value_type = Option<i32>, minimum = 1, maximum = 100, default = 50)]
    limit: Limit,
    cursor: Option<String>,
}

/// Lists who gets e-mails, oldest first.
#[utoipa::path(get, path = PATH, tag = "settings", params(RecipientParams), responses((status = 200, body = Page<EmailRecipient>, description = "A page")))]
async fn list_email_recipients(
    State(app): State<App>,
    caller: ApiCaller,
    asked: Params<RecipientParams>,
) -> Result<Response, Problem> {
    caller.needs(Scope::SettingsRead)?;
    let asked = asked.read()?;
    let after = asked.cursor.as_deref().map(place_of::<jiff::Timestamp, EmailRecipientId>).transpose()?;
    let after = after.and_then(|(at, id)| Some((at.parse().ok()?, EmailRecipientId(id))));
    let limit = asked.limit.get();
    let listing = Listing { after, limit: limit + 1, ..Listing::default() };
    let failed = |error: sqlx::Error| problems::database(caller.org, &error);
    let mut tx = app.begin(caller.org).await.map_err(failed)?;
    let found = mail::list_recipients(&mut tx, caller.org, &listing).await.map_err(failed)?;
    tx.commit().await.map_err(failed)?;
    let items: Vec<_> = found.into_iter().map(|recipient| EmailRecipient::of(&app, recipient)).collect();
    let page = Page::of(items, limit, |item| (item.created_at.0.to_string(), item.id.0));
    Ok(axum::Json(page).into_response())
}

/// Adds somebody of the clinic. An org has up to twenty, and its owners hear of each. A person who signed in more than 15 minutes
/// ago gives their password, too.
#[utoipa::path(post, path = PATH, tag = "settings", request_body = RecipientFields, responses((status = 201, body = EmailRecipient, description = "Added")))]
async fn create_email_recipient(
    State(app): State<App>,
    caller: ApiCaller,
    request: Received,
) -> Result<Response, Problem> {
    caller.needs(Scope::SettingsWrite)?;
    let mut body: Map<String, Value> = request.json()?;
    let proof = TakenProof::out_of(&mut body)?;
    let fields: RecipientFields = parsed(Value::Object(body))?;
    prove(&app, &caller, proof.shown()).await?;
    let id: EmailRecipientId = app.new_id();
    once(&app, &caller, &request, async |tx| {
        save(&app, tx, caller.org, id, &fields).await?;
        write_down(&app, tx, &caller, ("email_recipient.write", id, &fields.address)).await?;
        let title = format!(
            "{} put an address on the list of those who get e-mails: {}",
            caller.name(),
            fields.address.as_str()
        );
        tell_owners(&app, tx, caller.org, (id, title)).await?;
        let made = find(&app, tx, caller.org, id).await?;
        Answer::created(&made, format!("/api/v1{PATH}/{id}"))
    })
    .await
}

/// Shows a recipient.
#[utoipa::path(get, path = "/email-recipients/{id}", tag = "settings", params(("id" = String, Path)), responses((status = 200, body = EmailRecipient, description = "As it is")))]
async fn get_email_recipient(
    State(app): State<App>,
    caller: ApiCaller,
    Path(id): Path<String>,
) -> Result<Answer, Problem> {
    caller.needs(Scope::SettingsRead)?;
    let id = EmailRecipientId::parse(&id).ok_or(Problem::NOT_FOUND)?;
    let failed = |error: sqlx::Error| problems::database(caller.org, &error);
    let mut tx = app.begin(caller.org).await.map_err(failed)?;
    let found = find(&app, &mut tx, caller.org, id).await?;
    tx.commit().await.map_err(failed)?;
    Answer::ok(&found)
}

/// Changes a recipient. What is queued already goes where it was queued for. Another address needs what a new one does.
#[utoipa::path(patch, path = "/email-recipients/{id}", tag = "settings", params(("id" = String, Path)), request_body(content = ref("#/components/schemas/EmailRecipientPatch")), responses((status = 200, body = EmailRecipient, description = "Changed")))]
async fn update_email_recipient(
    State(app): State<App>,
    caller: ApiCaller,
    Path(id): Path<String>,
    request: Received,
) -> Result<Answer, Problem> {
    caller.needs(Scope::SettingsWrite)?;
    let id = EmailRecipientId::parse(&id).ok_or(Problem::NOT_FOUND)?;
    let mut patch: Map<String, Value> = request.json()?;
    let proof = TakenProof::out_of(&mut patch)?;
    let failed = |error: sqlx::Error| problems::database(caller.org, &error);
    if patch.contains_key("address") && !has_address(&app, &caller, id, &patch).await? {
        prove(&app, &caller, proof.shown()).await?;
    }
    let mut tx = app.begin(caller.org).await.map_err(failed)?;
    lock(&mut tx, caller.org).await?;
    let there = find(&app, &mut tx, caller.org, id).await?;
    let current = as_json(&there)?;
    IfMatch::of(&request.headers).check_against(&current, &patch)?;
    let fields: RecipientFields = parsed(merged(&current, patch, READ_ONLY))?;
    save(&app, &mut tx, caller.org, id, &fields).await?;
    write_down(&app, &mut tx, &caller, ("email_recipient.write", id, &fields.address)).await?;
    if there.address != fields.address {
        let (was, is) = (there.address.as_str(), fields.address.as_str());
        let title =
            format!("{} changed an address that gets e-mails: it was {was}, and is {is} now", caller.name());
        tell_owners(&app, &mut tx, caller.org, (id, title)).await?;
    }
    let now = find(&app, &mut tx, caller.org, id).await?;
    tx.commit().await.map_err(failed)?;
    Answer::ok(&now)
}

/// Whether the recipient has the address of the patch already.
async fn has_address(
    app: &App,
    caller: &ApiCaller,
    id: EmailRecipientId,
    patch: &Map<String, Value>,
) -> Result<bool, Problem> {
    let failed = |error: sqlx::Error| problems::database(caller.org, &error);
    let mut tx = app.begin(caller.org).await.map_err(failed)?;
    let there = find(app, &mut tx, caller.org, id).await?;
    tx.commit().await.map_err(failed)?;
    Ok(patch.get("address").and_then(Value::as_str) == Some(there.address.as_str()))
}

/// Removes a recipient: from now on nothing leaves for them, not even what is queued.
#[utoipa::path(delete, path = "/email-recipients/{id}", tag = "settings", params(("id" = String, Path)), responses((status = 204, description = "Removed")))]
async fn delete_email_recipient(
    State(app): State<App>,
    caller: ApiCaller,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    caller.needs(Scope::SettingsWrite)?;
    let id = EmailRecipientId::parse(&id).ok_or(Problem::NOT_FOUND)?;
    let failed = |error: sqlx::Error| problems::database(caller.org, &error);
    let mut tx = app.begin(caller.org).await.map_err(failed)?;
    // Whoever changes it meanwhile would add it again.
    lock(&mut tx, caller.org).await?;
    let there = find(&app, &mut tx, caller.org, id).await?;
    if !mail::remove_recipient(&mut tx, caller.org, id).await.map_err(failed)? {
        return Err(Problem::NOT_FOUND);
    }
    write_down(&app, &mut tx, &caller, ("email_recipient.delete", id, &there.address)).await?;
    let title = format!(
        "{} took an address off the list of those who get e-mails: {}",
        caller.name(),
        there.address.as_str()
    );
    tell_owners(&app, &mut tx, caller.org, (id, title)).await?;
    tx.commit().await.map_err(failed)?;
    Ok(StatusCode::NO_CONTENT)
}

/// An e-mail that is on its way.
#[derive(Debug, Serialize, ToSchema)]
struct QueuedEmail {
    #[schema(inline)]
    id: Public<EmailId>,
    /// `queued`.
    state: &'static str,
}

/// Sends a recipient an e-mail that says that e-mails arrive. One that does not leaves a task that says why.
#[utoipa::path(post, path = "/email-recipients/{id}/test", tag = "settings", params(("id" = String, Path)), responses((status = 202, body = QueuedEmail, description = "Queued"), (status = 409, description = "The installation has no mail server"), (status = 429, description = "The clinic had its tests of the day")))]
async fn create_test_email(
    State(app): State<App>,
    caller: ApiCaller,
    Path(id): Path<String>,
    request: Received,
) -> Result<Response, Problem> {
    caller.needs(Scope::SettingsWrite)?;
    let id = EmailRecipientId::parse(&id).ok_or(Problem::NOT_FOUND)?;
    once(&app, &caller, &request, async |tx| {
        let failed = |error: sqlx::Error| problems::database(caller.org, &error);
        let recipient = mail::find_recipient(tx, caller.org, id).await.map_err(failed)?;
        let recipient = recipient.ok_or(Problem::NOT_FOUND)?;
        if !mail::is_on(&app.config) {
            return Err(problems::EMAIL_OFF);
        }
        let email =
            mail::queue_test(&app, tx, caller.org, &recipient).await.map_err(|error| match error {
                TestEmailError::TooMany => TOO_MANY_TEST_EMAILS,
                TestEmailError::Database(error) => failed(error),
            })?;
        caller.did(&app, tx, ("email_recipient.test", Some(id.to_string()))).await?;
        let queued = QueuedEmail { id: Public(email), state: "queued" };
        Ok(Answer { status: StatusCode::ACCEPTED, etag: None, ..Answer::ok(&queued)? })
    })
    .await
}

async fn save(
    app: &App,
    tx: &mut PgConnection,
    org: OrgId,
    id: EmailRecipientId,
    fields: &RecipientFields,
) -> Result<(), Problem> {
    mail::save_recipient(tx, org, id, fields, app.clock.now()).await.map_err(|error| match error {
        SaveError::Taken => invalid_field("address", "is another recipient's"),
        SaveError::NoLocation => invalid_field("location_id", "names no location of yours"),
        SaveError::TooMany => {
            invalid_field("address", &format!("is one more than {RECIPIENTS_MAX} recipients"))
        }
        SaveError::Database(error) => problems::database(org, &error),
    })
}

/// Who has which address stays out of the log; whose server it is does not.
async fn write_down(
    app: &App,
    tx: &mut PgConnection,
    caller: &ApiCaller,
    (action, id, address): (&'static str, EmailRecipientId, &StaffAddress),
) -> Result<(), Problem> {
    let (name, server) = address.as_str().split_once('@').unwrap_or_default();
    let begin: String = name.chars().take(1).collect();
    let detail = json!({ "address": format!("{begin}…@{server}") });
    caller.did_with(app, tx, (action, Some(id.to_string())), detail).await
}

async fn tell_owners(
    app: &App,
    tx: &mut PgConnection,
    org: OrgId,
    (id, title): (EmailRecipientId, String),
) -> Result<(), Problem> {
    let news = NewNotification {
        kind: "email_recipients",
        title,
        subject: Some(("email_recipient", id.0)),
        dedupe_key: format!("email_recipient:{}:{}", id.0, app.clock.now()),
    };
    let told = notifications::notify_owners(app, tx, org, &news).await;
    told.map(drop).map_err(|error| problems::database(org, &error))
}

async fn find(
    app: &App,
    tx: &mut PgConnection,
    org: OrgId,
    id: EmailRecipientId,
) -> Result<EmailRecipient, Problem> {
    let found = mail::find_recipient(tx, org, id).await.map_err(|error| problems::database(org, &error))?;
    found.map(|recipient| EmailRecipient::of(app, recipient)).ok_or(Problem::NOT_FOUND)
}
