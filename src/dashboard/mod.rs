//! The dashboard: one file per page, rendered here, kept true by the socket, changed through the API.
//!
//! **Invariant.** A page only reads. What it changes goes to `/api/v1` as JSON, so that every change exists once.
//! **Invariant.** The org of a page is the session's, and from nowhere else.

#![allow(
    clippy::unused_self,
    clippy::trivially_copy_pass_by_ref,
    clippy::ref_option,
    reason = "templates call methods on a page, with references to what it has"
)]

mod account;
mod acts;
mod analytics;
mod assets;
mod audit;
mod calendar;
mod call;
mod calls;
mod clinic;
mod contact;
mod contacts;
mod cursor;
mod door;
mod leads;
mod list;
mod marked;
mod messages;
mod no_page;
mod notifications;
mod page;
mod particulars;
mod people;
mod say;
mod search;
mod sent;
mod session;
mod settings;
mod shell;
mod signed_in;
mod tasks;
mod team;
mod today;
mod told;

use axum::Router;
use tower_http::CompressionLevel;
use tower_http::compression::CompressionLayer;

pub use self::no_page::for_people;

use crate::platform::app::App;

/// Every page and what pages load.
pub fn router() -> Router<App> {
    Router::new()
        .merge(assets::routes())
        .merge(today::routes())
        .merge(calls::routes())
        .merge(call::routes())
        .merge(leads::routes())
        .merge(contacts::routes())
        .merge(contact::routes())
        .merge(messages::routes())
        .merge(tasks::routes())
        .merge(notifications::routes())
        .merge(search::routes())
        .merge(analytics::routes())
        .merge(settings::routes())
        .merge(clinic::routes())
        .merge(calendar::routes())
        .merge(door::routes())
        .merge(account::routes())
        .merge(session::routes())
        .merge(team::routes())
        .merge(audit::routes())
        // Assets are compressed already, and better. A page is written for one reader: a week of the calendar took longer to
        // compress than to find.
        .layer(CompressionLayer::new().quality(CompressionLevel::Fastest))
}
