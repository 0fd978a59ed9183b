//! Clocks that jump, and seconds that should not be.

use std::time::{Duration, Instant};

use jiff::SignedDuration;
use serde_json::json;

use crate::harness::{CALLER, Voxanne, booking, call_ref, fixture};

const HOUR: SignedDuration = SignedDuration::from_hours(1);

/// R29, R32: a jump of the clock neither eats a caller's budget nor stretches it.
#[tokio::test]
async fn r29_r32_a_clock_that_jumps_an_hour_either_way_costs_no_caller_the_answer() {
    let vox = Voxanne::start().await;
    for (n, jump) in (1_u128..).zip([HOUR, -HOUR, -HOUR, HOUR]) {
        let call = vox.call(&call_ref(n));
        let mut held = vox.admin.begin().await.unwrap();
        sqlx::query("lock table reservations").execute(&mut *held).await.unwrap();
        let jumping = async {
            vox.until_waiting(1).await;
            vox.later(jump);
            held.rollback().await.unwrap();
        };
        let time = format!("{}:00", 9 + n);
        let begun = Instant::now();
        let booked = call.tool("book_appointment", booking("Consultation", "2026-12-01", &time, "Ana Diaz"));
        let (said, ()) = tokio::join!(booked, jumping);
        assert!(said.unwrap().text().starts_with("Great!"));
        let asked = call.tool("check_availability", json!({"date": "2026-12-01"})).await.unwrap();
        assert!(asked.text().starts_with("For Tuesday"), "{}", asked.text());
        call.end("customer-ended-call").await.unwrap();
        assert!(begun.elapsed() < Duration::from_secs(5), "timers follow no wall clock");
    }
    // A lock held elsewhere: the budget ends although the clock stands still, goes back, or leaps.
    let waits = Instant::now();
    let mut tx = vox.admin.begin().await.unwrap();
    sqlx::query("lock table reservations").execute(&mut *tx).await.unwrap();
    vox.later(-HOUR);
    let call = vox.call(&call_ref(9));
    let said =
        call.tool("book_appointment", booking("Botox", "2026-12-02", "10:00", "Ana Diaz")).await.unwrap();
    assert!(!said.text().starts_with("Great!") && !said.text().is_empty());
    assert!(waits.elapsed() < Duration::from_millis(3_500), "{:?}", waits.elapsed());
    tx.rollback().await.unwrap();
    vox.later(HOUR);
    assert_eq!(vox.count("appointments where starts_at < '2026-12-02'").await, 4);
    vox.run_jobs().await;
    vox.later(HOUR);
    vox.run_jobs().await;
    assert_eq!(vox.texts_to(CALLER).len(), 4);
}

/// R29: a hold lapses by the clock that made it, and blocks nobody for good when that clock is set back.
#[tokio::test]
async fn r29_holds_lapse_after_a_jump_forward_and_still_lapse_after_a_jump_back() {
    let vox = Voxanne::start().await;
    let holder = call_ref(1);
    assert!(vox.hold_laser(&holder, "2026-12-01T18:00:00Z").await);
    let args = || booking("Laser Treatment", "2026-12-01", "10:00", "Bea Fox");
    let refused = vox.call(&call_ref(2)).tool("book_appointment", args()).await.unwrap();
    assert!(!refused.text().starts_with("Great!"), "held: {}", refused.text());
    // Back by an hour: still held, not longer than the clock says, and its own call may have it.
    vox.later(-HOUR);
    let still = vox.call(&call_ref(3)).tool("book_appointment", args()).await.unwrap();
    assert!(!still.text().starts_with("Great!"), "held: {}", still.text());
    vox.later(HOUR + HOUR);
    let booked = vox.call(&call_ref(4)).tool("book_appointment", args()).await.unwrap();
    assert!(booked.text().starts_with("Great!"), "lapsed: {}", booked.text());
    assert_eq!(vox.count("holds").await, 0);
}

/// R31: 23:59:60 is read or refused; it is no reason to fall silent or to lose a report.
#[tokio::test]
async fn r31_a_leap_second_is_read_or_refused_and_breaks_nothing() {
    let vox = Voxanne::start().await;
    let call = vox.call(&call_ref(1));
    for (date, time) in [
        ("2026-12-31", "23:59:60"),
        ("2026-12-31T23:59:60Z", "10:00"),
        ("2026-12-31T23:59:60", "23:59:60Z"),
        ("December 31 23:59:60", "10:00:60"),
    ] {
        let said = call.tool("book_appointment", booking("Botox", date, time, "Ana Diaz")).await.unwrap();
        assert!(
            !said.text().is_empty() && !said.text().contains("wasn't able"),
            "{date} {time}: {}",
            said.text()
        );
        let asked = call.tool("check_availability", json!({"date": date})).await.unwrap();
        assert!(!asked.text().is_empty(), "{date}");
    }
    for stamp in ["2016-12-31T23:59:60Z", "2016-12-31T23:59:60.999Z", "2026-11-24T23:59:61Z"] {
        let mut report: serde_json::Value =
            serde_json::from_str(&fixture("end-of-call-report.booked")).unwrap();
        let message = &mut report["message"];
        message["call"]["id"] = json!(format!("leap-{stamp}"));
        for field in ["startedAt", "endedAt", "timestamp"] {
            message[field] = json!(stamp);
        }
        assert_eq!(vox.post(report.to_string()).await.0, 200, "{stamp}");
    }
    assert_eq!(vox.count("calls where call_ref like 'leap-%' and report_at is not null").await, 3);
    assert_eq!(vox.count("inbox where state = 'dead'").await, 0);
}
