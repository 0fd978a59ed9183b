#![allow(clippy::unwrap_used, reason = "tests")]

use jiff::civil::date;
use jiff::{SignedDuration, Span};
use proptest::prelude::*;

use super::*;

const ALL: BusyRules = BusyRules { tentative: true, all_day: true };
const ZONES: &[&str] = &[
    "UTC",
    "America/Los_Angeles",
    "America/Havana",
    "America/Sao_Paulo",
    "Africa/Cairo",
    "Asia/Kolkata",
    "Australia/Lord_Howe",
    "Pacific/Apia",
];

fn zone(name: &str) -> TimeZone {
    TimeZone::get(name).unwrap()
}

fn event(start: EventTime, end: EventTime) -> Event {
    Event {
        id: "e1".into(),
        etag: "\"1\"".into(),
        status: EventStatus::Confirmed,
        start: Some(start),
        end: Some(end),
        is_transparent: false,
        own_response: None,
        series: None,
        kind: "default".into(),
        private: std::collections::BTreeMap::new(),
    }
}

fn day(from: Date, to: Date) -> Event {
    event(EventTime::Day(from), EventTime::Day(to))
}

fn hours(event: &Event, zone: &TimeZone) -> i64 {
    let (start, end) = event.busy(zone, &ALL).unwrap();
    end.duration_since(start).as_hours()
}

fn timed() -> Event {
    let at = |raw: &str| EventTime::At(raw.parse().unwrap());
    event(at("2026-11-26T22:30:00Z"), at("2026-11-26T23:15:00Z"))
}

#[test]
fn t_g5_g16_a_day_is_as_long_as_its_zone_makes_it() {
    let one = |y, m, d| day(date(y, m, d), date(y, m, d).tomorrow().unwrap());
    let los_angeles = zone("America/Los_Angeles");
    assert_eq!(hours(&one(2026, 3, 7), &los_angeles), 24);
    assert_eq!(hours(&one(2026, 3, 8), &los_angeles), 23);
    assert_eq!(hours(&one(2026, 11, 1), &los_angeles), 25);
    let havana = one(2026, 11, 1).busy(&zone("America/Havana"), &ALL).unwrap();
    assert_eq!(havana.0, "2026-11-01T04:00:00Z".parse().unwrap(), "the earlier of two midnights");
    let gap = one(2018, 11, 4).busy(&zone("America/Sao_Paulo"), &ALL).unwrap();
    assert_eq!(gap.0, "2018-11-04T03:00:00Z".parse().unwrap(), "01:00, for there was no midnight");
    assert_eq!(one(2011, 12, 30).busy(&zone("Pacific/Apia"), &ALL), None, "a day that was skipped");
}

#[test]
fn a_day_that_ends_on_itself_is_one_day() {
    assert_eq!(hours(&day(date(2026, 11, 26), date(2026, 11, 26)), &zone("UTC")), 24);
}

#[test]
fn t_g5_only_what_is_configured_keeps_time() {
    let utc = zone("UTC");
    let busy = |change: fn(&mut Event), rules: BusyRules| {
        let mut event = timed();
        change(&mut event);
        event.busy(&utc, &rules).is_some()
    };
    let strict = BusyRules { tentative: false, all_day: false };
    assert!(busy(|_| {}, strict));
    assert!(busy(|e| e.own_response = Some(Response::Accepted), strict));
    assert!(busy(|e| e.own_response = Some(Response::NeedsAction), strict), "not answered yet");
    assert!(busy(|e| e.kind = "outOfOffice".into(), strict));
    for rules in [ALL, strict] {
        assert!(!busy(|e| e.status = EventStatus::Cancelled, rules));
        assert!(!busy(|e| e.is_transparent = true, rules));
        assert!(!busy(|e| e.own_response = Some(Response::Declined), rules));
        assert!(!busy(|e| e.kind = "workingLocation".into(), rules));
        assert!(!busy(|e| e.kind = "birthday".into(), rules));
        assert!(!busy(|e| e.end = e.start, rules), "no time at all");
        assert_eq!(busy(|e| e.status = EventStatus::Tentative, rules), rules.tentative);
        assert_eq!(busy(|e| e.own_response = Some(Response::Tentative), rules), rules.tentative);
        let whole_day = day(date(2026, 11, 26), date(2026, 11, 27));
        assert_eq!(whole_day.busy(&utc, &rules).is_some(), rules.all_day);
    }
}

#[test]
fn what_is_not_busy_still_has_its_span() {
    let mut event = timed();
    event.is_transparent = true;
    let span = event.span(&zone("UTC")).unwrap();
    assert_eq!(span.1.duration_since(span.0), SignedDuration::from_mins(45));
    event.start = None;
    assert_eq!(event.span(&zone("UTC")), None);
}

#[test]
fn the_end_of_the_calendar_is_no_way_to_be_free() {
    let last = day(Date::MAX, Date::MAX);
    assert!(last.busy(&zone("America/Los_Angeles"), &ALL).is_some());
    assert!(day(Date::MIN, Date::MAX).busy(&zone("Asia/Kolkata"), &ALL).is_some());
}

fn any_date() -> impl Strategy<Value = Date> {
    // With the gaps and folds of every zone above; Apia's lost day is in 2011.
    (2010i16..2032, 1i8..=12, 1i8..=28).prop_map(|(y, m, d)| date(y, m, d))
}

fn any_event() -> impl Strategy<Value = Event> {
    let days = (any_date(), 0i32..5)
        .prop_map(|(start, days)| day(start, start.checked_add(Span::new().days(days.max(1))).unwrap()));
    let times = (any_date(), 0i64..200_000, 0i64..300_000).prop_map(|(start, offset, length)| {
        let start =
            zone("UTC").to_timestamp(start.at(0, 0, 0, 0)).unwrap() + SignedDuration::from_secs(offset);
        event(EventTime::At(start), EventTime::At(start + SignedDuration::from_secs(length)))
    });
    let words = (0..4u8, 0..6u8, any::<bool>(), 0..5usize);
    (prop_oneof![days, times], words).prop_map(|(mut event, (status, own, is_transparent, kind))| {
        event.status = match status {
            0 => EventStatus::Cancelled,
            1 => EventStatus::Tentative,
            _ => EventStatus::Confirmed,
        };
        event.own_response = [
            Some(Response::Accepted),
            Some(Response::Declined),
            Some(Response::Tentative),
            Some(Response::NeedsAction),
            None,
            None,
        ][usize::from(own)];
        event.is_transparent = is_transparent && status == 3;
        event.kind = ["default", "default", "focusTime", "workingLocation", "birthday"][kind].into();
        event
    })
}

/// Whether the event keeps the instant `at`, asked by the calendar on the wall and not by intervals.
fn keeps(event: &Event, at: Timestamp, zone: &TimeZone, rules: BusyRules) -> bool {
    let stands = match event.status {
        EventStatus::Cancelled => false,
        EventStatus::Tentative => rules.tentative,
        EventStatus::Confirmed => true,
    };
    let attends = match event.own_response {
        Some(Response::Declined) => false,
        Some(Response::Tentative) => rules.tentative,
        _ => true,
    };
    let is_then = match (event.start.unwrap(), event.end.unwrap()) {
        (EventTime::At(start), EventTime::At(end)) => start <= at && at < end,
        (EventTime::Day(start), EventTime::Day(end)) => {
            let today = at.to_zoned(zone.clone()).date();
            rules.all_day && start <= today && today < end
        }
        _ => unreachable!("no such event is made"),
    };
    let is_about_time = event.kind != "birthday" && event.kind != "workingLocation";
    stands && attends && is_then && is_about_time && !event.is_transparent
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn g16_busy_is_what_the_calendar_on_the_wall_says(
        event in any_event(),
        zone_index in 0..ZONES.len(),
        tentative: bool,
        all_day: bool,
        probes in prop::collection::vec(-200_000i64..600_000, 24),
    ) {
        let (zone, rules) = (zone(ZONES[zone_index]), BusyRules { tentative, all_day });
        let busy = event.busy(&zone, &rules);
        let (start, end) = event.span(&zone).unwrap();
        let near = [start, end].into_iter().flat_map(|at| [-1i64, 0, 1].map(|by| at + SignedDuration::from_secs(by)));
        let probes = probes.into_iter().map(|by| start + SignedDuration::from_secs(by)).chain(near);
        for at in probes {
            let is_busy = busy.is_some_and(|(start, end)| start <= at && at < end);
            prop_assert_eq!(is_busy, keeps(&event, at, &zone, rules), "at {}", at);
        }
    }
}
