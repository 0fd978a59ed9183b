//! `/email-recipients`.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::accounts::Scope;
use crate::api::answer::Answer;
use crate::api::caller::ApiCaller;
use crate::api::cursor::{Page, place_of};
use crate::api::idempotency::once;
use crate::api::listed::{self, Acts, Listed};
use crate::api::params::{Limit, Params};
use crate::api::problems::{self, invalid_field};
use crate::api::request::Received;
use crate::mail::{
    self, Listing, RECIPIENTS_MAX, Recipient, RecipientFields, SaveError, StaffAddress, TestEmailError,
};
use crate::platform::app::App;
use crate::platform::bounded::Instant;
use crate::platform::db::PgConnection;
use crate::platform::ids::{EmailId, EmailRecipientId, OrgId, Prefixed as _};
use crate::platform::problem::Problem;
use crate::platform::public::Public;

const PATH: &str = "/email-recipients";

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

/// Adds somebody of the clinic. An org has up to twenty.
#[utoipa::path(post, path = PATH, tag = "settings", request_body = RecipientFields, responses((status = 201, body = EmailRecipient, description = "Added")))]
async fn create_email_recipient(
    State(app): State<App>,
    caller: ApiCaller,
    request: Received,
) -> Result<Response, Problem> {
    listed::create::<EmailRecipient>(&app, &caller, &request).await
}

/// Shows a recipient.
#[utoipa::path(get, path = "/email-recipients/{id}", tag = "settings", params(("id" = String, Path)), responses((status = 200, body = EmailRecipient, description = "As it is")))]
async fn get_email_recipient(
    State(app): State<App>,
    caller: ApiCaller,
    Path(id): Path<String>,
) -> Result<Answer, Problem> {
    listed::get::<EmailRecipient>(&app, &caller, &id).await
}

/// Changes a recipient. What is queued already goes where it was queued for.
#[utoipa::path(patch, path = "/email-recipients/{id}", tag = "settings", params(("id" = String, Path)), request_body(content = ref("#/components/schemas/EmailRecipientPatch")), responses((status = 200, body = EmailRecipient, description = "Changed")))]
async fn update_email_recipient(
    State(app): State<App>,
    caller: ApiCaller,
    Path(id): Path<String>,
    request: Received,
) -> Result<Answer, Problem> {
    listed::update::<EmailRecipient>(&app, &caller, &request, &id).await
}

/// Removes a recipient: from now on nothing leaves for them, not even what is queued.
#[utoipa::path(delete, path = "/email-recipients/{id}", tag = "settings", params(("id" = String, Path)), responses((status = 204, description = "Removed")))]
async fn delete_email_recipient(
    State(app): State<App>,
    caller: ApiCaller,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    listed::delete::<EmailRecipient>(&app, &caller, &id).await
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

impl Listed for EmailRecipient {
    type Id = EmailRecipientId;
    type Fields = RecipientFields;
    const PATH: &'static str = PATH;
    const READ_ONLY: &'static [&'static str] = &["id", "delivery", "created_at"];
    const ACTS: Acts = Acts {
        added: "email_recipient.write",
        written: "email_recipient.write",
        removed: "email_recipient.delete",
    };

    async fn find(
        app: &App,
        tx: &mut PgConnection,
        org: OrgId,
        id: EmailRecipientId,
    ) -> sqlx::Result<Option<Self>> {
        let found = mail::find_recipient(tx, org, id).await?;
        Ok(found.map(|recipient| Self::of(app, recipient)))
    }

    async fn add(
        app: &App,
        tx: &mut PgConnection,
        org: OrgId,
        id: EmailRecipientId,
        fields: &RecipientFields,
    ) -> Result<(), Problem> {
        let saved = mail::save_recipient(tx, org, id, fields, app.clock.now()).await;
        saved.map_err(|error| match error {
            SaveError::Taken => invalid_field("address", "is another recipient's"),
            SaveError::TooMany => {
                invalid_field("address", &format!("is one more than {RECIPIENTS_MAX} recipients"))
            }
            SaveError::Database(error) => problems::database(org, &error),
        })
    }

    async fn replace(
        app: &App,
        tx: &mut PgConnection,
        org: OrgId,
        id: EmailRecipientId,
        fields: &RecipientFields,
    ) -> Result<(), Problem> {
        Self::add(app, tx, org, id, fields).await
    }

    async fn remove(tx: &mut PgConnection, org: OrgId, id: EmailRecipientId) -> Result<bool, Problem> {
        let gone = mail::remove_recipient(tx, org, id).await;
        gone.map_err(|error| problems::database(org, &error))
    }
}
