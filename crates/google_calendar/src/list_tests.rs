#![allow(clippy::unwrap_used, reason = "tests")]

use serde_json::{Value, json};

use super::*;
use crate::EventStatus;

fn page(raw: Value) -> Result<EventsPage, Error> {
    serde_json::from_value::<PageWire>(raw).map_err(|_wrong_shape| Error::Unreadable)?.read()
}

fn item(id: &str, start: &str) -> Value {
    json!({ "id": id, "status": "confirmed", "start": { "dateTime": start }, "end": { "dateTime": "2026-11-26T19:00:00Z" } })
}

#[test]
fn a_page_says_how_to_go_on() {
    let read = page(json!({
        "kind": "calendar#events", "timeZone": "America/Los_Angeles", "nextPageToken": "p2",
        "items": [item("a", "2026-11-26T18:00:00Z"), { "id": "b", "status": "cancelled" }],
    }))
    .unwrap();
    assert_eq!((read.next_page.as_deref(), read.sync_token), (Some("p2"), None));
    assert_eq!(read.time_zone.as_deref(), Some("America/Los_Angeles"));
    assert_eq!(read.events.len(), 2);
    assert_eq!(read.events[1].status, EventStatus::Cancelled);
    let last = page(json!({ "kind": "calendar#events", "nextSyncToken": "s1" })).unwrap();
    assert!(last.events.is_empty() && last.sync_token.as_deref() == Some("s1"));
}

#[test]
fn g16_one_unreadable_event_makes_the_page_unreadable() {
    let good = item("a", "2026-11-26T18:00:00Z");
    for bad in
        [item("b", "soon"), json!({ "id": "b" }), json!({ "status": "confirmed" }), json!(null), json!(7)]
    {
        let raw = json!({ "kind": "calendar#events", "items": [good, bad], "nextSyncToken": "s" });
        assert!(matches!(page(raw), Err(Error::Unreadable)), "{bad}");
    }
}

#[test]
fn json_that_is_no_page_is_not_an_empty_calendar() {
    for raw in
        [json!({}), json!([]), json!({ "items": [] }), json!({ "kind": "calendar#event", "items": [] })]
    {
        assert!(matches!(page(raw), Err(Error::Unreadable)));
    }
}

#[test]
fn nothing_that_a_person_wrote_is_asked_for() {
    for personal in ["summary", "description", "location", "email", "displayName", "creator", "organizer"] {
        assert!(!PAGE_FIELDS.contains(personal), "{personal}");
    }
    assert!(PAGE_FIELDS.contains(EVENT_FIELDS));
}
