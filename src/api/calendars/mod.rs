//! Outside calendars: accounts, their calendars, where those disagree with visits, and feeds of our own.

mod account;
mod choice;
mod conflicts;
mod connections;
mod feeds;
mod settings;

use utoipa_axum::router::OpenApiRouter;

use crate::platform::app::App;

pub(super) use account::{Calendar, Revoked, accounts, revoke};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .merge(connections::routes())
        .merge(choice::routes())
        .merge(conflicts::routes())
        .merge(feeds::routes())
        .merge(settings::routes())
}
