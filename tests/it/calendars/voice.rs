//! What a caller hears when calendars are fresh, old, silent or revoked.

use jiff::SignedDuration;

use serde_json::json;
use voxanne_sandbox::Fault;

use super::*;
use crate::harness::Answered;

/// Older than the mirror may be.
const STALE: SignedDuration = SignedDuration::from_mins(11);

#[tokio::test]
async fn a_connected_calendar_makes_a_booking_final_and_has_its_event_once() {
    let vox = connected().await;
    assert!(book(&vox, 1, "10:00").await.starts_with("Great!"));
    assert_eq!(status(&vox).await, "scheduled");
    vox.run_jobs().await;
    vox.next_round().await;
    assert_event_at(&vox, "2026-12-01T18:00:00Z");
    let event = &ours(&vox)[0];
    assert_eq!(event.summary, "Botox - Ana D.");
    assert!(event.description.as_ref().is_some_and(|text| !text.contains("+1310")), "{event:?}");
    // The clinic that has none connected keeps none.
    assert_eq!(vox.count("calendar_events").await, 1);
}

#[tokio::test]
async fn times_that_a_person_blocked_are_not_offered_and_not_booked() {
    let vox = connected().await;
    blocks(&vox, "2026-12-01T17:00:00Z", "2026-12-01T20:00:00Z");
    google(&vox).settled().await;
    vox.run_jobs().await;
    let said = available(&vox, 1, "2026-12-01").await;
    assert!(said.starts_with("For Tuesday, December 1st, I have availability at 12 PM"), "{said}");
    let said = book(&vox, 2, "10:00").await;
    assert!(
        said.starts_with("I'm sorry, there is something else in the calendar at that time. On "),
        "{said}"
    );
    assert_eq!(vox.count("appointments").await, 0);
    // Staff read the same.
    let api = vox.glow_api().await;
    let service = api.id_of("/services", "Botox").await;
    let causes = async |starts_at: &str| {
        let why = api.get(&format!("/openings/why?service_id={service}&starts_at={starts_at}")).await.good();
        why["causes"].as_array().unwrap().iter().map(|cause| cause["code"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(causes("2026-12-01T18:00:00Z").await, ["busy_elsewhere"]);
}

#[tokio::test]
async fn f13_a_visit_moves_by_a_quarter_of_an_hour_over_its_own_event() {
    let vox = connected().await;
    book(&vox, 1, "10:00").await;
    vox.run_jobs().await;
    google(&vox).settled().await;
    vox.run_jobs().await;
    // Own events never count as foreign busy time, neither in the mirror nor in free/busy.
    assert_eq!(vox.count("external_busy").await, 0);
    let said = move_to(&vox, 2, "2026-12-01", "10:15").await;
    assert!(said.contains("10:15 AM"), "{said}");
    vox.run_jobs().await;
    assert_event_at(&vox, "2026-12-01T18:15:00Z");

    vox.later(STALE);
    let said = move_to(&vox, 3, "2026-12-01", "10:30").await;
    assert!(said.contains("10:30 AM"), "{said}");
}

#[tokio::test]
async fn t_g6_an_event_made_seconds_before_the_call_is_seen_by_asking_when_the_mirror_is_old() {
    let vox = connected().await;
    google(&vox).set_pushes(voxanne_sandbox::google::Pushes::Lost);
    vox.later(STALE);
    blocks(&vox, "2026-12-01T17:00:00Z", "2026-12-01T20:00:00Z");
    let said = available(&vox, 1, "2026-12-01").await;
    assert!(said.starts_with("For Tuesday, December 1st, I have availability at 12 PM"), "{said}");
    // What was told counts for the booking as well, without asking again.
    assert!(book(&vox, 2, "13:00").await.starts_with("Great!"));
    assert_eq!(google(&vox).requests(ACCOUNT, voxanne_sandbox::google::Call::FreeBusy), 1);
    assert_eq!(status(&vox).await, "scheduled");
}

#[tokio::test]
async fn t_g6_a_booking_asks_before_it_takes_an_old_mirrors_word() {
    let vox = connected().await;
    google(&vox).set_pushes(voxanne_sandbox::google::Pushes::Lost);
    vox.later(STALE);
    blocks(&vox, "2026-12-01T17:00:00Z", "2026-12-01T20:00:00Z");
    let said = book(&vox, 1, "10:00").await;
    assert!(said.starts_with("I'm sorry"), "{said}");
    assert_eq!(vox.count("appointments").await, 0);
}

#[tokio::test]
async fn t_s5_g1_f8_a_calendar_that_stalls_leaves_callers_with_a_true_answer_and_one_event_when_it_is_back() {
    let vox = connected().await;
    google(&vox).bad_day(ACCOUNT, Some(Fault::Delay { millis: 30_000 }));
    vox.later(STALE);
    // The caller's budget holds, or the answer would be the one for being too slow.
    let said = available(&vox, 1, "2026-12-01").await;
    assert!(said.starts_with("For Tuesday, December 1st, I have availability at 9 AM"), "{said}");
    let said = book(&vox, 2, "10:00").await;
    assert!(said.contains("Our team will call you within 24 hours to confirm"), "{said}");
    assert_eq!(status(&vox).await, "pending");
    // It still holds its time.
    assert!(vox.count("reservations where appointment_id is not null").await > 0);
    // Nobody waits for it again and again: what was asked once was not asked by the booking.
    assert_eq!(google(&vox).requests(ACCOUNT, voxanne_sandbox::google::Call::FreeBusy), 1);

    google(&vox).bad_day(ACCOUNT, None);
    vox.after_every_pause().await;
    vox.after_every_pause().await;
    assert_event_at(&vox, "2026-12-01T18:00:00Z");
}

#[tokio::test]
async fn an_error_within_a_good_answer_of_free_busy_is_unknown_and_not_free() {
    let vox = connected().await;
    google(&vox).set_pushes(voxanne_sandbox::google::Pushes::Lost);
    google(&vox).set_free_busy_error(ACCOUNT, Some("notFound"));
    vox.later(STALE);
    assert!(book(&vox, 1, "10:00").await.contains("within 24 hours"));
    assert_eq!(status(&vox).await, "pending");
}

#[tokio::test]
async fn t_g1_f6_g3_a_revoked_token_alerts_staff_once_and_bookings_wait() {
    let vox = connected().await;
    google(&vox).revoke_account(ACCOUNT);
    vox.later(STALE);
    assert!(book(&vox, 1, "10:00").await.contains("within 24 hours"));
    vox.next_round().await;
    vox.next_round().await;
    assert_eq!(status(&vox).await, "pending");
    assert_eq!(vox.count("calendar_connections where state = 'needs_reconnect' and not connected").await, 1);
    assert_eq!(vox.count("tasks where kind = 'reconnect_calendar' and done_at is null").await, 1);
    assert_eq!(vox.count("notifications where kind = 'calendar'").await, 1);
    let refreshes = google(&vox).refreshes(ACCOUNT);
    vox.next_round().await;
    assert_eq!(google(&vox).refreshes(ACCOUNT), refreshes, "no retry of a refused token");

    // Connected again: the task is done, the visit is written.
    vox.connects(vox.glow.org, None, ACCOUNT).await;
    vox.next_round().await;
    assert_event_at(&vox, "2026-12-01T18:00:00Z");
    assert_eq!(vox.count("tasks where kind = 'reconnect_calendar' and done_at is null").await, 0);
    assert!(book(&vox, 2, "11:00").await.starts_with("Great!"));
}

#[tokio::test]
async fn one_practitioners_calendar_blocks_that_person_alone() {
    let vox = Voxanne::start().await;
    vox.exec("update integration_settings set calendar_of_record = false").await;
    let nurse: uuid::Uuid = vox
        .one("select p.id from practitioners p join service_practitioners sp on sp.org_id = p.org_id and sp.practitioner_id = p.id
                join services s on s.org_id = sp.org_id and s.id = sp.service_id join resources r on r.org_id = p.org_id and r.id = p.id
               where s.name = 'Botox' order by p.org_id, r.position limit 1")
        .await;
    let org: uuid::Uuid = vox.one(&format!("select org_id from practitioners where id = '{nurse}'")).await;
    assert_eq!(org, vox.glow.org.0);
    vox.connects(vox.glow.org, Some(nurse), "nurse@glow.example").await;
    google(&vox).add_event(
        "nurse@glow.example",
        &HumanEvent::at(
            "Off",
            "2026-12-01T08:00:00Z".parse().unwrap(),
            "2026-12-02T08:00:00Z".parse().unwrap(),
        ),
    );
    google(&vox).settled().await;
    vox.run_jobs().await;
    // Somebody else has time, and nothing is known of their calendar: pending.
    assert!(book(&vox, 1, "10:00").await.contains("within 24 hours"));
    assert_eq!(vox.count(&format!("appointments where practitioner_id = '{nurse}'")).await, 0);
    vox.run_jobs().await;
    assert_eq!(vox.count("calendar_events").await, 0);
}

#[tokio::test]
async fn t_s5_a_visit_that_moves_while_its_calendar_is_not_known_waits_for_staff_again() {
    let vox = connected().await;
    assert!(book(&vox, 1, "10:00").await.starts_with("Great!"));
    vox.run_jobs().await;
    google(&vox).bad_day(ACCOUNT, Some(Fault::google(503, "backendError")));
    vox.later(STALE);
    let said = move_to(&vox, 2, "2026-12-01", "15:00").await;
    assert!(said.ends_with("Our team will still call you to confirm it."), "{said}");
    assert_eq!(status(&vox).await, "pending");
    let open = "tasks where kind = 'confirm_appointment' and done_at is null";
    assert_eq!(vox.count(open).await, 1);
    let visit: uuid::Uuid = vox.one("select id from appointments").await;
    let path = format!("/appointments/apt_{}/state", visit.simple());
    let confirmed = json!({"status": "scheduled"});
    let request = vox.glow_api().await.request("POST", &path).header("if-match", "*").json(&confirmed);
    Answered::of(request).await.good();
    assert_eq!(status(&vox).await, "scheduled");
    assert_eq!(vox.count(open).await, 0);
}
