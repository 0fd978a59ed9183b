//! `/services`.

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
use crate::scheduling::catalogue::{Service, ServiceFields};

const PATH: &str = "/services";

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list_services, create_service)).routes(routes!(
        get_service,
        update_service,
        delete_service
    ))
}

/// Lists what can be booked.
#[utoipa::path(get, path = PATH, tag = "catalogue", params(PageParams), responses((status = 200, body = Page<Service>, description = "A page")))]
async fn list_services(
    State(app): State<App>,
    caller: ApiCaller,
    params: Params<PageParams>,
) -> Result<Response, Problem> {
    entries::list::<Service>(&app, &caller, params).await
}

/// Adds a service.
#[utoipa::path(post, path = PATH, tag = "catalogue", request_body = ServiceFields, responses((status = 201, body = Service, description = "Added")))]
async fn create_service(
    State(app): State<App>,
    caller: ApiCaller,
    request: Received,
) -> Result<Response, Problem> {
    entries::create::<Service>(&app, &caller, &request, PATH).await
}

/// Shows a service.
#[utoipa::path(get, path = "/services/{id}", tag = "catalogue", params(("id" = String, Path)), responses((status = 200, body = Service, description = "As it is")))]
async fn get_service(
    State(app): State<App>,
    caller: ApiCaller,
    Path(id): Path<String>,
) -> Result<Answer, Problem> {
    entries::get::<Service>(&app, &caller, &id).await
}

/// Changes a service: `active` false ends its bookings; visits that are booked stay.
#[utoipa::path(patch, path = "/services/{id}", tag = "catalogue", params(("id" = String, Path)), request_body(content = ref("#/components/schemas/ServicePatch")), responses((status = 200, body = Service, description = "Changed")))]
async fn update_service(
    State(app): State<App>,
    caller: ApiCaller,
    Path(id): Path<String>,
    request: Received,
) -> Result<Answer, Problem> {
    entries::update::<Service>(&app, &caller, &request, &id).await
}

/// Deletes a service that was never booked.
#[utoipa::path(delete, path = "/services/{id}", tag = "catalogue", params(("id" = String, Path)), responses((status = 204, description = "Deleted")))]
async fn delete_service(
    State(app): State<App>,
    caller: ApiCaller,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    entries::delete::<Service>(&app, &caller, &id).await
}
