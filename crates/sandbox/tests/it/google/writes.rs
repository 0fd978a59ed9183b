//! Inserts, patches, deletes, and what people do in between.

use jiff::Zoned;
use jiff::civil::date;
use serde_json::json;
use voxanne_google_calendar::{Error, Event, EventPatch, EventStatus, EventTime};
use voxanne_sandbox::When;
use voxanne_sandbox::google::Call;

use super::{CALENDAR, World, at, visit};

const ID: &str = "v7f3k2p019ab2c47e107cc39f4e";

async fn patch(world: &World, if_match: Option<&str>) -> Result<Event, Error> {
    let (start, end): (Zoned, Zoned) = visit();
    let (start, end) = (&start + jiff::Span::new().hours(1), &end + jiff::Span::new().hours(1));
    let change = EventPatch { start: &start, end: &end, private: &[("version", "2")] };
    world.client.patch(&world.access, CALENDAR, ID, &change, if_match).await
}

async fn delete(world: &World, if_match: Option<&str>) -> Result<(), Error> {
    world.client.delete(&world.access, CALENDAR, ID, if_match).await
}

#[tokio::test]
async fn an_event_is_made_as_it_was_asked_for() {
    let world = World::start().await;
    let event = world.insert(ID).await.unwrap();
    assert_eq!(event.start, Some(EventTime::At(at("2026-11-26T22:30:00Z"))));
    assert_eq!(event.private["appointmentId"], "apt_1");
    let seen = world.google.events(CALENDAR);
    assert_eq!(seen.len(), 1);
    assert_eq!(seen[0].summary, "Lip Filler - Dana O.");
    assert_eq!(seen[0].description.as_deref(), Some("Booked by phone"));
    assert_eq!((&seen[0].etag, seen[0].end), (&event.etag, at("2026-11-26T23:15:00Z")));
    assert!(!seen[0].is_transparent);
    let raw = world.google.raw_event(CALENDAR, ID).unwrap();
    assert_eq!(raw["reminders"], json!({ "useDefault": false, "overrides": [] }));
    assert_eq!(
        raw["start"],
        json!({ "dateTime": "2026-11-26T14:30:00-08:00", "timeZone": "America/Los_Angeles" })
    );
    assert_eq!(world.client.event(&world.access, CALENDAR, ID).await.unwrap(), Some(event));
}

#[tokio::test]
async fn g6_the_same_id_twice_is_a_duplicate_even_after_it_was_deleted() {
    let world = World::start().await;
    world.insert(ID).await.unwrap();
    assert!(matches!(world.insert(ID).await, Err(Error::Duplicate)));
    delete(&world, None).await.unwrap();
    assert!(matches!(world.insert(ID).await, Err(Error::Duplicate)));
    let gone = world.client.event(&world.access, CALENDAR, ID).await.unwrap().unwrap();
    assert_eq!(gone.status, EventStatus::Cancelled);
    assert_eq!(world.google.events(CALENDAR), []);
}

#[tokio::test]
async fn an_id_that_is_none_is_rejected() {
    let world = World::start().await;
    for id in ["abc", "has-dash", "UPPER", "wxyz0"] {
        assert!(matches!(world.insert(id).await, Err(Error::Rejected { http: 400, .. })), "{id}");
    }
}

#[tokio::test]
async fn a_patch_moves_an_event_and_keeps_what_a_person_wrote() {
    let world = World::start().await;
    let made = world.insert(ID).await.unwrap();
    world.google.edit_event(CALENDAR, ID, json!({ "summary": "Dana!", "colorId": "7" }));
    let moved = patch(&world, None).await.unwrap();
    assert_eq!(moved.start, Some(EventTime::At(at("2026-11-26T23:30:00Z"))));
    assert_eq!((moved.private["appointmentId"].as_str(), moved.private["version"].as_str()), ("apt_1", "2"));
    assert_ne!(moved.etag, made.etag);
    let raw = world.google.raw_event(CALENDAR, ID).unwrap();
    assert_eq!((&raw["summary"], &raw["colorId"]), (&json!("Dana!"), &json!("7")));
    assert_eq!(raw["description"], "Booked by phone");
}

#[tokio::test]
async fn a_patch_takes_an_event_back_from_the_whole_day() {
    let world = World::start().await;
    world.insert(ID).await.unwrap();
    let (start, end) = (When::Day(date(2026, 11, 26)), When::Day(date(2026, 11, 27)));
    assert!(world.google.move_event(CALENDAR, ID, start, end));
    assert!(world.google.event(CALENDAR, ID).unwrap().is_all_day);
    patch(&world, None).await.unwrap();
    assert!(!world.google.event(CALENDAR, ID).unwrap().is_all_day);
}

#[tokio::test]
async fn a_patch_revives_a_deleted_event() {
    let world = World::start().await;
    world.insert(ID).await.unwrap();
    world.google.delete_event(CALENDAR, ID);
    assert_eq!(patch(&world, None).await.unwrap().status, EventStatus::Confirmed);
    assert_eq!(world.google.events(CALENDAR).len(), 1);
}

#[tokio::test]
async fn g8_a_write_that_expects_an_older_event_is_refused() {
    let world = World::start().await;
    let made = world.insert(ID).await.unwrap();
    world.google.rename_event(CALENDAR, ID, "Dana, with her sister");
    assert!(matches!(patch(&world, Some(&made.etag)).await, Err(Error::Changed)));
    assert!(matches!(delete(&world, Some(&made.etag)).await, Err(Error::Changed)));
    let now = world.client.event(&world.access, CALENDAR, ID).await.unwrap().unwrap();
    let moved = patch(&world, Some(&now.etag)).await.unwrap();
    delete(&world, Some(&moved.etag)).await.unwrap();
}

#[tokio::test]
async fn what_was_deleted_can_be_deleted_again_and_what_never_was_there_is_told() {
    let world = World::start().await;
    assert!(matches!(delete(&world, None).await, Err(Error::NotFound)));
    assert!(matches!(patch(&world, None).await, Err(Error::NotFound)));
    assert!(matches!(world.client.event(&world.access, CALENDAR, ID).await, Ok(None)));
    world.insert(ID).await.unwrap();
    delete(&world, None).await.unwrap();
    delete(&world, None).await.unwrap();
    assert_eq!(world.google.requests(CALENDAR, Call::Delete), 3);
}

#[tokio::test]
async fn a_reader_cannot_write() {
    let world = World::start().await;
    world.google.add_account("boss@glow.example");
    world.google.share_calendar("boss@glow.example", CALENDAR, "reader");
    let (start, end) = visit();
    let event = super::new_event(ID, &start, &end);
    let refused = world.client.insert(&world.access, "boss@glow.example", &event).await;
    assert!(matches!(refused, Err(Error::Forbidden { reason }) if reason == "requiredAccessLevel"));
}

#[tokio::test]
async fn g13_the_same_event_can_be_there_twice() {
    let world = World::start().await;
    world.insert(ID).await.unwrap();
    let copy = world.google.copy_event(CALENDAR, ID).unwrap();
    let (events, _) = world.pages(None).await;
    assert_eq!(events.len(), 2);
    assert!(events.iter().all(|event| event.private["appointmentId"] == "apt_1"));
    world.client.delete(&world.access, CALENDAR, &copy, None).await.unwrap();
    assert_eq!(world.google.events(CALENDAR).len(), 1);
}

#[tokio::test]
async fn writes_at_once_are_counted() {
    let world = World::start().await;
    world.insert("apt00").await.unwrap();
    assert_eq!(world.google.in_flight_max(CALENDAR), 1);
    let slow = || voxanne_sandbox::Fault::AnswerSlowly { millis: 200 };
    world.google.next(voxanne_sandbox::Target::GoogleEventsWrite, slow()).times(2);
    let (one, two) = tokio::join!(world.insert("apt01"), world.insert("apt02"));
    assert!(one.is_ok() && two.is_ok());
    assert_eq!(world.google.in_flight_max(CALENDAR), 2);
}
