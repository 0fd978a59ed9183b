#![allow(clippy::unwrap_used, reason = "tests")]

use serde_json::{Value, json};

use super::*;

fn zoned(raw: &str) -> Zoned {
    raw.parse().unwrap()
}

#[test]
fn an_insert_has_the_recorded_shape() {
    let raw = include_str!(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/tests/fixtures/google.events.insert.request.json"
    ));
    let mut recorded: Value = serde_json::from_str(raw).unwrap();
    // We tell the offset as well, which says which of two 1:30s is meant.
    recorded["start"]["dateTime"] = json!("2026-11-26T14:30:00-08:00");
    recorded["end"]["dateTime"] = json!("2026-11-26T15:15:00-08:00");
    let start = zoned("2026-11-26T14:30:00-08:00[America/Los_Angeles]");
    let end = zoned("2026-11-26T15:15:00-08:00[America/Los_Angeles]");
    let event = NewEvent {
        id: "v7f3k2p019ab2c47e107cc39f4e",
        summary: "Lip Filler - Dana O.",
        description: None,
        location: None,
        start: &start,
        end: &end,
        private: &[("appointmentId", "appt_1"), ("tenantId", "t_7f3k2p")],
    };
    assert_eq!(serde_json::to_value(InsertBody::from(&event)).unwrap(), recorded);
    assert!(!format!("{event:?}").contains("Dana"));
}

#[test]
fn g17_a_patch_moves_and_revives_and_touches_nothing_that_a_person_wrote() {
    let start = zoned("2026-11-26T14:30:00-08:00[America/Los_Angeles]");
    let end = zoned("2026-11-26T15:15:00-08:00[America/Los_Angeles]");
    let patch = EventPatch { start: &start, end: &end, private: &[("version", "2")] };
    assert_eq!(
        serde_json::to_value(TimeBody::from(&patch)).unwrap(),
        json!({
            "status": "confirmed",
            "start": { "date": null, "dateTime": "2026-11-26T14:30:00-08:00", "timeZone": "America/Los_Angeles" },
            "end": { "date": null, "dateTime": "2026-11-26T15:15:00-08:00", "timeZone": "America/Los_Angeles" },
            "extendedProperties": { "private": { "version": "2" } },
        })
    );
}
