//! `/practitioners`.

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
use crate::scheduling::catalogue::{Practitioner, PractitionerFields};

const PATH: &str = "/practitioners";

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list_practitioners, create_practitioner)).routes(routes!(
        get_practitioner,
        update_practitioner,
        delete_practitioner
    ))
}

/// Lists people who can be booked.
#[utoipa::path(get, path = PATH, tag = "catalogue", params(PageParams), responses((status = 200, body = Page<Practitioner>, description = "A page")))]
async fn list_practitioners(
    State(app): State<App>,
    caller: ApiCaller,
    params: Params<PageParams>,
) -> Result<Response, Problem> {
    entries::list::<Practitioner>(&app, &caller, params).await
}

/// Adds somebody who can be booked. Services name who gives them.
#[utoipa::path(post, path = PATH, tag = "catalogue", request_body = PractitionerFields, responses((status = 201, body = Practitioner, description = "Added")))]
async fn create_practitioner(
    State(app): State<App>,
    caller: ApiCaller,
    request: Received,
) -> Result<Response, Problem> {
    entries::create::<Practitioner>(&app, &caller, &request, PATH).await
}

/// Shows somebody who can be booked.
#[utoipa::path(get, path = "/practitioners/{id}", tag = "catalogue", params(("id" = String, Path)), responses((status = 200, body = Practitioner, description = "As it is")))]
async fn get_practitioner(
    State(app): State<App>,
    caller: ApiCaller,
    Path(id): Path<String>,
) -> Result<Answer, Problem> {
    entries::get::<Practitioner>(&app, &caller, &id).await
}

/// Changes somebody who can be booked: `active` false ends its bookings; visits that are booked stay.
#[utoipa::path(patch, path = "/practitioners/{id}", tag = "catalogue", params(("id" = String, Path)), request_body(content = ref("#/components/schemas/PractitionerPatch")), responses((status = 200, body = Practitioner, description = "Changed")))]
async fn update_practitioner(
    State(app): State<App>,
    caller: ApiCaller,
    Path(id): Path<String>,
    request: Received,
) -> Result<Answer, Problem> {
    entries::update::<Practitioner>(&app, &caller, &request, &id).await
}

/// Deletes a practitioner who was never booked, with their hours and absences.
#[utoipa::path(delete, path = "/practitioners/{id}", tag = "catalogue", params(("id" = String, Path)), responses((status = 204, description = "Deleted")))]
async fn delete_practitioner(
    State(app): State<App>,
    caller: ApiCaller,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    entries::delete::<Practitioner>(&app, &caller, &id).await
}
