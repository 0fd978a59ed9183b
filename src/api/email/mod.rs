//! E-mails to staff over HTTP: who gets them, and when.

mod recipients;
mod settings;

use utoipa_axum::router::OpenApiRouter;

use crate::platform::app::App;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().merge(recipients::routes()).merge(settings::routes())
}
