//! Openings, visits, series and holds: the verbs of `appointments`, as the voice calls them too.

mod appointment;
mod appointments;
mod attendance;
mod changes;
mod holds;
mod openings;
mod refusals;
mod series;
mod wish;

pub(super) use refusals::refused_change;
pub(super) use wish::{phone, place, practitioner};

use std::sync::Arc;

use utoipa_axum::router::OpenApiRouter;

use super::caller::ApiCaller;
use super::problems;
use crate::platform::app::App;
use crate::platform::problem::Problem;
use crate::scheduling::{self, RuleBook};

/// Rules that change this often while one request is served are a defect.
const RULES_READ_MAX: usize = 4;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .merge(openings::routes())
        .merge(appointments::routes())
        .merge(changes::routes())
        .merge(attendance::routes())
        .merge(series::routes())
        .merge(holds::routes())
}

/// Rules that are current: read again whenever a verb has met newer ones.
#[derive(Default)]
pub(super) struct Rules {
    pub seen: Option<i64>,
    read: usize,
}

impl Rules {
    /// The book to try with next.
    pub async fn next(&mut self, app: &App, caller: &ApiCaller) -> Result<Arc<RuleBook>, Problem> {
        if self.read == RULES_READ_MAX {
            return Err(Problem::UNAVAILABLE);
        }
        self.read += 1;
        let book = scheduling::rule_book(app, caller.org, self.seen).await;
        book.map_err(|error| problems::database(caller.org, &error))
    }
}
