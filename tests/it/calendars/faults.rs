//! Google's bad days: each visit has its event once, whatever happens on the way.

use jiff::SignedDuration;
use voxanne::jobs;
use voxanne_sandbox::google::{Call, Pushes};
use voxanne_sandbox::{Fault, Target};

use super::*;

/// The event is written although the first tries went like this.
async fn is_written_once_after(faults: &[Fault]) {
    let vox = Voxanne::start_with(|config| config.calendars.timeout_seconds = 2).await;
    connect(&vox).await;
    google(&vox).set_pushes(Pushes::Lost);
    for fault in faults {
        google(&vox).next(Target::GoogleEventsWrite, fault.clone());
    }
    assert!(book(&vox, 1, "10:00").await.starts_with("Great!"));
    vox.run_jobs().await;
    for _ in 0..=faults.len() {
        vox.after_every_pause().await;
    }
    google(&vox).settled().await;
    vox.after_every_pause().await;
    assert_event_at(&vox, "2026-12-01T18:00:00Z");
    assert_eq!(vox.count("calendar_conflicts").await, 0, "{faults:?}");
    assert_eq!(vox.count("calendar_events where state = 'written'").await, 1, "{faults:?}");
    assert_eq!(vox.count("calendars where failing_since is not null").await, 0, "{faults:?}");
    assert_eq!(google(&vox).in_flight_max(ACCOUNT), 1);
}

#[tokio::test]
async fn f10_f11_g6_g12_an_effect_whose_answer_is_lost_is_written_once() {
    is_written_once_after(&[Fault::TimeoutAfterEffect]).await;
    is_written_once_after(&[Fault::HangUpAfterEffect, Fault::HangUpAfterEffect]).await;
}

#[tokio::test]
async fn f10_g6_an_effect_that_comes_late_is_written_once() {
    is_written_once_after(&[Fault::Delay { millis: 2_500 }]).await;
}

#[tokio::test]
async fn g10_refusals_of_the_moment_are_tried_again() {
    let refusals = [
        Fault::google(500, "backendError"),
        Fault::google(503, "backendError"),
        Fault::google(403, "rateLimitExceeded"),
        Fault::google(403, "userRateLimitExceeded"),
        Fault::google(429, "rateLimitExceeded"),
        Fault::ConnectionReset,
        Fault::Garbage,
    ];
    is_written_once_after(&refusals).await;
}

#[tokio::test]
async fn g11_answers_that_cannot_be_read_are_no_answers() {
    is_written_once_after(&[Fault::Garbage, Fault::HugeBody]).await;
}

#[tokio::test]
async fn g2_an_expired_token_is_refreshed_on_the_way() {
    let vox = connected().await;
    google(&vox).expire_access_tokens(ACCOUNT);
    book(&vox, 1, "10:00").await;
    vox.run_jobs().await;
    assert_event_at(&vox, "2026-12-01T18:00:00Z");
    assert_eq!(google(&vox).refreshes(ACCOUNT), 1);
}

#[tokio::test]
async fn g4_lack_of_rights_is_no_matter_of_time_and_staff_are_told() {
    let vox = connected().await;
    google(&vox).set_pushes(Pushes::Lost);
    google(&vox).next(Target::GoogleEventsWrite, Fault::google(403, "forbidden")).times(9);
    book(&vox, 1, "10:00").await;
    vox.run_jobs().await;
    let writes = google(&vox).requests(ACCOUNT, Call::Insert);
    vox.run_jobs().await;
    vox.next_round().await;
    assert_eq!(
        google(&vox).requests(ACCOUNT, Call::Insert),
        writes,
        "not asked again before the pause is over"
    );
    assert_eq!(vox.count("tasks where kind = 'choose_calendar'").await, 1);
    assert_eq!(vox.one::<String>("select refusal from calendars where takes_events").await, "forbidden");
}

#[tokio::test]
async fn g5_a_calendar_that_is_gone_is_unknown_and_staff_are_told_once() {
    let vox = connected().await;
    google(&vox).set_pushes(Pushes::Lost);
    google(&vox).next(Target::GoogleEventsRead, Fault::google(404, "notFound")).times(9);
    vox.later(SignedDuration::from_mins(5));
    vox.next_round().await;
    vox.next_round().await;
    assert_eq!(vox.count("tasks where kind = 'choose_calendar'").await, 1);
    vox.later(SignedDuration::from_mins(20));
    google(&vox).next(Target::GoogleFreeBusy, Fault::google(404, "notFound")).times(9);
    assert!(book(&vox, 1, "10:00").await.contains("within 24 hours"));
}

#[tokio::test]
async fn g9_a_pause_that_google_asks_for_is_kept_and_is_nobody_elses() {
    let vox = connected().await;
    vox.exec("update integration_settings set calendar_of_record = false").await;
    vox.connects(vox.harbor.org, None, "front@harbor.example").await;
    google(&vox).set_pushes(Pushes::Lost);
    let asked =
        Fault::Refusal { http: 429, reason: "rateLimitExceeded".into(), retry_after_seconds: Some(3600) };
    google(&vox).bad_day(ACCOUNT, Some(asked));
    book(&vox, 1, "10:00").await;
    vox.run_jobs().await;
    google(&vox).bad_day(ACCOUNT, None);
    // Twenty minutes are not an hour.
    vox.after_every_pause().await;
    assert_eq!(ours(&vox).len(), 0);
    let harbor = vox.call_from(&vox.harbor, &call_ref(9), Some("+12125550142"));
    let said =
        harbor.tool("book_appointment", booking("Botox", "2026-12-01", "10:00", "Bea Fox")).await.unwrap();
    assert!(said.text().starts_with("Great!"), "{}", said.text());
    vox.run_jobs().await;
    assert_eq!(google(&vox).events("front@harbor.example").len(), 1);
    for _ in 0..3 {
        vox.after_every_pause().await;
    }
    assert_eq!(ours(&vox).len(), 1);
}

/// Seed 247 of the histories, on a machine with much else to do: ours stood so close to the end of a pause that the job,
/// which waits by the database's clock, was due again before it had ended, and told the same, for ever.
#[tokio::test]
async fn g9_a_job_that_meets_the_last_moment_of_a_pause_does_not_come_back_in_it() {
    let vox = connected().await;
    google(&vox).set_pushes(Pushes::Lost);
    google(&vox).bad_day(ACCOUNT, Some(Fault::google(503, "backendError")));
    book(&vox, 1, "10:00").await;
    vox.run_jobs().await;
    let until: jiff_sqlx::Timestamp =
        vox.one("select paused_until from calendars where paused_until is not null").await;
    let left = until.to_jiff().duration_since(vox.app.clock.now());
    vox.later(left - SignedDuration::from_millis(10));
    jobs::make_due(&vox.app).await.unwrap();
    vox.run_jobs().await;
    assert_eq!(google(&vox).requests(ACCOUNT, Call::Insert), 1);
    let waits = "graphile_worker._private_jobs where payload ->> 'appointment' is not null";
    assert_eq!(vox.count(&format!("{waits} and run_at >= created_at + interval '1 second'")).await, 1);
    assert_eq!(vox.count(waits).await, 1);
}

#[tokio::test]
async fn g10_while_google_is_away_each_calendar_is_probed_once_a_pause_and_drains_in_order_afterwards() {
    let vox = connected().await;
    google(&vox).set_pushes(Pushes::Lost);
    google(&vox).bad_day(ACCOUNT, Some(Fault::google(503, "backendError")));
    for (n, time) in ["9:00", "9:45", "10:30", "11:15", "12:00"].into_iter().enumerate() {
        let call = vox.call_from(&vox.glow, &call_ref(n as u128), Some(&format!("+1310555{:04}", 200 + n)));
        let said =
            call.tool("book_appointment", booking("Botox", "2026-12-02", time, "Ana Diaz")).await.unwrap();
        assert!(said.text().starts_with("Great!"), "{}", said.text());
    }
    vox.run_jobs().await;
    assert_eq!(
        google(&vox).requests(ACCOUNT, Call::Insert),
        1,
        "the first failure keeps the others from trying"
    );
    google(&vox).bad_day(ACCOUNT, None);
    vox.after_every_pause().await;
    vox.after_every_pause().await;
    assert_eq!(ours(&vox).len(), 5);
    assert_eq!(google(&vox).in_flight_max(ACCOUNT), 1);
}
