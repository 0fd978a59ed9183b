//! `/alert-recipients`: who is told of alerts, and when they are on duty.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::answer::Answer;
use super::caller::ApiCaller;
use super::cursor::{Page, place_of};
use super::listed::{self, Acts};
use super::params::{Limit, Params};
use super::problems::{self, invalid_field};
use super::request::Received;
use crate::accounts::Scope;
use crate::leads::{
    self, AlertShift, Listed, Listing, RECIPIENTS_MAX, RecipientFields, SaveError, StaffPhone,
};
use crate::platform::app::App;
use crate::platform::bounded::Instant;
use crate::platform::db::PgConnection;
use crate::platform::ids::{AlertRecipientId, LocationId, OrgId};
use crate::platform::problem::Problem;
use crate::platform::public::Public;

const PATH: &str = "/alert-recipients";

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
    /// When they are on duty; without any, whenever the site is open.
    shifts: Vec<AlertShift>,
    #[schema(inline)]
    created_at: Instant,
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

/// Adds somebody who is told of alerts. An org has up to thirty.
#[utoipa::path(post, path = PATH, tag = "settings", request_body = RecipientFields, responses((status = 201, body = AlertRecipient, description = "Added")))]
async fn create_alert_recipient(
    State(app): State<App>,
    caller: ApiCaller,
    request: Received,
) -> Result<Response, Problem> {
    listed::create::<AlertRecipient>(&app, &caller, &request).await
}

/// Shows somebody who is told of alerts.
#[utoipa::path(get, path = "/alert-recipients/{id}", tag = "settings", params(("id" = String, Path)), responses((status = 200, body = AlertRecipient, description = "As it is")))]
async fn get_alert_recipient(
    State(app): State<App>,
    caller: ApiCaller,
    Path(id): Path<String>,
) -> Result<Answer, Problem> {
    listed::get::<AlertRecipient>(&app, &caller, &id).await
}

/// Changes when and of what somebody is told. Alerts that are on their way follow at their next rung.
#[utoipa::path(patch, path = "/alert-recipients/{id}", tag = "settings", params(("id" = String, Path)), request_body(content = ref("#/components/schemas/AlertRecipientPatch")), responses((status = 200, body = AlertRecipient, description = "Changed")))]
async fn update_alert_recipient(
    State(app): State<App>,
    caller: ApiCaller,
    Path(id): Path<String>,
    request: Received,
) -> Result<Answer, Problem> {
    listed::update::<AlertRecipient>(&app, &caller, &request, &id).await
}

/// Removes somebody: from now on they are told nothing, and what they were told of they cannot take.
#[utoipa::path(delete, path = "/alert-recipients/{id}", tag = "settings", params(("id" = String, Path)), responses((status = 204, description = "Removed")))]
async fn delete_alert_recipient(
    State(app): State<App>,
    caller: ApiCaller,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    listed::delete::<AlertRecipient>(&app, &caller, &id).await
}

impl super::listed::Listed for AlertRecipient {
    type Id = AlertRecipientId;
    type Fields = RecipientFields;
    const PATH: &'static str = PATH;
    const READ_ONLY: &'static [&'static str] = &["id", "created_at"];
    // Whoever is told of leads learns names and numbers: who changed that is kept.
    const ACTS: Acts = Acts {
        added: "alert_recipient.write",
        written: "alert_recipient.write",
        removed: "alert_recipient.delete",
    };

    async fn find(
        _app: &App,
        tx: &mut PgConnection,
        org: OrgId,
        id: AlertRecipientId,
    ) -> sqlx::Result<Option<Self>> {
        Ok(leads::find_recipient(tx, org, id).await?.map(Self::from))
    }

    async fn add(
        app: &App,
        tx: &mut PgConnection,
        org: OrgId,
        id: AlertRecipientId,
        fields: &RecipientFields,
    ) -> Result<(), Problem> {
        let saved = leads::save_recipient(tx, org, id, fields, app.clock.now()).await;
        saved.map_err(|error| match error {
            SaveError::Taken => invalid_field("phone", "is another recipient's of that location"),
            SaveError::NoLocation => invalid_field("location_id", "names no location of yours"),
            SaveError::TooMany => {
                invalid_field("phone", &format!("is one more than {RECIPIENTS_MAX} recipients"))
            }
            SaveError::Database(error) => problems::database(org, &error),
        })
    }

    async fn replace(
        app: &App,
        tx: &mut PgConnection,
        org: OrgId,
        id: AlertRecipientId,
        fields: &RecipientFields,
    ) -> Result<(), Problem> {
        Self::add(app, tx, org, id, fields).await
    }

    async fn remove(tx: &mut PgConnection, org: OrgId, id: AlertRecipientId) -> Result<bool, Problem> {
        let gone = leads::remove_recipient(tx, org, id).await;
        gone.map_err(|error| problems::database(org, &error))
    }
}
