//! One list of tool calls out of the several that a message can carry.

use serde_json::{Map, Value};

use crate::json::{read_value, text_at};
use crate::message::{BadArguments, ToolCall};

const LISTS: [&str; 3] = ["toolCallList", "toolCalls", "tool_calls"];
const WITH_TOOLS: &str = "toolWithToolCallList";
const SINGLE: &str = "toolCall";

/// More calls than this in one message are none of a model's; the rest is left unanswered.
const CALLS_MAX: usize = 256;

/// How often a text of JSON can itself hold a text of JSON before we stop believing it.
const ENCODINGS_MAX: usize = 3;

/// Whether the message carries tool calls in any of the known places, be the list empty.
pub(crate) fn are_in(envelope: &Value, root: &Value) -> bool {
    LISTS.iter().chain([&WITH_TOOLS]).any(|list| envelope.get(list).is_some_and(Value::is_array))
        || [envelope, root].iter().any(|place| place.get(SINGLE).is_some_and(Value::is_object))
}

/// All calls in the order to answer them. The same call in several lists is one call.
pub(crate) fn collect(envelope: &Value, root: &Value) -> Vec<ToolCall> {
    let mut found: Vec<Found> = Vec::new();
    for list in LISTS {
        merge(&mut found, items(envelope, list).filter_map(|call| Found::read(call, &Value::Null)));
    }
    merge(&mut found, items(envelope, WITH_TOOLS).filter_map(|tool| Found::read(tool.get(SINGLE)?, tool)));
    for place in [envelope, root] {
        merge(&mut found, place.get(SINGLE).and_then(|call| Found::read(call, place)).into_iter());
    }
    found.into_iter().map(Found::into_call).collect()
}

/// The call of a legacy `function-call`.
pub(crate) fn legacy(envelope: &Value) -> ToolCall {
    let call = envelope.get("functionCall").unwrap_or(&Value::Null);
    Found::read(call, &Value::Null).map_or_else(
        || ToolCall { id: None, name: String::new(), arguments: Err(BadArguments::NotAnObject) },
        Found::into_call,
    )
}

fn items<'v>(envelope: &'v Value, list: &str) -> impl Iterator<Item = &'v Value> {
    envelope.get(list).and_then(Value::as_array).into_iter().flatten()
}

struct Found<'v> {
    id: Option<String>,
    name: Option<String>,
    arguments: Option<&'v Value>,
}

impl<'v> Found<'v> {
    /// `tool` is what surrounds the call. Its name counts, its `parameters` never do: they are the JSON schema.
    fn read(call: &'v Value, tool: &Value) -> Option<Self> {
        call.as_object()?;
        let name = ["/function/name", "/name"];
        let arguments = ["/function/arguments", "/function/parameters", "/arguments", "/parameters"];
        let present = || arguments.iter().filter_map(|pointer| call.pointer(pointer));
        Some(Self {
            id: call.get("id").or_else(|| call.get("toolCallId")).and_then(identity),
            name: [call, tool]
                .iter()
                .flat_map(|place| name.iter().map(|pointer| text_at(place, pointer)))
                .flatten()
                .next(),
            arguments: present().find(|value| !value.is_null()).or_else(|| present().next()),
        })
    }

    fn into_call(self) -> ToolCall {
        ToolCall {
            id: self.id,
            name: self.name.unwrap_or_default(),
            arguments: self.arguments.map_or_else(|| Ok(Map::new()), arguments),
        }
    }

    fn is_same_as(&self, other: &Self) -> bool {
        match (&self.id, &other.id) {
            (Some(own), Some(others)) => own == others,
            _ => self.name == other.name && self.arguments == other.arguments,
        }
    }
}

/// Adds one list to those before it. What an earlier list left out, a later one can still tell.
fn merge<'v>(found: &mut Vec<Found<'v>>, list: impl Iterator<Item = Found<'v>>) {
    let earlier = found.len();
    for call in list {
        // Without ids, two equal calls of one list are two calls; in two lists they are one.
        let candidates = if call.id.is_some() { found.len() } else { earlier };
        if let Some(known) = found[..candidates].iter_mut().find(|known| known.is_same_as(&call)) {
            known.id = known.id.take().or(call.id);
            known.name = known.name.take().or(call.name);
            known.arguments = known.arguments.or(call.arguments);
        } else if found.len() < CALLS_MAX {
            found.push(call);
        }
    }
}

fn identity(id: &Value) -> Option<String> {
    match id {
        Value::String(text) if !text.is_empty() => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

fn arguments(value: &Value) -> Result<Map<String, Value>, BadArguments> {
    let mut value = value.clone();
    for _ in 0..ENCODINGS_MAX {
        match value {
            Value::Object(map) => return Ok(map),
            Value::String(text) if text.trim().is_empty() => return Ok(Map::new()),
            Value::String(text) => {
                value = read_value(text.as_bytes()).map_err(|_unreadable| BadArguments::InvalidJson)?;
            }
            _ => break,
        }
    }
    value.as_object().cloned().ok_or(BadArguments::NotAnObject)
}
