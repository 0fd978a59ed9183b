//! `/dashboard/calls/{id}`: a call in full, while it runs and afterwards.

use askama::Template;
use axum::Router;
use axum::extract::{Path, State};
use axum::response::Response;
use axum::routing::get;

use super::calls::{outcome, tone, who};
use super::marked::{self, Mark, Piece};
use super::page::{self, PageError};
use super::shell::{Place, Shell};
use super::signed_in::SignedIn;
use crate::accounts::Scope;
use crate::calls::{self, AlertRaised, CallInFull};
use crate::leads::Via;
use crate::leads::scoring::Evidence;
use crate::platform::app::App;
use crate::platform::ids::{CallId, Prefixed as _};
use crate::platform::problem::Problem;

pub(super) fn routes() -> Router<App> {
    Router::new().route("/dashboard/calls/{id}", get(show_call))
}

#[derive(Template)]
#[template(path = "dashboard/call.html")]
struct CallPage {
    s: Shell,
    full: CallInFull,
    who: String,
    turns: Vec<Turn>,
    /// What the score is the sum of.
    counted: Vec<Counted>,
}

/// One turn, in pieces.
struct Turn {
    is_caller: bool,
    pieces: Vec<Piece>,
}

/// A phrase that gave points.
struct Counted {
    rule: &'static str,
    words: String,
    points: i16,
}

async fn show_call(
    State(app): State<App>,
    SignedIn(staff): SignedIn,
    Path(id): Path<String>,
) -> Result<Response, PageError> {
    let id = CallId::parse(&id).filter(|_| staff.may(Scope::CallsRead)).ok_or(Problem::NOT_FOUND)?;
    let (org, actor) = (staff.org, format!("staff:{}", staff.user));
    let mut tx = app.begin(org).await?;
    let s = Shell::load(&app, &mut tx, staff, Place::Calls).await?;
    let full = calls::read_call(&app, &mut tx, org, (id, &actor)).await?.ok_or(Problem::NOT_FOUND)?;
    tx.commit().await?;
    // Kept by an earlier release in another form: the words are shown without marks.
    let evidence = full.transcript.evidence.clone().map(serde_json::from_value::<Vec<Evidence>>);
    let evidence = evidence.and_then(Result::ok).unwrap_or_else(Vec::new);
    let counted = evidence.iter().filter(|found| found.points != 0);
    let page = CallPage {
        who: who(&s, &full.call),
        turns: turns(&full, &evidence),
        counted: counted
            .map(|found| Counted {
                rule: marked::rule(found.rule),
                words: found.words.clone(),
                points: found.points,
            })
            .collect(),
        full,
        s,
    };
    Ok(page::render(&page))
}

/// What was said: as the report has it, until it has come as it was heard.
fn turns(full: &CallInFull, evidence: &[Evidence]) -> Vec<Turn> {
    match &full.transcript.turns {
        Some(turns) if !turns.0.is_empty() => {
            let turn = |(at, turn): (usize, &calls::Turn)| Turn {
                is_caller: turn.is_caller,
                pieces: marked::pieces(&turn.text, at, evidence),
            };
            turns.0.iter().enumerate().map(turn).collect()
        }
        _ => {
            let said = full.utterances.iter();
            said.map(|said| Turn { is_caller: said.is_caller, pieces: marked::pieces(&said.said, 0, &[]) })
                .collect()
        }
    }
}

fn via(alert: &AlertRaised) -> Option<Via> {
    alert.acknowledged_via.as_deref()?.parse().ok()
}

impl CallPage {
    fn outcome(&self) -> &'static str {
        self.s.t(outcome(self.full.call.outcome()))
    }

    fn tone(&self) -> &'static str {
        tone(self.full.call.outcome())
    }

    /// Whether an alert turned out to be of no lead.
    #[expect(clippy::unused_self, reason = "templates call it on the page")]
    fn is_withdrawn(&self, alert: &AlertRaised) -> bool {
        via(alert).is_some_and(Via::is_withdrawn)
    }

    /// Whether the lead booked before anybody took their alert.
    #[expect(clippy::unused_self, reason = "templates call it on the page")]
    fn has_booked(&self, alert: &AlertRaised) -> bool {
        via(alert) == Some(Via::Booked)
    }

    /// Why words do not count, for whoever cannot point at them.
    fn but(&self, mark: &Mark) -> &'static str {
        mark.but.map_or("", |but| self.s.t(but))
    }

    /// Why words are marked, in a few words.
    fn why(&self, mark: &Mark) -> String {
        let rule = self.s.t(mark.rule);
        match mark.but {
            Some(but) => format!("{rule}: {}", self.s.t(but)),
            None if mark.points != 0 => format!("{rule}: +{}", mark.points),
            None => rule.to_owned(),
        }
    }

    /// Thousandths of a second, with one digit behind the point below ten.
    #[expect(clippy::unused_self, reason = "the template calls it on the page")]
    fn millis(&self, micros: &i64) -> String {
        let tenths = micros / 100;
        if tenths < 100 { format!("{}.{}", tenths / 10, tenths % 10) } else { (tenths / 10).to_string() }
    }

    /// What the platform took for the call.
    #[expect(clippy::unused_self, reason = "the template calls it on the page")]
    fn cost(&self, dollars: &f64) -> String {
        format!("${dollars:.2}")
    }

    /// JSON for people to read.
    #[expect(clippy::unused_self, reason = "the template calls it on the page")]
    fn pretty(&self, value: &serde_json::Value) -> String {
        serde_json::to_string_pretty(value).unwrap_or_else(|_| value.to_string())
    }
}
