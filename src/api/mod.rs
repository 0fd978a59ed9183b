//! The HTTP API for programs: `/api/v1`. Requests in, verbs of the slices called, answers out; `docs/api.md` tells the
//! rules that all of it keeps.
//!
//! **Invariant.** The org comes from the key and from nothing else; another org's id is answered like one that nobody has.
//! **Invariant.** A request with an `Idempotency-Key` takes effect once, and its answer commits with its effect.

mod account;
mod alert_phones;
mod alert_recipients;
mod alert_settings;
mod alerts;
mod analytics;
mod answer;
mod audit_log;
mod calendars;
mod call_in_full;
mod call_marks;
mod caller;
mod calls;
mod catalogue;
mod consents;
mod contacts;
mod cursor;
mod email;
mod entries;
mod few;
mod first_run;
mod founder_console;
mod google_oauth;
mod idempotency;
mod in_their_language;
mod keys;
mod leads;
mod left_behind;
mod listed;
mod notifications;
mod openapi;
mod org_settings;
mod params;
mod presence;
mod problems;
mod recipient_news;
mod recordings;
mod request;
mod scoring_settings;
mod search;
mod sequences;
mod setting_tests;
mod store;
mod strict;
mod tasks;
mod team;
mod text_templates;
mod texting_settings;
mod threads;
mod twilio_account;
mod visits;
mod voice;
mod waitlist;
mod wording_settings;

use axum::Router;
use axum::middleware::from_fn;
use axum::routing::get;
use utoipa_axum::router::OpenApiRouter;

use crate::platform::app::App;

pub use answer::etag_of;
pub use idempotency::forget_answers;
pub use scoring_settings::scoring_etag;
pub use sequences::{SequenceKept, shown_sequence};
pub use text_templates::{TextTemplate, text_templates};

/// Every route of the API and the document that describes them: one list for both.
pub fn router() -> Router<App> {
    let (routes, document) = described();
    let routes = routes.method_not_allowed_fallback(async || problems::METHOD_NOT_ALLOWED);
    Router::new()
        .nest("/api/v1", routes)
        .route("/api/v1/openapi.json", get(async || openapi::answer(document)))
        .merge(google_oauth::router())
        .layer(from_fn(in_their_language::answer))
        .merge(founder_console::router())
}

/// What [`router`] serves as `/api/v1/openapi.json`.
pub fn document() -> utoipa::openapi::OpenApi {
    described().1
}

fn described() -> (Router<App>, utoipa::openapi::OpenApi) {
    let (routes, mut document) = OpenApiRouter::new()
        .merge(catalogue::routes())
        .merge(visits::routes())
        .merge(waitlist::routes())
        .merge(calendars::routes())
        .merge(consents::routes())
        .merge(text_templates::routes())
        .merge(contacts::routes())
        .merge(threads::routes())
        .merge(wording_settings::routes())
        .merge(email::routes())
        .merge(texting_settings::routes())
        .merge(first_run::routes())
        .merge(sequences::routes())
        .merge(alerts::routes())
        .merge(alert_recipients::routes())
        .merge(alert_phones::routes())
        .merge(org_settings::routes())
        .merge(twilio_account::routes())
        .merge(voice::routes())
        .merge(setting_tests::routes())
        .merge(alert_settings::routes())
        .merge(scoring_settings::routes())
        .merge(leads::routes())
        .merge(analytics::routes())
        .merge(call_marks::routes())
        .merge(calls::routes())
        .merge(recordings::routes())
        .merge(tasks::routes())
        .merge(notifications::routes())
        .merge(audit_log::routes())
        .merge(search::routes())
        .merge(team::routes())
        .merge(keys::routes())
        .merge(account::routes())
        .split_for_parts();
    openapi::complete(&mut document);
    (routes, document)
}
