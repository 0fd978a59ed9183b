//! Takes an authenticated message: whose it is, what it is, stored once, answered.

use std::fmt::Write as _;
use std::sync::Arc;

use aws_lc_rs::digest;
use jiff::Timestamp;
use serde_json::{Value, json};
use voxanne_vapi::{Event, Kind, Message, ParseError, ToolCall, answer};

use super::dispatch;
use super::store::{self, NewMessage};
use crate::calls::{Asked, NewToolCall};
use crate::language::Language;
use crate::orgs::{self, Ownership};
use crate::phone::Phone;
use crate::platform::app::App;
use crate::platform::ids::OrgId;
use crate::tools::{self, Answer, Caller};

pub(super) const LINE_NOT_SET_UP: &str =
    "I'm sorry, this line isn't set up for bookings yet. Please call the clinic directly.";

/// Why a message was not taken.
#[derive(Debug, thiserror::Error)]
pub enum ReceiveError {
    /// The body cannot be read. Kept as a dead letter without its content.
    #[error("the body cannot be read: {0}")]
    Unreadable(#[from] ParseError),
    /// It names another org's assistant or number. Kept in the audit log.
    #[error("the message names another org's assistant or number")]
    Foreign,
    /// It could not be stored: the sender should send it again.
    #[error("the message could not be stored")]
    NotStored(#[from] sqlx::Error),
    /// Whose ids it names could not be asked: the sender should send it again.
    #[error("the directory could not be read")]
    Unavailable(#[from] Arc<sqlx::Error>),
}

/// Takes one message of `org` and returns the body of the answer.
pub async fn receive(app: &App, org: OrgId, is_own_door: bool, body: &[u8]) -> Result<Value, ReceiveError> {
    let mut message = match voxanne_vapi::parse(body) {
        Ok(message) => message,
        Err(error) => {
            keep_unreadable(app, org, body, &error).await?;
            return Err(error.into());
        }
    };
    message.call.id = message.call.id.map(bounded);
    metrics::counter!("voxanne_messages_total", "kind" => message.kind.as_str()).increment(1);
    let location = match orgs::ownership(app, org, &message.call).await? {
        Ownership::Own(location) => location,
        Ownership::Unnamed => None,
        Ownership::Unknown if is_own_door => None,
        Ownership::Unknown => return keep_unknown(app, org, &message).await,
        Ownership::Foreign => {
            refuse_foreign(app, org, &message).await?;
            return Err(ReceiveError::Foreign);
        }
    };
    let book = crate::scheduling::rule_book(app, org, None).await?;
    let region = &book.settings.default_region;
    let phone = message.call.caller_number.as_deref().and_then(|n| Phone::parse(n, region).ok());
    // From here on a caller's number is E.164 or none.
    message.call.caller_number = phone.as_ref().map(|p| p.as_str().to_owned());
    let language = message.call.language.as_deref().and_then(Language::of_tag);
    let caller = Caller { org, location, call_ref: message.call.id.clone(), phone, language };
    dispatch::dispatch(app, &caller, message).await
}

/// The row of a message: keyed by what it is, so that a redelivery with another timestamp is the same row.
pub(super) fn new_message(app: &App, message: &Message) -> NewMessage {
    let call = message.call.id.as_deref().or(message.chat_id.as_deref());
    let sent = message.timestamp.map(Timestamp::as_millisecond);
    let body = text_of(&message.redacted);
    let digest = || hex::encode(&digest_of(body.as_bytes())[..16]);
    let (kind, key) = match &message.event {
        Event::ToolCalls { calls } => ("tool-calls", Some(tool_key(calls))),
        Event::FunctionCall(call) => ("function-call", Some(tool_key(std::slice::from_ref(call)))),
        Event::StatusUpdate { status, .. } => ("status-update", Some(status.clone())),
        Event::EndOfCallReport(_) => ("end-of-call-report", Some(String::new())),
        Event::AssistantRequest => ("assistant-request", Some(String::new())),
        Event::Transcript(said) if said.is_final => (
            "transcript",
            sent.map(|at| {
                format!("{at}:{:?}:{}", said.role, hex::encode(&digest_of(said.text.as_bytes())[..8]))
            }),
        ),
        // Of what streams, the newest is enough.
        Event::Transcript(_) => ("transcript-partial", Some(String::new())),
        _ if message.kind == Kind::Other && STREAMS.contains(&message.message_type.as_str()) => {
            (message.message_type.as_str(), Some(String::new()))
        }
        _ => (message.message_type.as_str(), sent.map(|at| at.to_string())),
    };
    let key = match (call, key) {
        (Some(call), Some(key)) => bounded(format!("{call}:{key}")),
        _ => digest(),
    };
    NewMessage {
        id: app.new_id(),
        kind: kind.chars().take(80).collect(),
        key,
        call_ref: message.call.id.clone(),
        body,
    }
}

/// Room for most bodies at once: growing piece by piece costs as much as writing.
const BODY_BYTES: usize = 4 * 1024;

fn text_of(body: &Value) -> String {
    let mut text = String::with_capacity(BODY_BYTES);
    let _ = write!(text, "{body}"); // A string takes everything.
    text
}

/// Longer ids than any platform's do not fit an index; such a one is known by its digest.
const KEY_BYTES_MAX: usize = 400;

fn bounded(key: String) -> String {
    if key.len() <= KEY_BYTES_MAX {
        key
    } else {
        format!("digest:{}", hex::encode(digest_of(key.as_bytes())))
    }
}

/// Types of which many come per second.
const STREAMS: [&str; 4] = ["conversation-update", "speech-update", "model-output", "voice-input"];

fn tool_key(calls: &[ToolCall]) -> String {
    calls.iter().map(|c| tools::asked_id(c, &tool_digest(c))).collect::<Vec<_>>().join(",")
}

/// Digest of what a tool call asks. Keys of a JSON map are ordered, so spelling order does not matter.
fn tool_digest(call: &ToolCall) -> Vec<u8> {
    let arguments = call.arguments.as_ref().map_or(Value::Null, |map| Value::Object(map.clone()));
    digest_of(format!("{}\n{arguments}", call.name).as_bytes())
}

fn digest_of(bytes: &[u8]) -> Vec<u8> {
    digest::digest(&digest::SHA256, bytes).as_ref().to_vec()
}

/// The record of one tool call.
pub(super) fn new_tool_call(caller: &Caller, call: &ToolCall) -> NewToolCall {
    let digest = tool_digest(call);
    let mut arguments = call.arguments.as_ref().map_or(Value::Null, |map| Value::Object(map.clone()));
    voxanne_vapi::redact::redact(&mut arguments);
    let asked = Asked {
        call_ref: caller.call_ref.clone().unwrap_or_default(),
        tool_call_id: bounded(tools::asked_id(call, &digest)),
    };
    NewToolCall { asked, name: call.name.chars().take(80).collect(), arguments, digest }
}

/// Ids that nobody here owns: kept for an operator to see and replay once the assistant is registered.
async fn keep_unknown(app: &App, org: OrgId, message: &Message) -> Result<Value, ReceiveError> {
    let now = app.clock.now();
    let mut tx = app.begin_live(org).await?;
    let stored = store::store(&mut tx, org, &new_message(app, message), now).await?;
    store::mark_dead(&mut tx, org, stored.id, "the assistant and number are not registered", now).await?;
    tx.commit().await?;
    tracing::warn!(org.id = %org, message.id = %stored.id, "A message names an assistant that is not registered");
    metrics::counter!("voxanne_messages_unknown_total").increment(1);
    Ok(match &message.event {
        Event::ToolCalls { calls } => {
            let results: Vec<_> =
                calls.iter().map(|c| answer::ToolResult::of(c, Err(LINE_NOT_SET_UP.to_owned()))).collect();
            answer::tool_results(&results)
        }
        Event::FunctionCall(_) => answer::function_result(LINE_NOT_SET_UP),
        Event::AssistantRequest => answer::error(LINE_NOT_SET_UP),
        _ => answer::neutral(message.kind),
    })
}

/// What a message that waits for words is told when nothing can be looked up; `None` for those that can be sent again.
pub(super) fn sorry(message: &Message) -> Option<Value> {
    let said = Answer::unavailable().text;
    Some(match &message.event {
        Event::ToolCalls { calls } => {
            let results: Vec<_> =
                calls.iter().map(|c| answer::ToolResult::of(c, Err(said.clone()))).collect();
            answer::tool_results(&results)
        }
        Event::FunctionCall(_) => answer::function_result(&said),
        Event::AssistantRequest => answer::error(LINE_NOT_SET_UP),
        _ => return None,
    })
}

async fn refuse_foreign(app: &App, org: OrgId, message: &Message) -> Result<(), ReceiveError> {
    let mut tx = app.begin_live(org).await?;
    let detail = json!({"kind": message.kind.as_str(), "call": message.call.id});
    store::audit(
        &mut tx,
        org,
        app.new_id(),
        "message refused: names another org's assistant or number",
        detail,
        app.clock.now(),
    )
    .await?;
    tx.commit().await?;
    tracing::warn!(org.id = %org, "Refused a message that names another org's assistant or number");
    metrics::counter!("voxanne_messages_foreign_total").increment(1);
    Ok(())
}

async fn keep_unreadable(app: &App, org: OrgId, body: &[u8], error: &ParseError) -> Result<(), sqlx::Error> {
    let now = app.clock.now();
    let row = NewMessage {
        id: app.new_id(),
        kind: "unreadable".into(),
        key: hex::encode(&digest_of(body)[..16]),
        call_ref: None,
        // Unparsed, it cannot be redacted: only its size is kept.
        body: json!({"bytes": body.len()}).to_string(),
    };
    let mut tx = app.begin_live(org).await?;
    let stored = store::store(&mut tx, org, &row, now).await?;
    store::mark_dead(&mut tx, org, stored.id, &error.to_string(), now).await?;
    tx.commit().await
}
