//! Every refusal that a page can meet, and every finding of a settings test, is there in Spanish; and staff read it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use reqwest::header::{ACCEPT_LANGUAGE, CONTENT_LANGUAGE};
use serde_json::{Value, json};
use voxanne::accounts::Role;

use crate::harness::{Answered, Voxanne, literals, sources};

/// Where what the API says is written, below `src`.
const SAID_IN: &[&str] = &[
    "api",
    "scheduling/catalogue",
    "platform/bounded.rs",
    "platform/public.rs",
    "platform/problem.rs",
    "language.rs",
    "mail/recipient.rs",
    "mail/try_mail.rs",
    "leads/recipients.rs",
    "sequences/check.rs",
    "sequences/save.rs",
    "messaging/may_send.rs",
    "tools/try_assistant.rs",
    "receptionist/try_door.rs",
    "calendars/try_accounts.rs",
];
/// What only programs read: the document, and the endpoint kept from the system before this one.
const FOR_PROGRAMS: &[&str] = &["api/openapi.rs", "api/founder_console.rs"];
/// What follows a field's name.
const FOLLOWS: &[&str] = &["must ", "is ", "names ", "may ", "leads ", "cannot ", "counts ", "has ", "goes "];
/// How other refusals of fields are told from; nobody reads them alone.
const BEGINNINGS: &[&str] = &["must ", "{} {}.", "{}: {}, {}."];

fn is_said(text: &str) -> bool {
    let is_sentence = text.contains(' ')
        && text.ends_with('.')
        && text.starts_with(|c: char| c.is_uppercase() || c == '{')
        && !text.starts_with("Could not ");
    (is_sentence || FOLLOWS.iter().any(|start| text.starts_with(start))) && !BEGINNINGS.contains(&text)
}

fn catalogue() -> BTreeMap<String, String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("locales/es_api.toml");
    toml::from_str(&fs::read_to_string(path).unwrap()).unwrap()
}

#[test]
fn every_sentence_of_the_api_is_there_in_spanish() {
    let found = SAID_IN.iter().flat_map(|at| sources(&format!("src/{at}")));
    let found = found.filter(|file| !FOR_PROGRAMS.iter().any(|at| file.ends_with(at)));
    let said = found.flat_map(|file| literals(&fs::read_to_string(file).unwrap()));
    let said: BTreeSet<String> = said.filter(|text| is_said(text)).collect();
    assert!(said.len() > 200, "the sources were not read: {said:?}");
    let spanish = catalogue();
    let missing: Vec<_> = said.iter().filter(|text| !spanish.contains_key(*text)).collect();
    assert!(missing.is_empty(), "add these to locales/es_api.toml:\n{missing:#?}");
}

#[tokio::test]
async fn staff_read_refusals_in_their_own_language_and_programs_as_they_ask() {
    let vox = Voxanne::start().await;
    let manager = vox.glow_staff(Role::Manager).await;
    let asked = async |accepts: &str| {
        let request = manager.request("POST", "/api/v1/practitioners").header(ACCEPT_LANGUAGE, accepts);
        Answered::of(request.json(&json!({"name": ""}))).await.body
    };
    assert_eq!(asked("es").await["detail"], "name must have 1 to 80 characters.", "they read English");
    sqlx::query("update users set language = 'es' where email like 'manager@glow%'")
        .execute(&vox.admin)
        .await
        .unwrap();
    let told = asked("en").await;
    assert_eq!(told["detail"], "name: debe tener de 1 a 80 caracteres.", "{told}");
    assert_eq!(
        (&told["title"], &told["field"], &told["code"]),
        (&json!("Dato incorrecto"), &json!("name"), &json!("invalid_field"))
    );
    let checks = manager.api("POST", "/settings/tests/assistant", Value::Null).await.body;
    let fix = checks["checks"][0]["fix"].as_str().unwrap_or_default();
    assert!(fix.contains("clave privada"), "{checks}");
    let none = manager.api("GET", "/calls/call_none", Value::Null).await;
    assert_eq!((none.status, &none.body["detail"]), (404, &json!("Aquí no hay nada.")));

    // A program reads English until it asks otherwise; whoever has no credential is answered by what the browser asks.
    let api = vox.glow_api().await;
    assert_eq!(api.get("/calls/call_none").await.body["detail"], "There is nothing here.");
    let spanish = api.request("GET", "/calls/call_none").header(ACCEPT_LANGUAGE, "es-US,es;q=0.9");
    assert_eq!(Answered::of(spanish).await.body["detail"], "Aquí no hay nada.");
    let stranger =
        vox.stranger().request("GET", "/api/v1/calls").header(ACCEPT_LANGUAGE, "es").send().await.unwrap();
    assert_eq!(
        (stranger.status().as_u16(), &stranger.headers()[CONTENT_LANGUAGE]),
        (401, &"es".parse().unwrap())
    );
    assert_eq!(stranger.headers()["content-type"], "application/problem+json");
    assert!(stranger.headers().contains_key("x-request-id"));
}
