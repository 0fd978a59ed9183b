//! `/closures`.

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
use crate::scheduling::catalogue::{Closure, ClosureFields};

const PATH: &str = "/closures";

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list_closures, create_closure)).routes(routes!(
        get_closure,
        update_closure,
        delete_closure
    ))
}

/// Lists civil days that differ from the weekly hours.
#[utoipa::path(get, path = PATH, tag = "catalogue", params(DayPageParams), responses((status = 200, body = Page<Closure>, description = "A page")))]
async fn list_closures(
    State(app): State<App>,
    caller: ApiCaller,
    params: Params<DayPageParams>,
) -> Result<Response, Problem> {
    entries::list::<Closure>(&app, &caller, params).await
}

/// Closes the org, a location or a practitioner on civil days, or opens them at other times.
#[utoipa::path(post, path = PATH, tag = "catalogue", request_body = ClosureFields, responses((status = 201, body = Closure, description = "Added")))]
async fn create_closure(
    State(app): State<App>,
    caller: ApiCaller,
    request: Received,
) -> Result<Response, Problem> {
    entries::create::<Closure>(&app, &caller, &request, PATH).await
}

/// Shows a closure.
#[utoipa::path(get, path = "/closures/{id}", tag = "catalogue", params(("id" = String, Path)), responses((status = 200, body = Closure, description = "As it is")))]
async fn get_closure(
    State(app): State<App>,
    caller: ApiCaller,
    Path(id): Path<String>,
) -> Result<Answer, Problem> {
    entries::get::<Closure>(&app, &caller, &id).await
}

/// Changes a closure.
#[utoipa::path(patch, path = "/closures/{id}", tag = "catalogue", params(("id" = String, Path)), request_body(content = ref("#/components/schemas/ClosurePatch")), responses((status = 200, body = Closure, description = "Changed")))]
async fn update_closure(
    State(app): State<App>,
    caller: ApiCaller,
    Path(id): Path<String>,
    request: Received,
) -> Result<Answer, Problem> {
    entries::update::<Closure>(&app, &caller, &request, &id).await
}

/// Deletes a closure; no visit names it.
#[utoipa::path(delete, path = "/closures/{id}", tag = "catalogue", params(("id" = String, Path)), responses((status = 204, description = "Deleted")))]
async fn delete_closure(
    State(app): State<App>,
    caller: ApiCaller,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    entries::delete::<Closure>(&app, &caller, &id).await
}
