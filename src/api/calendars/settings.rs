//! `/calendar-settings`: what the org decided about calendars.

use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::accounts::Scope;
use crate::api::answer::{Answer, IfMatch, as_json};
use crate::api::caller::ApiCaller;
use crate::api::entries::lock;
use crate::api::problems;
use crate::api::request::Received;
use crate::orgs;
use crate::platform::app::App;
use crate::platform::db::PgConnection;
use crate::platform::problem::Problem;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(get_calendar_settings, set_calendar_settings))
}

/// What the org decided about calendars.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct CalendarSettings {
    /// Whether feeds tell who comes, as a first name and an initial. Otherwise they show the service alone.
    feed_names: bool,
    /// True: visits are final the moment they are booked, without an outside calendar. Left as it is when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    calendar_of_record: Option<bool>,
}

/// Shows what the org decided about calendars.
#[utoipa::path(get, path = "/calendar-settings", tag = "calendars", responses((status = 200, body = CalendarSettings, description = "All of it")))]
async fn get_calendar_settings(State(app): State<App>, caller: ApiCaller) -> Result<Answer, Problem> {
    caller.needs(Scope::CalendarsRead)?;
    let failed = |error: sqlx::Error| problems::database(caller.org, &error);
    let mut tx = app.begin(caller.org).await.map_err(failed)?;
    let settings = current(&app, &mut tx, &caller).await?;
    tx.commit().await.map_err(failed)?;
    Answer::ok(&settings)
}

/// Replaces what the org decided about calendars.
#[utoipa::path(put, path = "/calendar-settings", tag = "calendars", request_body = CalendarSettings, responses((status = 200, body = CalendarSettings, description = "Replaced")))]
async fn set_calendar_settings(
    State(app): State<App>,
    caller: ApiCaller,
    request: Received,
) -> Result<Answer, Problem> {
    caller.needs(Scope::CalendarsWrite)?;
    let wanted: CalendarSettings = request.json()?;
    let failed = |error: sqlx::Error| problems::database(caller.org, &error);
    let mut tx = app.begin(caller.org).await.map_err(failed)?;
    lock(&mut tx, caller.org).await?;
    let there = current(&app, &mut tx, &caller).await?;
    let told = as_json(&wanted)?;
    IfMatch::of(&request.headers).check_against(&there, &told)?;
    orgs::update_settings(&mut tx, caller.org, &told, app.clock.now()).await.map_err(failed)?;
    caller.did(&app, &mut tx, ("calendar_settings.write", None)).await?;
    let now = current(&app, &mut tx, &caller).await?;
    tx.commit().await.map_err(failed)?;
    Answer::ok(&now)
}

async fn current(app: &App, tx: &mut PgConnection, caller: &ApiCaller) -> Result<CalendarSettings, Problem> {
    let settings = orgs::settings(tx, &app.keys, caller.org).await;
    let settings = settings.map_err(|error| problems::database(caller.org, &error))?;
    Ok(CalendarSettings {
        feed_names: settings.feed_names,
        calendar_of_record: Some(settings.calendar_of_record),
    })
}
