//! How the texting vendor behaves over many requests.

use std::time::Duration;

use axum::http::StatusCode;
use voxanne_sandbox::Fault;
use voxanne_sandbox::twilio::{BadDays, Callbacks, Inbound, OptOuts};
use voxanne_twilio::{Message, SendError};

use crate::hook::Hook;
use crate::support::{ACCOUNT, PATIENT, TOKEN, client, impatient_client, now, sandbox, text, text_to};

#[tokio::test]
async fn e19_a_black_hole_answers_nothing_for_one_account_until_it_is_none() {
    let sandbox = sandbox().await;
    sandbox.twilio().black_hole(ACCOUNT, true);
    let error = impatient_client(&sandbox).send(&text()).await.unwrap_err();
    assert!(matches!(error, SendError::Unknown { .. }), "{error:?}");
    assert!(impatient_client(&sandbox).find(PATIENT, "x", now()).await.is_err());
    assert_eq!(sandbox.twilio().requests_of(ACCOUNT), 2);
    assert!(sandbox.twilio().messages().is_empty());
    sandbox.twilio().black_hole(ACCOUNT, false);
    client(&sandbox).send(&text()).await.unwrap();
}

#[tokio::test]
async fn t4_a_sender_that_sends_too_much_in_a_second_is_told_to_wait() {
    let sandbox = sandbox().await;
    sandbox.twilio().limit_senders(Some(2));
    for _ in 0..2 {
        client(&sandbox).send(&text()).await.unwrap();
    }
    match client(&sandbox).send(&text()).await {
        Err(SendError::Busy { retry_after }) => assert_eq!(retry_after, Some(Duration::from_secs(1))),
        other => panic!("{other:?}"),
    }
    sandbox.twilio().limit_senders(None);
    client(&sandbox).send(&text()).await.unwrap();
}

#[tokio::test]
async fn t2_a_number_can_have_a_story_of_its_own() {
    let sandbox = sandbox().await;
    sandbox.twilio().set_number(PATIENT, Some(Fault::twilio(400, 21614)));
    for _ in 0..2 {
        let error = client(&sandbox).send(&text()).await.unwrap_err();
        assert!(matches!(error, SendError::Rejected { code: 21614, .. }), "{error:?}");
    }
    client(&sandbox).send(&text_to("+13105550143")).await.unwrap();
    assert_eq!((sandbox.twilio().asked_for(PATIENT), sandbox.twilio().messages().len()), (2, 1));
}

#[tokio::test]
async fn t5_a_fault_of_the_servers_may_come_after_the_effect() {
    let sandbox = sandbox().await;
    sandbox.twilio().next_sends(Fault::FailAfterEffect { http: 500 });
    let error = client(&sandbox).send(&text()).await.unwrap_err();
    assert!(error.outcome_is_unknown());
    assert_eq!(sandbox.twilio().messages().len(), 1);
}

#[tokio::test]
async fn bad_days_are_the_same_for_the_same_seed() {
    let mut runs = Vec::new();
    for seed in [1, 1, 2] {
        let sandbox = sandbox().await;
        sandbox.twilio().set_bad_days(Some(BadDays { seed, per_mille: 60, late_millis: 1 }));
        let mut outcomes = String::new();
        for n in 0..40 {
            let sent = impatient_client(&sandbox).send(&text_to(&format!("+1310555{:04}", 100 + n))).await;
            outcomes.push(if sent.is_ok() { '.' } else { 'x' });
        }
        sandbox.twilio().set_bad_days(None);
        client(&sandbox).send(&text()).await.unwrap();
        runs.push(outcomes);
    }
    assert_eq!(runs[0], runs[1]);
    assert_ne!(runs[0], runs[2]);
    assert!(runs[0].contains('x') && runs[0].contains('.'), "{}", runs[0]);
}

#[tokio::test]
async fn t8_t10_twilio_keeps_stop_itself_and_says_so_with_advanced_opt_out() {
    for (opt_outs, says) in [(OptOuts::Ours, false), (OptOuts::Kept, false), (OptOuts::Advanced, true)] {
        let (sandbox, hook) = (sandbox().await, Hook::start(|_| (StatusCode::OK, String::new())).await);
        let twilio = sandbox.twilio();
        twilio.set_opt_outs(opt_outs);
        let said = |body: &'static str| Inbound {
            account_sid: ACCOUNT,
            auth_token: TOKEN,
            from: PATIENT,
            to: "+13105550100",
            body,
            media: 0,
            opt_out_type: None,
        };
        twilio.text_us(&hook.url, &said(" stop ")).await.unwrap();
        let refused = client(&sandbox).send(&text()).await.is_err();
        assert_eq!(refused, opt_outs != OptOuts::Ours, "{opt_outs:?}");
        let body = String::from_utf8(hook.seen()[0].body.to_vec()).unwrap();
        assert_eq!(body.contains("OptOutType=STOP"), says, "{opt_outs:?}: it is passed on either way");
        assert!(hook.seen()[0].header("i-twilio-idempotency-token").starts_with("in-SM1"));
        // Another sender of the clinic was told nothing.
        let other = Message { from: voxanne_twilio::Sender::Number("+13105550109".into()), ..text() };
        client(&sandbox).send(&other).await.unwrap();
        twilio.text_us(&hook.url, &said("START")).await.unwrap();
        client(&sandbox).send(&text()).await.unwrap();
    }
}

#[tokio::test]
async fn t6_mixed_reports_are_lost_doubled_reversed_and_late_for_some() {
    let (sandbox, hook) = (sandbox().await, Hook::start(|_| (StatusCode::NO_CONTENT, String::new())).await);
    sandbox.twilio().set_callbacks(Callbacks::Mixed { seed: 7, per_mille: 240 });
    let mut reports = Vec::new();
    for n in 0..40 {
        let to = format!("+1310555{:04}", 100 + n);
        let message = Message { status_callback: Some(format!("{}/status", hook.url)), ..text_to(&to) };
        client(&sandbox).send(&message).await.unwrap();
        sandbox.twilio().settled().await;
        reports.push(hook.seen().len());
    }
    let each: Vec<usize> =
        std::iter::once(reports[0]).chain(reports.windows(2).map(|two| two[1] - two[0])).collect();
    for count in [0, 3, 6] {
        assert!(each.contains(&count), "{each:?}");
    }
    assert!(sandbox.twilio().messages().iter().all(|text| text.status == "delivered"));
}
