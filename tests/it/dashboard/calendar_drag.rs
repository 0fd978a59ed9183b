//! A visit is dragged, as the calendar's script sends it.

use serde_json::{Value, json};
use voxanne::accounts::Role;

use super::calendar::{DAY, START, book, post, read, seen};
use crate::harness::{Answered, CALLER, Voxanne};

#[tokio::test]
async fn a_drag_moves_resizes_and_is_refused_in_words() {
    let vox = Voxanne::start().await;
    let api = vox.glow_api().await;
    let first = book(&api, "Laser Treatment", START).await;
    let later = json!({"service_id": first["service_id"], "starts_at": "2026-12-01T21:00:00Z", "name": "Bo Li", "phone": "+13105550143"});
    let second = api.post("/appointments", later).await.good();
    let desk = vox.glow_staff(Role::FrontDesk).await;
    let path = format!("/appointments/{}/move", second["id"].as_str().unwrap());
    // Onto the first one, by the other practitioner: the laser is the matter.
    let other =
        if first["practitioner_id"] == second["practitioner_id"] { "Priya Patel" } else { "Jonah Reed" };
    let other = api.id_of("/practitioners", other).await;
    let refused = post(&desk, &path, 1, json!({"starts_at": START, "practitioner_id": other}))
        .await
        .refused(409, "not_bookable");
    let causes = refused["causes"].as_array().unwrap();
    let said: Vec<&str> = causes.iter().map(|cause| cause["staff"].as_str().unwrap()).collect();
    assert!(said.iter().any(|said| said.starts_with("Laser is in use or being cleaned until")), "{said:?}");
    assert!(!refused["alternatives"].as_array().unwrap().is_empty());
    // Longer, at the same time: nobody is texted about it.
    vox.run_jobs().await;
    let texts = vox.texts_to("+13105550143").len();
    let body = json!({"starts_at": "2026-12-01T21:00:00Z", "duration_minutes": 75});
    let longer = post(&desk, &path, 1, body.clone()).await.good();
    assert_eq!((&longer["ends_at"], &longer["version"]), (&json!("2026-12-01T22:15:00Z"), &json!(2)));
    assert_eq!(post(&desk, &path, 2, body).await.good()["version"], 2, "once more is the same");
    vox.run_jobs().await;
    assert_eq!(vox.texts_to("+13105550143").len(), texts);
    assert_eq!(vox.count("tasks where kind = 'late_change'").await, 0);
    // A length keeps through a move that names none.
    let moved = post(&desk, &path, 2, json!({"starts_at": "2026-12-01T22:00:00Z"})).await.good();
    assert_eq!(moved["ends_at"], "2026-12-01T23:15:00Z");
    // Somebody who has not seen that is told what it was.
    let stale = post(&desk, &path, 1, json!({"starts_at": "2026-12-02T21:00:00Z"})).await;
    let stale = stale.refused(409, "version_conflict");
    assert_eq!(stale["changes"][0], "It is on Tuesday, December 1 at 2:00 PM now.");
}

#[tokio::test]
async fn refusals_are_said_in_the_language_of_whoever_reads_them() {
    let vox = Voxanne::start().await;
    let api = vox.glow_api().await;
    let visit = book(&api, "IPL", START).await;
    let service = visit["service_id"].as_str().unwrap();
    let path = format!("/openings/why?service_id={service}&starts_at={START}");
    let why = Answered::of(api.request("GET", &path).header("accept-language", "es")).await.good();
    let said = why["causes"][0]["staff"].as_str().unwrap();
    assert!(said.starts_with("Jonah Reed tiene una cita hasta las 11:15 AM"), "{said}");
    let request = api.request("POST", &format!("/appointments/{}/cancel", visit["id"].as_str().unwrap()));
    let stale =
        Answered::of(request.header("accept-language", "es-MX").header("if-match", "\"7\"").json(&json!({})))
            .await;
    let stale = stale.refused(409, "version_conflict");
    assert!(stale["detail"].as_str().unwrap().starts_with("Alguien cambió la cita"));
}

#[tokio::test]
async fn a_visit_is_dragged_to_another_room_and_a_room_that_is_taken_says_so() {
    let vox = Voxanne::start().await;
    let api = vox.glow_api().await;
    let visit = book(&api, "Botox", START).await;
    vox.run_jobs().await;
    let texts = vox.texts_to(CALLER).len();
    let owner = vox.glow_staff(Role::Owner).await;
    let drawn = read(&owner, &format!("{DAY}&by=room")).await;
    let here = drawn["visits"][0]["columns"][0].clone();
    let rooms: Vec<&Value> = drawn["columns"].as_array().unwrap().iter().collect();
    let other = rooms.iter().find(|room| room["id"] != here && room["title"] != "Treatment Room 3").unwrap();
    let move_path = format!("/appointments/{}/move", visit["id"].as_str().unwrap());

    // Somebody else is in the other room at that time: booked there by a click in its column.
    let botox = api.id_of("/services", "Botox").await;
    let wish = |room: &Value, phone: &str| json!({"service_id": botox, "starts_at": START, "name": "Bea Lind", "phone": phone, "resource_id": room});
    let taken = owner.api("POST", "/appointments", wish(&here, "+13105550143")).await;
    let refused = taken.refused(409, "not_bookable");
    assert_eq!(refused["causes"][0]["code"], "resource_busy", "{refused}");
    let theirs = owner.api("POST", "/appointments", wish(&other["id"], "+13105550143")).await.good();
    let dropped = post(&owner, &move_path, 1, json!({"starts_at": START, "resource_id": other["id"]})).await;
    let refused = dropped.refused(409, "not_bookable");
    let why = refused["causes"][0]["staff"].as_str().unwrap();
    assert!(why.starts_with(other["title"].as_str().unwrap()), "{why}");

    // Once it is free the visit goes there; nothing else of it changes, and its person is not texted.
    let cancel = format!("/appointments/{}/cancel", theirs["id"].as_str().unwrap());
    post(&owner, &cancel, 1, json!({})).await.good();
    let moved =
        post(&owner, &move_path, 1, json!({"starts_at": START, "resource_id": other["id"]})).await.good();
    assert_eq!(
        (&moved["starts_at"], &moved["practitioner_id"]),
        (&visit["starts_at"], &visit["practitioner_id"])
    );
    let drawn = read(&owner, &format!("{DAY}&by=room")).await;
    assert_eq!(drawn["visits"][0]["columns"], json!([other["id"]]));
    vox.run_jobs().await;
    assert_eq!(vox.texts_to(CALLER).len(), texts, "they come when they were to come");
    let path = format!("/appointments/{}/changes", visit["id"].as_str().unwrap());
    let changes = owner.api("GET", &path, Value::Null).await.good();
    let changed = &changes["items"][1]["changed"]["resources"];
    assert_eq!(changed, &json!({"from": [here], "to": [other["id"]]}), "{changes}");
    // The same drop again is no change.
    let again =
        post(&owner, &move_path, 2, json!({"starts_at": START, "resource_id": other["id"]})).await.good();
    assert_eq!(again["version"], 2);

    // A laser is nothing that Botox takes.
    let laser = api.id_of("/resources", "Laser").await;
    let wrong = post(&owner, &move_path, 2, json!({"starts_at": START, "resource_id": laser})).await;
    assert_eq!(wrong.refused(422, "invalid_field")["field"], "resource_id");
    let page = seen(&owner, "/dashboard/calendar?date=2026-12-01&by=room").await;
    assert!(page.contains("name=\"resource_id\"") && page.contains("data-things=\""));
    let panel = seen(&owner, &format!("/dashboard/calendar/visits/{}", visit["id"].as_str().unwrap())).await;
    assert!(panel.contains("id=\"move-thing\"") && panel.contains("Treatment Room 2"));
}
