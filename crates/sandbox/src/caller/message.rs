//! The shapes of the platform's server messages.

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::{Caller, Reply, Said, Spoken, ToolCall};

const ORG_ID: &str = "6f1c2a54-7d2e-4b53-9f0a-2f2f3c1f8a10";
/// With fewer turns the platform makes no analysis.
const TURNS_ANALYSED_MIN: usize = 2;

/// Nobody has answered yet, so nothing names an assistant.
pub(super) fn assistant_request(caller: &Caller) -> Value {
    let mut unanswered = caller.clone();
    unanswered.script.assistant_id = None;
    let mut body = envelope(&unanswered, "assistant-request", json!({}));
    if let Some(message) = body["message"].as_object_mut() {
        message.remove("assistant");
    }
    body
}

pub(super) fn status_update(caller: &Caller, status: &str, extra: Value) -> Value {
    envelope(caller, "status-update", merged(json!({ "status": status }), extra))
}

pub(super) fn transcript(caller: &Caller, role: &str, text: &str) -> Value {
    let said = json!({ "role": role, "transcriptType": "final", "transcript": text });
    envelope(caller, "transcript", said)
}

pub(super) fn tool_calls(caller: &Caller, calls: &[ToolCall]) -> Value {
    let list: Vec<Value> = calls.iter().map(wire_call).collect();
    let with_tools: Vec<Value> = calls
        .iter()
        .map(|call| {
            json!({
                "type": "function",
                "async": false,
                "function": { "name": call.name, "parameters": { "type": "object", "properties": {} } },
                "server": { "url": caller.script.webhook_url, "timeoutSeconds": 20 },
                "messages": [],
                "toolCall": wire_call(call),
            })
        })
        .collect();
    envelope(caller, "tool-calls", json!({ "toolCallList": list, "toolWithToolCallList": with_tools }))
}

pub(super) fn end_of_call_report(caller: &Caller) -> Value {
    let (ended_at, reason) = end(caller);
    let body = json!({
        "analysis": analysis(caller),
        "artifact": artifact(caller),
        "endedReason": reason,
        "cost": 0.0,
        "costs": [],
        "startedAt": caller.started_at.map(stamp),
        "endedAt": ended_at.map(stamp),
    });
    envelope(caller, "end-of-call-report", merged(body, talked(caller)))
}

/// How long it takes to say it all, at a platform's price.
fn talked(caller: &Caller) -> Value {
    if !caller.script.talks {
        return json!({});
    }
    let words =
        caller.turns.iter().filter_map(|turn| turn["message"].as_str()).flat_map(str::split_whitespace);
    let seconds = 3 * caller.turns.len() + words.count() * 2 / 5;
    let cents = f64::from(u32::try_from(seconds).unwrap_or(u32::MAX)) * 0.15;
    json!({ "durationSeconds": seconds, "cost": cents.round() / 100.0 })
}

pub(super) fn record(caller: &Caller) -> Value {
    merged(call(caller), json!({ "cost": 0.0, "artifact": artifact(caller), "analysis": analysis(caller) }))
}

pub(super) fn turn(caller: &Caller, role: &str, text: &str) -> Value {
    let (time, seconds) = when(caller);
    json!({ "role": role, "message": text, "time": time, "endTime": time, "secondsFromStart": seconds, "duration": 0 })
}

pub(super) fn tool_calls_turn(caller: &Caller, calls: &[ToolCall]) -> Value {
    let list: Vec<Value> = calls.iter().map(wire_call).collect();
    merged(turn(caller, "tool_calls", ""), json!({ "toolCalls": list }))
}

pub(super) fn tool_result_turn(caller: &Caller, call: &ToolCall, answer: &Spoken) -> Value {
    let (time, seconds) = when(caller);
    json!({
        "role": "tool_call_result",
        "name": call.name,
        "toolCallId": call.id,
        "result": answer.text(),
        "time": time,
        "secondsFromStart": seconds,
    })
}

/// Reads an answer as strictly as the platform does.
pub(super) fn heard(reply: &Reply, id: &str) -> Spoken {
    let results = reply.body["results"].as_array();
    let entry = results.and_then(|results| results.iter().find(|result| result["toolCallId"] == id));
    let line =
        |field: &str| entry.and_then(|entry| entry[field].as_str()).filter(|text| !text.contains('\n'));
    let said = match (reply.status, line("result"), line("error")) {
        (200, Some(text), _) => Said::Result(text.to_owned()),
        (200, None, Some(text)) => Said::Error(text.to_owned()),
        _ => Said::Nothing,
    };
    Spoken { tool_call_id: id.to_owned(), said, elapsed: reply.elapsed }
}

pub(super) fn nothing(id: &str) -> Spoken {
    Spoken { tool_call_id: id.to_owned(), said: Said::Nothing, elapsed: std::time::Duration::ZERO }
}

fn envelope(caller: &Caller, kind: &str, body: Value) -> Value {
    let script = &caller.script;
    let head = json!({
        "timestamp": (caller.clock)().as_millisecond(),
        "type": kind,
        "call": call(caller),
        "phoneNumber": without_nulls(json!({
            "provider": "vapi",
            "name": "Main line",
            "number": script.dialed_number,
            "assistantId": script.assistant_id,
        })),
        "customer": customer(caller),
        "assistant": {
            "name": "Receptionist",
            "server": { "url": script.webhook_url, "timeoutSeconds": 20 },
            "serverMessages": ["end-of-call-report", "status-update", "tool-calls"],
        },
    });
    json!({ "message": without_nulls(merged(head, body)) })
}

fn call(caller: &Caller) -> Value {
    let script = &caller.script;
    let (ended_at, reason) = end(caller);
    without_nulls(json!({
        "id": script.call_id,
        "orgId": ORG_ID,
        "createdAt": stamp(caller.created_at),
        "updatedAt": stamp((caller.clock)()),
        "type": "inboundPhoneCall",
        "status": caller.status,
        "assistantId": script.assistant_id,
        "phoneNumberId": script.phone_number_id,
        "phoneCallProvider": "twilio",
        "phoneCallProviderId": format!("CA{:032x}", caller.seed),
        "phoneCallTransport": "pstn",
        "customer": customer(caller),
        "startedAt": caller.started_at.map(stamp),
        "endedAt": ended_at.map(stamp),
        "endedReason": reason,
    }))
}

fn artifact(caller: &Caller) -> Value {
    let spoken = |role: &str| match role {
        "user" => Some(("User", "user")),
        "bot" => Some(("AI", "assistant")),
        _ => None,
    };
    let mut transcript = String::new();
    let mut formatted = Vec::new();
    for turn in &caller.turns {
        let text = turn["message"].as_str().unwrap_or("");
        if let Some((label, role)) = turn["role"].as_str().and_then(spoken) {
            transcript.extend([label, ": ", text, "\n"]);
            formatted.push(json!({ "role": role, "content": text }));
        }
    }
    json!({ "messages": caller.turns, "messagesOpenAIFormatted": formatted, "transcript": transcript })
}

fn analysis(caller: &Caller) -> Value {
    let plain = || {
        if caller.turns.len() < TURNS_ANALYSED_MIN {
            return json!({});
        }
        json!({ "summary": "The caller spoke with the receptionist.", "successEvaluation": "true" })
    };
    caller.analysis.clone().unwrap_or_else(plain)
}

fn wire_call(call: &ToolCall) -> Value {
    let arguments = call.arguments.to_string();
    json!({ "id": call.id, "type": "function", "function": { "name": call.name, "arguments": arguments } })
}

fn customer(caller: &Caller) -> Value {
    without_nulls(json!({ "number": caller.script.caller_number }))
}

fn end(caller: &Caller) -> (Option<Timestamp>, Option<&str>) {
    caller.ended.as_ref().map_or((None, None), |(at, reason)| (Some(*at), Some(reason)))
}

fn when(caller: &Caller) -> (i64, f64) {
    let now = (caller.clock)();
    (now.as_millisecond(), now.duration_since(caller.started_at.unwrap_or(caller.created_at)).as_secs_f64())
}

/// Instants on this wire have three decimals.
fn stamp(at: Timestamp) -> String {
    format!("{at:.3}")
}

fn merged(mut into: Value, from: Value) -> Value {
    if let (Some(into), Value::Object(from)) = (into.as_object_mut(), from) {
        into.extend(from);
    }
    into
}

fn without_nulls(value: Value) -> Value {
    match value {
        Value::Object(fields) => {
            Value::Object(fields.into_iter().filter(|(_, v)| !v.is_null()).collect::<Map<_, _>>())
        }
        other => other,
    }
}
