//! The caller's messages against the recorded ones.

use std::collections::BTreeSet;

use axum::http::StatusCode;
use serde_json::{Value, json};
use voxanne_sandbox::caller::{CallScript, Caller, Said};

use crate::hook::Hook;
use crate::support::{clock, now, sandbox};

fn fixture(name: &str) -> Value {
    let path = format!("{}/../../tests/fixtures/vapi/server/{name}.json", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

fn caller(hook: &Hook, seed: u64) -> Caller {
    let script = CallScript {
        call_id: "019ab2c4-7e10-7cc3-9f4e-5b1d2a3c4e5f".into(),
        assistant_id: Some("b7a1d9c2-3e54-4f6a-8c1d-0a9e5f7b6c31".into()),
        phone_number_id: Some("2c9e4f10-6b8d-4a37-9d5e-7f1b3c5a8e62".into()),
        dialed_number: Some("+13105550100".into()),
        caller_number: Some("+13105550142".into()),
        webhook_url: hook.url.clone(),
        secret: Some(("x-vapi-secret".into(), "s3cret".into())),
        talks: false,
    };
    Caller::new(reqwest::Client::builder().build().unwrap(), script, clock(), seed)
}

/// Answers every tool call of a message with its own name.
async fn echoing() -> Hook {
    Hook::start(|seen| {
        let message = &seen.json()["message"];
        let results: Vec<Value> = message["toolCallList"]
            .as_array()
            .into_iter()
            .flatten()
            .map(|call| json!({ "toolCallId": call["id"], "result": format!("did {}", call["function"]["name"]) }))
            .collect();
        (StatusCode::OK, json!({ "results": results }).to_string())
    })
    .await
}

fn keys(value: &Value) -> BTreeSet<&str> {
    value.as_object().unwrap().keys().map(String::as_str).collect()
}

/// Every field of ours is one the platform sends, in the same JSON type, but for `number`, which the recording left out.
fn assert_within(ours: &Value, recorded: &Value, at: &str) {
    match (ours, recorded) {
        (Value::Object(ours), Value::Object(_)) => {
            for (key, value) in ours.iter().filter(|(key, _)| *key != "number") {
                assert!(recorded.get(key).is_some(), "{at}.{key} is not on the wire");
                assert_within(value, &recorded[key], &format!("{at}.{key}"));
            }
        }
        (Value::Array(_), Value::Array(_)) => {}
        _ => assert_eq!(std::mem::discriminant(ours), std::mem::discriminant(recorded), "{at}"),
    }
}

#[tokio::test]
async fn every_message_stays_within_the_recorded_shape() {
    let hook = echoing().await;
    let mut caller = caller(&hook, 1);
    caller.ask_for_assistant().await.unwrap();
    assert_within(&hook.last(), &fixture("assistant-request"), "");
    assert!(hook.last()["message"]["call"].get("assistantId").is_none(), "nobody has answered yet");
    caller.ring().await.unwrap();
    assert_within(&hook.last(), &fixture("status-update.ringing"), "");
    caller.in_progress().await.unwrap();
    assert_eq!(hook.last()["message"]["call"]["status"], "in-progress");
    caller.say_user("Hi").await.unwrap();
    assert_eq!(hook.last()["message"]["transcript"], "Hi");
    caller.tool("check_availability", json!({ "date": "2026-11-26" })).await.unwrap();
    let (ours, recorded) = (hook.last(), fixture("tool-calls.openapi.string-arguments"));
    for list in ["toolCallList", "toolWithToolCallList"] {
        assert_eq!(keys(&ours["message"][list][0]), keys(&recorded["message"][list][0]), "{list}");
    }
    assert_eq!(ours["message"]["toolCallList"][0]["function"]["arguments"], r#"{"date":"2026-11-26"}"#);
    caller.ended("customer-ended-call").await.unwrap();
    assert_within(&hook.last()["message"]["status"], &json!("ended"), "");
    caller.end("customer-ended-call").await.unwrap();
    assert_within(&hook.last(), &fixture("end-of-call-report.booked"), "");
    assert!(hook.seen().iter().all(|seen| seen.header("x-vapi-secret") == "s3cret"));
}

#[tokio::test]
async fn v4_parallel_calls_are_one_message_and_answers_keep_their_order() {
    let hook = echoing().await;
    let mut caller = caller(&hook, 1);
    let spoken = caller.tools_parallel(vec![("a", json!({})), ("b", json!({}))]).await.unwrap();
    let said: Vec<_> = spoken.iter().map(voxanne_sandbox::caller::Spoken::text).collect();
    assert_eq!(said, [r#"did "a""#, r#"did "b""#]);
    assert_eq!(hook.seen().len(), 1);
}

#[tokio::test]
async fn a6_answers_the_platform_would_drop_are_heard_as_nothing() {
    for (status, body) in [
        (500, json!({ "results": [{ "toolCallId": "t1", "result": "fine" }] })),
        (200, json!({ "results": [{ "toolCallId": "t2", "result": "fine" }] })),
        (200, json!({ "results": [{ "toolCallId": "t1", "result": { "ok": true } }] })),
        (200, json!({ "results": [{ "toolCallId": "t1", "result": "two\nlines" }] })),
        (200, json!("not an answer")),
    ] {
        let shown = body.to_string();
        let hook = Hook::start(move |_| (StatusCode::from_u16(status).unwrap(), body.to_string())).await;
        let spoken = caller(&hook, 1).tool_with_id("t1", "book_appointment", json!({})).await.unwrap();
        assert_eq!(spoken.said, Said::Nothing, "{status} {shown}");
    }
    let refused = json!({ "results": [{ "toolCallId": "t1", "error": "That day is closed." }] });
    let hook = Hook::start(move |_| (StatusCode::OK, refused.to_string())).await;
    let spoken = caller(&hook, 1).tool_with_id("t1", "book_appointment", json!({})).await.unwrap();
    assert_eq!(spoken.said, Said::Error("That day is closed.".into()));
}

#[tokio::test]
async fn v7_the_report_holds_every_turn_and_its_redelivery_is_the_same() {
    let hook = echoing().await;
    let mut caller = caller(&hook, 1);
    caller.in_progress().await.unwrap();
    caller.say_assistant("How can I help?").await.unwrap();
    caller.say_user("I need botox today").await.unwrap();
    caller.tool("notify_hot_lead", json!({ "leadName": "Sarah" })).await.unwrap();
    caller.end("customer-ended-call").await.unwrap();
    let report = hook.last();
    let artifact = &report["message"]["artifact"];
    assert_eq!(artifact["transcript"], "AI: How can I help?\nUser: I need botox today\n");
    let roles: Vec<_> =
        artifact["messages"].as_array().unwrap().iter().map(|turn| turn["role"].clone()).collect();
    assert_eq!(roles, ["bot", "user", "tool_calls", "tool_call_result"]);
    assert_eq!(report["message"]["endedReason"], "customer-ended-call");
    assert_eq!(report["message"]["endedAt"], "2026-11-24T18:00:13.700Z");
    assert_eq!(report["message"]["timestamp"], now().as_millisecond());
    caller.end("customer-ended-call").await.unwrap();
    assert_eq!(hook.last(), report);
}

#[tokio::test]
async fn v6_a_call_that_was_never_reported_can_be_asked_for() {
    let (sandbox, hook) = (sandbox().await, echoing().await);
    let mut caller = caller(&hook, 1);
    caller.say_user("Hello?").await.unwrap();
    caller.set_analysis(json!({ "summary": "Short." }));
    sandbox.vapi().register(caller.end_unreported("silence-timed-out"));
    assert_eq!(hook.seen().len(), 1, "no report was posted");
    let url = format!("{}/call?createdAtGe=2026-11-24T00:00:00Z", sandbox.url());
    let http = reqwest::Client::builder().build().unwrap();
    let calls: Value = http.get(url).bearer_auth("k").send().await.unwrap().json().await.unwrap();
    assert_eq!(calls[0]["endedReason"], "silence-timed-out");
    assert_eq!(calls[0]["status"], "ended");
    assert_eq!(calls[0]["analysis"]["summary"], "Short.");
    assert_eq!(calls[0]["artifact"]["transcript"], "User: Hello?\n");
}

#[tokio::test]
async fn equal_seeds_make_equal_ids_and_other_seeds_other_ones() {
    let hook = echoing().await;
    let ids = async |seed| {
        let mut caller = caller(&hook, seed);
        let first = caller.tool("a", json!({})).await.unwrap().tool_call_id;
        (first, caller.tool("a", json!({})).await.unwrap().tool_call_id)
    };
    let (first, second) = ids(7).await;
    assert_ne!(first, second);
    assert_eq!(first.len(), "call_VaJOd8ZeZgWCEHDYomyCPfwN".len());
    assert_eq!(ids(7).await, (first.clone(), second));
    assert_ne!(ids(8).await.0, first);
}
