//! `/dashboard/calls`: every call, what it was about and what came of it.

use askama::Template;
use axum::Router;
use axum::extract::{Query, State};
use axum::response::Response;
use axum::routing::get;
use serde::Deserialize;

use super::cursor::Cursor;
use super::page::{self, PageError};
use super::say;
use super::shell::{Place, Shell};
use super::signed_in::SignedIn;
use crate::accounts::{Actor, Scope};
use crate::calls::{self, LastSaid, Listed, Outcome, TestCalls, WantedCalls};
use crate::platform::app::App;
use crate::platform::ids::{CallId, ContactId, Prefixed as _};
use crate::platform::problem::Problem;

/// Rows of a part of the list.
const ROWS: i64 = 50;
/// More never run at one clinic.
const RUNNING_MAX: i64 = 50;

pub(super) fn routes() -> Router<App> {
    Router::new().route("/dashboard/calls", get(show_calls))
}

/// What the list is narrowed to.
#[derive(Debug, Default, Deserialize)]
struct Asked {
    #[serde(default)]
    outcome: String,
    #[serde(default)]
    temperature: String,
    #[serde(default)]
    contact: String,
    #[serde(default)]
    tests: String,
    after: Option<String>,
}

#[derive(Template)]
#[template(path = "dashboard/calls.html")]
struct CallsPage {
    s: Shell,
    running: Vec<(Listed, Option<LastSaid>)>,
    calls: Vec<Listed>,
    next: Option<Cursor>,
    asked: Asked,
}

async fn show_calls(
    State(app): State<App>,
    SignedIn(staff): SignedIn,
    Query(asked): Query<Asked>,
) -> Result<Response, PageError> {
    if !staff.may(Scope::CallsRead) {
        return Err(Problem::NOT_FOUND.into());
    }
    let org = staff.org;
    let mut tx = app.begin(org).await?;
    let s = Shell::load(&app, &mut tx, staff, Place::Calls).await?;
    let after = asked.after.as_deref().and_then(Cursor::parse);
    let wanted = WantedCalls {
        is_running: Some(false),
        outcome: asked.outcome.parse().ok(),
        temperature: ["hot", "warm", "cold"].into_iter().find(|known| *known == asked.temperature),
        contact: ContactId::parse(&asked.contact),
        tests: asked.tests.parse().unwrap_or(TestCalls::LeftOut),
        after: after.map(|cursor| (cursor.at, CallId(cursor.id))),
        limit: ROWS + 1,
        ..WantedCalls::default()
    };
    let mut calls = calls::list(&mut tx, org, &wanted).await?;
    let next =
        Cursor::behind(&mut calls, ROWS, |call| Cursor { at: call.created_at.to_jiff(), id: call.id.0 });
    let running = calls::running(&mut tx, org, RUNNING_MAX).await?;
    let reader = Actor::Staff(s.staff.user).to_string();
    let read: Vec<_> = running.iter().filter(|(_, said)| said.is_some()).map(|(call, _)| call.id).collect();
    calls::note_last_words(&app, &mut tx, org, (&read, &reader)).await?;
    tx.commit().await?;
    Ok(page::render(&CallsPage { s, running, calls, next, asked }))
}

impl CallsPage {
    fn who(&self, call: &Listed) -> String {
        who(&self.s, call)
    }

    fn outcome(&self, call: &Listed) -> &'static str {
        self.s.t(outcome(call.outcome()))
    }

    #[expect(clippy::unused_self, reason = "the template calls it on the page")]
    fn tone(&self, call: &Listed) -> &'static str {
        tone(call.outcome())
    }

    /// What an empty list says.
    fn nothing(&self) -> &'static str {
        let asked = &self.asked;
        let is_narrowed = [&asked.outcome, &asked.temperature, &asked.contact, &asked.tests]
            .iter()
            .any(|one| !one.is_empty());
        self.s.t(if is_narrowed { "No such calls" } else { "No calls yet" })
    }

    fn outcomes(&self) -> Vec<(&'static str, &'static str)> {
        let ended = Outcome::ALL.into_iter().filter(|one| *one != Outcome::Running);
        ended.map(|one| (one.as_str(), self.s.t(outcome(one)))).collect()
    }
}

/// Who called, as well as we know.
pub(super) fn who(s: &Shell, call: &Listed) -> String {
    named(s, [&call.contact_name, &call.lead_name], call.caller_phone.as_deref())
}

/// By the first name that is known: the contact's, else the alert's; else by the number.
pub(super) fn named(s: &Shell, names: [&Option<String>; 2], phone: Option<&str>) -> String {
    let name = names.into_iter().find_map(Clone::clone).or_else(|| phone.map(say::phone));
    name.unwrap_or_else(|| s.t("Withheld number").to_owned())
}

/// An outcome for people, in English.
pub(super) const fn outcome(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Running => "On the phone",
        Outcome::Booked => "Booked",
        Outcome::Changed => "Changed a visit",
        Outcome::Waiting => "Joined the waitlist",
        Outcome::CallBack => "To call back",
        Outcome::Transferred => "Connected to staff",
        Outcome::Missed => "Missed",
        Outcome::Answered => "Answered",
    }
}

/// The tone of an outcome's badge.
pub(super) const fn tone(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Running | Outcome::Booked => "good",
        Outcome::CallBack | Outcome::Missed => "warn",
        Outcome::Changed | Outcome::Waiting | Outcome::Transferred => "brand",
        Outcome::Answered => "",
    }
}
