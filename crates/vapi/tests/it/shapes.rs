//! Shapes that the wild sends and the documents only mention; T-V3, A4, A5.

use serde_json::{Value, json};
use voxanne_vapi::{BadArguments, Kind, ParseError, ToolCall, parse};

use crate::{calls_of, parsed};

fn date() -> Value {
    json!({ "date": "2026-11-26" })
}

fn only_call(body: &Value) -> ToolCall {
    let calls = calls_of(&parsed(body));
    assert_eq!(calls.len(), 1, "{body}");
    calls.into_iter().next().unwrap()
}

#[test]
fn t_v3_every_place_and_spelling_of_a_call_reads_alike() {
    let nested =
        json!({ "id": "c1", "type": "function", "function": { "name": "check", "arguments": date() } });
    let flat = json!({ "id": "c1", "name": "check", "parameters": date() });
    let schema = json!({ "type": "object", "properties": { "date": { "type": "string" } } });
    let with_tool = json!({
        "type": "function", "name": "check", "parameters": schema, "function": { "name": "check", "parameters": schema },
        "toolCall": { "id": "c1", "function": { "name": "check", "parameters": date() } }
    });
    let nameless =
        json!({ "function": { "name": "check" }, "toolCall": { "id": "c1", "arguments": date() } });
    let messages = [
        json!({ "type": "tool-calls", "toolCallList": [nested] }),
        json!({ "type": "tool-calls", "toolCallList": [flat] }),
        json!({ "type": "tool-calls", "toolCalls": [nested] }),
        json!({ "type": "tool-calls", "tool_calls": [nested] }),
        json!({ "type": "tool-calls", "toolWithToolCallList": [with_tool] }),
        json!({ "type": "tool-calls", "toolWithToolCallList": [nameless] }),
        json!({ "type": "tool-calls", "toolCallList": [flat], "toolWithToolCallList": [with_tool] }),
        json!({ "type": "tool-call", "toolCall": nested }),
        json!({ "type": "tool-call", "toolCall": flat }),
        json!({ "messageType": "tool-calls", "toolCallList": [nested] }),
        json!({ "toolCallList": [nested] }),
        json!({ "toolCall": flat }),
    ];
    let expected = ToolCall {
        id: Some("c1".into()),
        name: "check".into(),
        arguments: Ok(date().as_object().unwrap().clone()),
    };
    for message in messages {
        for body in [json!({ "message": message }), message] {
            assert_eq!(parsed(&body).kind, Kind::ToolCalls, "{body}");
            assert_eq!(only_call(&body), expected, "{body}");
        }
    }
    let beside = json!({ "message": { "type": "tool-calls" }, "toolCall": flat });
    assert_eq!(only_call(&beside), expected);
}

#[test]
fn a5_arguments_as_object_and_as_text_in_text_are_the_same() {
    let once = date().to_string();
    let twice = json!(once).to_string();
    for arguments in [date(), json!(once), json!(twice)] {
        let body = json!({ "message": { "type": "tool-calls", "toolCallList": [
            { "id": "c1", "function": { "name": "check", "arguments": arguments } } ] } });
        assert_eq!(only_call(&body).arguments.unwrap(), *date().as_object().unwrap());
    }
}

#[test]
fn unreadable_arguments_are_an_error_of_that_call_and_never_empty() {
    let cases = [
        (json!("{\"date\":"), BadArguments::InvalidJson),
        (json!("next Tuesday"), BadArguments::InvalidJson),
        (json!(null), BadArguments::NotAnObject),
        (json!([1]), BadArguments::NotAnObject),
        (json!(7), BadArguments::NotAnObject),
        (json!(true), BadArguments::NotAnObject),
        (json!("null"), BadArguments::NotAnObject),
        (json!("[]"), BadArguments::NotAnObject),
        (json!("\"\\\"\\\\\\\"{}\\\\\\\"\\\"\""), BadArguments::NotAnObject),
    ];
    for (arguments, expected) in cases {
        let call = json!({ "id": "c1", "function": { "name": "check", "arguments": arguments } });
        assert_eq!(only_call(&json!({ "toolCallList": [call] })).arguments, Err(expected), "{call}");
        let legacy =
            json!({ "type": "function-call", "functionCall": { "name": "check", "parameters": arguments } });
        assert_eq!(only_call(&legacy).arguments, Err(expected), "{legacy}");
    }
}

#[test]
fn absent_and_blank_arguments_are_empty() {
    for call in
        [json!({ "id": "c1", "name": "mine" }), json!({ "id": "c1", "name": "mine", "arguments": " " })]
    {
        assert_eq!(only_call(&json!({ "toolCallList": [call] })).arguments, Ok(serde_json::Map::new()));
    }
}

#[test]
fn a4_calls_keep_the_order_of_the_first_list_and_each_id_counts_once() {
    let call = |id: &str| json!({ "id": id, "name": id, "arguments": {} });
    let body = json!({ "message": { "type": "tool-calls",
        "toolCallList": [call("b"), call("a"), call("b")], "toolCalls": [call("a"), call("c")],
        "toolWithToolCallList": [{ "toolCall": call("d") }, { "toolCall": call("b") }] } });
    let ids: Vec<_> = calls_of(&parsed(&body)).into_iter().filter_map(|call| call.id).collect();
    assert_eq!(ids, ["b", "a", "c", "d"]);
}

#[test]
fn a_later_list_tells_what_an_earlier_one_left_out() {
    let body = json!({ "toolCallList": [{ "id": "c1" }],
        "toolWithToolCallList": [{ "name": "check", "toolCall": { "id": "c1", "arguments": date() } }] });
    let call = only_call(&body);
    assert_eq!((call.name.as_str(), call.arguments.unwrap().len()), ("check", 1));
}

#[test]
fn without_ids_two_equal_calls_of_one_list_stay_two() {
    let call = json!({ "name": "check", "arguments": date() });
    let body = json!({ "toolCallList": [call, call], "toolCalls": [call, call] });
    assert_eq!(calls_of(&parsed(&body)).len(), 2);
}

#[test]
fn a_flood_of_calls_is_cut_off() {
    let calls: Vec<_> = (0..20_000).map(|n| json!({ "id": n, "name": "check" })).collect();
    assert_eq!(calls_of(&parsed(&json!({ "toolCallList": calls }))).len(), 256);
}

#[test]
fn a_function_call_without_a_type_or_with_the_other_type_is_still_answered() {
    let function_call = json!({ "name": "check", "parameters": date() });
    assert_eq!(parsed(&json!({ "functionCall": function_call })).kind, Kind::FunctionCall);
    assert_eq!(
        parsed(&json!({ "type": "tool-calls", "functionCall": function_call })).kind,
        Kind::FunctionCall
    );
    let call = json!({ "id": "c1", "name": "check", "arguments": {} });
    assert_eq!(parsed(&json!({ "type": "function-call", "toolCallList": [call] })).kind, Kind::ToolCalls);
}

#[test]
fn a_key_given_twice_on_the_way_to_the_tenant_is_refused() {
    let bodies = [
        r#"{"message":{"type":"hang"},"message":{"type":"hang"}}"#,
        r#"{"message":{"type":"hang","call":{"assistantId":"a"},"call":{"assistantId":"b"}}}"#,
        r#"{"message":{"type":"hang","call":{"assistantId":"a","assistantId":"b"}}}"#,
        r#"{"message":{"type":"hang","call":{"phoneNumberId":"a","phoneNumberId":"b"}}}"#,
        r#"{"type":"hang","call":{"assistantId":"a","assistantId":"b"}}"#,
        r#"{"type":"hang","call":{"assistantId":"a","assistantId\u0000":"b"}}"#,
        r#"{"message":{"chat":{"assistantId":"a","assistantId":"b"}}}"#,
        r#"{"message":{"call":{"customer":{"number":"1","number":"2"}}}}"#,
    ];
    for body in bodies {
        assert!(matches!(parse(body.as_bytes()), Err(ParseError::DuplicateKey)), "{body}");
    }
    let elsewhere = r#"{"message":{"type":"hang","artifact":{"variables":{"a":1,"a":2}}}}"#;
    assert!(parse(elsewhere.as_bytes()).is_ok());
}

#[test]
fn the_tenant_is_never_read_from_metadata_variables_or_arguments() {
    let body = json!({ "message": { "type": "tool-calls",
        "call": { "id": "c", "metadata": { "assistantId": "evil" },
            "assistantOverrides": { "variableValues": { "assistantId": "evil" }, "metadata": { "phoneNumberId": "evil" } } },
        "toolCallList": [{ "id": "1", "name": "x", "arguments": { "assistantId": "evil", "phoneNumberId": "evil" } }] } });
    let call = parsed(&body).call;
    assert_eq!((call.assistant_id, call.phone_number_id), (None, None));
}

#[test]
fn a_flat_call_beside_an_envelope_does_not_count() {
    let body = json!({ "message": { "type": "hang" }, "call": { "assistantId": "evil" } });
    assert_eq!(parsed(&body).call.assistant_id, None);
}

#[test]
fn an_object_with_its_own_message_text_is_a_flat_body() {
    let body = json!({ "type": "hang", "message": "hello", "call": { "id": "c" } });
    assert_eq!(parsed(&body).call.id.as_deref(), Some("c"));
}

#[test]
fn half_an_emoji_and_stray_bytes_are_mended_instead_of_losing_the_message() {
    let cut = br#"{"message":{"type":"transcript","role":"user","transcript":"yes \ud83d","call":{"id":"\ude00\\ud83d"}}}"#;
    let message = parse(cut).unwrap();
    assert_eq!(message.redacted["message"]["transcript"], "yes \u{FFFD}");
    assert_eq!(message.call.id.as_deref(), Some("\u{FFFD}\\ud83d"));
    let whole = br#"{"message":{"type":"transcript","transcript":"\ud83d\ude00 \ud83d"}}"#;
    assert_eq!(parse(whole).unwrap().redacted["message"]["transcript"], "😀 \u{FFFD}");
    let stray = b"{\"message\":{\"type\":\"transcript\",\"transcript\":\"caf\xE9\"}}";
    assert_eq!(parse(stray).unwrap().redacted["message"]["transcript"], "caf\u{FFFD}");
}

#[test]
fn nul_is_removed_from_texts_keys_and_arguments() {
    let body = r#"{"message":{"type":"tool-calls","a\u0000b":"c\u0000d","toolCallList":[
        {"id":"1","name":"x","arguments":"{\"k\":\"v\\u0000w\"}"}]}}"#;
    let message = parse(body.as_bytes()).unwrap();
    assert_eq!(message.redacted["message"]["ab"], "cd");
    assert_eq!(calls_of(&message)[0].arguments.as_ref().unwrap()["k"], "vw");
}

#[test]
fn what_is_no_message_is_an_error_and_not_a_panic() {
    let deep = ["[".repeat(100_000), "]".repeat(100_000)].concat();
    let deep_message = format!("{{\"message\":{deep}}}");
    for body in ["", " ", "{", "[]", "null", "7", "\"x\"", "{\"a\":1e400}", "{} {}", &deep, &deep_message] {
        assert!(parse(body.as_bytes()).is_err(), "{}", &body[..body.len().min(20)]);
    }
    assert!(parse(b"{}").is_ok());
}
