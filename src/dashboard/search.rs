//! `/dashboard/search`: what was typed into the search box, found; and what it suggests while somebody types.

use askama::Template;
use axum::Router;
use axum::extract::{Query, State};
use axum::response::Response;
use axum::routing::get;
use serde::Deserialize;

use super::calls;
use super::page::{self, PageError};
use super::say;
use super::shell::{Place, Shell};
use super::signed_in::SignedIn;
use crate::accounts::{Scope, Staff};
use crate::calls::TestCalls;
use crate::orgs;
use crate::platform::app::App;
use crate::platform::db::PgConnection;
use crate::search::{self, CallFound, Found, ThreadFound, Wanted};

/// Fewer letters would find everybody.
const LETTERS_MIN: usize = 2;
/// More are no name, number or address.
const LETTERS_MAX: usize = 80;
/// Of each kind, while somebody types.
const SUGGESTED: usize = 4;

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/dashboard/search", get(show_found))
        .route("/dashboard/search/suggestions", get(show_suggestions))
}

#[derive(Deserialize)]
struct Asked {
    #[serde(default)]
    q: String,
    #[serde(default)]
    tests: String,
}

#[derive(Template)]
#[template(path = "dashboard/search.html")]
struct SearchPage {
    s: Shell,
    has_tests: bool,
    q: String,
    found: Found,
}

#[derive(Template)]
#[template(path = "dashboard/suggestions.html")]
struct Suggestions {
    s: Shell,
    q: String,
    found: Found,
}

async fn show_found(
    State(app): State<App>,
    SignedIn(staff): SignedIn,
    Query(asked): Query<Asked>,
) -> Result<Response, PageError> {
    let tests = asked.tests.parse().unwrap_or(TestCalls::LeftOut);
    let (s, q, found) = found(&app, staff, &asked.q, tests).await?;
    Ok(page::render(&SearchPage { s, has_tests: tests == TestCalls::With, q, found }))
}

async fn show_suggestions(
    State(app): State<App>,
    SignedIn(staff): SignedIn,
    Query(asked): Query<Asked>,
) -> Result<Response, PageError> {
    let (s, q, mut found) = found(&app, staff, &asked.q, TestCalls::LeftOut).await?;
    found.contacts.truncate(SUGGESTED);
    found.calls.truncate(SUGGESTED);
    found.visits.truncate(SUGGESTED);
    found.tasks.truncate(SUGGESTED);
    Ok(page::render(&Suggestions { s, q, found }))
}

async fn found(
    app: &App,
    staff: Staff,
    typed: &str,
    tests: TestCalls,
) -> Result<(Shell, String, Found), PageError> {
    let q: String = typed.trim().chars().filter(|c| !c.is_control()).take(LETTERS_MAX).collect();
    let org = staff.org;
    let mut tx = app.begin(org).await?;
    let found = if q.chars().count() < LETTERS_MIN {
        Found::default()
    } else {
        look(app, &mut tx, &staff, (&q, tests)).await?
    };
    let s = Shell::load(app, &mut tx, staff, Place::Search).await?;
    tx.commit().await?;
    Ok((s, q, found))
}

async fn look(
    app: &App,
    tx: &mut PgConnection,
    staff: &Staff,
    (q, tests): (&str, TestCalls),
) -> Result<Found, sqlx::Error> {
    let settings = orgs::settings(tx, &app.keys, staff.org).await?;
    let wanted = Wanted {
        words: q,
        region: &settings.default_region,
        calls: staff.may(Scope::CallsRead),
        visits: staff.may(Scope::AppointmentsRead),
        tasks: staff.may(Scope::TasksRead),
        tests,
    };
    search::find(tx, staff.org, &wanted).await
}

impl SearchPage {
    fn caller(&self, call: &CallFound) -> String {
        caller(&self.s, call)
    }

    #[expect(clippy::unused_self, reason = "the template calls it on the page")]
    fn thread(&self, thread: &ThreadFound) -> String {
        thread.contact_name.clone().unwrap_or_else(|| say::phone(&thread.phone))
    }

    #[expect(clippy::unused_self, reason = "the template calls it on the page")]
    fn thread_path(&self, thread: &ThreadFound) -> String {
        let id = thread.contact_id.map_or_else(|| thread.phone.clone(), |id| id.to_string());
        format!("/dashboard/messages/{id}")
    }

    fn is_empty(&self) -> bool {
        let Found { contacts, calls, visits, threads, tasks } = &self.found;
        contacts.is_empty() && calls.is_empty() && visits.is_empty() && threads.is_empty() && tasks.is_empty()
    }

    fn is_short(&self) -> bool {
        self.q.chars().count() < LETTERS_MIN
    }
}

impl Suggestions {
    /// How many of them are shown.
    fn count(&self) -> usize {
        let Found { contacts, calls, visits, tasks, .. } = &self.found;
        contacts.len() + calls.len() + visits.len() + tasks.len()
    }

    fn caller(&self, call: &CallFound) -> String {
        caller(&self.s, call)
    }

    fn is_empty(&self) -> bool {
        let Found { contacts, calls, visits, tasks, .. } = &self.found;
        contacts.is_empty() && calls.is_empty() && visits.is_empty() && tasks.is_empty()
    }

    fn is_short(&self) -> bool {
        self.q.chars().count() < LETTERS_MIN
    }
}

fn caller(s: &Shell, call: &CallFound) -> String {
    calls::named(s, [&call.contact_name, &call.lead_name], call.caller_phone.as_deref())
}
