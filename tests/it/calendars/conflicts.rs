//! What people do to our events: never followed on a hint, always asked about once.

use voxanne::calendars::{self, Resolution};
use voxanne::platform::ids::ConflictId;

use super::*;

/// A visit at 10 AM whose event is in the calendar.
async fn with_event() -> (Voxanne, Seen) {
    let vox = connected().await;
    book(&vox, 1, "10:00").await;
    vox.run_jobs().await;
    pushed(&vox).await;
    let event = ours(&vox).remove(0);
    (vox, event)
}

async fn open(vox: &Voxanne, kind: &str) -> i64 {
    vox.count(&format!("calendar_conflicts where kind = '{kind}' and resolved_at is null")).await
}

async fn tasks(vox: &Voxanne) -> i64 {
    vox.count("tasks where kind = 'calendar_conflict' and done_at is null").await
}

async fn settle(vox: &Voxanne, resolution: Resolution) {
    let id: uuid::Uuid = vox.one("select id from calendar_conflicts where resolved_at is null").await;
    let mut tx = vox.app.begin(vox.glow.org).await.unwrap();
    let settled =
        calendars::settle(&vox.app, &mut tx, vox.glow.org, ConflictId(id), (resolution, "test")).await;
    let conflict = settled.unwrap().unwrap();
    let practitioner = vox.one("select practitioner_id from appointments").await;
    calendars::write_later(&mut tx, vox.glow.org, conflict.appointment, practitioner).await.unwrap();
    tx.commit().await.unwrap();
    vox.run_jobs().await;
}

#[tokio::test]
async fn t_g4_g17_a_deleted_event_is_a_question_and_the_visit_stands() {
    let (vox, event) = with_event().await;
    google(&vox).delete_event(ACCOUNT, &event.id);
    pushed(&vox).await;
    vox.next_round().await;
    assert_eq!((open(&vox, "deleted").await, tasks(&vox).await), (1, 1));
    assert_eq!(status(&vox).await, "scheduled");
    assert!(vox.count("reservations where appointment_id is not null").await > 0);
    // It is not written again behind the person's back.
    vox.after_every_pause().await;
    assert_eq!(ours(&vox).len(), 0);
    settle(&vox, Resolution::Ours).await;
    assert_event_at(&vox, "2026-12-01T18:00:00Z");
    assert_eq!((open(&vox, "deleted").await, tasks(&vox).await), (0, 0));
    pushed(&vox).await;
    assert_eq!(open(&vox, "deleted").await, 0);
}

#[tokio::test]
async fn g8_an_event_that_a_person_moved_stays_where_they_put_it_until_somebody_decides() {
    let (vox, event) = with_event().await;
    moves(&vox, &event.id, "2026-12-01T20:00:00Z", "2026-12-01T20:45:00Z");
    pushed(&vox).await;
    assert_eq!((open(&vox, "moved").await, tasks(&vox).await), (1, 1));
    let title: String = vox.one("select title from tasks where kind = 'calendar_conflict'").await;
    insta::assert_snapshot!(title, @"The visit on Tuesday, December 1 at 10:00 AM was moved in “front@glow.example” to Tuesday, December 1 at 12:00 PM. Move the visit there and text the person, or put the event back.");
    vox.after_every_pause().await;
    assert_event_at(&vox, "2026-12-01T20:00:00Z");
    // Both times are kept: nobody knows yet which one holds.
    let said = available(&vox, 2, "2026-12-01").await;
    assert!(!said.contains("12 PM") && !said.contains("10 AM,"), "{said}");
    settle(&vox, Resolution::Ours).await;
    assert_event_at(&vox, "2026-12-01T18:00:00Z");
    pushed(&vox).await;
    assert_eq!(vox.count("external_busy").await, 0);
    assert_eq!(vox.count("calendar_conflicts").await, 1);
}

#[tokio::test]
async fn g8_our_move_meets_a_persons_move_and_theirs_stands_until_somebody_decides() {
    let (vox, event) = with_event().await;
    google(&vox).set_pushes(voxanne_sandbox::google::Pushes::Lost);
    moves(&vox, &event.id, "2026-12-01T20:00:00Z", "2026-12-01T20:45:00Z");
    let said = move_to(&vox, 2, "2026-12-01", "15:00").await;
    assert!(said.contains("3 PM"), "{said}");
    vox.run_jobs().await;
    assert_event_at(&vox, "2026-12-01T20:00:00Z");
    assert_eq!(open(&vox, "moved").await, 1);
    settle(&vox, Resolution::Ours).await;
    assert_event_at(&vox, "2026-12-01T23:00:00Z");
}

#[tokio::test]
async fn a_title_that_a_person_changed_is_kept_when_the_visit_moves() {
    let (vox, event) = with_event().await;
    google(&vox).rename_event(ACCOUNT, &event.id, "Botox - Ana (bring forms)");
    pushed(&vox).await;
    move_to(&vox, 2, "2026-12-01", "15:00").await;
    vox.run_jobs().await;
    assert_event_at(&vox, "2026-12-01T23:00:00Z");
    assert_eq!(ours(&vox)[0].summary, "Botox - Ana (bring forms)");
    assert_eq!(vox.count("calendar_conflicts").await, 0);
}

#[tokio::test]
async fn an_event_that_comes_back_by_itself_needs_nobody() {
    let (vox, event) = with_event().await;
    moves(&vox, &event.id, "2026-12-01T20:00:00Z", "2026-12-01T20:45:00Z");
    pushed(&vox).await;
    assert_eq!(tasks(&vox).await, 1);
    moves(&vox, &event.id, "2026-12-01T18:00:00Z", "2026-12-01T18:45:00Z");
    pushed(&vox).await;
    assert_eq!((open(&vox, "moved").await, tasks(&vox).await), (0, 0));
    assert_eq!(vox.count("external_busy").await, 0);
}

#[tokio::test]
async fn a_deletion_that_only_the_list_tells_is_not_believed() {
    let (vox, event) = with_event().await;
    google(&vox).phantom_delete(ACCOUNT, &event.id);
    blocks(&vox, "2026-12-02T18:00:00Z", "2026-12-02T19:00:00Z");
    pushed(&vox).await;
    assert_eq!(vox.count("calendar_conflicts").await, 0);
    assert_event_at(&vox, "2026-12-01T18:00:00Z");
}

#[tokio::test]
async fn g13_a_second_event_of_one_visit_is_taken_out_and_a_persons_copy_elsewhere_is_theirs() {
    let (vox, event) = with_event().await;
    google(&vox).copy_event(ACCOUNT, &event.id).unwrap();
    pushed(&vox).await;
    assert_event_at(&vox, "2026-12-01T18:00:00Z");
    let copy = google(&vox).copy_event(ACCOUNT, &event.id).unwrap();
    moves(&vox, &copy, "2026-12-03T18:00:00Z", "2026-12-03T18:45:00Z");
    pushed(&vox).await;
    assert_eq!(ours(&vox).len(), 2);
    assert_eq!(vox.count("external_busy").await, 1);
}

#[tokio::test]
async fn g15_something_of_theirs_at_the_time_of_a_visit_is_told_and_the_visit_stands() {
    let (vox, _event) = with_event().await;
    let theirs = blocks(&vox, "2026-12-01T18:30:00Z", "2026-12-01T19:30:00Z");
    pushed(&vox).await;
    assert_eq!((open(&vox, "overlap").await, tasks(&vox).await), (1, 1));
    assert_eq!(status(&vox).await, "scheduled");
    pushed(&vox).await;
    assert_eq!(vox.count("calendar_conflicts").await, 1);
    google(&vox).delete_event(ACCOUNT, &theirs);
    pushed(&vox).await;
    assert_eq!((open(&vox, "overlap").await, tasks(&vox).await), (0, 0));
}

#[tokio::test]
async fn g15_a_time_that_a_caller_holds_wins_over_an_event_that_came_after_and_staff_are_told() {
    let vox = connected().await;
    let call = vox.call(&call_ref(1));
    let mut wish = booking("Botox", "2026-12-01", "10:00", "Ana Diaz");
    wish["prepareOnly"] = true.into();
    call.tool("book_appointment", wish.clone()).await.unwrap();
    blocks(&vox, "2026-12-01T08:00:00Z", "2026-12-02T08:00:00Z");
    pushed(&vox).await;
    // Nobody else gets it …
    let other = vox.call_from(&vox.glow, &call_ref(2), Some("+13105550199"));
    let said =
        other.tool("book_appointment", booking("Botox", "2026-12-01", "10:00", "Bea Fox")).await.unwrap();
    assert!(said.text().starts_with("I'm sorry"), "{}", said.text());
    // … and whoever holds it does.
    wish["prepareOnly"] = false.into();
    let said = call.tool("book_appointment", wish).await.unwrap();
    assert!(said.text().starts_with("Great!"), "{}", said.text());
    vox.run_jobs().await;
    assert_eq!((open(&vox, "overlap").await, tasks(&vox).await), (1, 1));
    assert_event_at(&vox, "2026-12-01T18:00:00Z");
}

#[tokio::test]
async fn a_cancelled_visit_takes_its_event_out_and_a_moved_one_is_asked_about() {
    let (vox, event) = with_event().await;
    let call = vox.call(&call_ref(2));
    call.tool("cancel_appointment", serde_json::json!({})).await.unwrap();
    vox.run_jobs().await;
    assert_eq!(ours(&vox).len(), 0);
    assert!(google(&vox).event(ACCOUNT, &event.id).is_none_or(|event| event.is_deleted));
    pushed(&vox).await;
    assert_eq!(vox.count("calendar_conflicts").await, 0);

    book(&vox, 3, "14:00").await;
    vox.run_jobs().await;
    let event = ours(&vox).remove(0);
    google(&vox).set_pushes(voxanne_sandbox::google::Pushes::Lost);
    moves(&vox, &event.id, "2026-12-01T20:00:00Z", "2026-12-01T20:45:00Z");
    vox.call(&call_ref(4)).tool("cancel_appointment", serde_json::json!({})).await.unwrap();
    vox.run_jobs().await;
    assert_eq!(ours(&vox).len(), 1, "a person moved it: it is not taken from them");
    assert_eq!(open(&vox, "moved").await, 1);
    settle(&vox, Resolution::Ours).await;
    assert_eq!(ours(&vox).len(), 0);
}
