//! When steps leave: by day, seldom, and not in a burst.

use serde_json::json;

use super::{ANN, INTERESTED, add, agrees, at, called, day, hours, no_booking, round, runs, steps_to};
use crate::harness::{Api, Voxanne};

async fn begin() -> (Voxanne, Api) {
    let vox = Voxanne::start().await;
    let api = vox.glow_api().await;
    agrees(&api, ANN).await;
    (vox, api)
}

/// Ann's call, which ended now.
async fn enters(vox: &Voxanne) {
    called(vox, Some(ANN), INTERESTED).await;
    round(vox).await;
    assert_eq!(vox.count("sequence_runs").await, 1);
}

#[tokio::test]
async fn t13_a_step_due_at_night_leaves_in_the_morning_once() {
    let (vox, api) = begin().await;
    // 9:40 PM of the same day.
    let step = json!({"after_minutes": 700, "words": {"en": "{clinic}: good to hear from you. {questions}"}});
    add(&api, no_booking(&[step])).await;
    enters(&vox).await;
    at(&vox, "2026-11-25T05:41:00Z").await;
    assert_eq!(vox.count("texts where kind = 'nurture'").await, 0, "it is not even queued");
    at(&vox, "2026-11-25T15:59:00Z").await;
    assert!(steps_to(&vox, ANN).await.is_empty());
    at(&vox, "2026-11-25T16:00:00Z").await;
    hours(&vox, 1).await;
    hours(&vox, 24).await;
    assert_eq!(steps_to(&vox, ANN).await.len(), 1);
}

#[tokio::test]
async fn who_books_by_night_gets_no_step_in_the_morning() {
    let (vox, api) = begin().await;
    let step = json!({"after_minutes": 700, "words": {"en": "{clinic}: good to hear from you. {questions}"}});
    add(&api, no_booking(&[step])).await;
    enters(&vox).await;
    at(&vox, "2026-11-25T05:41:00Z").await;
    let service = api.id_of("/services", "Botox").await;
    let wish = json!({"service_id": service, "starts_at": "2026-12-01T18:30:00Z", "phone": ANN});
    api.post("/appointments", wish).await.good();
    at(&vox, "2026-11-25T16:00:00Z").await;
    assert_eq!(runs(&vox).await, "booked 0");
    assert_eq!(vox.count("texts where kind = 'nurture'").await, 0);
}

#[tokio::test]
async fn t13_quiet_hours_hold_where_the_phone_is_too() {
    let (vox, api) = begin().await;
    // New York: 6 PM in Los Angeles is 9 PM there.
    let friend = "+12125550142";
    agrees(&api, friend).await;
    let step = json!({"after_days": 1, "at_hour": 18, "words": {"en": "{clinic}: hello. {questions}"}});
    add(&api, no_booking(&[step])).await;
    called(&vox, Some(friend), INTERESTED).await;
    round(&vox).await;
    at(&vox, "2026-11-26T02:00:00Z").await;
    assert!(steps_to(&vox, friend).await.is_empty());
    // 8 AM in Los Angeles, the later of both mornings.
    at(&vox, "2026-11-26T15:59:00Z").await;
    assert!(steps_to(&vox, friend).await.is_empty());
    at(&vox, "2026-11-26T16:00:00Z").await;
    assert_eq!(steps_to(&vox, friend).await.len(), 1);
}

#[tokio::test]
async fn the_day_after_is_eleven_o_clock_also_when_the_clocks_go_forward_that_night() {
    let (vox, api) = begin().await;
    at(&vox, "2027-03-13T18:00:00Z").await;
    add(&api, no_booking(&[day(1, "hello")])).await;
    enters(&vox).await;
    at(&vox, "2027-03-14T17:59:00Z").await;
    assert!(steps_to(&vox, ANN).await.is_empty());
    at(&vox, "2027-03-14T18:00:00Z").await;
    assert_eq!(steps_to(&vox, ANN).await.len(), 1);
}

#[tokio::test]
async fn the_weeks_share_moves_a_step_by_two_days_then_leaves_it_out() {
    let (vox, api) = begin().await;
    let steps = [day(1, "one"), day(2, "two"), day(3, "three"), day(12, "four")];
    add(&api, no_booking(&steps)).await;
    enters(&vox).await;
    let next_at = || {
        vox.one::<String>(
            "select to_char(next_at at time zone 'UTC', 'MM-DD HH24:MI') || ' ' || moves from sequence_runs",
        )
    };
    for (day, planned) in [
        ("2026-11-25", "11-26 19:00 0"),
        ("2026-11-26", "11-27 19:00 0"),
        ("2026-11-27", "11-28 19:00 1"),
        ("2026-11-28", "11-29 19:00 2"),
        ("2026-11-29", "12-06 19:00 0"),
    ] {
        at(&vox, &format!("{day}T19:00:00Z")).await;
        assert_eq!(next_at().await, planned, "{day}");
    }
    at(&vox, "2026-12-06T19:00:00Z").await;
    assert_eq!(runs(&vox).await, "done 3");
    let skipped: serde_json::Value = vox.one("select skipped from sequence_runs").await;
    assert_eq!(skipped, json!([{"step": 2, "reason": "marketing_had_enough"}]));
    let said: Vec<bool> = steps_to(&vox, ANN).await.iter().map(|body| body.contains("three")).collect();
    assert_eq!(said, [false; 3]);
    // What was refused is accounted for, and is no task: nobody waits for it.
    assert_eq!(vox.count("texts where verdict = 'denied: marketing_had_enough'").await, 1);
    assert_eq!(vox.count("tasks where kind = 'text_not_sent'").await, 0);
}

#[tokio::test]
async fn after_an_outage_of_days_only_the_newest_step_leaves() {
    let (vox, api) = begin().await;
    let steps = [day(1, "one"), day(2, "two"), day(3, "three"), day(9, "four")];
    add(&api, no_booking(&steps)).await;
    enters(&vox).await;
    at(&vox, "2026-11-28T01:00:00Z").await;
    for _ in 0..3 {
        round(&vox).await;
    }
    let bodies = steps_to(&vox, ANN).await;
    assert_eq!((bodies.len(), bodies[0].contains("three")), (1, true), "{bodies:?}");
    let skipped: serde_json::Value = vox.one("select skipped from sequence_runs").await;
    assert_eq!(skipped, json!([{"step": 0, "reason": "late"}, {"step": 1, "reason": "late"}]));
    at(&vox, "2026-12-03T19:00:00Z").await;
    assert_eq!(steps_to(&vox, ANN).await.len(), 2);
}

#[tokio::test]
async fn whoever_is_on_the_way_goes_on_by_the_new_steps() {
    let (vox, api) = begin().await;
    let path = add(&api, no_booking(&[day(1, "one"), day(2, "two")])).await;
    enters(&vox).await;
    at(&vox, "2026-11-25T19:00:00Z").await;
    let changed = no_booking(&[day(1, "one"), day(6, "two, in new words"), day(7, "three")]);
    api.put(&path, changed).await.good();
    at(&vox, "2026-11-26T19:00:00Z").await;
    assert_eq!(steps_to(&vox, ANN).await.len(), 1, "it is due later now");
    at(&vox, "2026-11-30T19:00:00Z").await;
    assert!(steps_to(&vox, ANN).await[1].contains("in new words"));
}
