//! The normal form of a server message.

use std::fmt;

use jiff::Timestamp;
use serde_json::{Map, Value};

use crate::Kind;

/// One server message, whichever of the known shapes it arrived in.
#[derive(Clone)]
pub struct Message {
    /// What it is.
    pub kind: Kind,
    /// The type exactly as sent; empty when none was.
    pub message_type: String,
    /// When the platform sent it.
    pub timestamp: Option<Timestamp>,
    /// The call it belongs to, as the platform named it.
    pub call: CallRef,
    /// The chat it belongs to, for messages of the text channel.
    pub chat_id: Option<String>,
    /// What happened.
    pub event: Event,
    /// The whole body with secrets replaced and NUL removed: what may be stored.
    pub redacted: Value,
}

/// What the platform says about a call. Every field can be absent: web calls have no number, rings no assistant.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct CallRef {
    /// The platform's id of the call.
    pub id: Option<String>,
    /// Absent for transient assistants, squads, workflows and rings.
    pub assistant_id: Option<String>,
    /// The platform's id of the dialled number.
    pub phone_number_id: Option<String>,
    /// The dialled number as sent, not normalised.
    pub dialed_number: Option<String>,
    /// The caller's number as sent: can be anonymous or not E.164.
    pub caller_number: Option<String>,
    /// The language that the assistant listens for, as a tag such as `es` or `en-US`; `multi` listens for several.
    pub language: Option<String>,
    /// `inboundPhoneCall`, `outboundPhoneCall`, `webCall`, …
    pub call_type: Option<String>,
    /// The call's own status, which can lag behind a status update's.
    pub status: Option<String>,
    /// Why it ended; an open set of some 630 words.
    pub ended_reason: Option<String>,
    /// When the two sides were connected. Absent when they never were.
    pub started_at: Option<Timestamp>,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
    /// The carrier's id of the call; at Twilio the `CallSid`.
    pub provider_call_id: Option<String>,
}

/// What happened, with the data that belongs to it.
#[derive(Clone)]
pub enum Event {
    /// Tool calls in the order to answer them, each id once. Can be empty.
    ToolCalls {
        /// The calls.
        calls: Vec<ToolCall>,
    },
    /// A legacy call, answered `{"result"}`.
    FunctionCall(ToolCall),
    /// A phone rings and wants an assistant.
    AssistantRequest,
    /// The call moved on.
    StatusUpdate {
        /// `in-progress`, `ended`, …; empty when the message names none.
        status: String,
        /// Why, when it ended.
        ended_reason: Option<String>,
        /// Where to, when it is forwarded: the destination's number.
        destination: Option<String>,
    },
    /// The call is over.
    EndOfCallReport(Box<Report>),
    /// Somebody said something.
    Transcript(Transcript),
    /// The assistant kept silent for more than five seconds.
    Hang,
    /// The model wants to transfer and asks where to.
    TransferDestinationRequest,
    /// A squad member asks which assistant takes over.
    HandoffDestinationRequest,
    /// The platform asks for documents.
    KnowledgeBaseRequest,
    /// The platform asks how long to wait for more words.
    EndpointingRequest,
    /// A campaign asks whether it may dial a contact.
    CampaignPredial,
    /// The call was erased on the platform.
    CallDeleted,
    /// Anything else; acknowledged and left alone.
    Other,
}

/// One call of a tool.
#[derive(Clone, PartialEq)]
pub struct ToolCall {
    /// Echoed verbatim in the answer; legacy calls have none.
    pub id: Option<String>,
    /// The tool's name; empty when the message names none.
    pub name: String,
    /// The arguments, or why there are none. Absent arguments are an empty map, unreadable ones never are.
    pub arguments: Result<Map<String, Value>, BadArguments>,
}

/// Why a tool call's arguments cannot be used. Answered as that call's error.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadArguments {
    /// Not JSON: as a rule cut short by the model's token limit.
    #[error("the arguments are not valid JSON")]
    InvalidJson,
    /// JSON, but null, a list, a number or a plain string.
    #[error("the arguments are not a JSON object")]
    NotAnObject,
}

impl BadArguments {
    /// A stable code for logs and metrics.
    pub const fn code(self) -> &'static str {
        match self {
            Self::InvalidJson => "invalid_json",
            Self::NotAnObject => "not_an_object",
        }
    }
}

/// Who spoke.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// The caller, or the called person of an outbound call.
    User,
    /// The receptionist.
    Assistant,
}

/// One utterance, as it happens.
#[derive(Clone, PartialEq, Eq)]
pub struct Transcript {
    /// Who spoke; absent when the platform names neither side.
    pub role: Option<Role>,
    /// What was said.
    pub text: String,
    /// Whether the words are settled; partial ones are replaced by the next message.
    pub is_final: bool,
}

/// One spoken turn of a finished call. System prompts and tool traffic are not turns.
#[derive(Clone, PartialEq)]
pub struct Turn {
    /// Who spoke.
    pub role: Role,
    /// What was said.
    pub text: String,
    /// Seconds since the call began, where known.
    pub seconds_from_start: Option<f64>,
}

/// What a finished call leaves behind. Every field can be absent: short, failed and HIPAA calls have no analysis.
#[derive(Clone, Default, PartialEq)]
pub struct Report {
    /// Why the call ended; an open set.
    pub ended_reason: Option<String>,
    /// When the two sides were connected.
    pub started_at: Option<Timestamp>,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
    /// How long it took, rounded; absent when the call never started.
    pub duration_seconds: Option<i64>,
    /// What the platform charged, in US dollars.
    pub cost_usd: Option<f64>,
    /// The transcript as one text.
    pub transcript: Option<String>,
    /// The transcript turn by turn.
    pub turns: Vec<Turn>,
    /// The platform's summary.
    pub summary: Option<String>,
    /// Whatever the rubric says: "true", "8", "Excellent".
    pub success_evaluation: Option<String>,
    /// The analysis plan's structured data.
    pub structured_data: Option<Value>,
    /// Results of structured outputs by their id: `{"<uuid>":{"name","result"}}`.
    pub structured_outputs: Option<Value>,
    /// One address of the recording, mono where there is a choice.
    pub recording_url: Option<String>,
    /// Whether the caller agreed to be recorded; absent when nobody asked.
    pub recording_consent: Option<bool>,
}

/// A phone number with all but its last two digits hidden.
struct Masked<'a>(&'a Option<String>);

impl fmt::Debug for Masked<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(number) = self.0 else { return f.write_str("None") };
        let digits: Vec<char> = number.chars().filter(char::is_ascii_digit).collect();
        let shown: String = digits[digits.len().saturating_sub(2)..].iter().collect();
        write!(f, "•••{}", if digits.len() > 4 { shown.as_str() } else { "" })
    }
}

impl fmt::Debug for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Message")
            .field("message_type", &self.message_type)
            .field("timestamp", &self.timestamp)
            .field("call", &self.call)
            .field("chat_id", &self.chat_id)
            .field("event", &self.event)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for CallRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CallRef")
            .field("id", &self.id)
            .field("assistant_id", &self.assistant_id)
            .field("phone_number_id", &self.phone_number_id)
            .field("dialed_number", &Masked(&self.dialed_number))
            .field("caller_number", &Masked(&self.caller_number))
            .field("language", &self.language)
            .field("call_type", &self.call_type)
            .field("status", &self.status)
            .field("ended_reason", &self.ended_reason)
            .field("started_at", &self.started_at)
            .field("ended_at", &self.ended_at)
            .field("provider_call_id", &self.provider_call_id)
            .finish()
    }
}

impl fmt::Debug for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ToolCalls { calls } => f.debug_tuple("ToolCalls").field(calls).finish(),
            Self::FunctionCall(call) => f.debug_tuple("FunctionCall").field(call).finish(),
            Self::StatusUpdate { status, ended_reason, destination } => f
                .debug_struct("StatusUpdate")
                .field("status", status)
                .field("ended_reason", ended_reason)
                .field("destination", &Masked(destination))
                .finish(),
            Self::EndOfCallReport(report) => report.fmt(f),
            Self::Transcript(transcript) => transcript.fmt(f),
            // The message's type says it all.
            _ => f.write_str("Event"),
        }
    }
}

impl fmt::Debug for ToolCall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ToolCall")
            .field("id", &self.id)
            .field("name", &self.name)
            .field("arguments", &self.arguments.as_ref().map(Map::len))
            .finish()
    }
}

impl fmt::Debug for Transcript {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Transcript")
            .field("role", &self.role)
            .field("is_final", &self.is_final)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Turn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Turn").field("role", &self.role).finish_non_exhaustive()
    }
}

impl fmt::Debug for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Report")
            .field("ended_reason", &self.ended_reason)
            .field("started_at", &self.started_at)
            .field("duration_seconds", &self.duration_seconds)
            .field("turns", &self.turns.len())
            .finish_non_exhaustive()
    }
}
