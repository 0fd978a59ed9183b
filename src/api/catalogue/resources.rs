//! `/resources`.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::api::answer::Answer;
use crate::api::caller::ApiCaller;
use crate::api::cursor::Page;
use crate::api::entries;
use crate::api::params::{PageParams, Params};
use crate::api::request::Received;
use crate::platform::app::App;
use crate::platform::problem::Problem;
use crate::scheduling::catalogue::{Resource, ResourceFields};

const PATH: &str = "/resources";

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list_resources, create_resource)).routes(routes!(
        get_resource,
        update_resource,
        delete_resource
    ))
}

/// Lists rooms and devices.
#[utoipa::path(get, path = PATH, tag = "catalogue", params(PageParams), responses((status = 200, body = Page<Resource>, description = "A page")))]
async fn list_resources(
    State(app): State<App>,
    caller: ApiCaller,
    params: Params<PageParams>,
) -> Result<Response, Problem> {
    entries::list::<Resource>(&app, &caller, params).await
}

/// Adds a room or device. Services name what they need.
#[utoipa::path(post, path = PATH, tag = "catalogue", request_body = ResourceFields, responses((status = 201, body = Resource, description = "Added")))]
async fn create_resource(
    State(app): State<App>,
    caller: ApiCaller,
    request: Received,
) -> Result<Response, Problem> {
    entries::create::<Resource>(&app, &caller, &request, PATH).await
}

/// Shows a room or device.
#[utoipa::path(get, path = "/resources/{id}", tag = "catalogue", params(("id" = String, Path)), responses((status = 200, body = Resource, description = "As it is")))]
async fn get_resource(
    State(app): State<App>,
    caller: ApiCaller,
    Path(id): Path<String>,
) -> Result<Answer, Problem> {
    entries::get::<Resource>(&app, &caller, &id).await
}

/// Changes a room or device: `active` false ends its bookings; visits that are booked stay.
#[utoipa::path(patch, path = "/resources/{id}", tag = "catalogue", params(("id" = String, Path)), request_body(content = ref("#/components/schemas/ResourcePatch")), responses((status = 200, body = Resource, description = "Changed")))]
async fn update_resource(
    State(app): State<App>,
    caller: ApiCaller,
    Path(id): Path<String>,
    request: Received,
) -> Result<Answer, Problem> {
    entries::update::<Resource>(&app, &caller, &request, &id).await
}

/// Deletes a room or device that was never booked and that no service takes.
#[utoipa::path(delete, path = "/resources/{id}", tag = "catalogue", params(("id" = String, Path)), responses((status = 204, description = "Deleted")))]
async fn delete_resource(
    State(app): State<App>,
    caller: ApiCaller,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    entries::delete::<Resource>(&app, &caller, &id).await
}
