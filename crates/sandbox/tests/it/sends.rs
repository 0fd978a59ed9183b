//! Sending, on good days and bad.

use std::time::Duration;

use axum::http::StatusCode;
use secrecy::SecretString;
use serde_json::{Value, json};
use voxanne_sandbox::{Fault, Options, Sandbox};
use voxanne_twilio::{Auth, Class, Message, SendError, Sender, Sent, Status};

use crate::hook::Hook;
use crate::support::{
    ACCOUNT, PATIENT, TOKEN, WORDS, client, client_at, clock, impatient_client, now, sandbox, text, text_to,
};

#[tokio::test]
async fn a_text_is_taken_and_published_in_the_ledger() {
    let sandbox = sandbox().await;
    let sent = client(&sandbox).send(&text()).await.unwrap();
    assert_eq!(sent, Sent { sid: format!("SM{:032x}", 1), status: Some(Status::Queued), segments: Some(1) });

    let by_service = Message { from: Sender::MessagingService("MG1".into()), ..text() };
    client(&sandbox).send(&by_service).await.unwrap();
    sandbox.twilio().settled().await;

    let ledger = reqwest::get(format!("{}/twilio/messages", sandbox.url())).await.unwrap();
    let ledger: Value = ledger.json().await.unwrap();
    assert_eq!(ledger[0]["to"], PATIENT);
    assert_eq!(ledger[0]["from"], "+13105550100");
    assert_eq!(ledger[0]["sender"], "+13105550100");
    assert_eq!(ledger[0]["body"], WORDS);
    assert_eq!(ledger[0]["status"], "delivered");
    assert_eq!(ledger[0]["created_at"], now().to_string());
    assert_eq!(ledger[0]["validity_seconds"], 3600);
    assert_eq!(ledger[1]["sender"], "MG1", "newest last");
    assert_eq!(ledger[1]["messaging_service_sid"], "MG1");
    assert_eq!(ledger[1]["from"], Value::Null);
}

#[tokio::test]
async fn t1_a_timeout_after_accept_is_unknown_and_then_found_exactly_once() {
    let sandbox = sandbox().await;
    for fault in [Fault::TimeoutAfterEffect, Fault::HangUpAfterEffect, Fault::Garbage] {
        let body = format!("{WORDS} {fault:?}");
        sandbox.twilio().next_sends(fault);
        let error =
            impatient_client(&sandbox).send(&Message { body: body.clone(), ..text() }).await.unwrap_err();
        assert!(error.outcome_is_unknown() && !error.is_permanent(), "{error:?}");
        let found = client(&sandbox).find(PATIENT, &body, now()).await.unwrap();
        assert_eq!(found.len(), 1, "{error:?}");
    }
}

#[tokio::test]
async fn t1_a_connection_lost_before_accept_looks_the_same_and_is_not_found() {
    let sandbox = sandbox().await;
    sandbox.twilio().next_sends(Fault::ConnectionReset);
    let error = client(&sandbox).send(&text()).await.unwrap_err();
    assert!(matches!(error, SendError::Unknown { .. }), "{error:?}");
    assert_eq!(client(&sandbox).find(PATIENT, WORDS, now()).await.unwrap(), []);
}

#[tokio::test]
async fn t1_a_text_accepted_after_we_gave_up_is_found_later() {
    let sandbox = sandbox().await;
    sandbox.twilio().next_sends(Fault::Delay { millis: 400 });
    let impatient = client_at(&sandbox.url(), Auth::AuthToken(TOKEN.into()), Duration::from_millis(100));
    assert!(impatient.send(&text()).await.unwrap_err().outcome_is_unknown());
    sandbox.twilio().settled().await;
    assert_eq!(client(&sandbox).find(PATIENT, WORDS, now()).await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_slow_answer_within_the_timeout_is_a_receipt() {
    let sandbox = sandbox().await;
    sandbox.twilio().next_sends(Fault::AnswerSlowly { millis: 20 });
    client(&sandbox).send(&text()).await.unwrap();
    assert_eq!(sandbox.twilio().messages().len(), 1);
}

#[tokio::test]
async fn t2_refusals_carry_their_code_and_class() {
    let sandbox = sandbox().await;
    sandbox.twilio().opt_out("+13105550199");
    for (to, expected, expected_class) in [
        ("+15005550001", 21211, Class::BadNumber),
        ("+15005550009", 21614, Class::BadNumber),
        ("+15005550003", 21408, Class::Config),
        ("12", 21211, Class::BadNumber),
        ("+13105550199", 21610, Class::OptedOut),
    ] {
        match client(&sandbox).send(&text_to(to)).await {
            Err(SendError::Rejected { code, class }) => assert_eq!((code, class), (expected, expected_class)),
            other => panic!("{to}: {other:?}"),
        }
    }
    let long = Message { body: "a".repeat(1601), ..text() };
    let error = client(&sandbox).send(&long).await.unwrap_err();
    assert!(matches!(error, SendError::Rejected { class: Class::Content, .. }) && error.is_permanent());
    assert!(sandbox.twilio().messages().is_empty(), "a refused text is no text");

    sandbox.twilio().opt_in("+13105550199");
    client(&sandbox).send(&text_to("+13105550199")).await.unwrap();
}

#[tokio::test]
async fn t3_wrong_credentials_are_auth_and_right_ones_of_either_kind_are_not() {
    let sandbox = sandbox().await;
    sandbox.twilio().set_api_key("SK1", "secret-of-the-key");
    let key = |secret: &str| Auth::ApiKey { sid: "SK1".into(), secret: SecretString::from(secret) };
    let patient = Duration::from_secs(10);
    for auth in [Auth::AuthToken("wrong".into()), key("wrong")] {
        let error = client_at(&sandbox.url(), auth, patient).send(&text()).await.unwrap_err();
        assert!(matches!(error, SendError::Auth { .. }) && error.is_permanent(), "{error:?}");
    }
    client_at(&sandbox.url(), key("secret-of-the-key"), patient).send(&text()).await.unwrap();
    assert_eq!(sandbox.twilio().messages().len(), 1);
}

#[tokio::test]
async fn t4_a_busy_twilio_says_how_long_to_wait() {
    let sandbox = sandbox().await;
    let busy = Fault::Status { http: 429, code: Some(20429), retry_after_seconds: Some(7) };
    sandbox.twilio().next_sends(busy);
    match client(&sandbox).send(&text()).await {
        Err(SendError::Busy { retry_after }) => assert_eq!(retry_after, Some(Duration::from_secs(7))),
        other => panic!("{other:?}"),
    }
    let from_full_queue = Message { from: Sender::Number("+15005550008".into()), ..text() };
    let error = client(&sandbox).send(&from_full_queue).await.unwrap_err();
    assert!(matches!(error, SendError::Busy { retry_after: None }) && !error.outcome_is_unknown());
}

#[tokio::test]
async fn t5_a_server_fault_asks_for_a_look_up_as_often_as_planned() {
    let sandbox = sandbox().await;
    sandbox.twilio().next_sends(Fault::status(503)).times(2);
    for _ in 0..2 {
        let error = client(&sandbox).send(&text()).await.unwrap_err();
        assert!(matches!(error, SendError::Server { status: 503 }) && error.outcome_is_unknown());
    }
    client(&sandbox).send(&text()).await.unwrap();
    assert_eq!(sandbox.twilio().texts_to(PATIENT).len(), 1);
}

#[tokio::test]
async fn a_server_that_is_not_there_surely_sent_nothing() {
    let sandbox = sandbox().await;
    let client = client(&sandbox);
    sandbox.stop().await;
    let error = client.send(&text()).await.unwrap_err();
    assert!(matches!(error, SendError::NotSent { .. }), "{error:?}");
    assert!(!error.outcome_is_unknown() && !error.is_permanent());
}

#[tokio::test]
async fn redirects_are_not_followed_and_floods_are_not_read() {
    for (status, body) in
        [(StatusCode::TEMPORARY_REDIRECT, String::new()), (StatusCode::CREATED, " ".repeat(2 << 20))]
    {
        let hook = Hook::start(move |_| (status, body.clone())).await;
        let client = client_at(&hook.url, Auth::AuthToken(TOKEN.into()), Duration::from_secs(10));
        let error = client.send(&text()).await.unwrap_err();
        assert!(matches!(error, SendError::Garbled { .. }), "{error:?}");
        assert_eq!(hook.seen().len(), 1);
        assert_eq!(hook.seen()[0].path, format!("/2010-04-01/Accounts/{ACCOUNT}/Messages.json"));
    }
}

#[tokio::test]
async fn a31_errors_hold_no_number_no_words_and_no_token() {
    let sandbox = sandbox().await;
    let client = client(&sandbox);
    sandbox.twilio().next_sends(Fault::ConnectionReset);
    let lost = client.send(&text()).await.unwrap_err();
    sandbox.twilio().next_lookups(Fault::ConnectionReset);
    let unseen = client.find(PATIENT, WORDS, now()).await.unwrap_err();
    sandbox.stop().await;
    let unsent = client.send(&text()).await.unwrap_err();
    let shown = format!("{lost:?} {unseen:?} {unsent:?} {client:?} {:?}", text());
    for secret in [&PATIENT[1..], "Glow", TOKEN, "Messages.json"] {
        assert!(!shown.contains(secret), "{secret} in {shown}");
    }
}

#[tokio::test]
async fn faults_can_be_planned_over_http() {
    let sandbox = sandbox().await;
    let faults = format!("{}/faults", sandbox.url());
    let http = reqwest::Client::builder().build().unwrap();
    let plan =
        json!({ "vendor": "twilio", "fault": { "kind": "status", "http": 500, "code": 20500 }, "times": 3 });
    assert_eq!(http.post(&faults).json(&plan).send().await.unwrap().status(), 204);
    assert!(client(&sandbox).send(&text()).await.is_err());
    assert_eq!(http.delete(&faults).send().await.unwrap().status(), 204);
    client(&sandbox).send(&text()).await.unwrap();
    let nonsense = json!({ "vendor": "twilio", "fault": { "kind": "plague" } });
    assert_eq!(http.post(&faults).json(&nonsense).send().await.unwrap().status(), 422);
}

#[tokio::test]
async fn the_ledger_survives_a_restart_even_with_a_torn_last_line() {
    let file = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("texts.jsonl");
    drop(std::fs::remove_file(&file));
    let start = || Sandbox::start_with(Options { port: None, clock: clock(), ledger: Some(file.clone()) });

    let first = start().await.unwrap();
    client(&first).send(&text()).await.unwrap();
    first.twilio().settled().await;
    first.stop().await;
    let mut torn = std::fs::read(&file).unwrap();
    torn.extend_from_slice(br#"{"sid":"SM9","#);
    std::fs::write(&file, torn).unwrap();

    let second = start().await.unwrap();
    assert_eq!(second.twilio().messages()[0].status, "delivered");
    client(&second).send(&text()).await.unwrap();
    second.stop().await;
    let sids: Vec<_> = start().await.unwrap().twilio().messages().into_iter().map(|text| text.sid).collect();
    assert_eq!(sids, [format!("SM{:032x}", 1), format!("SM{:032x}", 2)]);
}
