//! Looks at the ledger that are kept: used while nothing changes, and never a moment longer.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use jiff::SignedDuration;
use serde_json::json;
use voxanne::platform::hub;
use voxanne::scheduling::hear_changes;

use crate::harness::{Voxanne, booking, call_ref};

const DATE: &str = "2026-12-01";
/// Shorter than what is kept lives: a change that shows by then was heard of.
const HEARD_WITHIN: Duration = Duration::from_secs(3);

/// One laser: a booked time is nobody's any more.
/// Each question in a call of its own: one call has only so many.
static ASKED: AtomicU64 = AtomicU64::new(100_000);

async fn offered(vox: &Voxanne) -> String {
    let asked = json!({"date": DATE, "serviceType": "Laser Treatment"});
    vox.call(&call_ref(ASKED.fetch_add(1, Ordering::Relaxed).into()))
        .tool("check_availability", asked)
        .await
        .unwrap()
        .text()
        .to_owned()
}

async fn book(vox: &Voxanne, n: u128, time: &str) -> String {
    let wish = booking("Laser Treatment", DATE, time, "Ana Diaz");
    let call = vox.call_from(&vox.glow, &call_ref(n), Some(&format!("+1310555{:04}", 2_000 + n)));
    call.tool("book_appointment", wish).await.unwrap().text().to_owned()
}

/// Whether the next look is answered without the ledger.
async fn is_kept(vox: &Voxanne) -> bool {
    let before = offered(vox).await;
    vox.exec("alter table reservations rename to reservations_elsewhere").await;
    let without = offered(vox).await;
    vox.exec("alter table reservations_elsewhere rename to reservations").await;
    before == without
}

async fn start_hearing(vox: &Voxanne) {
    hear_changes(&vox.app);
    hub::start(&vox.app);
    until_kept(vox).await;
}

async fn until_kept(vox: &Voxanne) {
    for _ in 0..60 {
        if is_kept(vox).await {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("no look is kept");
}

async fn until_offers_change(vox: &Voxanne, from: &str) {
    let began = Instant::now();
    while offered(vox).await == from {
        assert!(began.elapsed() < HEARD_WITHIN, "nothing was heard: {from}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_hears_of_no_changes_keeps_nothing() {
    let vox = Voxanne::start().await;
    assert!(!is_kept(&vox).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_process_never_offers_what_it_has_just_booked() {
    let vox = Voxanne::start().await;
    start_hearing(&vox).await;
    for (n, (time, said)) in [("09:00", "9 AM"), ("10:30", "10:30 AM"), ("12:00", "12 PM")].iter().enumerate()
    {
        assert!(offered(&vox).await.contains(said), "{said}");
        assert!(book(&vox, 10 + n as u128, time).await.starts_with("Great!"));
        assert!(!offered(&vox).await.contains(&format!(" {said},")), "{said}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn another_process_hears_of_bookings_rules_and_calendars() {
    let vox = Voxanne::start().await;
    let other = vox.restarted().await;
    start_hearing(&other).await;
    let first = offered(&other).await;
    assert!(book(&vox, 10, "09:00").await.starts_with("Great!"));
    until_offers_change(&other, &first).await;
    let second = offered(&other).await;
    vox.exec(
        "insert into closures (org_id, id, location_id, local_date, opens_minute, closes_minute)
         select org_id, gen_random_uuid(), id, '2026-12-01', 540, 840 from locations",
    )
    .await;
    until_offers_change(&other, &second).await;
    // What is kept decides no booking.
    assert!(book(&vox, 11, "10:30").await.starts_with("Great!"));
    assert!(!book(&other, 12, "10:30").await.starts_with("Great!"));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_no_longer_hears_asks_again() {
    let vox = Voxanne::start().await;
    start_hearing(&vox).await;
    let first = offered(&vox).await;
    vox.exec("select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and query like 'LISTEN%'")
        .await;
    assert!(book(&vox.restarted().await, 10, "09:00").await.starts_with("Great!"));
    until_offers_change(&vox, &first).await;
    until_kept(&vox).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_held_time_is_free_again_when_it_lapses_though_nothing_was_told() {
    let vox = Voxanne::start().await;
    assert!(vox.hold_laser(&call_ref(2), "2026-12-01T18:00:00Z").await);
    start_hearing(&vox).await;
    assert!(!offered(&vox).await.contains(" 9:45 AM"));
    vox.later(SignedDuration::from_hours(1));
    assert!(offered(&vox).await.contains(" 9:45 AM"));
}
