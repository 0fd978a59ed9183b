//! `/alert-recipients`: who is told of alerts, and when they are on duty.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::answer::{Answer, IfMatch, as_json};
use super::caller::ApiCaller;
use super::cursor::{Page, place_of};
use super::entries::{lock, merged};
use super::idempotency::once;
use super::params::{Limit, Params};
use super::presence::{TakenProof, prove};
use super::problems::{self, invalid_field};
use super::recipient_news::{self, Standing};
use super::request::{Received, parsed};
use crate::accounts::Scope;
use crate::leads::{
    self, AlertShift, Listed, Listing, RECIPIENTS_MAX, RecipientFields, SaveError, StaffPhone,
};
use crate::platform::app::App;
use crate::platform::bounded::Instant;
use crate::platform::db::PgConnection;
use crate::platform::ids::{AlertRecipientId, LocationId, Prefixed as _};
use crate::platform::problem::Problem;
use crate::platform::public::Public;

const PATH: &str = "/alert-recipients";
const READ_ONLY: &[&str] = &["id", "confirmed", "created_at"];

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list_alert_recipients, create_alert_recipient)).routes(routes!(
        get_alert_recipient,
        update_alert_recipient,
        delete_alert_recipient
    ))
}

/// Somebody of the clinic who is told of alerts by text.
#[derive(Debug, Serialize, ToSchema)]
struct AlertRecipient {
    #[schema(inline)]
    id: Public<AlertRecipientId>,
    /// What colleagues call them.
    name: String,
    #[schema(inline)]
    phone: StaffPhone,
    /// The site whose alerts they get; null gets those of all.
    #[schema(inline)]
    location_id: Option<Public<LocationId>>,
    /// 1 is told first, 2 and 3 if nobody takes it.
    step: i16,
    /// Whether hot leads go there.
    wants_hot_lead: bool,
    /// Whether clinical alerts go there.
    wants_clinical: bool,
    /// False tells them nothing.
    active: bool,
    /// False until the code that was texted to the phone is entered; nothing else goes there before.
    confirmed: bool,
    /// When they are on duty; without any, whenever the site is open.
    shifts: Vec<AlertShift>,
    #[schema(inline)]
    created_at: Instant,
}

impl AlertRecipient {
    fn standing(&self) -> Standing<'_> {
        let id = self.id.0;
        Standing { id, phone: &self.phone, is_active: self.active, is_confirmed: self.confirmed }
    }
}

impl From<Listed> for AlertRecipient {
    fn from(listed: Listed) -> Self {
        let recipient = listed.recipient;
        Self {
            id: Public(recipient.id),
            name: recipient.name,
            phone: recipient.phone.into(),
            location_id: recipient.location.map(Public),
            step: recipient.step,
            wants_hot_lead: recipient.wants_hot_lead,
            wants_clinical: recipient.wants_clinical,
            active: listed.is_active,
            confirmed: listed.is_confirmed,
            shifts: recipient.shifts.iter().filter_map(AlertShift::of).collect(),
            created_at: Instant(listed.created_at),
        }
    }
}

/// Which page.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct AlertRecipientParams {
    #[serde(default)]
    #[param(value_type = Option<i32>, minimum = 1, maximum = 100, default = 50)]
    limit: Limit,
    cursor: Option<String>,
}

/// Lists who is told of alerts, oldest first.
#[utoipa::path(get, path = PATH, tag = "settings", params(AlertRecipientParams), responses((status = 200, body = Page<AlertRecipient>, description = "A page")))]
async fn list_alert_recipients(
    State(app): State<App>,
    caller: ApiCaller,
    asked: Params<AlertRecipientParams>,
) -> Result<Response, Problem> {
    caller.needs(Scope::SettingsRead)?;
    let asked = asked.read()?;
    let after = asked.cursor.as_deref().map(place_of::<jiff::Timestamp, AlertRecipientId>).transpose()?;
    let after = after.and_then(|(at, id)| Some((at.parse().ok()?, AlertRecipientId(id))));
    let limit = asked.limit.get();
    let listing = Listing { after, limit: limit + 1, ..Listing::default() };
    let failed = |error: sqlx::Error| problems::database(caller.org, &error);
    let mut tx = app.begin(caller.org).await.map_err(failed)?;
    let found = leads::list_recipients(&mut tx, caller.org, &listing).await.map_err(failed)?;
    tx.commit().await.map_err(failed)?;
    let items: Vec<_> = found.into_iter().map(AlertRecipient::from).collect();
    let page = Page::of(items, limit, |item| (item.created_at.0.to_string(), item.id.0));
    Ok(axum::Json(page).into_response())
}

/// Adds somebody who is told of alerts, and texts them a code: until it is entered (`/settings/alert-phones/confirm`, purpose
/// `recipient`) they are told nothing. An org has up to thirty, and its owners hear of each. A person who signed in more than 15
/// minutes ago gives their password, too.
#[utoipa::path(post, path = PATH, tag = "settings", request_body = RecipientFields, responses((status = 201, body = AlertRecipient, description = "Added")))]
async fn create_alert_recipient(
    State(app): State<App>,
    caller: ApiCaller,
    request: Received,
) -> Result<Response, Problem> {
    caller.needs(Scope::SettingsWrite)?;
    let mut body: Map<String, Value> = request.json()?;
    let proof = TakenProof::out_of(&mut body)?;
    let fields: RecipientFields = parsed(Value::Object(body))?;
    prove(&app, &caller, proof.shown()).await?;
    let id: AlertRecipientId = app.new_id();
    once(&app, &caller, &request, async |tx| {
        save(&app, tx, &caller, (id, None), &fields).await?;
        let made = find(tx, &caller, id).await?;
        Answer::created(&made, format!("/api/v1{PATH}/{id}"))
    })
    .await
}

/// Shows somebody who is told of alerts.
#[utoipa::path(get, path = "/alert-recipients/{id}", tag = "settings", params(("id" = String, Path)), responses((status = 200, body = AlertRecipient, description = "As it is")))]
async fn get_alert_recipient(
    State(app): State<App>,
    caller: ApiCaller,
    Path(id): Path<String>,
) -> Result<Answer, Problem> {
    caller.needs(Scope::SettingsRead)?;
    let id = AlertRecipientId::parse(&id).ok_or(Problem::NOT_FOUND)?;
    let failed = |error: sqlx::Error| problems::database(caller.org, &error);
    let mut tx = app.begin(caller.org).await.map_err(failed)?;
    let found = find(&mut tx, &caller, id).await?;
    tx.commit().await.map_err(failed)?;
    Answer::ok(&found)
}

/// Changes when and of what somebody is told. Alerts that are on their way follow at their next rung. Another phone needs what a
/// new one does, and the one before hears of it.
#[utoipa::path(patch, path = "/alert-recipients/{id}", tag = "settings", params(("id" = String, Path)), request_body(content = ref("#/components/schemas/AlertRecipientPatch")), responses((status = 200, body = AlertRecipient, description = "Changed")))]
async fn update_alert_recipient(
    State(app): State<App>,
    caller: ApiCaller,
    Path(id): Path<String>,
    request: Received,
) -> Result<Answer, Problem> {
    caller.needs(Scope::SettingsWrite)?;
    let id = AlertRecipientId::parse(&id).ok_or(Problem::NOT_FOUND)?;
    let mut patch: Map<String, Value> = request.json()?;
    let proof = TakenProof::out_of(&mut patch)?;
    let failed = |error: sqlx::Error| problems::database(caller.org, &error);
    if patch.contains_key("phone") && !has_phone(&app, &caller, id, &patch).await? {
        prove(&app, &caller, proof.shown()).await?;
    }
    let mut tx = app.begin(caller.org).await.map_err(failed)?;
    lock(&mut tx, caller.org).await?;
    let there = find(&mut tx, &caller, id).await?;
    let current = as_json(&there)?;
    IfMatch::of(&request.headers).check_against(&current, &patch)?;
    let fields: RecipientFields = parsed(merged(&current, patch, READ_ONLY))?;
    save(&app, &mut tx, &caller, (id, Some(&there)), &fields).await?;
    let now = find(&mut tx, &caller, id).await?;
    tx.commit().await.map_err(failed)?;
    Answer::ok(&now)
}

/// Whether the recipient has the phone of the patch already: a form sends all of its fields.
async fn has_phone(
    app: &App,
    caller: &ApiCaller,
    id: AlertRecipientId,
    patch: &Map<String, Value>,
) -> Result<bool, Problem> {
    let failed = |error: sqlx::Error| problems::database(caller.org, &error);
    let mut tx = app.begin(caller.org).await.map_err(failed)?;
    let there = find(&mut tx, caller, id).await?;
    tx.commit().await.map_err(failed)?;
    Ok(patch.get("phone").and_then(Value::as_str) == Some(there.phone.as_str()))
}

/// Removes somebody: from now on they are told nothing, and what they were told of they cannot take. Their phone hears of it.
#[utoipa::path(delete, path = "/alert-recipients/{id}", tag = "settings", params(("id" = String, Path)), responses((status = 204, description = "Removed")))]
async fn delete_alert_recipient(
    State(app): State<App>,
    caller: ApiCaller,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    caller.needs(Scope::SettingsWrite)?;
    let id = AlertRecipientId::parse(&id).ok_or(Problem::NOT_FOUND)?;
    let failed = |error: sqlx::Error| problems::database(caller.org, &error);
    let mut tx = app.begin(caller.org).await.map_err(failed)?;
    // Whoever changes it meanwhile would add it again.
    lock(&mut tx, caller.org).await?;
    let there = find(&mut tx, &caller, id).await?;
    if !leads::remove_recipient(&mut tx, caller.org, id).await.map_err(failed)? {
        return Err(Problem::NOT_FOUND);
    }
    write_down(&app, &mut tx, &caller, ("alert_recipient.delete", id, &there.phone)).await?;
    recipient_news::removed(&app, &mut tx, &caller, &there.standing()).await?;
    tx.commit().await.map_err(failed)?;
    Ok(StatusCode::NO_CONTENT)
}

async fn save(
    app: &App,
    tx: &mut PgConnection,
    caller: &ApiCaller,
    (id, before): (AlertRecipientId, Option<&AlertRecipient>),
    fields: &RecipientFields,
) -> Result<(), Problem> {
    let is_proved = recipient_news::is_proved(app, tx, caller.org, &fields.phone).await?;
    let saved = leads::save_recipient(tx, caller.org, (id, is_proved), fields, app.clock.now()).await;
    saved.map_err(|error| match error {
        SaveError::Taken => invalid_field("phone", "is another recipient's of that location"),
        SaveError::NoLocation => invalid_field("location_id", "names no location of yours"),
        SaveError::TooMany => {
            invalid_field("phone", &format!("is one more than {RECIPIENTS_MAX} recipients"))
        }
        SaveError::Database(error) => problems::database(caller.org, &error),
    })?;
    write_down(app, tx, caller, ("alert_recipient.write", id, &fields.phone)).await?;
    let now = find(tx, caller, id).await?;
    recipient_news::saved(app, tx, caller, (before.map(AlertRecipient::standing), now.standing())).await
}

/// Whoever is told of leads learns names and numbers: who changed that is kept.
async fn write_down(
    app: &App,
    tx: &mut PgConnection,
    caller: &ApiCaller,
    (action, id, phone): (&'static str, AlertRecipientId, &StaffPhone),
) -> Result<(), Problem> {
    let detail = json!({ "phone_ends_in": phone.last4() });
    caller.did_with(app, tx, (action, Some(id.to_string())), detail).await
}

async fn find(
    tx: &mut PgConnection,
    caller: &ApiCaller,
    id: AlertRecipientId,
) -> Result<AlertRecipient, Problem> {
    let found = leads::find_recipient(tx, caller.org, id).await;
    let found = found.map_err(|error| problems::database(caller.org, &error))?;
    found.map(AlertRecipient::from).ok_or(Problem::NOT_FOUND)
}
