//! A1, A2, A3: every recorded message yields what the manifest says.

use serde_json::{Value, json};
use voxanne_vapi::{Message, ToolCall, parse};

use crate::{calls_of, fixture, fixture_json, folder};

fn normal_form(message: &Message, expects_calls: bool) -> Value {
    let mut form = json!({
        "type": message.message_type,
        "needs_response": message.kind.needs_response(),
        "call_id": message.call.id,
        "chat_id": message.chat_id,
        "assistant_id": message.call.assistant_id,
        "phone_number_id": message.call.phone_number_id,
        "caller_number": message.call.caller_number,
    });
    if expects_calls {
        form["tool_calls"] = calls_of(message).iter().map(call_form).collect();
    }
    form
}

fn call_form(call: &ToolCall) -> Value {
    match &call.arguments {
        Ok(arguments) => json!({ "id": call.id, "name": call.name, "args": arguments }),
        Err(bad) => json!({ "id": call.id, "name": call.name, "args": null, "error": bad.code() }),
    }
}

#[test]
fn a3_every_server_message_has_the_normal_form_of_the_manifest() {
    let mut checked = 0;
    for entry in fixture_json("manifest.json").as_array().unwrap() {
        let (file, Some(expected)) = (entry["file"].as_str().unwrap(), entry.get("expect")) else { continue };
        let message = parse(&fixture(file)).unwrap_or_else(|e| panic!("{file}: {e}"));
        assert_eq!(&normal_form(&message, expected.get("tool_calls").is_some()), expected, "{file}");
        checked += 1;
    }
    assert_eq!(checked, folder("vapi/server").len(), "a message is missing from the manifest");
}

#[test]
fn a1_an_unknown_field_anywhere_changes_nothing() {
    for (name, body) in folder("vapi/server") {
        let before = parse(&body).unwrap();
        let mut with_more: Value = serde_json::from_slice(&body).unwrap();
        add_a_field_everywhere(&mut with_more);
        let after = crate::parsed(&with_more);
        assert_eq!(before.kind, after.kind, "{name}");
        assert_eq!(before.call, after.call, "{name}");
        assert_eq!(before.message_type, after.message_type, "{name}");
    }
}

/// Leaves arguments alone: there, an unknown field is the tool's business.
fn add_a_field_everywhere(value: &mut Value) {
    match value {
        Value::Object(map) => {
            for (key, inner) in map.iter_mut() {
                if key != "arguments" && key != "parameters" {
                    add_a_field_everywhere(inner);
                }
            }
            map.insert("addedNextMonth".to_owned(), json!([{ "deep": null }]));
        }
        Value::Array(items) => items.iter_mut().for_each(add_a_field_everywhere),
        _ => {}
    }
}

#[test]
fn a_transcript_says_who_spoke_what_and_whether_it_is_settled() {
    use voxanne_vapi::{Event, Role};
    let read = |file: &str| match parse(&fixture(file)).unwrap().event {
        Event::Transcript(transcript) => transcript,
        other => panic!("{other:?}"),
    };
    let settled = read("vapi/server/transcript.final.json");
    assert_eq!((settled.role, settled.is_final), (Some(Role::User), true));
    assert_eq!(settled.text, "Hi, can I get lip filler on Thursday afternoon?");
    assert!(!read("vapi/server/transcript.partial.json").is_final);
    assert!(read("vapi/server/transcript.final-subtype.json").is_final);
}

#[test]
fn a8_a_status_update_says_where_the_call_is_and_where_it_goes() {
    use voxanne_vapi::Event;
    let read = |file: &str| match parse(&fixture(file)).unwrap().event {
        Event::StatusUpdate { status, ended_reason, destination } => (status, ended_reason, destination),
        other => panic!("{other:?}"),
    };
    let (status, reason, _) = read("vapi/server/status-update.ended.json");
    assert_eq!((status.as_str(), reason.as_deref()), ("ended", Some("customer-ended-call")));
    let (status, _, destination) = read("vapi/server/status-update.forwarding.json");
    assert_eq!((status.as_str(), destination.as_deref()), ("forwarding", Some("+13105550199")));
}

#[test]
fn the_dialled_number_and_the_carriers_id_are_read() {
    let message = parse(&fixture("vapi/server/assistant-request.twilio-with-secrets.json")).unwrap();
    assert_eq!(message.call.dialed_number.as_deref(), Some("+13105550100"));
    assert_eq!(message.call.provider_call_id.as_deref(), Some("CA0123456789abcdef0123456789abcdef"));
    assert_eq!(message.timestamp.unwrap().as_millisecond(), 1_795_536_012_345);
}
