//! `/dashboard/messages`: what people text and are texted, a thread for each number.

use askama::Template;
use axum::Router;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use axum::routing::get;
use serde::Deserialize;

use super::cursor::Cursor;
use super::page::{self, PageError};
use super::people::People;
use super::say;
use super::shell::{Place, Shell};
use super::signed_in::SignedIn;
use crate::accounts::{Scope, Staff};
use crate::messaging::{self, Before, Message, Thread};
use crate::platform::app::App;
use crate::platform::db::PgConnection;
use crate::platform::ids::{ContactId, OrgId, Prefixed as _};
use crate::platform::problem::Problem;

/// Threads of a part of the list.
const THREADS: i64 = 40;
/// Texts of a thread at once.
const TEXTS: i64 = 60;
/// A short code is shorter, a number not longer.
const SENDER_CHARS_MAX: usize = 32;

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/dashboard/messages", get(show_messages))
        .route("/dashboard/messages/{id}", get(show_thread))
}

/// What the list is narrowed to, and where it and the thread go on.
#[derive(Debug, Default, Deserialize)]
struct Asked {
    /// `yes`: only what waits for a person.
    #[serde(default)]
    unread: String,
    after: Option<String>,
    before: Option<String>,
}

#[derive(Template)]
#[template(path = "dashboard/messages.html")]
struct MessagesPage {
    s: Shell,
    threads: Vec<Thread>,
    next: Option<Cursor>,
    open: Option<Open>,
    people: People,
    asked: Asked,
}

/// The thread that is shown.
struct Open {
    /// What names it in an address.
    id: String,
    phone: String,
    name: Option<String>,
    contact: Option<ContactId>,
    unread: i64,
    opted_out: bool,
    /// The oldest first, as one reads.
    texts: Vec<Message>,
    older: Option<Cursor>,
}

async fn show_messages(
    State(app): State<App>,
    SignedIn(staff): SignedIn,
    Query(asked): Query<Asked>,
) -> Result<Response, PageError> {
    show(&app, staff, None, asked).await
}

async fn show_thread(
    State(app): State<App>,
    SignedIn(staff): SignedIn,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, PageError> {
    show(&app, staff, Some(id), asked).await
}

async fn show(app: &App, staff: Staff, id: Option<String>, asked: Asked) -> Result<Response, PageError> {
    if !staff.may(Scope::MessagesRead) {
        return Err(Problem::NOT_FOUND.into());
    }
    let org = staff.org;
    let mut tx = app.begin(org).await?;
    let s = Shell::load(app, &mut tx, staff, Place::Messages).await?;
    let before = before(asked.after.as_deref());
    let mut threads =
        messaging::threads(app, &mut tx, org, (asked.unread == "yes", before, THREADS + 1)).await?;
    let next =
        Cursor::behind(&mut threads, THREADS, |one| Cursor { at: one.last_at.to_jiff(), id: one.last_id });
    let open = match id {
        Some(id) => Some(open(app, &mut tx, org, (id, asked.before.as_deref())).await?),
        None => None,
    };
    let people = People::load(&mut tx).await?;
    tx.commit().await?;
    Ok(page::render(&MessagesPage { s, threads, next, open, people, asked }))
}

fn before(cursor: Option<&str>) -> Before {
    cursor.and_then(Cursor::parse).map_or(Before::START, |cursor| Before(cursor.at, cursor.id))
}

/// The thread of a contact or a number. Whom nobody has texted yet can be written to.
async fn open(
    app: &App,
    tx: &mut PgConnection,
    org: OrgId,
    (id, cursor): (String, Option<&str>),
) -> Result<Open, PageError> {
    let is_number =
        || id.len() <= SENDER_CHARS_MAX && id.bytes().all(|b| b == b'+' || b.is_ascii_alphanumeric());
    let phone = match ContactId::parse(&id) {
        Some(contact) => messaging::phone_of(tx, org, contact).await?.ok_or(Problem::NOT_FOUND)?,
        None if is_number() => id.clone(),
        None => return Err(Problem::NOT_FOUND.into()),
    };
    let thread = messaging::thread(app, tx, org, &phone).await?;
    if thread.is_none() && ContactId::parse(&id).is_none() {
        return Err(Problem::NOT_FOUND.into());
    }
    let mut texts = messaging::messages(tx, org, &phone, (before(cursor), TEXTS + 1)).await?;
    let older = Cursor::behind(&mut texts, TEXTS, |text| Cursor { at: text.at.to_jiff(), id: text.id });
    texts.reverse();
    let known = crate::contacts::known(tx, org, &phone).await?;
    Ok(Open {
        id,
        name: known.as_ref().and_then(|known| known.name.clone()),
        contact: known.map(|known| known.id),
        unread: thread.as_ref().map_or(0, |thread| thread.unread),
        opted_out: thread.is_some_and(|thread| thread.opted_out),
        phone,
        texts,
        older,
    })
}

impl MessagesPage {
    #[expect(clippy::unused_self, reason = "the template calls it on the page")]
    fn who(&self, thread: &Thread) -> String {
        thread.contact_name.clone().unwrap_or_else(|| say::phone(&thread.phone))
    }

    #[expect(clippy::unused_self, reason = "the template calls it on the page")]
    fn id(&self, thread: &Thread) -> String {
        thread.contact_id.map_or_else(|| thread.phone.clone(), |id| id.to_string())
    }

    fn is_open(&self, thread: &Thread) -> bool {
        self.open.as_ref().is_some_and(|open| open.phone == thread.phone)
    }

    /// How far a text of ours has come, in words; with why, where it did not arrive.
    fn state(&self, text: &Message) -> String {
        let word = match text.state.as_deref() {
            Some("queued") => {
                let waits = text.leave_after.map(jiff_sqlx::Timestamp::to_jiff).filter(|at| *at > self.s.now);
                return waits.map_or_else(
                    || self.s.t("Leaves in a moment").to_owned(),
                    |at| self.s.tn("Waits for the morning: leaves {}", self.s.moment(at)),
                );
            }
            Some("sending") => "Is leaving",
            Some("sent") => "Sent",
            Some("delivered") => "Delivered",
            Some("undelivered") => "Not delivered",
            Some("failed") => "Failed",
            Some(_) => "Nobody knows whether it arrived",
            None => return String::new(),
        };
        self.s.t(word).to_owned()
    }

    #[expect(clippy::unused_self, reason = "the template calls it on the page")]
    fn has_failed(&self, text: &Message) -> bool {
        matches!(text.state.as_deref(), Some("undelivered" | "failed" | "unknown"))
    }

    /// Who wrote a text of ours.
    fn by(&self, text: &Message) -> String {
        match text.sent_by.as_deref() {
            None => self.s.t(kind(&text.kind)).to_owned(),
            Some(actor) => self.people.actor(actor).unwrap_or_else(|| self.s.t("a program")).to_owned(),
        }
    }
}

/// What a text of ours is for, in English.
fn kind(kind: &str) -> &'static str {
    match kind {
        "confirmation" | "pending" => "Confirmation",
        "reminder" => "Reminder",
        "change" => "Change of a visit",
        "cancellation" => "Visit called off",
        "waitlist_offer" | "waitlist_reply" | "times_offer" => "Offer of a time",
        "missed_call" | "details_request" => "After a missed call",
        "sequence" | "nurture" => "Sequence",
        _ => "Answer",
    }
}
