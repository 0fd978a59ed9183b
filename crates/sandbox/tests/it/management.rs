//! The voice vendor's list of calls.

use reqwest::{Client, StatusCode};
use serde_json::{Value, json};
use voxanne_sandbox::Fault;

use crate::support::sandbox;

async fn get(url: &str, key: &str) -> (StatusCode, Value) {
    let response = Client::builder().build().unwrap().get(url).bearer_auth(key).send().await.unwrap();
    (response.status(), response.json().await.unwrap())
}

fn fixture(name: &str) -> Value {
    let path = format!("{}/../../tests/fixtures/vapi/management/{name}", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

#[tokio::test]
async fn a28_calls_are_listed_newest_first_within_the_window_asked_for() {
    let sandbox = sandbox().await;
    for (id, at) in [("a", "10:00"), ("b", "12:00"), ("c", "11:00")] {
        let call = json!({ "id": id, "createdAt": format!("2026-11-24T{at}:00.000Z"), "assistantId": "x" });
        sandbox.vapi().register(call);
    }
    let list = async |query: &str| {
        let (_, calls) = get(&format!("{}/call?{query}", sandbox.url()), "any").await;
        calls
            .as_array()
            .unwrap()
            .iter()
            .map(|call| call["id"].as_str().unwrap().to_owned())
            .collect::<String>()
    };
    assert_eq!(list("").await, "bca");
    assert_eq!(list("createdAtGe=2026-11-24T11:00:00Z").await, "bc");
    assert_eq!(list("createdAtGt=2026-11-24T11:00:00Z").await, "b");
    assert_eq!(list("createdAtLt=2026-11-24T11:00:00Z&limit=5").await, "a");
    assert_eq!(list("limit=2").await, "bc");
    assert_eq!(list("assistantId=y").await, "");
}

#[tokio::test]
async fn one_call_is_shown_as_it_was_registered_over_http() {
    let sandbox = sandbox().await;
    let call = fixture("get-call.json");
    let register = format!("{}/vapi/calls", sandbox.url());
    let http = Client::builder().build().unwrap();
    assert_eq!(http.post(&register).json(&call).send().await.unwrap().status(), 204);
    assert_eq!(http.post(&register).json(&json!({})).send().await.unwrap().status(), 422);
    let url = format!("{}/call/{}", sandbox.url(), call["id"].as_str().unwrap());
    assert_eq!(get(&url, "any").await, (StatusCode::OK, call));
}

#[tokio::test]
async fn refusals_have_the_vendors_bodies() {
    let sandbox = sandbox().await;
    sandbox.vapi().set_key("private");
    let url = format!("{}/call/unknown", sandbox.url());
    assert_eq!(get(&url, "public").await, (StatusCode::UNAUTHORIZED, fixture("error.401.json")));
    let (status, body) = get(&url, "private").await;
    assert_eq!(
        (status, &body["statusCode"], &body["error"]),
        (StatusCode::NOT_FOUND, &json!(404), &json!("Not Found"))
    );
    sandbox.vapi().next_requests(Fault::status(429));
    let (status, body) = get(&url, "private").await;
    assert_eq!((status, &body["message"]), (StatusCode::TOO_MANY_REQUESTS, &json!("Rate limit exceeded")));
}
