//! Looking for texts that may have been sent.

use std::time::Duration;

use axum::http::StatusCode;
use jiff::{Timestamp, ToSpan};
use serde_json::json;
use voxanne_sandbox::Fault;
use voxanne_twilio::{Auth, FindError, Message, Status};

use crate::hook::Hook;
use crate::support::{ACCOUNT, PATIENT, TOKEN, WORDS, client, client_at, now, sandbox, text, text_to};

#[tokio::test]
async fn t1_only_this_recipient_these_words_and_this_attempt_are_found() {
    let sandbox = sandbox().await;
    let client = client(&sandbox);
    let sent = client.send(&text()).await.unwrap();
    client.send(&Message { body: "Other words".into(), ..text() }).await.unwrap();
    client.send(&text_to("+13105550143")).await.unwrap();
    sandbox.twilio().settled().await;

    let found = client.find(PATIENT, WORDS, now()).await.unwrap();
    assert_eq!(found.len(), 1, "a text taken within the second we asked from counts");
    assert_eq!((&found[0].sid, found[0].status), (&sent.sid, Some(Status::Delivered)));
    assert_eq!(found[0].date_created.map(Timestamp::as_second), Some(now().as_second()));

    assert_eq!(
        client.find(PATIENT, WORDS, now() + 1.second()).await.unwrap(),
        [],
        "an earlier text is not this one"
    );
    assert_eq!(client.find("+13105550144", WORDS, now()).await.unwrap(), []);
}

#[tokio::test]
async fn every_page_is_read() {
    let sandbox = sandbox().await;
    let client = client(&sandbox);
    client.send(&Message { body: "The first".into(), ..text() }).await.unwrap();
    for _ in 0..100 {
        client.send(&text()).await.unwrap();
    }
    assert_eq!(client.find(PATIENT, "The first", now()).await.unwrap().len(), 1);
    assert_eq!(client.find(PATIENT, WORDS, now()).await.unwrap().len(), 100);
}

#[tokio::test]
async fn the_question_is_asked_in_twilios_spelling() {
    let hook = Hook::start(|_| (StatusCode::OK, r#"{"messages":[],"next_page_uri":null}"#.into())).await;
    let client = client_at(&hook.url, Auth::AuthToken(TOKEN.into()), Duration::from_secs(10));
    assert_eq!(client.find(PATIENT, WORDS, now()).await.unwrap(), []);
    let path = format!("/2010-04-01/Accounts/{ACCOUNT}/Messages.json");
    let query = "To=%2B13105550142&DateSent%3E=2026-11-24&PageSize=100";
    assert_eq!(hook.seen()[0].path, format!("{path}?{query}"));
}

#[tokio::test]
async fn t1_a_trial_accounts_prefix_does_not_hide_a_text() {
    let text = json!({ "sid": "SM1", "status": "sent", "body": format!("Sent from your Twilio trial account - {WORDS}") });
    let hook = Hook::start(move |_| (StatusCode::OK, json!({ "messages": [text] }).to_string())).await;
    let client = client_at(&hook.url, Auth::AuthToken(TOKEN.into()), Duration::from_secs(10));
    assert_eq!(
        client.find(PATIENT, WORDS, now()).await.unwrap().len(),
        1,
        "no date is no proof of another attempt"
    );
}

#[tokio::test]
async fn pages_without_end_or_of_another_host_prove_nothing() {
    let endless =
        format!(r#"{{"messages":[],"next_page_uri":"/2010-04-01/Accounts/{ACCOUNT}/Messages.json?Page=1"}}"#);
    let astray = r#"{"messages":[],"next_page_uri":"@evil.example/2010-04-01/Accounts/"}"#.to_owned();
    for (page, requests) in [(endless, 11), (astray, 1)] {
        let hook = Hook::start(move |_| (StatusCode::OK, page.clone())).await;
        let client = client_at(&hook.url, Auth::AuthToken(TOKEN.into()), Duration::from_secs(10));
        let error = client.find(PATIENT, WORDS, now()).await.unwrap_err();
        assert!(matches!(error, FindError::TooMany | FindError::Unavailable(_)), "{error:?}");
        assert_eq!(hook.seen().len(), requests);
    }
}

#[tokio::test]
async fn a_failed_look_up_is_never_an_empty_one() {
    let sandbox = sandbox().await;
    let client = client(&sandbox);
    let twilio = sandbox.twilio();
    for fault in [Fault::status(503), Fault::ConnectionReset, Fault::Garbage] {
        twilio.next_lookups(fault);
        assert!(matches!(client.find(PATIENT, WORDS, now()).await, Err(FindError::Unavailable(_))));
    }
    twilio.next_lookups(Fault::Status { http: 429, code: None, retry_after_seconds: Some(2) });
    let busy = client.find(PATIENT, WORDS, now()).await;
    assert!(matches!(busy, Err(FindError::Busy { retry_after: Some(wait) }) if wait.as_secs() == 2));
    let wrong = client_at(&sandbox.url(), Auth::AuthToken("wrong".into()), Duration::from_secs(10));
    assert!(matches!(wrong.find(PATIENT, WORDS, now()).await, Err(FindError::Auth { .. })));
}

#[tokio::test]
async fn one_text_can_be_asked_for_by_its_sid() {
    let sandbox = sandbox().await;
    sandbox.twilio().next_sends(Fault::Undelivered { code: 30007 });
    let sent = client(&sandbox).send(&text()).await.unwrap();
    sandbox.twilio().settled().await;
    let found = client(&sandbox).fetch(&sent.sid).await.unwrap();
    assert_eq!((found.status, found.error_code), (Some(Status::Undelivered), Some(30007)));
    assert!(matches!(client(&sandbox).fetch("SM404").await, Err(FindError::Unavailable(_))));
}
