//! Texts that the carrier could not deliver for now.

use voxanne_sandbox::Fault;

use super::{book, later, queue, send, states, taken, tasks};
use crate::harness::{CALLER, Voxanne};

#[tokio::test]
async fn a_phone_that_was_off_gets_the_text_a_little_later() {
    let vox = Voxanne::start().await;
    vox.sandbox.twilio().next_sends(Fault::Undelivered { code: 30003 });
    send(&vox, "a").await;
    vox.sandbox.twilio().settled().await;
    assert_eq!(states(&vox).await, "undelivered 30003, queued");
    vox.run_jobs().await;
    assert_eq!(taken(&vox), 1, "not at once");
    later(&vox, 16 * 60).await;
    vox.sandbox.twilio().settled().await;
    assert_eq!((states(&vox).await.as_str(), taken(&vox)), ("undelivered 30003, delivered", 2));
    assert_eq!(tasks(&vox).await, "");
}

#[tokio::test]
async fn a_phone_that_stays_off_is_tried_twice_more_and_then_called() {
    let vox = Voxanne::start().await;
    vox.sandbox.twilio().next_sends(Fault::Undelivered { code: 30003 }).times(9);
    send(&vox, "a").await;
    for _ in 0..6 {
        vox.sandbox.twilio().settled().await;
        later(&vox, 3700).await;
    }
    assert_eq!(
        (states(&vox).await.as_str(), taken(&vox)),
        ("undelivered 30003, undelivered 30003, undelivered 30003", 3)
    );
    insta::assert_snapshot!(tasks(&vox).await, @"text_failed: Not delivered: the text to the caller. The phone is off or out of reach. Call the contact, or send again later.");
    assert_eq!(
        vox.count("texts where again = 2 and again_of = (select id from texts where again = 0)").await,
        1
    );
}

#[tokio::test]
async fn t9_a_repetition_obeys_a_stop_like_any_other_text() {
    let vox = Voxanne::start().await;
    vox.sandbox.twilio().next_sends(Fault::Undelivered { code: 30008 });
    send(&vox, "a").await;
    vox.sandbox.twilio().settled().await;
    vox.exec(&format!("insert into opt_outs values ('{}', '{CALLER}', 'test', now())", vox.glow.org.0)).await;
    later(&vox, 3600).await;
    assert_eq!(taken(&vox), 1);
}

#[tokio::test]
async fn a_repetition_that_a_newer_text_contradicts_is_not_sent() {
    let vox = Voxanne::start().await;
    vox.sandbox.twilio().next_sends(Fault::Undelivered { code: 30003 });
    book(&vox, 1, CALLER, 10).await;
    vox.run_jobs().await;
    vox.sandbox.twilio().settled().await;
    assert_eq!(vox.count("texts where again = 1 and state = 'queued'").await, 1);
    // The visit is moved meanwhile, and the patient told.
    vox.later(jiff::SignedDuration::from_secs(60));
    queue(&vox, &vox.glow, CALLER, "moved").await;
    vox.exec(
        "update texts set appointment_id = (select id from appointments limit 1) where dedupe_key = 'moved'",
    )
    .await;
    later(&vox, 3600).await;
    assert_eq!(taken(&vox), 2);
    assert_eq!(vox.count("texts where again = 1 and state = 'failed'").await, 1);
    assert_eq!(tasks(&vox).await, "", "nobody has to do anything");
}

#[tokio::test]
async fn what_comes_too_late_is_not_repeated() {
    let vox = Voxanne::start().await;
    vox.sandbox.twilio().next_sends(Fault::Undelivered { code: 30003 });
    queue(&vox, &vox.glow, CALLER, "a").await;
    vox.exec("update texts set leave_before = queued_at + interval '10 minutes'").await;
    vox.run_jobs().await;
    vox.sandbox.twilio().settled().await;
    assert_eq!(states(&vox).await, "undelivered 30003");
    assert_eq!(vox.count("tasks where kind = 'text_failed'").await, 1);
}
