#![allow(clippy::unwrap_used, reason = "tests")]

use serde_json::{Value, json};

use super::*;

fn event(change: &Value) -> Result<Event, Error> {
    let mut raw = json!({
        "kind": "calendar#event", "id": "e1", "etag": "\"1\"", "status": "confirmed",
        "start": { "dateTime": "2026-11-26T14:30:00-08:00" }, "end": { "dateTime": "2026-11-26T15:15:00-08:00" },
    });
    for (name, value) in change.as_object().unwrap() {
        raw[name] = value.clone();
    }
    serde_json::from_value::<EventWire>(raw).map_err(|_wrong_type| Error::Unreadable)?.try_into()
}

fn at(raw: &str) -> EventTime {
    EventTime::At(raw.parse().unwrap())
}

fn starts(time: &Value) -> Option<EventTime> {
    let end = if time.get("date").is_some() {
        json!({ "date": "2030-01-01" })
    } else {
        json!({ "dateTime": "2030-01-01T00:00:00Z" })
    };
    event(&json!({ "start": time, "end": end })).ok().and_then(|event| event.start)
}

#[test]
fn g16_a_time_has_an_offset_or_a_zone_or_is_a_day() {
    assert_eq!(starts(&json!({ "dateTime": "2026-11-26T14:30:00-08:00" })), Some(at("2026-11-26T22:30:00Z")));
    let with_both = json!({ "dateTime": "2026-11-26T14:30:00-08:00", "timeZone": "Europe/Berlin" });
    assert_eq!(starts(&with_both), Some(at("2026-11-26T22:30:00Z")), "the offset is what was meant");
    let local = |time: &str, zone: &str| starts(&json!({ "dateTime": time, "timeZone": zone }));
    assert_eq!(local("2026-11-26T14:30:00", "America/New_York"), Some(at("2026-11-26T19:30:00Z")));
    assert_eq!(local("2026-03-08T02:30:00", "America/New_York"), Some(at("2026-03-08T07:30:00Z")), "a gap");
    assert_eq!(local("2026-11-01T01:30:00", "America/New_York"), Some(at("2026-11-01T05:30:00Z")), "a fold");
    assert_eq!(
        starts(&json!({ "date": "2026-11-26", "dateTime": null })),
        Some(EventTime::Day("2026-11-26".parse().unwrap()))
    );
}

#[test]
fn g16_an_event_whose_time_nobody_can_read_is_an_error_not_free_time() {
    for wrong in [
        json!({ "start": null }),
        json!({ "end": null }),
        json!({ "start": {} }),
        json!({ "start": { "dateTime": "soon" } }),
        json!({ "start": { "dateTime": "2026-11-26T14:30:00" } }),
        json!({ "start": { "dateTime": "2026-11-26T14:30:00", "timeZone": "Mars/Olympus" } }),
        json!({ "start": { "date": "2026-02-30" }, "end": { "date": "2026-03-02" } }),
        json!({ "start": { "date": "2026-11-26" } }),
        json!({ "start": { "date": "2026-11-27" }, "end": { "date": "2026-11-26" } }),
        json!({ "end": { "dateTime": "2026-11-26T14:29:59-08:00" } }),
        json!({ "attendees": "many" }),
        json!({ "id": null }),
    ] {
        assert!(matches!(event(&wrong), Err(Error::Unreadable)), "{wrong}");
    }
    let gone =
        event(&json!({ "status": "cancelled", "start": null, "end": { "dateTime": "soon" } })).unwrap();
    assert_eq!((gone.status, gone.start, gone.end), (EventStatus::Cancelled, None, None));
}

#[test]
fn words_of_a_later_api_keep_their_time() {
    let odd = event(&json!({
        "status": "provisional", "transparency": "frosted", "eventType": "seance",
        "attendees": [{ "responseStatus": "declined" }, { "self": true, "responseStatus": "shrugged" }],
    }));
    let odd = odd.unwrap();
    assert_eq!(odd.status, EventStatus::Confirmed);
    assert_eq!(odd.own_response, Some(Response::NeedsAction));
    assert!(!odd.is_transparent);
    assert_eq!(odd.kind, "seance");
}

#[test]
fn another_guests_answer_is_not_ours() {
    let guest = json!([{ "responseStatus": "declined" }]);
    assert_eq!(event(&json!({ "attendees": guest })).unwrap().own_response, None);
    let own = json!([{ "self": true, "responseStatus": "declined" }]);
    assert_eq!(event(&json!({ "attendees": own })).unwrap().own_response, Some(Response::Declined));
}

#[test]
fn an_instance_names_its_series_and_our_properties_come_back() {
    let event = event(&json!({
        "recurringEventId": "s1",
        "extendedProperties": { "private": { "appointmentId": "apt_1" }, "shared": { "x": "y" } },
    }))
    .unwrap();
    assert_eq!(event.series.as_deref(), Some("s1"));
    assert_eq!(event.private, [("appointmentId".to_owned(), "apt_1".to_owned())].into());
}

#[test]
fn a_time_is_told_with_offset_and_zone() {
    let told = |at: &str| {
        let at: Zoned = at.parse().unwrap();
        serde_json::to_value(TimeSent::from(&at)).unwrap()
    };
    assert_eq!(
        told("2026-11-01T01:30:00-08:00[America/Los_Angeles]"),
        json!({ "dateTime": "2026-11-01T01:30:00-08:00", "timeZone": "America/Los_Angeles" }),
        "the second 1:30 of that night"
    );
    assert_eq!(told("2026-11-26T14:30:00+02:00[+02:00]"), json!({ "dateTime": "2026-11-26T14:30:00+02:00" }));
}
