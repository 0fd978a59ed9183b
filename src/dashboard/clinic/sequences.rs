//! `/dashboard/settings/sequences`: texts in steps, when each would leave, and who is on the way.

use askama::Template;
use axum::Router;
use axum::extract::{Path, State};
use axum::response::Response;
use axum::routing::get;
use serde_json::json;

use super::list::{self, Run};
use super::{Choice, Values, all, opened};
use crate::accounts::Scope;
use crate::api;
use crate::dashboard::page::{self, PageError};
use crate::dashboard::say;
use crate::dashboard::shell::{Place, Shell};
use crate::dashboard::signed_in::SignedIn;
use crate::platform::app::App;
use crate::platform::ids::{Prefixed as _, SequenceId};
use crate::platform::problem::Problem;
use crate::scheduling::catalogue::Service;
use crate::sequences::{self, Asked, Outcome, Preview, PreviewError, SequenceTemplate};

const LISTED_MAX: i64 = 200;
/// People on the way that are shown.
const RUNS: i64 = 50;

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/dashboard/settings/sequences", get(show_sequences))
        .route("/dashboard/settings/sequences/{id}", get(show_sequence))
}

#[derive(Template)]
#[template(path = "dashboard/clinic/sequences.html")]
struct SequencesPage {
    s: Shell,
    can_write: bool,
    all: Vec<Values>,
    templates: Vec<(String, String)>,
}

#[derive(Template)]
#[template(path = "dashboard/clinic/sequence.html")]
struct SequencePage {
    s: Shell,
    can_write: bool,
    v: Values,
    is_new: bool,
    services: Vec<Values>,
    foreseen: Option<Preview>,
    runs: Vec<Run>,
}

async fn show_sequences(State(app): State<App>, SignedIn(staff): SignedIn) -> Result<Response, PageError> {
    let org = staff.org;
    let (mut tx, s) = opened(&app, staff, Scope::MessagesRead).await?;
    let found = sequences::list(&mut tx, org, None, LISTED_MAX).await?;
    tx.commit().await?;
    let all: Vec<Values> = found.into_iter().map(|one| Values::of(&api::shown_sequence(one))).collect();
    let templates = SequenceTemplate::ALL
        .into_iter()
        .map(|one| {
            let (name, fields) = (Values::of(&json!({"it": one})), Values::of(&one.fields()));
            (name.text("it"), fields.text("name"))
        })
        .collect();
    Ok(page::render(&SequencesPage { can_write: s.may("messages:write"), s, all, templates }))
}

async fn show_sequence(
    State(app): State<App>,
    SignedIn(staff): SignedIn,
    Path(id): Path<String>,
) -> Result<Response, PageError> {
    let org = staff.org;
    let (mut tx, s) = opened(&app, staff, Scope::MessagesRead).await?;
    let is_new = id == "new";
    let (mut foreseen, mut runs) = (None, Vec::new());
    let v = if is_new {
        begun()
    } else {
        let id = SequenceId::parse(&id).ok_or(Problem::NOT_FOUND)?;
        let found = sequences::find(&mut tx, org, id).await?.ok_or(Problem::NOT_FOUND)?;
        let asked = Asked { contact: None, zone: None, entered_at: None };
        foreseen = Some(sequences::preview(&app, &mut tx, org, id, &asked).await.map_err(unforeseen)?);
        runs = list::runs(&mut tx, org, id, RUNS).await?;
        Values::of(&api::shown_sequence(found))
    };
    let services = all::<Service>(&mut tx, org).await?;
    tx.commit().await?;
    let can_write = s.may("messages:write");
    Ok(page::render(&SequencePage { s, can_write, v, is_new, services, foreseen, runs }))
}

fn unforeseen(error: PreviewError) -> PageError {
    match error {
        PreviewError::Database(error) => error.into(),
        PreviewError::NotFound | PreviewError::NobodyThere => Problem::NOT_FOUND.into(),
        PreviewError::Rules(_) => Problem::UNAVAILABLE.into(),
    }
}

fn begun() -> Values {
    Values::of(&json!({"trigger": "no_booking", "max_days": 30, "reenter_days": 90,
        "steps": [{"after_days": 1, "at_hour": 11, "words": {}}]}))
}

/// Who enters, for people.
fn trigger(s: &Shell, name: &str) -> &'static str {
    s.t(match name {
        "after_visit" => "After a visit",
        "lapsed" => "When the last visit is long ago",
        _ => "After a call without a booking",
    })
}

impl SequencesPage {
    fn trigger(&self, one: &Values) -> &'static str {
        trigger(&self.s, &one.text("trigger"))
    }
}

impl SequencePage {
    /// When a text may leave: never by night.
    #[expect(clippy::unused_self, reason = "the template calls it on the page")]
    fn hours(&self) -> Vec<(i8, String)> {
        (8..=20).map(|hour| (hour, say::hour(hour))).collect()
    }

    fn triggers(&self) -> Vec<Choice> {
        ["no_booking", "after_visit", "lapsed"].map(|name| Choice::new(name, trigger(&self.s, name))).to_vec()
    }

    /// What becomes of a step, with the moment if it leaves.
    fn outcome(&self, outcome: &Outcome) -> String {
        match outcome {
            Outcome::Leaves(at) => self.s.tn("Leaves {}", self.s.moment(at)),
            Outcome::Skipped(rule) => self.s.tn("Left out: {}", rule.replace('_', " ")),
            Outcome::Stopped(reason) => self.s.tn("Ends before it: {}", reason.as_str().replace('_', " ")),
        }
    }

    fn state(&self, run: &Run) -> String {
        match (run.state.as_str(), &run.stop_reason) {
            ("running", _) => self.s.t("On the way").to_owned(),
            (_, Some(reason)) => self.s.tn("Ended: {}", reason.replace('_', " ")),
            _ => self.s.t("Done").to_owned(),
        }
    }
}

super::tabs!(SequencesPage, SequencePage);
