//! `/calendars`: what staff decide about each.

use axum::Json;
use axum::extract::{Path, State};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::account::{Calendar, accounts};
use crate::accounts::Scope;
use crate::api::caller::ApiCaller;
use crate::api::problems;
use crate::api::request::Received;
use crate::calendars::{self, Choice, ChooseError};
use crate::platform::app::App;
use crate::platform::ids::{CalendarId, Prefixed as _};
use crate::platform::problem::Problem;
use crate::scheduling;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(set_calendar))
}

/// The decision about a calendar, whole.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[expect(clippy::struct_excessive_bools, reason = "four decisions")]
struct CalendarChoice {
    /// Its busy times cannot be booked.
    blocks: bool,
    /// Visits are written here, and into no other calendar of the account.
    takes_events: bool,
    /// Whether events that are not certain keep their time.
    tentative_blocks: bool,
    /// Whether busy all-day events keep their day.
    all_day_blocks: bool,
}

/// Decides whether a calendar blocks, what of it does, and whether visits are written into it. It is read anew.
#[utoipa::path(put, path = "/calendars/{id}", tag = "calendars", params(("id" = String, Path)), request_body = CalendarChoice, responses((status = 200, body = Calendar, description = "Decided")))]
async fn set_calendar(
    State(app): State<App>,
    caller: ApiCaller,
    Path(id): Path<String>,
    request: Received,
) -> Result<Json<Calendar>, Problem> {
    caller.needs(Scope::CalendarsWrite)?;
    let id = CalendarId::parse(&id).ok_or(Problem::NOT_FOUND)?;
    let wanted: CalendarChoice = request.json()?;
    let choice = Choice {
        blocks: wanted.blocks,
        takes_events: wanted.takes_events,
        tentative_blocks: wanted.tentative_blocks,
        all_day_blocks: wanted.all_day_blocks,
    };
    let failed = |error: sqlx::Error| problems::database(caller.org, &error);
    let mut tx = app.begin(caller.org).await.map_err(failed)?;
    calendars::choose(&mut tx, caller.org, id, choice).await.map_err(|error| match error {
        ChooseError::NotFound => Problem::NOT_FOUND,
        ChooseError::Unexpected(error) => failed(error),
    })?;
    caller.did(&app, &mut tx, ("calendar.write", Some(id.to_string()))).await?;
    tx.commit().await.map_err(failed)?;
    scheduling::forget(&app, caller.org);
    let mut all = accounts(&app, caller.org).await?.into_iter().flat_map(|account| account.calendars);
    all.find(|calendar| calendar.id == id).map(|calendar| Json(calendar.into())).ok_or(Problem::NOT_FOUND)
}
