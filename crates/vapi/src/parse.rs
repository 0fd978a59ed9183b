//! From a body to the normal form.

use serde_json::Value;

use crate::json::{first_text, instant, read_body, text_at};
use crate::message::{CallRef, Event, Message, Role, Transcript};
use crate::{Kind, redact, report, tool_calls};

/// Why a body is not a server message at all. Unknown types and fields are no reason.
#[derive(Debug, thiserror::Error)]
pub enum ParseError {
    /// Not JSON, too deep, or a number beyond all bounds. Says where, never what.
    #[error("the body is not JSON")]
    Syntax(#[source] serde_json::Error),
    /// A key that helps to select the tenant is given twice.
    #[error("a key on the way to the tenant is given twice")]
    DuplicateKey,
    /// JSON, but not an object.
    #[error("the body is not a JSON object")]
    NotAnObject,
}

/// Reads a server message of any known shape: enveloped or flat, current or legacy.
///
/// Authenticate first: see [`crate::auth::authenticate`]. Blind to the size of the body; the door limits that.
pub fn parse(body: &[u8]) -> Result<Message, ParseError> {
    let mut root = read_body(body)?;
    if !root.is_object() {
        return Err(ParseError::NotAnObject);
    }
    let envelope = root.get("message").filter(|message| message.is_object()).unwrap_or(&root);
    let message_type = first_text(envelope, &["/type", "/messageType"])
        .or_else(|| first_text(&root, &["/type", "/messageType"]))
        .unwrap_or_default();
    let kind = kind_of(&message_type, envelope, &root);
    let timestamp = envelope.get("timestamp").and_then(instant);
    let call = call_ref(envelope);
    let chat_id = text_at(envelope, "/chat/id");
    let event = event(kind, envelope, &root);
    redact::redact(&mut root);
    Ok(Message { kind, message_type, timestamp, call, chat_id, event, redacted: root })
}

/// The type decides, unless it is missing or contradicts what is plainly there.
fn kind_of(message_type: &str, envelope: &Value, root: &Value) -> Kind {
    let named = Kind::of(message_type);
    if !matches!(named, Kind::ToolCalls | Kind::FunctionCall) && !message_type.is_empty() {
        return named;
    }
    match (tool_calls::are_in(envelope, root), envelope.get("functionCall").is_some()) {
        (true, true) if named == Kind::FunctionCall => Kind::FunctionCall,
        (true, _) => Kind::ToolCalls,
        (false, true) => Kind::FunctionCall,
        (false, false) => named,
    }
}

fn event(kind: Kind, envelope: &Value, root: &Value) -> Event {
    match kind {
        Kind::ToolCalls => Event::ToolCalls { calls: tool_calls::collect(envelope, root) },
        Kind::FunctionCall => Event::FunctionCall(tool_calls::legacy(envelope)),
        Kind::AssistantRequest => Event::AssistantRequest,
        Kind::StatusUpdate => Event::StatusUpdate {
            status: first_text(envelope, &["/status", "/call/status"]).unwrap_or_default(),
            ended_reason: first_text(envelope, &["/endedReason", "/call/endedReason"]),
            destination: first_text(envelope, &["/destination/number", "/destination/sipUri"]),
        },
        Kind::EndOfCallReport => Event::EndOfCallReport(Box::new(report::of_message(envelope))),
        Kind::Transcript => Event::Transcript(transcript(envelope)),
        Kind::Hang => Event::Hang,
        Kind::TransferDestinationRequest => Event::TransferDestinationRequest,
        Kind::HandoffDestinationRequest => Event::HandoffDestinationRequest,
        Kind::KnowledgeBaseRequest => Event::KnowledgeBaseRequest,
        Kind::EndpointingRequest => Event::EndpointingRequest,
        Kind::CampaignPredial => Event::CampaignPredial,
        Kind::CallDeleted => Event::CallDeleted,
        Kind::VoiceRequest | Kind::Other => Event::Other,
    }
}

fn transcript(envelope: &Value) -> Transcript {
    let subscription = text_at(envelope, "/type").is_some_and(|name| name.contains("\"final\""));
    let declared = text_at(envelope, "/transcriptType");
    Transcript {
        role: text_at(envelope, "/role").and_then(|name| role(&name)),
        text: text_at(envelope, "/transcript").unwrap_or_default(),
        is_final: declared.map_or(subscription, |declared| declared == "final"),
    }
}

/// The speaking side that the platform's word means; system and tool traffic are none.
pub(crate) fn role(name: &str) -> Option<Role> {
    let is_one_of = |words: &[&str]| words.iter().any(|word| name.eq_ignore_ascii_case(word));
    if is_one_of(&["user", "customer", "caller", "human"]) {
        Some(Role::User)
    } else if is_one_of(&["assistant", "bot", "ai", "agent"]) {
        Some(Role::Assistant)
    } else {
        None
    }
}

/// What an envelope says about its call. Metadata and variables are never asked: they can be the model's.
pub(crate) fn call_ref(envelope: &Value) -> CallRef {
    let empty = Value::Null;
    let call = envelope.get("call").unwrap_or(&empty);
    let party =
        |own: &[&str], around: &[&str]| first_text(call, own).or_else(|| first_text(envelope, around));
    CallRef {
        assistant_id: party(
            &["/assistantId", "/assistant/id"],
            &["/chat/assistantId", "/assistantId", "/assistant/id"],
        ),
        phone_number_id: party(
            &["/phoneNumberId", "/phoneNumber/id"],
            &["/phoneNumberId", "/phoneNumber/id"],
        ),
        dialed_number: party(
            &["/phoneNumber/number", "/phoneNumber/twilioPhoneNumber"],
            &["/phoneNumber/number", "/phoneNumber/twilioPhoneNumber"],
        ),
        caller_number: party(&["/customer/number"], &["/customer/number"]),
        language: party(
            &["/assistantOverrides/transcriber/language", "/assistant/transcriber/language"],
            &["/assistantOverrides/transcriber/language", "/assistant/transcriber/language"],
        ),
        ..described(call)
    }
}

/// The call of an answer of the management API, where the call itself is the outermost object.
pub(crate) fn call_record(call: &Value) -> CallRef {
    CallRef {
        assistant_id: first_text(call, &["/assistantId", "/assistant/id"]),
        phone_number_id: first_text(call, &["/phoneNumberId", "/phoneNumber/id"]),
        dialed_number: first_text(call, &["/phoneNumber/number", "/phoneNumber/twilioPhoneNumber"]),
        caller_number: text_at(call, "/customer/number"),
        language: first_text(
            call,
            &["/assistantOverrides/transcriber/language", "/assistant/transcriber/language"],
        ),
        ..described(call)
    }
}

fn described(call: &Value) -> CallRef {
    CallRef {
        id: text_at(call, "/id"),
        call_type: text_at(call, "/type"),
        status: text_at(call, "/status"),
        ended_reason: text_at(call, "/endedReason"),
        started_at: call.get("startedAt").and_then(instant),
        ended_at: call.get("endedAt").and_then(instant),
        provider_call_id: first_text(call, &["/phoneCallProviderId", "/transport/callSid"]),
        ..CallRef::default()
    }
}
