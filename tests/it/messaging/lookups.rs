//! When it is unknown whether a text has left.

use voxanne_sandbox::Fault;
use voxanne_sandbox::twilio::Callbacks;

use super::{
    LEASE_SECONDS, LOOK_UP_SECONDS, later, queue, queue_kind, send, states, taken, tasks, unreported, until,
};
use crate::harness::{CALLER, MANAGER};
use voxanne::messaging::Kind;

#[tokio::test]
async fn t1_a_text_taken_without_an_answer_is_found_and_not_sent_again() {
    for fault in [Fault::TimeoutAfterEffect, Fault::HangUpAfterEffect, Fault::Garbage] {
        let vox = unreported().await;
        vox.sandbox.twilio().next_sends(fault.clone());
        send(&vox, "a").await;
        assert_eq!((states(&vox).await.as_str(), taken(&vox)), ("sending", 1), "{fault:?}");
        // A worker that comes too early neither sends nor asks: the first may still be at it.
        vox.sandbox.twilio().next_lookups(Fault::twilio(401, 20003));
        later(&vox, 5).await;
        assert_eq!((states(&vox).await.as_str(), taken(&vox)), ("sending", 1), "{fault:?}");
        vox.sandbox.clear_faults();
        later(&vox, LEASE_SECONDS).await;
        assert_eq!((states(&vox).await.as_str(), taken(&vox)), ("sent", 1), "{fault:?}");
        later(&vox, 3600).await;
        assert_eq!(taken(&vox), 1, "{fault:?}");
        assert_eq!(tasks(&vox).await, "");
    }
}

#[tokio::test]
async fn t1_a_text_found_later_still_hears_its_own_story() {
    let vox = unreported().await;
    vox.sandbox.twilio().next_sends(Fault::TimeoutAfterEffect);
    send(&vox, "a").await;
    later(&vox, LEASE_SECONDS).await;
    let sid = vox.sandbox.twilio().messages()[0].sid.clone();
    assert_eq!(vox.sandbox.twilio().report(&sid, "delivered", None).await, Some(204));
    assert_eq!(states(&vox).await, "delivered");
    assert_eq!(vox.one::<String>("select provider_sid from texts").await, sid);
}

#[tokio::test]
async fn t1_when_the_look_up_is_refused_too_it_waits_for_credentials_and_is_unknown_in_the_end() {
    let vox = unreported().await;
    vox.sandbox.twilio().next_sends(Fault::HangUpAfterEffect);
    vox.sandbox.twilio().next_lookups(Fault::twilio(401, 20003)).times(100);
    send(&vox, "a").await;
    later(&vox, LEASE_SECONDS).await;
    assert_eq!(states(&vox).await, "sending");
    assert!(tasks(&vox).await.starts_with("reconnect_twilio: "), "{}", tasks(&vox).await);
    // Nobody reconnects for a day.
    vox.later(jiff::SignedDuration::from_hours(24));
    voxanne::jobs::run_schedules(&vox.app).await.unwrap();
    assert_eq!(states(&vox).await, "unknown 20003");
    assert_eq!(vox.count("tasks where kind = 'text_unknown'").await, 1);
    later(&vox, 3600).await;
    assert_eq!(taken(&vox), 1, "nobody knows, so nobody sends");
    let sid = vox.sandbox.twilio().messages()[0].sid.clone();
    assert_eq!(vox.sandbox.twilio().report(&sid, "sent", None).await, Some(204));
    assert_eq!(vox.sandbox.twilio().report(&sid, "delivered", None).await, Some(204));
    assert_eq!(states(&vox).await, "delivered");
}

#[tokio::test]
async fn t5_a_fault_of_twilios_is_sent_again_only_after_two_look_ups_found_nothing() {
    let vox = unreported().await;
    vox.sandbox.twilio().next_sends(Fault::status(503));
    send(&vox, "a").await;
    assert_eq!(states(&vox).await, "sending");
    // A look-up that fails proves nothing, however often.
    vox.sandbox.twilio().next_lookups(Fault::status(503)).times(2);
    later(&vox, LEASE_SECONDS).await;
    later(&vox, LOOK_UP_SECONDS).await;
    assert_eq!(taken(&vox), 0);
    later(&vox, LOOK_UP_SECONDS).await;
    assert_eq!(taken(&vox), 0, "one look-up that found nothing is not enough: the list lags behind");
    later(&vox, LOOK_UP_SECONDS).await;
    assert_eq!((states(&vox).await.as_str(), taken(&vox)), ("sent", 1));
    assert_eq!(vox.one::<i16>("select attempts from texts").await, 2);
}

#[tokio::test]
async fn t5_t1_an_effect_that_comes_after_the_first_look_up_is_still_not_doubled() {
    let vox = unreported().await;
    // Twilio answers nothing and takes the text three seconds late, after one look-up.
    vox.sandbox.twilio().next_sends(Fault::Delay { millis: 3000 });
    send(&vox, "a").await;
    later(&vox, LEASE_SECONDS).await;
    assert_eq!(taken(&vox), 0);
    until("the late effect", || taken(&vox) == 1).await;
    later(&vox, LOOK_UP_SECONDS).await;
    later(&vox, LOOK_UP_SECONDS).await;
    assert_eq!((states(&vox).await.as_str(), taken(&vox)), ("sent", 1));
}

#[tokio::test]
async fn tm1_r4_a_worker_that_dies_after_the_send_leaves_one_text() {
    let vox = unreported().await;
    vox.sandbox.twilio().next_sends(Fault::AnswerSlowly { millis: 60_000 });
    queue(&vox, &vox.glow, CALLER, "a").await;
    let app = vox.app.clone();
    let worker = tokio::spawn(async move { voxanne::jobs::run_due(&app).await.map_err(|e| e.to_string()) });
    until("the send", || taken(&vox) == 1).await;
    worker.abort();
    assert!(worker.await.unwrap_err().is_cancelled());
    assert_eq!(states(&vox).await, "sending", "the lease was committed before the send");
    // What the sweep for dead workers does.
    vox.exec(
        "update graphile_worker._private_jobs set locked_by = null, locked_at = null;
         update graphile_worker._private_job_queues set locked_by = null, locked_at = null",
    )
    .await;
    later(&vox, 1).await;
    assert_eq!((states(&vox).await.as_str(), taken(&vox)), ("sending", 1), "the lease still holds");
    later(&vox, LEASE_SECONDS).await;
    assert_eq!((states(&vox).await.as_str(), taken(&vox)), ("sent", 1));
}

#[tokio::test]
async fn tm1_the_same_words_twice_on_purpose_are_two_texts() {
    let vox = unreported().await;
    let same = |key: &'static str| queue_kind(&vox, &vox.glow, Kind::TestAlert, MANAGER, key);
    same("1").await;
    vox.run_jobs().await;
    vox.sandbox.twilio().next_sends(Fault::ConnectionReset);
    same("2").await;
    vox.exec(
        "update texts set body = (select body from texts where dedupe_key = '1') where dedupe_key = '2'",
    )
    .await;
    vox.run_jobs().await;
    assert_eq!(states(&vox).await, "sent, sending");
    later(&vox, LEASE_SECONDS).await;
    later(&vox, LOOK_UP_SECONDS).await;
    assert_eq!(
        (states(&vox).await.as_str(), taken(&vox)),
        ("sent, sent", 2),
        "the first is not taken for the second"
    );
}

#[tokio::test]
async fn t1_a_twilio_that_never_tells_ends_as_a_question_for_staff() {
    let vox = unreported().await;
    vox.sandbox.twilio().set_callbacks(Callbacks::Dropped);
    vox.sandbox.twilio().next_sends(Fault::status(500)).times(100);
    vox.sandbox.twilio().next_lookups(Fault::status(500)).times(100);
    send(&vox, "a").await;
    for _ in 0..14 {
        later(&vox, 1000).await;
    }
    assert_eq!(states(&vox).await, "unknown");
    assert_eq!(vox.one::<i16>("select attempts from texts").await, 1, "never sent again without a look-up");
    insta::assert_snapshot!(tasks(&vox).await, @"text_unknown: Ask whether the text to the caller arrived: Twilio could not say whether it left. Call if it matters.");
}
