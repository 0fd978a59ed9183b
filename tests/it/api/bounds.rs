//! W28: nothing that lists or exports is without an end, read from the document: a list without a bound fails.

use std::collections::BTreeSet;

use futures::future::join_all;
use serde_json::{Value, json};

use crate::harness::{Api, Voxanne};

/// Lists without pages, and what bounds each.
const SHORT: &[(&str, &str)] = &[
    ("/account/sessions", "one person's browsers"),
    ("/appointments/{id}/changes", "what was done to one visit"),
    ("/appointments/{id}/reminders", "the reminders of one visit"),
    ("/calendar-connections", "the accounts of one clinic"),
    ("/calls/running", "calls that go on at this moment"),
    ("/doors", "a hundred at once"),
    ("/invitations", "those that are open"),
    ("/keys", "a hundred at once"),
    ("/openings", "the days that are asked for, which are bounded"),
    ("/team", "people of one clinic"),
    ("/text-templates", "kinds times languages"),
    ("/webhook-secrets", "a hundred at once"),
];

/// The largest that a parameter may be, as the document says.
fn most(parameter: &Value) -> Option<i64> {
    parameter["schema"]["maximum"].as_i64()
}

/// Whether what is answered is a list, or a table to be taken away.
fn lists(document: &Value, operation: &Value) -> bool {
    let content = operation["responses"]["200"]["content"].as_object();
    content.is_some_and(|content| {
        content.contains_key("text/csv") || {
            let schema = &content.get("application/json").unwrap_or(&Value::Null)["schema"];
            let name = schema["$ref"].as_str().and_then(|name| name.rsplit('/').next());
            let schema = name.map_or(schema, |name| &document["components"]["schemas"][name]);
            schema["type"] == "array" || schema["properties"]["items"]["type"] == "array"
        }
    })
}

/// What a query must have beside what is tried.
async fn needed(api: &Api, path: &str) -> String {
    match path {
        "/openings" => format!("service_id={}&", api.id_of("/services", "Botox").await),
        _ => String::new(),
    }
}

/// Within its bounds it is answered; beyond, it is said which field is wrong.
async fn holds(api: &Api, path: &str, query: &str, wrong: Option<&str>) {
    let asked = path.replace("{id}", "nobodys");
    let answer = api.get(&format!("{asked}?{query}")).await;
    match wrong {
        Some(field) => assert_eq!(answer.refused(422, "invalid_field")["field"], field, "{path}?{query}"),
        // A list of what nobody has is none; its query was read all the same.
        None if path.contains('{') => assert_eq!(answer.status, 404, "{path}?{query}"),
        None => assert_eq!(answer.status, 200, "{path}?{query}: {}", answer.body),
    }
}

#[tokio::test]
async fn w28_every_list_and_export_of_the_document_ends() {
    let vox = Voxanne::start().await;
    let api = vox.glow_api().await;
    let document = serde_json::to_value(voxanne::api::document()).unwrap();
    let (mut pages, mut ranges, mut spans, mut short) = (0, 0, 0, BTreeSet::new());
    for (path, item) in document["paths"].as_object().unwrap() {
        let operation = &item["get"];
        let parameters = operation["parameters"].as_array().cloned().unwrap_or_default();
        let named = |name: &str| parameters.iter().find(|of| of["in"] == "query" && of["name"] == name);
        let also = needed(&api, path).await;
        if let Some(limit) = named("limit") {
            assert_eq!(most(limit), Some(100), "{path}");
            for (value, wrong) in [
                ("1", None),
                ("100", None),
                ("0", Some("limit")),
                ("101", Some("limit")),
                ("-1", Some("limit")),
            ] {
                holds(&api, path, &format!("{also}limit={value}"), wrong).await;
            }
            pages += 1;
        }
        for (first, last) in [("from", "to"), ("since", "until")] {
            let Some(parameter) = named(last) else { continue };
            assert!(named(first).is_some(), "{path}: {last} without {first}");
            // Ninety-two days end with the last one of them, or with the instant after them.
            let (at, bound) = match parameter["schema"]["format"].as_str() {
                Some("date") => ("", "2026-12-01"),
                Some("date-time") => ("T00:00:00-07:00", "2026-12-02"),
                format => panic!("{path}: {last} is a {format:?}"),
            };
            for (start, end, is_wrong) in [
                ("2026-09-01", bound, false),
                ("2026-09-01", "2026-12-03", true),
                ("2020-01-01", "2026-12-01", true),
                ("2026-12-01", "2026-11-30", true),
            ] {
                let range = format!("{also}{first}={start}{at}&{last}={end}{at}");
                holds(&api, path, &range, is_wrong.then_some(last)).await;
            }
            ranges += 1;
        }
        if let Some(days) = named("days") {
            let most = most(days).unwrap_or_else(|| panic!("{path}: how many days at most?"));
            holds(&api, path, &format!("days={most}"), None).await;
            holds(&api, path, &format!("days={}", most + 1), Some("days")).await;
            spans += 1;
        }
        let is_bounded = named("limit").is_some() || path == "/analytics.csv" && named("to").is_some();
        if lists(&document, operation) && !is_bounded {
            short.insert(path.as_str());
        }
    }
    assert!(pages > 20 && ranges > 8 && spans > 2, "{pages} {ranges} {spans}");
    let known: BTreeSet<_> = SHORT.iter().map(|(path, _)| *path).collect();
    assert_eq!(short, known, "page what is new, or say in SHORT what bounds it");
}

#[tokio::test]
async fn w28_keys_doors_and_secrets_are_a_hundred_at_once_however_many_ask() {
    let vox = Voxanne::start_with(crate::harness::patient).await;
    let api = vox.glow_api().await;
    for (path, body) in [
        ("/keys", json!({"name": "Another", "scopes": ["tasks:read"]})),
        ("/doors", json!({})),
        ("/webhook-secrets", json!({})),
    ] {
        let held = async || api.get(path).await.good()["items"].as_array().unwrap().clone();
        for _ in held().await.len()..98 {
            api.post(path, body.clone()).await.good();
        }
        let made = join_all((0..6).map(|_| api.post(path, body.clone()))).await;
        assert_eq!(made.iter().filter(|answer| answer.status == 201).count(), 2, "{path}");
        api.post(path, body.clone()).await.refused(409, "too_many_at_once");
        let items = held().await;
        assert_eq!(items.len(), 100, "{path}");
        let last = items[99]["id"].as_str().unwrap();
        assert_eq!(api.delete(&format!("{path}/{last}")).await.status, 204);
        api.post(path, body).await.good();
    }
}
