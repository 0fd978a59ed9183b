//! Outside calendars: accounts, their calendars, and where those disagree with visits.

mod account;
mod choice;
mod conflicts;
mod connections;

use utoipa_axum::router::OpenApiRouter;

use crate::platform::app::App;

pub(super) use account::{Calendar, Revoked, accounts, revoke};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().merge(connections::routes()).merge(choice::routes()).merge(conflicts::routes())
}
