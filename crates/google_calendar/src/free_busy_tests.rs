#![allow(clippy::unwrap_used, reason = "tests")]

use serde_json::{Value, json};

use super::*;

fn known(asked: &[&str], answer: Value) -> BTreeMap<String, FreeBusy> {
    sorted(asked, serde_json::from_value(answer).unwrap()).collect()
}

#[test]
fn a_calendar_that_google_could_not_read_is_unknown_not_free() {
    let raw =
        include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/google.freebusy.response.json"));
    let room = "room2@group.calendar.google.com";
    let known = known(&["primary", room, "not in the answer"], serde_json::from_str(raw).unwrap());
    let busy = ("2026-11-26T18:00:00Z".parse().unwrap(), "2026-11-26T19:00:00Z".parse().unwrap());
    assert_eq!(known["primary"], FreeBusy::Busy(vec![busy]));
    assert_eq!(known[room], FreeBusy::unknown("notFound"));
    assert_eq!(known["not in the answer"], FreeBusy::unknown("missing"));
}

#[test]
fn a_list_that_is_not_whole_is_unknown() {
    let one = |calendar: Value| known(&["c"], json!({ "calendars": { "c": calendar } })).remove("c").unwrap();
    assert_eq!(one(json!({ "busy": [] })), FreeBusy::Busy(vec![]));
    for wrong in [
        json!({}),
        json!({ "busy": [{ "start": "soon", "end": "2026-11-26T19:00:00Z" }] }),
        json!({ "busy": [{ "start": "2026-11-26T20:00:00Z", "end": "2026-11-26T19:00:00Z" }] }),
    ] {
        assert_eq!(one(wrong), FreeBusy::unknown("unreadable"));
    }
    let errors = |reason: &str| one(json!({ "busy": [], "errors": [{ "reason": reason }] }));
    assert_eq!(errors("internalError"), FreeBusy::unknown("internalError"));
    assert_eq!(errors("ann@example.com has none"), FreeBusy::unknown("unknown"));
    assert_eq!(one(json!({ "busy": [], "errors": [{}] })), FreeBusy::unknown("unknown"));
}

#[test]
fn the_question_has_the_recorded_shape() {
    let raw =
        include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/google.freebusy.request.json"));
    let recorded: Value = serde_json::from_str(raw).unwrap();
    let at = |name: &str| recorded[name].as_str().unwrap().parse().unwrap();
    let asked = ["primary", "room2@group.calendar.google.com"];
    let ask = Ask {
        time_min: at("timeMin"),
        time_max: at("timeMax"),
        calendar_expansion_max: CALENDARS_MAX,
        items: asked.iter().map(|id| Item { id }).collect(),
    };
    let sent = serde_json::to_value(&ask).unwrap();
    assert_eq!(sent["items"], recorded["items"]);
    assert_eq!(sent["timeMin"], "2026-11-26T08:00:00Z");
    assert_eq!(sent["calendarExpansionMax"], 50);
}
