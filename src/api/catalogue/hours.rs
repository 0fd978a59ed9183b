//! `/hours`: the weekly hours of a location, or of one practitioner there, as one set.

use axum::extract::State;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::accounts::Scope;
use crate::api::answer::{Answer, IfMatch};
use crate::api::caller::ApiCaller;
use crate::api::entries::lock;
use crate::api::params::Params;
use crate::api::problems;
use crate::api::request::Received;
use crate::platform::app::App;
use crate::platform::ids::OrgId;
use crate::platform::problem::Problem;
use crate::scheduling::catalogue::{HoursError, WeeklyHours, set_weekly_hours, weekly_hours, whose};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(get_hours, set_hours))
}

/// Whose hours.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct HoursParams {
    /// The location, `loc_…`.
    location_id: String,
    /// One practitioner there, `res_…`; the location itself when left out.
    practitioner_id: Option<String>,
}

/// Shows the weekly hours of a location, or of a practitioner there.
#[utoipa::path(get, path = "/hours", tag = "catalogue", params(HoursParams), responses((status = 200, body = WeeklyHours, description = "All of them")))]
async fn get_hours(
    State(app): State<App>,
    caller: ApiCaller,
    params: Params<HoursParams>,
) -> Result<Answer, Problem> {
    caller.needs(Scope::CatalogueRead)?;
    let params = params.read()?;
    let whose = whose(&params.location_id, params.practitioner_id.as_deref()).ok_or(Problem::NOT_FOUND)?;
    let failed = |error: sqlx::Error| problems::database(caller.org, &error);
    let mut tx = app.begin(caller.org).await.map_err(failed)?;
    let hours = weekly_hours(&mut tx, caller.org, whose).await.map_err(|e| refusal(caller.org, &e))?;
    tx.commit().await.map_err(failed)?;
    Answer::ok(&hours)
}

/// Replaces the weekly hours of a location, or of a practitioner there, who keeps them while `own_hours` is true.
#[utoipa::path(put, path = "/hours", tag = "catalogue", params(HoursParams), request_body = WeeklyHours, responses((status = 200, body = WeeklyHours, description = "Replaced")))]
async fn set_hours(
    State(app): State<App>,
    caller: ApiCaller,
    params: Params<HoursParams>,
    request: Received,
) -> Result<Answer, Problem> {
    caller.needs(Scope::CatalogueWrite)?;
    let params = params.read()?;
    let whose = whose(&params.location_id, params.practitioner_id.as_deref()).ok_or(Problem::NOT_FOUND)?;
    let wanted: WeeklyHours = request.json()?;
    let failed = |error: sqlx::Error| problems::database(caller.org, &error);
    let refused = |error: HoursError| refusal(caller.org, &error);
    let mut tx = app.begin(caller.org).await.map_err(failed)?;
    lock(&mut tx, caller.org).await?;
    let current = weekly_hours(&mut tx, caller.org, whose).await.map_err(refused)?;
    IfMatch::of(&request.headers).check_against(&current, &wanted)?;
    let now =
        set_weekly_hours(&mut tx, caller.org, whose, &wanted, || app.new_id()).await.map_err(refused)?;
    caller.did(&app, &mut tx, ("hours.write", Some(params.location_id.clone()))).await?;
    tx.commit().await.map_err(failed)?;
    Answer::ok(&now)
}

fn refusal(org: OrgId, error: &HoursError) -> Problem {
    match error {
        HoursError::Unknown => Problem::NOT_FOUND,
        HoursError::Write(error) => problems::not_written(org, error),
    }
}
