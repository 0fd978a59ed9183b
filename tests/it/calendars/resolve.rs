//! T-G4, G8, G15, G17: disagreements are listed and settled over the API, by a decision and by nothing else.

use serde_json::{Value, json};

use super::*;
use crate::harness::{Answered, Api};

/// A visit on December 1st at 10 AM with its event, and a program of the clinic's.
async fn with_event() -> (Voxanne, Api, Seen) {
    let vox = connected().await;
    book(&vox, 1, "10:00").await;
    vox.run_jobs().await;
    pushed(&vox).await;
    let (api, event) = (vox.glow_api().await, ours(&vox).remove(0));
    (vox, api, event)
}

async fn deleted() -> (Voxanne, Api) {
    let (vox, api, event) = with_event().await;
    google(&vox).delete_event(ACCOUNT, &event.id);
    pushed(&vox).await;
    (vox, api)
}

/// The event was moved to this time.
async fn moved_to(from: &str, to: &str) -> (Voxanne, Api) {
    let (vox, api, event) = with_event().await;
    moves(&vox, &event.id, from, to);
    pushed(&vox).await;
    (vox, api)
}

async fn open(api: &Api) -> Vec<Value> {
    api.get("/calendar-conflicts").await.good()["items"].as_array().unwrap().clone()
}

async fn resolve(api: &Api, conflict: &Value, resolution: &str) -> Answered {
    let path = format!("/calendar-conflicts/{}/resolve", conflict["id"].as_str().unwrap());
    api.post(&path, json!({"resolution": resolution})).await
}

/// Settled and acted on; nothing comes of it later.
async fn at_rest(vox: &Voxanne, api: &Api) {
    vox.run_jobs().await;
    pushed(vox).await;
    vox.after_every_pause().await;
    assert_eq!(open(api).await, Vec::<Value>::new());
    assert_eq!(vox.count("tasks where kind = 'calendar_conflict' and done_at is null").await, 0);
}

#[tokio::test]
async fn t_g4_staff_delete_the_event_and_the_visit_is_cancelled_by_a_decision_only() {
    let (vox, api) = deleted().await;
    let conflicts = open(&api).await;
    assert_eq!(conflicts.len(), 1);
    let conflict = &conflicts[0];
    assert_eq!(
        (&conflict["kind"], &conflict["status"], &conflict["theirs"]),
        (&json!("deleted"), &json!("scheduled"), &Value::Null)
    );
    assert_eq!(conflict["ours"]["starts_at"], "2026-12-01T18:00:00Z");
    assert_eq!(
        conflict["sentence"],
        "The visit on Tuesday, December 1 at 10:00 AM was deleted in “front@glow.example”"
    );
    assert_eq!(conflict["proposal"], "Cancel the visit and text the person, or write the event again.");
    assert_eq!(status(&vox).await, "scheduled");
    assert_eq!(vox.texts_to(CALLER).len(), 1, "the confirmation and nothing else");

    let settled = resolve(&api, conflict, "theirs").await.good();
    assert_eq!((&settled["resolution"], &settled["status"]), (&json!("theirs"), &json!("cancelled")));
    assert!(settled["resolved_by"].as_str().unwrap().starts_with("key_"));
    at_rest(&vox, &api).await;
    assert_eq!(status(&vox).await, "cancelled");
    let texts = vox.texts_to(CALLER);
    assert_eq!(texts.len(), 2);
    assert!(texts[1].body.contains("cancel"), "{}", texts[1].body);
    assert_eq!(ours(&vox).len(), 0);
    let visit = conflict["appointment_id"].as_str().unwrap();
    let changes = api.get(&format!("/appointments/{visit}/changes")).await.good();
    let last = changes["items"].as_array().unwrap().last().unwrap();
    assert_eq!(
        (&last["action"], &last["reason"]),
        (&json!("cancelled"), &json!("Its event was deleted in a calendar"))
    );
    assert_eq!(last["actor"], settled["resolved_by"]);
    // Settled is settled, and stays on the list of all.
    let refused = resolve(&api, conflict, "ours").await.refused(409, "already_settled");
    assert_eq!(refused["resolution"], "theirs");
    assert_eq!(api.get("/calendar-conflicts?state=all").await.good()["items"][0]["id"], conflict["id"]);
}

#[tokio::test]
async fn t_g4_or_the_event_is_back_once() {
    let (vox, api) = deleted().await;
    let conflict = open(&api).await.remove(0);
    resolve(&api, &conflict, "ours").await.good();
    at_rest(&vox, &api).await;
    assert_event_at(&vox, "2026-12-01T18:00:00Z");
    assert_eq!((status(&vox).await.as_str(), vox.texts_to(CALLER).len()), ("scheduled", 1));
}

#[tokio::test]
async fn g8_the_visit_follows_its_event_with_the_same_practitioner_and_one_text() {
    let (vox, api) = moved_to("2026-12-01T23:00:00Z", "2026-12-01T23:45:00Z").await;
    let conflict = open(&api).await.remove(0);
    assert_eq!(
        (&conflict["kind"], &conflict["theirs"]["starts_at"]),
        (&json!("moved"), &json!("2026-12-01T23:00:00Z"))
    );
    let who = "select practitioner_id from appointments";
    let before: uuid::Uuid = vox.one(who).await;
    let settled = resolve(&api, &conflict, "theirs").await.good();
    assert_eq!(settled["ours"]["starts_at"], "2026-12-01T23:00:00Z");
    at_rest(&vox, &api).await;
    assert_eq!(vox.one::<uuid::Uuid>(who).await, before);
    assert_event_at(&vox, "2026-12-01T23:00:00Z");
    assert_eq!(vox.texts_to(CALLER).len(), 2);
    assert_eq!(vox.count("external_busy").await, 0, "its own event is in nobody's way");
    assert_eq!(vox.count("reservations where starts_at < '2026-12-01T22:00:00Z'").await, 0);
}

#[tokio::test]
async fn g8_or_the_event_goes_back() {
    let (vox, api) = moved_to("2026-12-01T23:00:00Z", "2026-12-01T23:45:00Z").await;
    let conflict = open(&api).await.remove(0);
    resolve(&api, &conflict, "ours").await.good();
    at_rest(&vox, &api).await;
    assert_event_at(&vox, "2026-12-01T18:00:00Z");
    assert_eq!(vox.texts_to(CALLER).len(), 1);
}

#[tokio::test]
async fn a_time_that_the_visit_cannot_have_is_refused_whole_and_says_what_could_be() {
    // 4 AM in Los Angeles.
    let (vox, api) = moved_to("2026-12-01T12:00:00Z", "2026-12-01T12:45:00Z").await;
    let conflict = open(&api).await.remove(0);
    let refused = resolve(&api, &conflict, "theirs").await.refused(409, "not_bookable");
    assert_eq!(refused["causes"][0]["code"], "outside_hours");
    assert!(!refused["alternatives"].as_array().unwrap().is_empty());
    assert_eq!(open(&api).await, std::slice::from_ref(&conflict), "still to be decided");
    vox.after_every_pause().await;
    assert_event_at(&vox, "2026-12-01T12:00:00Z");
    resolve(&api, &conflict, "ours").await.good();
    at_rest(&vox, &api).await;
    assert_event_at(&vox, "2026-12-01T18:00:00Z");
}

#[tokio::test]
async fn a_cancelled_visit_follows_nothing_and_its_moved_event_is_taken_out() {
    let (vox, api, event) = with_event().await;
    google(&vox).set_pushes(voxanne_sandbox::google::Pushes::Lost);
    moves(&vox, &event.id, "2026-12-01T23:00:00Z", "2026-12-01T23:45:00Z");
    let visit: uuid::Uuid = vox.one("select id from appointments").await;
    let cancel = api.request("POST", &format!("/appointments/apt_{}/cancel", visit.simple()));
    Answered::of(cancel.header("if-match", "*").json(&json!({}))).await.good();
    vox.run_jobs().await;
    let conflict = open(&api).await.remove(0);
    assert_eq!((&conflict["kind"], &conflict["status"]), (&json!("moved"), &json!("cancelled")));
    let refused = resolve(&api, &conflict, "theirs").await.refused(409, "illegal_state");
    assert_eq!(refused["from"], "cancelled");
    resolve(&api, &conflict, "ours").await.good();
    at_rest(&vox, &api).await;
    assert_eq!(ours(&vox).len(), 0);
}

#[tokio::test]
async fn g15_an_overlap_is_kept_or_the_visit_moves_by_itself() {
    let (vox, api, _) = with_event().await;
    blocks(&vox, "2026-12-01T18:00:00Z", "2026-12-01T19:00:00Z");
    pushed(&vox).await;
    let conflict = open(&api).await.remove(0);
    assert_eq!(conflict["kind"], "overlap");
    resolve(&api, &conflict, "theirs").await.refused(422, "cannot_follow");
    assert_eq!(open(&api).await.len(), 1);
    assert_eq!(resolve(&api, &conflict, "ours").await.good()["resolution"], "ours");
    at_rest(&vox, &api).await;
    assert_eq!(status(&vox).await, "scheduled");
}

#[tokio::test]
async fn the_same_decision_with_the_same_key_is_taken_once_and_nobody_else_takes_it() {
    let (vox, api) = deleted().await;
    let conflict = open(&api).await.remove(0);
    let path = format!("/calendar-conflicts/{}/resolve", conflict["id"].as_str().unwrap());
    let harbor = vox.harbor_api().await;
    assert_eq!(open(&harbor).await, Vec::<Value>::new());
    harbor.post(&path, json!({"resolution": "theirs"})).await.refused(404, "not_found");
    assert_eq!(api.post(&path, json!({"resolution": "agreed"})).await.wrong_field().0, "resolution");
    let all = (0..8).map(|_| api.post_once("once", &path, json!({"resolution": "theirs"})));
    let answers = futures::future::join_all(all).await;
    for answer in &answers {
        assert_eq!((answer.status, &answer.body), (200, &answers[0].body));
    }
    at_rest(&vox, &api).await;
    assert_eq!(vox.texts_to(CALLER).len(), 2, "one cancellation");
}

#[tokio::test]
async fn many_disagreements_are_listed_in_pages_latest_first() {
    let vox = connected().await;
    for (n, time) in ["09:00", "10:30", "12:00", "13:30", "15:00"].into_iter().enumerate() {
        book(&vox, u128::try_from(n).unwrap(), time).await;
        vox.later(jiff::SignedDuration::from_secs(90));
    }
    vox.run_jobs().await;
    pushed(&vox).await;
    for event in ours(&vox) {
        google(&vox).delete_event(ACCOUNT, &event.id);
        pushed(&vox).await;
        vox.later(jiff::SignedDuration::from_secs(1));
    }
    let api = vox.glow_api().await;
    let mut seen: Vec<Value> = Vec::new();
    let mut path = "/calendar-conflicts?limit=2&state=open".to_owned();
    loop {
        let page = api.get(&path).await.good();
        seen.extend(page["items"].as_array().unwrap().iter().cloned());
        let Some(cursor) = page["next_cursor"].as_str() else { break };
        path = format!("/calendar-conflicts?limit=2&cursor={cursor}");
    }
    let found: Vec<&str> = seen.iter().map(|conflict| conflict["found_at"].as_str().unwrap()).collect();
    assert!(found.len() >= 2 && found.is_sorted_by(|a, b| a >= b), "{found:?}");
    let distinct: std::collections::BTreeSet<_> =
        seen.iter().map(|conflict| conflict["id"].as_str()).collect();
    assert_eq!(i64::try_from(distinct.len()).unwrap(), vox.count("calendar_conflicts").await);
    assert_eq!(api.get("/calendar-conflicts?state=closed").await.wrong_field().0, "state");
}
