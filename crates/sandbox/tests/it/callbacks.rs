//! Status callbacks, judged by the production verifier.

use axum::http::StatusCode;
use reqwest::Url;
use voxanne_sandbox::Fault;
use voxanne_sandbox::twilio::Callbacks;
use voxanne_twilio::signature::{self, Key, Payload};
use voxanne_twilio::{Message, Status, StatusCallback};

use crate::hook::{Hook, Seen};
use crate::support::{ACCOUNT, client, sandbox, text, token};

const PATH: &str = "/api/webhooks/twilio/status?org=a%20b";

async fn hook() -> Hook {
    Hook::start(|_| (StatusCode::NO_CONTENT, String::new())).await
}

fn form(seen: &Seen) -> Vec<(String, String)> {
    let body = std::str::from_utf8(&seen.body).unwrap();
    Url::parse(&format!("http://localhost/?{body}")).unwrap().query_pairs().into_owned().collect()
}

fn verified(hook: &Hook) -> Vec<StatusCallback> {
    let url = format!("{}{PATH}", hook.url);
    hook.seen()
        .iter()
        .map(|seen| {
            let form = form(seen);
            let tag = seen.header(signature::HEADER);
            assert!(signature::verify(Key::AuthToken(&token()), &url, Payload::Form(&form), tag), "{form:?}");
            assert!(!signature::verify(Key::AuthToken(&"other".into()), &url, Payload::Form(&form), tag));
            StatusCallback::from_form(&form).unwrap()
        })
        .collect()
}

async fn statuses(callbacks: Callbacks) -> Vec<&'static str> {
    let (sandbox, hook) = (sandbox().await, hook().await);
    sandbox.twilio().set_callbacks(callbacks);
    let message = Message { status_callback: Some(format!("{}{PATH}#rc=3", hook.url)), ..text() };
    let sent = client(&sandbox).send(&message).await.unwrap();
    sandbox.twilio().settled().await;
    let reports = verified(&hook);
    for report in &reports {
        assert_eq!(report.sid, sent.sid);
        assert_eq!(report.account_sid.as_deref(), Some(ACCOUNT));
        assert_eq!(report.error_code, None);
    }
    reports.into_iter().map(|report| report.status.unwrap().as_str()).collect()
}

#[tokio::test]
async fn t6_t7_reports_are_signed_and_come_in_any_way_asked_for() {
    assert_eq!(statuses(Callbacks::InOrder).await, ["queued", "sent", "delivered"]);
    assert_eq!(statuses(Callbacks::Reversed).await, ["delivered", "sent", "queued"]);
    assert_eq!(
        statuses(Callbacks::Twice).await,
        ["queued", "queued", "sent", "sent", "delivered", "delivered"]
    );
    assert!(statuses(Callbacks::Dropped).await.is_empty());
    assert!(statuses(Callbacks::Held).await.is_empty());
}

#[tokio::test]
async fn a_text_the_carrier_drops_is_reported_with_its_code() {
    let (sandbox, hook) = (sandbox().await, hook().await);
    sandbox.twilio().next_sends(Fault::Undelivered { code: 30003 });
    let message = Message { status_callback: Some(format!("{}{PATH}", hook.url)), ..text() };
    client(&sandbox).send(&message).await.unwrap();
    sandbox.twilio().settled().await;
    let last = verified(&hook).pop().unwrap();
    assert_eq!((last.status, last.error_code), (Some(Status::Undelivered), Some(30003)));
}

#[tokio::test]
async fn a_report_can_be_sent_by_hand() {
    let (sandbox, hook) = (sandbox().await, hook().await);
    let twilio = sandbox.twilio();
    twilio.set_callbacks(Callbacks::Held);
    let message = Message { status_callback: Some(format!("{}{PATH}", hook.url)), ..text() };
    let sent = client(&sandbox).send(&message).await.unwrap();
    assert_eq!(twilio.messages()[0].status, "queued");
    assert_eq!(twilio.report(&sent.sid, "sent", None).await, Some(204));
    assert_eq!(twilio.messages()[0].status, "sent");
    assert_eq!(verified(&hook)[0].status, Some(Status::Sent));
    assert_eq!(twilio.report("SM404", "sent", None).await, None);
}
