//! V21, A31: no secret is stored, and nothing personal shows in `Debug`.

use std::fs;

use serde_json::{Value, json};
use voxanne_vapi::parse;
use voxanne_vapi::redact::{REDACTED, redact};

use crate::{calls_of, fixture, fixtures_dir, folder, parsed};

const CANARIES: [&str; 6] = [
    "FAKE_AUTH_TOKEN_MUST_BE_REDACTED",
    "FAKE_API_SECRET_MUST_BE_REDACTED",
    "SK00000000000000000000000000000000",
    "/listen",
    "/control",
    "?sig=",
];

#[test]
fn v21_no_canary_of_any_recorded_message_survives() {
    let mut seen = 0;
    for (name, body) in folder("vapi/server") {
        let message = parse(&body).unwrap();
        let stored = message.redacted.to_string();
        let shown = format!("{message:?}");
        let raw = String::from_utf8(body).unwrap();
        for canary in CANARIES {
            seen += usize::from(raw.contains(canary));
            assert!(!stored.contains(canary), "{name} keeps {canary}");
            assert!(!shown.contains(canary), "{name} shows {canary}");
        }
    }
    assert!(seen > CANARIES.len(), "the recordings hold no canary, or this proves nothing");
}

#[test]
fn secrets_are_found_in_every_spelling_and_depth() {
    let mut value = json!({
        "call": { "phoneNumber": { "twilio_auth_token": "s", "TWILIOAPIKEY": "s", "twilioApiSecret": "s" } },
        "assistant": { "server": { "headers": { "X": "s" }, "secret": "s" }, "credentials": [{ "apiKey": "s" }],
            "serverUrlSecret": "s" },
        "list": [[{ "password": "s", "Authorization": "s", "x-vapi-secret": "s", "secretKey": ["s"] }]],
        "monitor": { "listenUrl": "s", "controlUrl": "s" },
        "presignedStereoUrl": "s", "access_token": "s",
    });
    redact(&mut value);
    assert!(!value.to_string().contains("\"s\""), "{value}");
    assert_eq!(value["assistant"]["credentials"], REDACTED);
}

#[test]
fn g13_json_in_a_string_that_cannot_be_read_is_kept_only_where_it_names_no_secret() {
    let long = |inner: &str| format!("{{{inner}, \"notes\": \"{}\"}}", "a".repeat(70_000));
    let deep = format!("{}{{\"token\": \"s3cret\"}}{}", "[".repeat(300), "]".repeat(300));
    for text in [
        r#"{"name": "Jane", "token": "s3cret"#.to_owned(),
        r#"{"name": "Jane", "x-vapi-secret" : "s3cret", "#.to_owned(),
        r#"{"body": "{\"twilioAuthToken\":\"s3cret\"}""#.to_owned(),
        "{'apiKey': 's3cret'}".to_owned(),
        "{apiKey: s3cret}".to_owned(),
        r#"["x", {"password": "s3cret"}"#.to_owned(),
        long(r#""listenUrl": "wss://s3cret""#),
        deep,
    ] {
        let mut value = json!({ "arguments": text });
        redact(&mut value);
        assert!(!value.to_string().contains("s3cret"), "{}", &text[..text.len().min(60)]);
    }
    let mut read = json!({ "arguments": r#"[{"token": "s3cret", "name": "Jane"}]"# });
    redact(&mut read);
    let kept: Value = serde_json::from_str(read["arguments"].as_str().unwrap()).unwrap();
    assert_eq!(kept, json!([{ "token": REDACTED, "name": "Jane" }]));
}

/// What callers say and clinics write has words and numbers that careless redaction takes for somebody's data.
#[test]
fn g13_what_is_said_stays_word_for_word() {
    for said in [
        "I would like to add a flu shot, ZIP 90210, for 12345 dollars.",
        "The secret is: drink water. My password? No. Token of love: yes",
        "{not json, token of my love: a rose}",
        "Call me on (310) 555-0142 at 2:30",
        r#"{"customerName": "Jane", "preferredTime": "14:30", "note": "add"#,
    ] {
        let kept = json!({ "message": { "transcript": said, "price": 12345 } });
        let mut value = kept.clone();
        redact(&mut value);
        assert_eq!(value, kept);
    }
    for at_most in ["tokens: 5", "{\"promptTokens\": 5", "{\"tokenCount\": 5"] {
        let mut value = json!(at_most);
        redact(&mut value);
        assert_eq!(value, at_most);
    }
}

/// G13: of thousands of calls as people speak, no word of anything without a number is lost, by itself or within a message. (With
/// numbers, too: nothing is taken out for looking like one.)
#[test]
fn g13_no_call_of_the_corpus_loses_a_word() {
    let corpus = fixtures_dir().join("../../corpus");
    let mut texts = Vec::new();
    for part in ["fitted", "held_out", "utterances"] {
        for file in fs::read_dir(corpus.join(part)).unwrap() {
            let file = fs::read_to_string(file.unwrap().path()).unwrap();
            for line in file.lines().filter(|line| !line.is_empty()) {
                match serde_json::from_str::<Value>(line) {
                    Ok(call) => {
                        let turns = call["turns"].as_array().unwrap().iter();
                        texts.extend(turns.map(|turn| turn["text"].as_str().unwrap().to_owned()));
                    }
                    Err(_) => texts.push(line.to_owned()),
                }
            }
        }
    }
    let numberless = texts.iter().filter(|text| !text.contains(|c: char| c.is_ascii_digit())).count();
    assert!(numberless > 20_000 && numberless < texts.len(), "{numberless} of {}", texts.len());
    for text in texts {
        let arguments = json!({ "name": text }).to_string();
        let kept = json!({ "message": { "transcript": text, "arguments": arguments }, "messages": [{ "content": text }] });
        let mut value = kept.clone();
        redact(&mut value);
        assert_eq!(value, kept);
        let mut alone = Value::String(text.clone());
        redact(&mut alone);
        assert_eq!(alone, text);
    }
}

#[test]
fn counts_ids_and_dates_stay() {
    let kept = json!({
        "promptTokens": 6120, "completionTokens": 240, "maxTokens": 250, "tokenCount": 3, "token": 7, "secret": null,
        "credentialId": "c", "presignedUrlsExpiresAt": "2026-11-24T19:00:12.000Z", "recordingUrl": "https://r.example",
        "twilioAccountSid": "AC0",
    });
    let mut value = kept.clone();
    redact(&mut value);
    assert_eq!(value, kept);
}

#[test]
fn arguments_reach_the_tool_as_they_are() {
    let body = json!({ "toolCallList": [{ "id": "1", "name": "x", "arguments": { "token": "blue" } }] });
    let message = parsed(&body);
    assert_eq!(calls_of(&message)[0].arguments.as_ref().unwrap()["token"], "blue");
    assert_eq!(message.redacted["toolCallList"][0]["arguments"]["token"], REDACTED);
}

#[test]
fn a31_debug_shows_no_number_name_or_word() {
    for (name, body) in folder("vapi/server") {
        let shown = format!("{:?}", parse(&body).unwrap());
        for personal in [
            "3105550142",
            "3105550100",
            "3105550199",
            "Maria",
            "Dana",
            "lip filler",
            "Lip Filler",
            "2:30 please",
            "hi can i",
        ] {
            assert!(!shown.contains(personal), "{name} shows {personal}: {shown}");
        }
    }
    let shown = format!("{:?}", parse(&fixture("vapi/server/tool-calls.observed.book.json")).unwrap());
    assert!(shown.contains("book_appointment") && shown.contains("•••42"), "{shown}");
}

#[test]
fn the_redacted_body_is_otherwise_the_body() {
    for (name, body) in folder("vapi/server") {
        let mut expected: Value = serde_json::from_slice(&body).unwrap();
        redact(&mut expected);
        assert_eq!(parse(&body).unwrap().redacted, expected, "{name}");
    }
}
