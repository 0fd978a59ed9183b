//! Every refusal that a page can meet, and every finding of a settings test, is there in Spanish; and staff read it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use proc_macro2::{TokenStream, TokenTree};
use reqwest::header::{ACCEPT_LANGUAGE, CONTENT_LANGUAGE};
use serde_json::{Value, json};
use voxanne::accounts::Role;

use crate::harness::{Answered, Voxanne};

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

fn files(at: &Path, found: &mut Vec<PathBuf>) {
    if at.is_dir() {
        for entry in fs::read_dir(at).unwrap() {
            files(&entry.unwrap().path(), found);
        }
    } else if at.extension().is_some_and(|kind| kind == "rs") {
        found.push(at.to_owned());
    }
}

/// The texts of a file outside attributes and tests.
fn texts(tokens: TokenStream, found: &mut Vec<String>) {
    let mut is_attribute = false;
    for token in tokens {
        match token {
            TokenTree::Group(group) => {
                let inner = group.stream();
                // The tests of a file are its end.
                if is_attribute && inner.to_string().replace(' ', "") == "cfg(test)" {
                    return;
                }
                if !is_attribute {
                    texts(inner, found);
                }
                is_attribute = false;
            }
            TokenTree::Punct(punct) => is_attribute = punct.as_char() == '#',
            TokenTree::Literal(literal) => {
                if let Ok(text) = syn::parse_str::<syn::LitStr>(&literal.to_string()) {
                    found.push(text.value());
                }
                is_attribute = false;
            }
            TokenTree::Ident(_) => is_attribute = false,
        }
    }
}

/// With `{}` for whatever is put in.
fn with_holes(text: &str) -> String {
    let mut parts = text.split('{');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |all, part| all + "{}" + part.split_once('}').map_or("", |(_, rest)| rest))
}

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
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    for at in SAID_IN {
        files(&root.join(at), &mut found);
    }
    found.retain(|file| !FOR_PROGRAMS.iter().any(|at| file.ends_with(at)));
    let mut said = BTreeSet::new();
    for file in &found {
        let mut all = Vec::new();
        texts(fs::read_to_string(file).unwrap().parse().unwrap(), &mut all);
        said.extend(all.iter().map(|text| with_holes(text)).filter(|text| is_said(text)));
    }
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
