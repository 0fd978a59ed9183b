//! The catalogue over HTTP: a file per resource.

mod closures;
mod from_templates;
mod hours;
mod locations;
mod policy;
mod practitioners;
mod resources;
mod services;
mod time_off;

use utoipa_axum::router::OpenApiRouter;

use crate::platform::app::App;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .merge(locations::routes())
        .merge(services::routes())
        .merge(from_templates::routes())
        .merge(practitioners::routes())
        .merge(resources::routes())
        .merge(hours::routes())
        .merge(closures::routes())
        .merge(time_off::routes())
        .merge(policy::routes())
}
