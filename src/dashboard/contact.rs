//! `/dashboard/contacts/{id}`: one person, with all that went to and fro.

use askama::Template;
use axum::Router;
use axum::extract::{Path, State};
use axum::response::Response;
use axum::routing::get;
use jiff::Timestamp;

use super::calls::outcome;
use super::list::contact::{self, Visit};
use super::page::{self, PageError};
use super::say;
use super::shell::{Place, Shell};
use super::signed_in::SignedIn;
use crate::accounts::Scope;
use crate::calls::{self, Listed as Call, WantedCalls};
use crate::contacts::{self, Listing};
use crate::messaging::{self, Before, Consent, Message};
use crate::platform::app::App;
use crate::platform::ids::{ContactId, Prefixed as _};
use crate::platform::problem::Problem;

/// Of each kind, in the timeline.
const SHOWN: i64 = 30;

pub(super) fn routes() -> Router<App> {
    Router::new().route("/dashboard/contacts/{id}", get(show_contact))
}

#[derive(Template)]
#[template(path = "dashboard/contact.html")]
struct ContactPage {
    s: Shell,
    contact: contacts::Listed,
    /// Visits that are to come, the soonest first.
    ahead: Vec<Visit>,
    events: Vec<Event>,
    consents: Vec<Consent>,
    opted_out: bool,
}

/// Something that happened with a person.
struct Event {
    at: Timestamp,
    when: String,
    icon: &'static str,
    /// What it was, in the reader's language.
    what: &'static str,
    words: String,
    href: String,
}

async fn show_contact(
    State(app): State<App>,
    SignedIn(staff): SignedIn,
    Path(id): Path<String>,
) -> Result<Response, PageError> {
    let id = ContactId::parse(&id).filter(|_| staff.may(Scope::MessagesRead)).ok_or(Problem::NOT_FOUND)?;
    let org = staff.org;
    let (sees_calls, sees_visits) = (staff.may(Scope::CallsRead), staff.may(Scope::AppointmentsRead));
    let mut tx = app.begin(org).await?;
    let s = Shell::load(&app, &mut tx, staff, Place::Contacts).await?;
    let listing = Listing { id: Some(id), limit: 1, ..Listing::default() };
    let found = contacts::list(&mut tx, org, &listing).await?.into_iter().next();
    let contact = found.ok_or(Problem::NOT_FOUND)?;
    let (mut ahead, mut were) = (Vec::new(), Vec::new());
    if sees_visits {
        ahead = contact::visits_of(&mut tx, org, id, (s.now, true)).await?;
        were = contact::visits_of(&mut tx, org, id, (s.now, false)).await?;
    }
    let wanted = WantedCalls { contact: Some(id), limit: SHOWN, ..WantedCalls::default() };
    let calls = if sees_calls { calls::list(&mut tx, org, &wanted).await? } else { Vec::new() };
    let texts = messaging::messages(&mut tx, org, &contact.phone, (Before::START, SHOWN)).await?;
    let thread = messaging::thread(&app, &mut tx, org, &contact.phone).await?;
    let consents = messaging::consents(&mut tx, org, Some(&contact.phone), None, SHOWN).await?;
    tx.commit().await?;
    let events = timeline(&s, id, (&calls, &were, &texts));
    let opted_out = thread.is_some_and(|thread| thread.opted_out);
    Ok(page::render(&ContactPage { s, contact, ahead, events, consents, opted_out }))
}

/// Calls, visits that were, and texts, the latest first.
fn timeline(s: &Shell, id: ContactId, (calls, were, texts): (&[Call], &[Visit], &[Message])) -> Vec<Event> {
    let mut events = Vec::new();
    events.extend(calls.iter().map(|call| Event {
        at: call.created_at.to_jiff(),
        when: s.moment(call.created_at.to_jiff()),
        icon: "calls",
        what: s.t("Call"),
        words: call.summary.clone().unwrap_or_else(|| s.t(outcome(call.outcome())).to_owned()),
        href: format!("/dashboard/calls/{}", call.id),
    }));
    events.extend(were.iter().map(|visit| Event {
        at: visit.starts_at.to_jiff(),
        when: s.moment_at(visit.starts_at.to_jiff(), &visit.time_zone),
        icon: "calendar",
        what: s.t("Visit"),
        words: format!("{} · {} · {}", visit.service, visit.practitioner, s.t(say::status(&visit.status))),
        href: format!("/dashboard/calendar?visit={}", visit.id),
    }));
    events.extend(texts.iter().map(|text| Event {
        at: text.at.to_jiff(),
        when: s.moment(text.at.to_jiff()),
        icon: "messages",
        what: if text.is_inbound { s.t("Text from them") } else { s.t("Text to them") },
        words: text.body.clone(),
        href: format!("/dashboard/messages/{id}"),
    }));
    events.sort_by_key(|event| std::cmp::Reverse(event.at));
    events
}

impl ContactPage {
    fn name(&self) -> &str {
        self.contact.name.as_deref().unwrap_or_else(|| self.s.t("Somebody"))
    }

    fn language(&self) -> &'static str {
        self.contact.language.map_or("", crate::language::Language::as_str)
    }

    fn status(&self, visit: &Visit) -> &'static str {
        self.s.t(say::status(&visit.status))
    }

    fn purpose(&self, consent: &Consent) -> &'static str {
        self.s.t(if consent.purpose == "marketing" { "Marketing" } else { "Texts" })
    }

    fn source(&self, consent: &Consent) -> &'static str {
        self.s.t(match consent.source.as_str() {
            "voice" => "said on the phone",
            "web" => "on the web",
            "paper" => "on paper",
            "staff" => "told to staff",
            "import" => "from another system",
            _ => "by text",
        })
    }
}
