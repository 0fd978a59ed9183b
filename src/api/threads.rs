//! `/threads`: what people texted, what we texted them, and a person's own word.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::answer::Answer;
use super::caller::ApiCaller;
use super::cursor::{Page, place_of};
use super::idempotency::once;
use super::params::{Flag, Limit, Params};
use super::problems::{self, invalid_field};
use super::request::Received;
use crate::accounts::{self, Act, Scope};
use crate::messaging::{self, Before, Kind, NewText, Queued};
use crate::orgs;
use crate::phone::Phone;
use crate::platform::app::App;
use crate::platform::bounded::{Instant, Text};
use crate::platform::db::PgConnection;
use crate::platform::ids::{ContactId, Prefixed as _, TextId};
use crate::platform::problem::Problem;
use crate::platform::public::Public;
use crate::{contacts, tasks};

/// A short code is shorter, a number not longer.
const SENDER_CHARS_MAX: usize = 32;
/// The kind of the task that a thread leaves when a person has to answer.
const ANSWER_TASK: &str = "answer_text";

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list_threads))
        .routes(routes!(get_thread))
        .routes(routes!(create_message))
        .routes(routes!(set_thread_read))
}

/// What went to and fro with one number.
#[derive(Serialize, ToSchema)]
struct Thread {
    /// What names it in a URL: the contact's id, or the number where there is no contact.
    id: String,
    /// E.164; a short code where a program wrote.
    phone: String,
    #[schema(inline)]
    contact_id: Option<Public<ContactId>>,
    contact_name: Option<String>,
    last_message: LastMessage,
    /// Texts that wait for a person.
    unread: i64,
    /// No text may go there: they said STOP.
    opted_out: bool,
    /// What a short answer would answer: `confirm_visit`, `choose_time`, `choose_visit`, `offer`, `details`, `helped`
    /// or `book_time`.
    open_question: Option<String>,
}

/// The latest text of a thread.
#[derive(Serialize, ToSchema)]
struct LastMessage {
    direction: Direction,
    body: String,
    #[schema(inline)]
    at: Instant,
}

/// From them to us is in.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum Direction {
    In,
    Out,
}

impl Direction {
    const fn of(is_inbound: bool) -> Self {
        if is_inbound { Self::In } else { Self::Out }
    }
}

/// A text of a thread.
#[derive(Serialize, ToSchema)]
struct Message {
    /// `txt_…` for ours, `inb_…` for theirs.
    id: String,
    direction: Direction,
    body: String,
    #[schema(inline)]
    at: Instant,
    /// What ours is for, or what theirs was understood as; `other` is for a person to read.
    kind: String,
    /// Pictures and the like that came with theirs.
    media_count: Option<i16>,
    /// Whether theirs was read, or nobody needs to.
    read: Option<bool>,
    /// How far ours has come: `queued`, `sending`, `unknown`, `sent`, `delivered`, `undelivered` or `failed`.
    state: Option<String>,
    segments: Option<i16>,
    /// What was decided about ours: `allowed: <class>`, `waits: quiet_hours` or `denied: <rule>`.
    verdict: Option<String>,
    /// It waits for the end of quiet hours until then.
    #[schema(inline)]
    leaves_at: Option<Instant>,
    #[schema(inline)]
    sent_at: Option<Instant>,
    /// The provider's code of a failure.
    failure_code: Option<i32>,
    /// What to do about it.
    advice: Option<String>,
    /// Who wrote it; null when the program did by itself.
    sent_by: Option<String>,
}

/// A thread with a page of its texts, the latest first.
#[derive(Serialize, ToSchema)]
struct ThreadWithMessages {
    thread: Thread,
    messages: Page<Message>,
}

/// What to write.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewMessage {
    #[schema(inline)]
    body: Text<1, 640>,
}

/// Which threads.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ThreadParams {
    #[serde(default)]
    #[param(value_type = Option<i32>, minimum = 1, maximum = 100, default = 50)]
    limit: Limit,
    cursor: Option<String>,
    /// Only those with something to read.
    #[param(value_type = Option<bool>)]
    unread: Option<Flag>,
}

/// Which texts of a thread.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct MessageParams {
    #[serde(default)]
    #[param(value_type = Option<i32>, minimum = 1, maximum = 100, default = 50)]
    limit: Limit,
    cursor: Option<String>,
}

/// Lists threads, the one with the latest text first.
#[utoipa::path(get, path = "/threads", tag = "messages", params(ThreadParams), responses((status = 200, body = Page<Thread>, description = "A page")))]
async fn list_threads(
    State(app): State<App>,
    caller: ApiCaller,
    asked: Params<ThreadParams>,
) -> Result<Response, Problem> {
    caller.needs(Scope::MessagesRead)?;
    let asked = asked.read()?;
    let before = before(asked.cursor.as_deref())?;
    let (limit, is_unread) = (asked.limit.get(), asked.unread.is_some_and(|flag| flag.0));
    let failed = |error: sqlx::Error| problems::database(caller.org, &error);
    let mut tx = app.begin(caller.org).await.map_err(failed)?;
    let found = messaging::threads(&app, &mut tx, caller.org, (is_unread, before, limit + 1)).await;
    let found = found.map_err(failed)?;
    tx.commit().await.map_err(failed)?;
    let items: Vec<(TextId, Thread)> =
        found.into_iter().map(|thread| (TextId(thread.last_id), Thread::from(thread))).collect();
    let page = Page::of(items, limit, |(id, thread)| (thread.last_message.at.0.to_string(), *id));
    let items = page.items.into_iter().map(|(_, thread)| thread).collect();
    Ok(axum::Json(Page { items, next_cursor: page.next_cursor }).into_response())
}

/// Shows a thread with its texts both ways, the latest first.
#[utoipa::path(get, path = "/threads/{id}", tag = "messages", params(("id" = String, Path), MessageParams), responses((status = 200, body = ThreadWithMessages, description = "The thread")))]
async fn get_thread(
    State(app): State<App>,
    caller: ApiCaller,
    Path(id): Path<String>,
    asked: Params<MessageParams>,
) -> Result<Response, Problem> {
    caller.needs(Scope::MessagesRead)?;
    let asked = asked.read()?;
    let (before, limit) = (before(asked.cursor.as_deref())?, asked.limit.get());
    let failed = |error: sqlx::Error| problems::database(caller.org, &error);
    let mut tx = app.begin(caller.org).await.map_err(failed)?;
    let phone = sender(&mut tx, &caller, &id).await?;
    let thread = find(&app, &mut tx, &caller, &phone).await?;
    let texts =
        messaging::messages(&mut tx, caller.org, &phone, (before, limit + 1)).await.map_err(failed)?;
    tx.commit().await.map_err(failed)?;
    let items: Vec<(TextId, Message)> =
        texts.into_iter().map(|text| (TextId(text.id), Message::from(text))).collect();
    let page = Page::of(items, limit, |(id, message)| (message.at.0.to_string(), *id));
    let items = page.items.into_iter().map(|(_, message)| message).collect();
    let messages = Page { items, next_cursor: page.next_cursor };
    Ok(axum::Json(ThreadWithMessages { thread, messages }).into_response())
}

/// Texts somebody a person's own words. By night it waits (202) and leaves in the morning. What is not allowed is refused with
/// the rule. Whoever answers has read the thread.
#[utoipa::path(post, path = "/threads/{id}/messages", tag = "messages", params(("id" = String, Path)), request_body = NewMessage, responses((status = 201, body = Message, description = "It leaves now"), (status = 202, body = Message, description = "It leaves when quiet hours are over: leaves_at")))]
async fn create_message(
    State(app): State<App>,
    caller: ApiCaller,
    Path(id): Path<String>,
    request: Received,
) -> Result<Response, Problem> {
    caller.needs(Scope::MessagesWrite)?;
    let new: NewMessage = request.json()?;
    once(&app, &caller, &request, async |tx| write(&app, tx, &caller, (&id, &new)).await).await
}

async fn write(
    app: &App,
    tx: &mut PgConnection,
    caller: &ApiCaller,
    (id, new): (&str, &NewMessage),
) -> Result<Answer, Problem> {
    let (org, failed) = (caller.org, |error: sqlx::Error| problems::database(caller.org, &error));
    let phone = match ContactId::parse(id) {
        Some(_) => sender(tx, caller, id).await?,
        // A number needs no thread to be written to.
        None => id.to_owned(),
    };
    let to = Phone::parse_e164(&phone).ok().ok_or(Problem::NOT_FOUND)?;
    let settings = orgs::settings(tx, &app.keys, org).await.map_err(failed)?;
    let contact = contacts::known(tx, org, to.as_str()).await.map_err(failed)?.map(|known| known.id);
    let actor = caller.actor.to_string();
    let reason: TextId = app.new_id();
    let text = NewText {
        kind: Kind::Message,
        to: &to,
        body: new.body.as_str().to_owned(),
        dedupe_key: format!("message:{}", reason.0),
        contact,
        appointment: None,
        call: None,
        sent_by: Some(&actor),
    };
    let queued = messaging::queue_text(app, tx, org, &settings, text).await;
    let text = match queued.map_err(|error| failed(error.into()))? {
        Queued::Yes(text) | Queued::Already(text) => text,
        Queued::Refused(rule) => return Err(problems::text_refused(rule.code(), rule.advice())),
    };
    let act = Act {
        actor: &actor,
        action: "text.write",
        subject: Some(text.to_string()),
        detail: json!({ "contact_id": contact_id(contact) }),
    };
    accounts::record_act(app, tx, org, &act).await.map_err(failed)?;
    messaging::mark_read(app, tx, org, to.as_str()).await.map_err(failed)?;
    let thread = messaging::texts_of_sender(tx, org, to.as_str()).await.map_err(failed)?;
    tasks::finish_for_thread(app, tx, org, ANSWER_TASK, &thread).await.map_err(failed)?;
    let latest = messaging::messages(tx, org, to.as_str(), (Before::START, 20)).await.map_err(failed)?;
    let written = latest.into_iter().find(|message| message.id == text.0).ok_or(Problem::INTERNAL)?;
    let message = Message::from(written);
    let waits = message.leaves_at.is_some();
    let created = Answer::created(&message, format!("/api/v1/threads/{id}"))?;
    Ok(if waits { Answer { status: StatusCode::ACCEPTED, ..created } } else { created })
}

/// Marks everything that came from there as read.
#[utoipa::path(post, path = "/threads/{id}/read", tag = "messages", params(("id" = String, Path)), responses((status = 200, body = Thread, description = "Read")))]
async fn set_thread_read(
    State(app): State<App>,
    caller: ApiCaller,
    Path(id): Path<String>,
    request: Received,
) -> Result<Response, Problem> {
    caller.needs(Scope::MessagesWrite)?;
    once(&app, &caller, &request, async |tx| {
        let phone = sender(tx, &caller, &id).await?;
        let failed = |error: sqlx::Error| problems::database(caller.org, &error);
        messaging::mark_read(&app, tx, caller.org, &phone).await.map_err(failed)?;
        Answer::ok(&find(&app, tx, &caller, &phone).await?)
    })
    .await
}

fn before(cursor: Option<&str>) -> Result<Before, Problem> {
    let Some(cursor) = cursor else { return Ok(Before::START) };
    let (at, id) = place_of::<jiff::Timestamp, TextId>(cursor)?;
    let at = at.parse().ok().ok_or_else(|| invalid_field("cursor", "is none that this list gave"))?;
    Ok(Before(at, id))
}

/// The number that a thread is with, of the contact or as it is written.
async fn sender(tx: &mut PgConnection, caller: &ApiCaller, id: &str) -> Result<String, Problem> {
    let Some(contact) = ContactId::parse(id) else {
        let is_number =
            id.len() <= SENDER_CHARS_MAX && id.bytes().all(|b| b == b'+' || b.is_ascii_alphanumeric());
        return if is_number { Ok(id.to_owned()) } else { Err(Problem::NOT_FOUND) };
    };
    let phone = messaging::phone_of(tx, caller.org, contact).await;
    phone.map_err(|error| problems::database(caller.org, &error))?.ok_or(Problem::NOT_FOUND)
}

async fn find(app: &App, tx: &mut PgConnection, caller: &ApiCaller, phone: &str) -> Result<Thread, Problem> {
    let thread = messaging::thread(app, tx, caller.org, phone).await;
    let thread = thread.map_err(|error| problems::database(caller.org, &error))?;
    thread.map(Thread::from).ok_or(Problem::NOT_FOUND)
}

fn contact_id(contact: Option<ContactId>) -> Option<String> {
    contact.map(|id| id.to_string())
}

impl From<messaging::Thread> for Thread {
    fn from(thread: messaging::Thread) -> Self {
        let open_question = thread.open_question().map(|kind| kind.as_str().to_owned());
        Self {
            id: contact_id(thread.contact_id).unwrap_or_else(|| thread.phone.clone()),
            phone: thread.phone,
            contact_id: thread.contact_id.map(Public),
            contact_name: thread.contact_name,
            last_message: LastMessage {
                direction: Direction::of(thread.last_is_inbound),
                body: thread.last_body,
                at: Instant(thread.last_at.to_jiff()),
            },
            unread: thread.unread,
            opted_out: thread.opted_out,
            open_question,
        }
    }
}

impl From<messaging::Message> for Message {
    fn from(message: messaging::Message) -> Self {
        let prefix = if message.is_inbound { "inb" } else { "txt" };
        let waits = message.state.as_deref() == Some("queued");
        let instant = |at: Option<jiff_sqlx::Timestamp>| at.map(|at| Instant(at.to_jiff()));
        Self {
            id: format!("{prefix}_{}", message.id.simple()),
            direction: Direction::of(message.is_inbound),
            body: message.body,
            at: Instant(message.at.to_jiff()),
            kind: message.kind,
            media_count: message.media_count,
            read: message.is_read,
            state: message.state,
            segments: message.segments,
            verdict: message.verdict,
            leaves_at: instant(message.leave_after).filter(|_| waits),
            sent_at: instant(message.sent_at),
            failure_code: message.failure_code,
            advice: message.failure,
            sent_by: message.sent_by,
        }
    }
}
