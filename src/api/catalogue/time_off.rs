//! `/time-off`.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::api::answer::Answer;
use crate::api::caller::ApiCaller;
use crate::api::cursor::Page;
use crate::api::entries;
use crate::api::params::{DayPageParams, Params};
use crate::api::request::Received;
use crate::platform::app::App;
use crate::platform::problem::Problem;
use crate::scheduling::catalogue::{TimeOff, TimeOffFields};

const PATH: &str = "/time-off";

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list_time_off, create_time_off)).routes(routes!(
        get_time_off,
        update_time_off,
        delete_time_off
    ))
}

/// Lists when practitioners are away, in days of their location.
#[utoipa::path(get, path = PATH, tag = "catalogue", params(DayPageParams), responses((status = 200, body = Page<TimeOff>, description = "A page")))]
async fn list_time_off(
    State(app): State<App>,
    caller: ApiCaller,
    params: Params<DayPageParams>,
) -> Result<Response, Problem> {
    entries::list::<TimeOff>(&app, &caller, params).await
}

/// Takes a practitioner out of the calendar for some time.
#[utoipa::path(post, path = PATH, tag = "catalogue", request_body = TimeOffFields, responses((status = 201, body = TimeOff, description = "Added")))]
async fn create_time_off(
    State(app): State<App>,
    caller: ApiCaller,
    request: Received,
) -> Result<Response, Problem> {
    entries::create::<TimeOff>(&app, &caller, &request, PATH).await
}

/// Shows an absence.
#[utoipa::path(get, path = "/time-off/{id}", tag = "catalogue", params(("id" = String, Path)), responses((status = 200, body = TimeOff, description = "As it is")))]
async fn get_time_off(
    State(app): State<App>,
    caller: ApiCaller,
    Path(id): Path<String>,
) -> Result<Answer, Problem> {
    entries::get::<TimeOff>(&app, &caller, &id).await
}

/// Changes an absence.
#[utoipa::path(patch, path = "/time-off/{id}", tag = "catalogue", params(("id" = String, Path)), request_body(content = ref("#/components/schemas/TimeOffPatch")), responses((status = 200, body = TimeOff, description = "Changed")))]
async fn update_time_off(
    State(app): State<App>,
    caller: ApiCaller,
    Path(id): Path<String>,
    request: Received,
) -> Result<Answer, Problem> {
    entries::update::<TimeOff>(&app, &caller, &request, &id).await
}

/// Deletes an absence; no visit names it.
#[utoipa::path(delete, path = "/time-off/{id}", tag = "catalogue", params(("id" = String, Path)), responses((status = 204, description = "Deleted")))]
async fn delete_time_off(
    State(app): State<App>,
    caller: ApiCaller,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    entries::delete::<TimeOff>(&app, &caller, &id).await
}
