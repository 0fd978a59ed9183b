#![allow(clippy::unwrap_used, reason = "tests")]

use super::*;

fn visit(summary: &str) -> NewEvent<'_> {
    NewEvent {
        uid: "apt_1@voxanne",
        stamp: "2026-11-25T12:00:00Z".parse().unwrap(),
        starts_at: "2026-11-26T17:00:00Z".parse().unwrap(),
        ends_at: "2026-11-26T17:45:00Z".parse().unwrap(),
        summary,
        description: Some("Room 2\nsecond line"),
        location: None,
        private: &[("appointment", "apt_1"), ("voxanne_org", "org;1")],
    }
}

#[test]
fn a_visit_is_written_with_everything_a_calendar_wants() {
    assert_eq!(
        event(&visit("Botox, 20 units; first")).replace("\r\n", "\n"),
        "BEGIN:VCALENDAR\n\
         VERSION:2.0\n\
         PRODID:-//Voxanne//Calendar//EN\n\
         CALSCALE:GREGORIAN\n\
         BEGIN:VEVENT\n\
         DESCRIPTION:Room 2\\nsecond line\n\
         DTEND:20261126T174500Z\n\
         DTSTAMP:20261125T120000Z\n\
         DTSTART:20261126T170000Z\n\
         SEQUENCE:0\n\
         STATUS:CONFIRMED\n\
         SUMMARY:Botox\\, 20 units\\; first\n\
         TRANSP:OPAQUE\n\
         UID:apt_1@voxanne\n\
         X-VOXANNE-APPOINTMENT:apt_1\n\
         X-VOXANNE-ORG:org\\;1\n\
         END:VEVENT\n\
         END:VCALENDAR\n"
    );
}

#[test]
fn words_cannot_become_lines_of_their_own() {
    let ics = event(&visit("x\r\nATTENDEE:mailto:eve@example.com\rBEGIN:VALARM\u{7}\u{0}\u{85}y"));
    assert!(!ics.contains("\r\nATTENDEE") && !ics.contains("\r\nBEGIN:VALARM"), "{ics}");
    assert!(ics.contains("SUMMARY:x\\nATTENDEE:mailto:eve@example.com\\nBEGIN:VALARMy"), "{ics}");
}

#[test]
fn a_feed_says_its_name_and_how_often_to_look() {
    let ics = feed("Anna, room 2", &[visit("a"), NewEvent { uid: "apt_2@voxanne", ..visit("b") }]);
    for line in [
        "METHOD:PUBLISH",
        "NAME:Anna\\, room 2",
        "X-WR-CALNAME:Anna\\, room 2",
        "REFRESH-INTERVAL;VALUE=DURATION:PT15M",
        "X-PUBLISHED-TTL:PT15M",
        "UID:apt_1@voxanne",
        "UID:apt_2@voxanne",
    ] {
        assert!(ics.contains(&format!("\r\n{line}\r\n")), "{line} in {ics}");
    }
    assert_eq!(feed("", &[]).matches("BEGIN:").count(), 1);
}

#[test]
fn what_only_we_read_is_read_by_either_of_its_names() {
    let ics = event(&visit("x"));
    for name in ["appointment", "APPOINTMENT", "voxanne_appointment", "X-VOXANNE-APPOINTMENT"] {
        assert_eq!(private(&ics, name).as_deref(), Some("apt_1"), "{name}");
    }
    assert_eq!(private(&ics, "org").as_deref(), Some("org;1"));
    assert_eq!(private(&ics, "nothing"), None);
}

#[test]
fn debug_shows_no_words() {
    assert!(!format!("{:?}", visit("Botox")).contains("Botox"));
}
