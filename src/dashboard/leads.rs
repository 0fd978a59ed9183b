//! `/dashboard/leads`: who is worth calling back, whether somebody has, and whether "hot" was true.

use askama::Template;
use axum::Router;
use axum::extract::{Query, State};
use axum::response::Response;
use axum::routing::get;
use serde::Deserialize;

use super::calls;
use super::cursor::Cursor;
use super::list::today::{self, OpenAlert};
use super::page::{self, PageError};
use super::shell::{Place, Shell};
use super::signed_in::SignedIn;
use crate::accounts::Scope;
use crate::leads::{self, Finding, Lead, Outcomes, WantedLeads};
use crate::orgs;
use crate::platform::app::App;
use crate::platform::ids::CallId;
use crate::platform::problem::Problem;

/// Rows of a part of the list.
const ROWS: i64 = 50;
/// Days that the precision of "hot" looks back.
const DAYS: i32 = 90;
/// How an alert stands, the word of its badge and the badge's tone: a lead is found by what its badge says.
const ALERTS: [(&str, &str, &str); 4] = [
    ("open", "Not taken", "warn"),
    ("taken", "Taken", "good"),
    ("booked", "Booked", "good"),
    ("withdrawn", "No lead", ""),
];
const TEMPERATURES: [&str; 3] = ["hot", "warm", "cold"];

pub(super) fn routes() -> Router<App> {
    Router::new().route("/dashboard/leads", get(show_leads))
}

/// What the list is narrowed to.
#[derive(Debug, Default, Deserialize)]
struct Asked {
    #[serde(default)]
    temperature: String,
    #[serde(default)]
    alert: String,
    after: Option<String>,
}

#[derive(Template)]
#[template(path = "dashboard/leads.html")]
struct LeadsPage {
    s: Shell,
    alerts: Vec<OpenAlert>,
    leads: Vec<Lead>,
    next: Option<Cursor>,
    asked: Asked,
    outcomes: Outcomes,
}

async fn show_leads(
    State(app): State<App>,
    SignedIn(staff): SignedIn,
    Query(asked): Query<Asked>,
) -> Result<Response, PageError> {
    if !staff.may(Scope::LeadsRead) {
        return Err(Problem::NOT_FOUND.into());
    }
    let org = staff.org;
    let mut tx = app.begin(org).await?;
    let s = Shell::load(&app, &mut tx, staff, Place::Leads).await?;
    let after = asked.after.as_deref().and_then(Cursor::parse);
    let alert = ALERTS.iter().map(|(alert, ..)| *alert).find(|known| *known == asked.alert);
    let wanted = WantedLeads {
        temperature: TEMPERATURES.into_iter().find(|known| *known == asked.temperature),
        alert: alert.as_ref().map(std::slice::from_ref),
        after: after.map(|cursor| (cursor.at, CallId(cursor.id))),
        limit: ROWS + 1,
        ..WantedLeads::default()
    };
    let mut leads = leads::scored_calls(&mut tx, org, &wanted).await?;
    let next =
        Cursor::behind(&mut leads, ROWS, |lead| Cursor { at: lead.created_at.to_jiff(), id: lead.id.0 });
    let settings = orgs::settings(&mut tx, &app.keys, org).await?;
    let outcomes = leads::lately(&app, &mut tx, org, &settings, DAYS).await?;
    let alerts = today::open_alerts(&mut tx, org).await?;
    tx.commit().await?;
    Ok(page::render(&LeadsPage { s, alerts, leads, next, asked, outcomes }))
}

impl LeadsPage {
    /// What an empty list says.
    fn nothing(&self) -> &'static str {
        let is_narrowed = !self.asked.temperature.is_empty() || !self.asked.alert.is_empty();
        self.s.t(if is_narrowed { "No such calls" } else { "No calls yet" })
    }

    /// Who it is, as well as we know.
    fn who(&self, lead: &Lead) -> String {
        calls::named(&self.s, [&lead.contact_name, &lead.lead_name], lead.caller_phone.as_deref())
    }

    /// What the badge of its alert says, and its tone.
    fn badge(&self, lead: &Lead) -> Option<(&'static str, &'static str)> {
        let (_, word, tone) = ALERTS.into_iter().find(|(alert, ..)| lead.alert.as_deref() == Some(*alert))?;
        Some((self.s.t(word), tone))
    }

    /// What the call was, for people.
    fn class(&self, lead: &Lead) -> &'static str {
        self.s.t(match lead.class.as_str() {
            "clinical_urgency" => "Possible reaction",
            "complaint" => "Complaint",
            "existing_patient" => "Existing patient",
            "vendor" => "Vendor",
            "wrong_number" => "Wrong number",
            "job_seeker" => "Job seeker",
            _ => "New lead",
        })
    }

    /// How true "hot" was: a share; `None` while there is not enough to tell.
    fn precision(&self) -> Option<String> {
        let judgement = &self.outcomes.judgement;
        let share = judgement.in_force.precision.filter(|_| judgement.finding != Finding::NotEnoughCalls);
        share.map(|share| self.s.percent(share))
    }

    /// Between what that share may really lie.
    fn interval(&self) -> String {
        let quality = &self.outcomes.judgement.in_force;
        match (quality.precision_low, quality.precision_high) {
            (Some(low), Some(high)) => format!("{}–{}", self.s.percent(low), self.s.percent(high)),
            _ => String::new(),
        }
    }
}
