//! `/locations`.

use axum::extract::{Path, State};
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
use crate::scheduling::catalogue::{Location, LocationFields};

const PATH: &str = "/locations";

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list_locations, create_location))
        .routes(routes!(get_location, update_location))
}

/// Lists sites.
#[utoipa::path(get, path = PATH, tag = "catalogue", params(PageParams), responses((status = 200, body = Page<Location>, description = "A page")))]
async fn list_locations(
    State(app): State<App>,
    caller: ApiCaller,
    params: Params<PageParams>,
) -> Result<Response, Problem> {
    entries::list::<Location>(&app, &caller, params).await
}

/// Adds a site. Its hours are set with `/hours`; until then it is open from 9 to 6.
#[utoipa::path(post, path = PATH, tag = "catalogue", request_body = LocationFields, responses((status = 201, body = Location, description = "Added")))]
async fn create_location(
    State(app): State<App>,
    caller: ApiCaller,
    request: Received,
) -> Result<Response, Problem> {
    entries::create::<Location>(&app, &caller, &request, PATH).await
}

/// Shows a site.
#[utoipa::path(get, path = "/locations/{id}", tag = "catalogue", params(("id" = String, Path)), responses((status = 200, body = Location, description = "As it is")))]
async fn get_location(
    State(app): State<App>,
    caller: ApiCaller,
    Path(id): Path<String>,
) -> Result<Answer, Problem> {
    entries::get::<Location>(&app, &caller, &id).await
}

/// Changes a site: `active` false ends its bookings; visits that are booked stay.
#[utoipa::path(patch, path = "/locations/{id}", tag = "catalogue", params(("id" = String, Path)), request_body(content = ref("#/components/schemas/LocationPatch")), responses((status = 200, body = Location, description = "Changed")))]
async fn update_location(
    State(app): State<App>,
    caller: ApiCaller,
    Path(id): Path<String>,
    request: Received,
) -> Result<Answer, Problem> {
    entries::update::<Location>(&app, &caller, &request, &id).await
}
