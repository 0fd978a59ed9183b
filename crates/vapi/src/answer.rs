//! What the platform understands as an answer. All of it goes out with status 200: other statuses are dropped.

use std::fmt;

use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::{Kind, ToolCall};

/// Longer results are not spoken whole, and the model's own token limit cuts them.
const RESULT_CHARS_MAX: usize = 300;

/// How long to wait for more words when nothing better is known; the platform takes 0 to 15.
const ENDPOINTING_SECONDS: f64 = 1.2;

/// The answer to one tool call.
#[derive(Clone, PartialEq, Eq)]
pub struct ToolResult {
    /// Exactly the id of the call.
    pub tool_call_id: String,
    /// The tool's name.
    pub name: String,
    /// What the model is told: a result, or an error.
    pub outcome: Result<String, String>,
}

impl fmt::Debug for ToolResult {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ToolResult")
            .field("tool_call_id", &self.tool_call_id)
            .field("name", &self.name)
            .field("is_ok", &self.outcome.is_ok())
            .finish_non_exhaustive()
    }
}

impl ToolResult {
    /// The answer to `call`, with its id and name.
    pub fn of(call: &ToolCall, outcome: Result<String, String>) -> Self {
        Self { tool_call_id: call.id.clone().unwrap_or_default(), name: call.name.clone(), outcome }
    }
}

/// `{"results":[{"toolCallId","name","result"|"error"}]}` in the given order, each text a single line.
pub fn tool_results(results: &[ToolResult]) -> Value {
    let results: Vec<Value> = results
        .iter()
        .map(|result| {
            let (field, said) = match &result.outcome {
                Ok(said) => ("result", said),
                Err(said) => ("error", said),
            };
            json!({ "toolCallId": result.tool_call_id, "name": result.name, field: single_line(said) })
        })
        .collect();
    json!({ "results": results })
}

/// The answer to a legacy `function-call`; it knows no error, so a refusal is a result too.
pub fn function_result(said: &str) -> Value {
    json!({ "result": single_line(said) })
}

/// One line that can be spoken: no control characters, no direction marks, at most 300 characters, cut between words.
pub fn single_line(said: &str) -> String {
    let printable: String =
        said.chars().filter(|c| !is_invisible(*c)).map(|c| if c.is_control() { ' ' } else { c }).collect();
    let line = printable.split_whitespace().collect::<Vec<_>>().join(" ");
    let Some((end, _)) = line.char_indices().nth(RESULT_CHARS_MAX) else { return line };
    let kept = &line[..end];
    let ends_with_word = line[end..].starts_with(' ');
    let cut = if ends_with_word { kept } else { kept.rsplit_once(' ').map_or(kept, |(words, _)| words) };
    cut.trim_end_matches([' ', '\u{200D}']).to_owned()
}

/// Marks that steer the direction of text or have no width. Joiners stay: emoji and some scripts are made of them.
const fn is_invisible(c: char) -> bool {
    matches!(c, '\u{061C}' | '\u{200B}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}'
        | '\u{2060}'..='\u{2064}' | '\u{2066}'..='\u{2069}' | '\u{FEFF}')
}

/// What a saved assistant is told for this one call.
#[derive(Clone, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AssistantOverrides {
    /// Values for `{{name}}` in its prompts.
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub variable_values: Map<String, Value>,
    /// Comes back in every later message of the call. Never trusted as the tenant.
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub metadata: Map<String, Value>,
    /// Said instead of the assistant's own greeting.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_message: Option<String>,
}

impl fmt::Debug for AssistantOverrides {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = self.variable_values.keys();
        f.debug_struct("AssistantOverrides").field("variables", &names).finish_non_exhaustive()
    }
}

/// Where a call can be sent: a phone number, and what the caller hears meanwhile.
#[derive(Clone, PartialEq, Eq)]
pub struct Destination {
    /// E.164.
    pub number: String,
    /// Said to the caller before the transfer.
    pub message: Option<String>,
}

impl fmt::Debug for Destination {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Destination").finish_non_exhaustive()
    }
}

impl Destination {
    fn to_value(&self) -> Value {
        let mut destination = json!({ "type": "number", "number": self.number });
        if let Some(message) = &self.message {
            destination["message"] = single_line(message).into();
        }
        destination
    }
}

/// Answers `assistant-request`: this assistant takes the call.
pub fn assistant(assistant_id: &str, overrides: &AssistantOverrides) -> Value {
    let mut answer = json!({ "assistantId": assistant_id });
    if *overrides != AssistantOverrides::default() {
        answer["assistantOverrides"] = json!(overrides);
    }
    answer
}

/// Answers `assistant-request` or `transfer-destination-request`: a human takes the call.
pub fn destination(destination: &Destination) -> Value {
    json!({ "destination": destination.to_value() })
}

/// Answers a request that cannot be granted; `said` is spoken to the caller.
pub fn error(said: &str) -> Value {
    json!({ "error": single_line(said) })
}

/// Answers `campaign.predial`.
pub fn eligible(eligible: bool) -> Value {
    json!({ "eligible": eligible })
}

/// The answer when nothing better is known: promises nothing, allows nothing.
///
/// A call list is answered empty and a legacy call with an apology, so the callers of tools should not need it.
pub fn neutral(kind: Kind) -> Value {
    match kind {
        Kind::AssistantRequest | Kind::TransferDestinationRequest | Kind::HandoffDestinationRequest => {
            error("I'm sorry, I can't connect you right now. Please call back a little later.")
        }
        Kind::ToolCalls => tool_results(&[]),
        Kind::FunctionCall => function_result("I'm sorry, I can't do that right now."),
        Kind::KnowledgeBaseRequest => json!({ "documents": [] }),
        Kind::EndpointingRequest => json!({ "timeoutSeconds": ENDPOINTING_SECONDS }),
        Kind::CampaignPredial => eligible(false),
        _ => json!({}),
    }
}
