#![allow(clippy::unwrap_used, clippy::format_collect, reason = "tests")]

use super::*;

const OWN: &str = "anna@clinic.example";

fn new_york() -> TimeZone {
    TimeZone::get("America/New_York").unwrap()
}

fn everything() -> BusyRules<'static> {
    BusyRules { tentative: true, all_day: true, own: Some(OWN) }
}

/// An object of events, each written as its lines without the obvious ones.
fn object(events: &[&str]) -> String {
    let events: String =
        events.iter().map(|lines| format!("BEGIN:VEVENT\nUID:1\n{lines}\nEND:VEVENT\n")).collect();
    format!("BEGIN:VCALENDAR\nVERSION:2.0\n{events}END:VCALENDAR\n")
}

fn between(events: &[&str], from: &str, to: &str) -> Result<Vec<String>, ReadError> {
    let read = busy(&object(events), &new_york(), &everything(), from.parse().unwrap(), to.parse().unwrap());
    Ok(read?.into_iter().map(|(start, end)| format!("{start}/{end}").replace(":00Z", "Z")).collect())
}

fn in_2026(events: &[&str]) -> Result<Vec<String>, ReadError> {
    between(events, "2026-01-01T00:00:00Z", "2027-01-01T00:00:00Z")
}

fn starts(events: &[&str]) -> Vec<String> {
    let start_of = |times: String| times.split_once('/').unwrap().0[5..].to_owned();
    in_2026(events).unwrap().into_iter().map(start_of).collect()
}

#[test]
fn g16_an_event_keeps_its_time_in_whatever_zone_it_is_written() {
    let hour = "2026-07-01T13:00Z/2026-07-01T14:00Z";
    for lines in [
        "DTSTART:20260701T130000Z\nDTEND:20260701T140000Z",
        "DTSTART:20260701T090000\nDTEND:20260701T100000",
        "DTSTART;TZID=America/New_York:20260701T090000\nDURATION:PT1H",
        "DTSTART;TZID=Eastern Standard Time:20260701T090000\nDTEND:20260701T140000Z",
        "DTSTART;TZID=\"Europe/Berlin\":20260701T150000\nDTEND;TZID=America/Los_Angeles:20260701T070000",
    ] {
        assert_eq!(in_2026(&[lines]).unwrap(), [hour], "{lines}");
    }
}

#[test]
fn t_g5_only_what_keeps_time_is_busy() {
    let hour = "DTSTART:20260701T130000Z\nDTEND:20260701T140000Z";
    let is_kept = |more: &str, rules: BusyRules<'_>| {
        let (from, to) = (Timestamp::UNIX_EPOCH, Timestamp::MAX - jiff::SignedDuration::from_hours(24 * 366));
        !busy(&object(&[&format!("{hour}\n{more}")]), &new_york(), &rules, from, to).unwrap().is_empty()
    };
    let strict = BusyRules { tentative: false, all_day: false, own: Some(OWN) };
    for (more, kept, kept_if_strict) in [
        ("TRANSP:OPAQUE\nSTATUS:CONFIRMED", true, true),
        ("TRANSP:TRANSPARENT", false, false),
        ("STATUS:CANCELLED", false, false),
        ("STATUS:TENTATIVE", true, false),
        ("ATTENDEE;PARTSTAT=DECLINED:mailto:Anna@Clinic.example", false, false),
        ("ATTENDEE;PARTSTAT=DECLINED;EMAIL=anna@clinic.example:urn:uuid:1", false, false),
        ("ATTENDEE;PARTSTAT=TENTATIVE:MAILTO:anna@clinic.example", true, false),
        ("ATTENDEE;PARTSTAT=NEEDS-ACTION:mailto:anna@clinic.example", true, true),
        ("ATTENDEE;PARTSTAT=DECLINED:mailto:bob@clinic.example", true, true),
        ("BEGIN:VALARM\nSTATUS:CANCELLED\nTRANSP:TRANSPARENT\nEND:VALARM", true, true),
        ("TRANSP", true, true),
    ] {
        assert_eq!(is_kept(more, everything()), kept, "{more}");
        assert_eq!(is_kept(more, strict), kept_if_strict, "{more}");
    }
    let anonymous = BusyRules { own: None, ..everything() };
    assert!(is_kept("ATTENDEE;PARTSTAT=DECLINED:mailto:anna@clinic.example", anonymous));
}

#[test]
fn t_g5_whole_days_are_the_clinics_days() {
    let two = "DTSTART;VALUE=DATE:20260307\nDTEND;VALUE=DATE:20260309";
    // The second of them has 23 hours.
    assert_eq!(in_2026(&[two]).unwrap(), ["2026-03-07T05:00Z/2026-03-09T04:00Z"]);
    for one in
        ["DTSTART;VALUE=DATE:20260307", "DTSTART:20260307\nDTEND:20260307", "DTSTART:20260307\nDURATION:P1D"]
    {
        assert_eq!(in_2026(&[one]).unwrap(), ["2026-03-07T05:00Z/2026-03-08T05:00Z"], "{one}");
    }
    let rules = BusyRules { all_day: false, ..everything() };
    let free = busy(
        &object(&[two]),
        &new_york(),
        &rules,
        Timestamp::UNIX_EPOCH,
        "2027-01-01T00:00:00Z".parse().unwrap(),
    );
    assert_eq!(free, Ok(Vec::new()));
}

#[test]
fn g16_a_series_stays_at_its_time_of_day_when_the_clocks_change() {
    let weekly = "DTSTART;TZID=America/New_York:20261018T090000\nDTEND;TZID=America/New_York:20261018T100000\n\
                  RRULE:FREQ=WEEKLY;COUNT=4\nEXDATE;TZID=America/New_York:20261025T090000";
    assert_eq!(starts(&[weekly]), ["10-18T13:00Z", "11-01T14:00Z", "11-08T14:00Z"]);
    let skipped = "DTSTART;TZID=America/New_York:20260307T023000\nDURATION:PT30M\nRRULE:FREQ=DAILY;COUNT=3";
    assert_eq!(starts(&[skipped]), ["03-07T07:30Z", "03-08T07:30Z", "03-09T06:30Z"]);
}

#[test]
fn g16_of_two_readings_of_a_night_the_longer_counts() {
    let spring = "DTSTART;TZID=America/New_York:20260306T230000\nDTEND;TZID=America/New_York:20260307T070000\n\
                  RRULE:FREQ=DAILY;COUNT=2";
    assert_eq!(
        in_2026(&[spring]).unwrap(),
        ["2026-03-07T04:00Z/2026-03-07T12:00Z", "2026-03-08T04:00Z/2026-03-08T12:00Z"]
    );
    let autumn = spring.replace("20260306", "20261030").replace("20260307", "20261031");
    assert_eq!(in_2026(&[&autumn]).unwrap()[1], "2026-11-01T03:00Z/2026-11-01T12:00Z");
}

#[test]
fn g16_something_hourly_happens_in_both_of_the_hours_that_the_clock_shows_twice() {
    let hourly = "DTSTART;TZID=America/New_York:20261101T000000\nDURATION:PT5M\nRRULE:FREQ=HOURLY;COUNT=3";
    assert_eq!(starts(&[hourly]), ["11-01T04:00Z", "11-01T05:00Z", "11-01T06:00Z", "11-01T07:00Z"]);
}

#[test]
fn g16_an_exception_takes_its_instances_place() {
    let master = "DTSTART:20260701T090000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY;COUNT=5";
    let moved = "RECURRENCE-ID:20260702T090000Z\nDTSTART:20260702T150000Z\nDURATION:PT30M";
    let cancelled =
        "RECURRENCE-ID:20260703T090000Z\nDTSTART:20260703T090000Z\nDURATION:PT1H\nSTATUS:CANCELLED";
    let declined = "RECURRENCE-ID;TZID=Europe/Berlin:20260704T110000\nDTSTART:20260704T090000Z\nDURATION:PT1H\n\
                    ATTENDEE;PARTSTAT=DECLINED:mailto:anna@clinic.example";
    let all = [master, moved, cancelled, declined];
    assert_eq!(starts(&all), ["07-01T09:00Z", "07-02T15:00Z", "07-05T09:00Z"]);
    // Whatever the order, and without the series it came from.
    assert_eq!(starts(&[declined, moved, master, cancelled]), starts(&all));
    assert_eq!(starts(&[moved]), ["07-02T15:00Z"]);
    // One that was moved out of what is asked for, and one that was moved into it.
    let early = between(&all, "2026-07-02T08:00:00Z", "2026-07-02T10:00:00Z").unwrap();
    assert_eq!(early, Vec::<String>::new());
    let into = "RECURRENCE-ID:20260705T090000Z\nDTSTART:20270101T090000Z\nDURATION:PT1H";
    let found = between(&[master, into], "2027-01-01T00:00:00Z", "2027-01-02T00:00:00Z").unwrap();
    assert_eq!(found, ["2027-01-01T09:00Z/2027-01-01T10:00Z"]);
}

#[test]
fn g16_exceptions_may_name_the_day_only() {
    let master = "DTSTART;TZID=America/New_York:20260701T210000\nDURATION:PT1H\nRRULE:FREQ=DAILY;COUNT=3\n\
                  EXDATE;VALUE=DATE:20260702";
    assert_eq!(starts(&[master]), ["07-02T01:00Z", "07-04T01:00Z"]);
}

#[test]
fn g16_dates_are_added_with_and_without_a_length() {
    let lines = "DTSTART:20260701T090000Z\nDTEND:20260701T100000Z\n\
                 RDATE:20260703T090000Z,20260705T090000Z\nEXDATE:20260705T090000Z\n\
                 RDATE;VALUE=PERIOD:20260707T090000Z/20260707T093000Z,20260708T090000Z/PT2H";
    assert_eq!(
        in_2026(&[lines]).unwrap(),
        [
            "2026-07-01T09:00Z/2026-07-01T10:00Z",
            "2026-07-03T09:00Z/2026-07-03T10:00Z",
            "2026-07-07T09:00Z/2026-07-07T09:30Z",
            "2026-07-08T09:00Z/2026-07-08T11:00Z",
        ]
    );
}

#[test]
fn g16_a_series_ends_when_it_says_in_any_form() {
    for until in ["20260703T010000Z", "20260702T210000", "20260702"] {
        let lines = format!(
            "DTSTART;TZID=America/New_York:20260701T210000\nDURATION:PT1H\nRRULE:FREQ=DAILY;UNTIL={until}"
        );
        assert_eq!(starts(&[&lines]), ["07-02T01:00Z", "07-03T01:00Z"], "{until}");
    }
    let cut = "DTSTART:20260701T090000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY;UNTIL=20260630T000000Z";
    assert_eq!(starts(&[cut]), ["07-01T09:00Z"]);
}

#[test]
fn g16_rules_of_the_standard_are_known() {
    let start = "DTSTART;TZID=America/New_York:20260131T090000\nDURATION:PT1H\nRRULE:";
    for (rule, expected) in [
        ("FREQ=MONTHLY;BYMONTHDAY=-1;COUNT=3", vec!["01-31T14:00Z", "02-28T14:00Z", "03-31T13:00Z"]),
        ("FREQ=MONTHLY;BYDAY=2TU;COUNT=2", vec!["01-31T14:00Z", "02-10T14:00Z", "03-10T13:00Z"]),
        ("FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1;COUNT=1;", vec!["01-31T14:00Z", "02-27T14:00Z"]),
        ("freq=yearly;bymonth=11;byday=4th", vec!["01-31T14:00Z", "11-26T14:00Z"]),
        ("FREQ=DAILY;COUNT=2;BYHOUR=9,17", vec!["01-31T14:00Z", "01-31T22:00Z"]),
    ] {
        assert_eq!(starts(&[&format!("{start}{rule}")]), expected, "{rule}");
    }
}

#[test]
fn g16_what_is_not_understood_is_an_error_and_never_free() {
    let start = "DTSTART:20260701T090000Z\nDURATION:PT1H";
    for (lines, error) in [
        ("SUMMARY:x", ReadError::Time),
        ("DTSTART:tomorrow", ReadError::Time),
        ("DTSTART;TZID=Somewhere:20260701T090000", ReadError::Zone("Somewhere".into())),
        ("DTSTART:20260701T090000Z\nDTEND:20260701T080000Z", ReadError::Time),
        ("DTSTART:20260701T090000Z\nDTEND;VALUE=DATE:20260702", ReadError::Time),
        ("DTSTART:20260701T090000Z\nDURATION:-PT1H", ReadError::Time),
        ("DTSTART:20260701T090000Z\nDURATION:an hour", ReadError::Time),
        (&format!("{start}\nRRULE:FREQ=SOMETIMES"), ReadError::Rule),
        (&format!("{start}\nRRULE:"), ReadError::Rule),
        (&format!("{start}\nRRULE:FREQ=DAILY;BYHOUR=99"), ReadError::Rule),
        (&format!("{start}\nRRULE:FREQ=DAILY;INTERVAL=0"), ReadError::Rule),
        (&format!("{start}\nRRULE:FREQ=DAILY;SKIP=FORWARD"), ReadError::Rule),
        (&format!("{start}\nRRULE:FREQ=DAILY;UNTIL=never"), ReadError::Rule),
        (&format!("{start}\nRRULE:FREQ=MINUTELY"), ReadError::Rule),
        (&format!("{start}\nRRULE:FREQ=SECONDLY;COUNT=1"), ReadError::Rule),
        (&format!("{start}\nRDATE:someday"), ReadError::Time),
        (&format!("{start}\nRDATE;VALUE=DATE:20260704"), ReadError::Time),
        (&format!("{start}\nEXDATE:someday"), ReadError::Time),
        (&format!("{start}\nRECURRENCE-ID;RANGE=THISANDFUTURE:20260701T090000Z"), ReadError::Rule),
    ] {
        assert_eq!(in_2026(&[lines]), Err(error), "{lines}");
    }
    for ics in ["", "<html>", "BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20260701T090000Z\n"] {
        let read = busy(ics, &new_york(), &everything(), Timestamp::UNIX_EPOCH, Timestamp::UNIX_EPOCH);
        assert_eq!(read, Err(ReadError::NotACalendar), "{ics}");
    }
}

#[test]
fn work_is_bounded_however_a_rule_is_written() {
    let every_second = (0..60).map(|n| n.to_string()).collect::<Vec<_>>().join(",");
    let hours = (0..24).map(|n| n.to_string()).collect::<Vec<_>>().join(",");
    for rule in [
        format!("FREQ=YEARLY;BYDAY=MO,TU,WE,TH,FR,SA,SU;BYHOUR={hours};BYMINUTE={every_second}"),
        format!("FREQ=DAILY;BYMINUTE={every_second};BYSECOND={every_second}"),
        format!("FREQ=HOURLY;BYMINUTE={every_second}"),
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30".into(),
        "FREQ=HOURLY;BYHOUR=0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23;BYMINUTE=0,15,30,45"
            .into(),
    ] {
        let lines = format!("DTSTART:19000101T090000Z\nDURATION:PT1H\nRRULE:{rule}");
        assert_eq!(in_2026(&[&lines]), Err(ReadError::TooMany), "{rule}");
    }
    let rules = "RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30\n".repeat(1_000);
    let lines = format!("DTSTART:20260101T090000Z\nDURATION:PT1H\n{}", rules.trim_end());
    assert_eq!(in_2026(&[&lines]), Err(ReadError::TooMany));
    let dates = (0..12_000).map(|n| {
        format!("2026{:02}{:02}T{:02}{:02}00Z", 1 + n % 12, 1 + n / 12 % 28, n / 336 % 24, n / 8_064)
    });
    let lines =
        format!("DTSTART:20260101T090000Z\nDURATION:PT1H\nRDATE:{}", dates.collect::<Vec<_>>().join(","));
    assert_eq!(in_2026(&[&lines]), Err(ReadError::TooMany));
    // The oldest that calendars have: a birthday without a year.
    let birthday = "DTSTART;VALUE=DATE:16040229\nRRULE:FREQ=YEARLY";
    assert_eq!(between(&[birthday], "2028-01-01T00:00:00Z", "2029-01-01T00:00:00Z").unwrap().len(), 1);
    let daily = "DTSTART:16010101T000000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY";
    assert_eq!(in_2026(&[daily]).unwrap().len(), 365);
}

#[test]
fn times_are_whole_even_where_they_reach_out_of_what_is_asked_for() {
    let long = "DTSTART:20260701T090000Z\nDTEND:20260720T090000Z";
    let inside = between(&[long], "2026-07-10T00:00:00Z", "2026-07-11T00:00:00Z").unwrap();
    assert_eq!(inside, ["2026-07-01T09:00Z/2026-07-20T09:00Z"]);
    for (from, to) in
        [("2026-07-20T09:00:00Z", "2026-07-21T00:00:00Z"), ("2026-06-01T00:00:00Z", "2026-07-01T09:00:00Z")]
    {
        assert_eq!(between(&[long], from, to).unwrap(), Vec::<String>::new(), "ends are not in it");
    }
}

#[test]
fn nothing_that_is_not_needed_can_hide_an_event() {
    let odd = "DTSTART:20260701T090000Z\nDTEND:20260701T100000Z\nSUMMARY;X=\"unclosed:\\\nX-ÄÖ;=:\nATTACH:no value\n:\n=\n";
    assert_eq!(starts(&[odd]), ["07-01T09:00Z"]);
}

#[test]
fn the_events_own_times_and_name_are_told() {
    let ics = object(&[
        "RECURRENCE-ID:20260702T090000Z\nDTSTART:20260702T150000Z\nDURATION:PT30M",
        "DTSTART:20260701T090000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY",
    ]);
    let (start, end) = span(&ics, &new_york()).unwrap();
    assert_eq!(format!("{start} {end}"), "2026-07-01T09:00:00Z 2026-07-01T10:00:00Z");
    assert_eq!(uid(&ics).as_deref(), Some("1"));
    assert_eq!((uid("no"), span("no", &new_york())), (None, None));
    assert_eq!(uid(&object(&[]).replace("VEVENT", "VTODO")), None);
}
