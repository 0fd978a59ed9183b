//! Calendars over HTTP: a file per resource.

mod feeds;
mod settings;

use utoipa_axum::router::OpenApiRouter;

use crate::platform::app::App;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().merge(feeds::routes()).merge(settings::routes())
}
