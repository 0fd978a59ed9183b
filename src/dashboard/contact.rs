//! `/dashboard/contacts/{id}`: one person, with all that went to and fro.

use askama::Template;
use axum::Router;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use axum::routing::get;
use serde::Deserialize;
use uuid::Uuid;

use super::calls::outcome;
use super::cursor::Cursor;
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
use crate::platform::db::PgConnection;
use crate::platform::ids::{CallId, ContactId, Prefixed as _};
use crate::platform::problem::Problem;

/// In the timeline at once; and of consents.
const SHOWN: i64 = 30;

pub(super) fn routes() -> Router<App> {
    Router::new().route("/dashboard/contacts/{id}", get(show_contact))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    /// The last thing in the timeline that was seen.
    after: String,
}

#[derive(Template)]
#[template(path = "dashboard/contact.html")]
struct ContactPage {
    s: Shell,
    contact: contacts::Listed,
    /// Visits that are to come, the soonest first.
    ahead: Vec<Visit>,
    events: Vec<Event>,
    next: Option<Cursor>,
    consents: Vec<Consent>,
    opted_out: bool,
}

/// Something that happened with a person.
struct Event {
    place: Cursor,
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
    Query(asked): Query<Asked>,
) -> Result<Response, PageError> {
    let id = ContactId::parse(&id).filter(|_| staff.may(Scope::MessagesRead)).ok_or(Problem::NOT_FOUND)?;
    let org = staff.org;
    let mut tx = app.begin(org).await?;
    let s = Shell::load(&app, &mut tx, staff, Place::Contacts).await?;
    let listing = Listing { id: Some(id), limit: 1, ..Listing::default() };
    let found = contacts::list(&mut tx, org, &listing).await?.into_iter().next();
    let contact = found.ok_or(Problem::NOT_FOUND)?;
    let seen = Cursor::parse(&asked.after);
    let ahead = if s.staff.may(Scope::AppointmentsRead) {
        contact::visits_ahead(&mut tx, org, id, s.now).await?
    } else {
        Vec::new()
    };
    let mut events = timeline(&mut tx, &s, &contact, seen).await?;
    let next = Cursor::behind(&mut events, SHOWN, |event| event.place);
    let thread = messaging::thread(&app, &mut tx, org, &contact.phone).await?;
    let consents = messaging::consents(&mut tx, org, Some(&contact.phone), None, SHOWN).await?;
    tx.commit().await?;
    let opted_out = thread.is_some_and(|thread| thread.opted_out);
    Ok(page::render(&ContactPage { s, contact, ahead, events, next, consents, opted_out }))
}

/// Calls, visits that were, and texts, the latest first: one more than are shown, where there are.
async fn timeline(
    tx: &mut PgConnection,
    s: &Shell,
    contact: &contacts::Listed,
    seen: Option<Cursor>,
) -> sqlx::Result<Vec<Event>> {
    let (org, id, limit) = (s.staff.org, contact.id, SHOWN + 1);
    let mut events = Vec::new();
    if s.staff.may(Scope::CallsRead) {
        let after = seen.map(|cursor| (cursor.at, CallId(cursor.id)));
        let wanted = WantedCalls { contact: Some(id), after, limit, ..WantedCalls::default() };
        events.extend(calls::list(tx, org, &wanted).await?.iter().map(|call| of_call(s, call)));
    }
    if s.staff.may(Scope::AppointmentsRead) {
        let before = seen.unwrap_or(Cursor { at: s.now, id: Uuid::max() });
        let were = contact::visits_before(tx, org, id, (before, limit)).await?;
        events.extend(were.iter().map(|visit| of_visit(s, visit)));
    }
    let before = seen.map_or(Before::START, |cursor| Before(cursor.at, cursor.id));
    let texts = messaging::messages(tx, org, &contact.phone, (before, limit)).await?;
    events.extend(texts.iter().map(|text| of_text(s, id, text)));
    events.sort_by_key(|event| std::cmp::Reverse((event.place.at, event.place.id)));
    Ok(events)
}

fn of_call(s: &Shell, call: &Call) -> Event {
    let at = call.created_at.to_jiff();
    Event {
        place: Cursor { at, id: call.id.0 },
        when: s.moment(at),
        icon: "calls",
        what: s.t("Call"),
        words: call.summary.clone().unwrap_or_else(|| s.t(outcome(call.outcome())).to_owned()),
        href: format!("/dashboard/calls/{}", call.id),
    }
}

fn of_visit(s: &Shell, visit: &Visit) -> Event {
    let at = visit.starts_at.to_jiff();
    Event {
        place: Cursor { at, id: visit.id.0 },
        when: s.moment_at(at, &visit.time_zone),
        icon: "calendar",
        what: s.t("Visit"),
        words: format!("{} · {} · {}", visit.service, visit.practitioner, s.t(say::status(&visit.status))),
        href: format!("/dashboard/calendar?visit={}", visit.id),
    }
}

fn of_text(s: &Shell, contact: ContactId, text: &Message) -> Event {
    let at = text.at.to_jiff();
    Event {
        place: Cursor { at, id: text.id },
        when: s.moment(at),
        icon: "messages",
        what: if text.is_inbound { s.t("Text from them") } else { s.t("Text to them") },
        words: text.body.clone(),
        href: format!("/dashboard/messages/{contact}"),
    }
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
