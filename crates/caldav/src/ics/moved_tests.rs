#![allow(clippy::unwrap_used, reason = "tests")]

use super::*;
use crate::{NewEvent, event, private};

const THEIRS: &str = "BEGIN:VCALENDAR\n\
    PRODID:-//Apple//\n\
    BEGIN:VTIMEZONE\n\
    TZID:America/New_York\n\
    BEGIN:STANDARD\n\
    DTSTART:20071104T020000\n\
    END:STANDARD\n\
    END:VTIMEZONE\n\
    BEGIN:VEVENT\n\
    UID:1\n\
    DTSTAMP:20261125T120000Z\n\
    dtstart;TZID=America/New_York:20261126T\n 090000\n\
    DURATION:PT1H\n\
    SEQUENCE:4\n\
    SUMMARY;LANGUAGE=en:Botox\\, moved by Anna — \n  🌸\n\
    ATTENDEE;CN=\"Roe; Anna\":mailto:anna@clinic.example\n\
    X-APPLE-STRUCTURED-LOCATION;X-TITLE=\"a:b\":geo:1,2\n\
    BEGIN:VALARM\n\
    TRIGGER:-PT15M\n\
    DURATION:PT5M\n\
    END:VALARM\n\
    COLOR:turquoise\n\
    END:VEVENT\n\
    END:VCALENDAR";

fn moved_to_eleven(ics: &str) -> Result<String, ReadError> {
    let at = |text: &str| text.parse().unwrap();
    moved(ics, (at("2026-11-26T16:00:00Z"), at("2026-11-26T17:00:00Z")), at("2026-11-25T13:00:00Z"), &[])
}

#[test]
fn g8_what_a_person_added_is_kept_byte_for_byte() {
    let ours = moved_to_eleven(THEIRS).unwrap();
    let expected = THEIRS
        .replace("dtstart;TZID=America/New_York:20261126T\n 090000\n", "")
        .replace("DURATION:PT1H\n", "")
        .replace("SEQUENCE:4\n", "")
        .replace("DTSTAMP:20261125T120000Z\n", "")
        .replace(
            "BEGIN:VEVENT\n",
            "BEGIN:VEVENT\nDTSTAMP:20261125T130000Z\nLAST-MODIFIED:20261125T130000Z\n\
             DTSTART:20261126T160000Z\nDTEND:20261126T170000Z\nSEQUENCE:5\n",
        );
    assert_eq!(ours, format!("{}\r\n", expected.replace('\n', "\r\n")));
}

#[test]
fn an_event_without_a_sequence_begins_one() {
    for (before, after) in
        [("", "SEQUENCE:1"), ("SEQUENCE:x\n", "SEQUENCE:1"), ("SEQUENCE:4294967295\n", "4294967295")]
    {
        let ours = moved_to_eleven(&THEIRS.replace("SEQUENCE:4\n", before)).unwrap();
        assert!(ours.contains(&format!("{after}\r\n")) && ours.matches("SEQUENCE").count() == 1, "{ours}");
    }
}

#[test]
fn a_series_is_not_moved() {
    for more in ["RRULE:FREQ=DAILY\n", "RDATE:20261127T090000Z\n", "RECURRENCE-ID:20261126T140000Z\n"] {
        let series = THEIRS.replace("UID:1\n", &format!("UID:1\n{more}"));
        assert_eq!(moved_to_eleven(&series), Err(ReadError::Recurs), "{more}");
    }
    let two = THEIRS.replace("END:VCALENDAR", "BEGIN:VEVENT\nUID:1\nEND:VEVENT\nEND:VCALENDAR");
    assert_eq!(moved_to_eleven(&two), Err(ReadError::Recurs));
}

#[test]
fn what_is_no_event_is_not_moved() {
    assert_eq!(moved_to_eleven("BEGIN:VCALENDAR\nEND:VCALENDAR"), Err(ReadError::NoEvent));
    assert_eq!(moved_to_eleven("<html>"), Err(ReadError::NotACalendar));
    assert_eq!(moved_to_eleven(&THEIRS[..THEIRS.len() - 3]), Err(ReadError::NotACalendar));
}

#[test]
fn what_we_noted_is_noted_anew() {
    let at = |minutes: i64| Timestamp::from_second(1_800_000_000 + minutes * 60).unwrap();
    let new = NewEvent {
        uid: "v1",
        stamp: at(0),
        starts_at: at(0),
        ends_at: at(45),
        summary: "Botox",
        description: None,
        location: None,
        private: &[("voxanneStart", "then"), ("voxanneVisit", "7")],
    };
    let later =
        moved(&event(&new), (at(60), at(105)), at(1), &[("voxanneStart", "2027-01-15T09:00:00Z")]).unwrap();
    assert_eq!(private(&later, "voxanneStart").as_deref(), Some("2027-01-15T09:00:00Z"));
    assert_eq!(private(&later, "voxanneVisit").as_deref(), Some("7"));
    assert_eq!(later.matches("VOXANNESTART").count() + later.matches("-START").count(), 1, "{later}");
}
