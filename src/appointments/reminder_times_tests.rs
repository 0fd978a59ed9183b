#![allow(clippy::unwrap_used, reason = "tests")]
use jiff::civil::time;
use proptest::prelude::*;

use super::*;

const NIGHT: Night = Night { from: time(21, 0, 0, 0), until: time(8, 0, 0, 0) };
const USUAL: &[i32] = &[4320, 1440, 120];

fn at(text: &str) -> Zoned {
    text.parse().unwrap()
}

/// Each reminder of a visit by its own clock, booked at `now`.
fn told(starts_at: &str, offsets: &[i32], now: &str) -> Vec<String> {
    let (starts_at, now) = (at(starts_at), at(now).timestamp());
    let plan = Plan { offsets, night: NIGHT, told_at: now, now };
    let one = |one: Planned| {
        let local = one.due_at.to_zoned(starts_at.time_zone().clone());
        let why = one.skipped.map(|why| format!(" {why}")).unwrap_or_default();
        format!("{}: {}{why}", one.offset_minutes, local.strftime("%m-%d %H:%M %:z"))
    };
    reminders(&starts_at, &plan).into_iter().map(one).collect()
}

#[test]
fn three_days_a_day_and_two_hours_before() {
    assert_eq!(
        told("2026-12-01T14:00[America/New_York]", USUAL, "2026-11-20T12:00[America/New_York]"),
        ["4320: 11-28 14:00 -05:00", "1440: 11-30 14:00 -05:00", "120: 12-01 12:00 -05:00"]
    );
}

#[test]
fn days_before_keep_the_wall_time_over_a_change_of_clocks() {
    // The clocks go forward on March 8th …
    assert_eq!(
        told("2026-03-09T10:00[America/New_York]", USUAL, "2026-02-20T12:00[America/New_York]"),
        ["4320: 03-06 10:00 -05:00", "1440: 03-08 10:00 -04:00", "120: 03-09 08:00 -04:00"]
    );
    assert_eq!(
        told("2026-03-08T10:00[America/Los_Angeles]", &[1440, 240], "2026-02-20T12:00[America/Los_Angeles]"),
        // Four hours by the clock on the wall of a lab: 5 AM, by night, hence the evening before.
        ["1440: 03-07 10:00 -08:00", "240: 03-07 20:00 -08:00"]
    );
    // … and back on November 1st.
    assert_eq!(
        told("2026-11-01T14:00[America/Los_Angeles]", USUAL, "2026-10-20T12:00[America/Los_Angeles]"),
        ["4320: 10-29 14:00 -07:00", "1440: 10-31 14:00 -07:00", "120: 11-01 12:00 -08:00"]
    );
    // Half an hour, and no change at all.
    assert_eq!(
        told("2026-04-05T12:00[Australia/Lord_Howe]", USUAL, "2026-03-20T12:00[Australia/Lord_Howe]"),
        ["4320: 04-02 12:00 +11:00", "1440: 04-04 12:00 +11:00", "120: 04-05 10:00 +10:30"]
    );
    assert_eq!(
        told("2026-11-01T10:00[America/Phoenix]", USUAL, "2026-10-20T12:00[America/Phoenix]"),
        ["4320: 10-29 10:00 -07:00", "1440: 10-31 10:00 -07:00", "120: 11-01 08:00 -07:00"]
    );
    assert_eq!(
        told("2026-11-01T10:45[Asia/Kathmandu]", USUAL, "2026-10-20T12:00[Asia/Kathmandu]"),
        ["4320: 10-29 10:45 +05:45", "1440: 10-31 10:45 +05:45", "120: 11-01 08:45 +05:45"]
    );
}

#[test]
fn a_time_that_the_clocks_skip_or_repeat_is_still_one_reminder() {
    let all_night = Night { from: time(0, 0, 0, 0), until: time(0, 0, 0, 0) };
    let due = |starts_at: &str| {
        let starts_at = at(starts_at);
        let now = starts_at.timestamp() - SignedDuration::from_hours(100);
        let plan = Plan { offsets: &[1440], night: all_night, told_at: now, now };
        reminders(&starts_at, &plan)[0].due_at.to_string()
    };
    // 2:30 AM of the day before is skipped: 3:30.
    assert_eq!(due("2026-03-09T02:30[America/New_York]"), "2026-03-08T07:30:00Z");
    // 1:30 AM of the day before is there twice: the first.
    assert_eq!(due("2026-11-02T01:30[America/New_York]"), "2026-11-01T05:30:00Z");
}

#[test]
fn what_is_past_or_was_just_said_is_not_planned() {
    let visit = "2026-12-01T14:00[America/New_York]";
    assert_eq!(told(visit, USUAL, "2026-12-01T13:00[America/New_York]"), [""; 0]);
    assert_eq!(
        told(visit, USUAL, "2026-11-30T08:00[America/New_York]"),
        ["1440: 11-30 14:00 -05:00", "120: 12-01 12:00 -05:00"]
    );
    // The day before is in an hour: the confirmation has just said so.
    assert_eq!(told(visit, USUAL, "2026-11-30T13:00[America/New_York]"), ["120: 12-01 12:00 -05:00"]);
    assert_eq!(told(visit, &[], "2026-11-20T13:00[America/New_York]"), [""; 0]);
}

#[test]
fn nobody_is_woken() {
    // Two hours before nine is seven: the evening before.
    assert_eq!(
        told("2026-12-01T09:00[America/New_York]", USUAL, "2026-11-20T12:00[America/New_York]"),
        ["4320: 11-28 09:00 -05:00", "1440: 11-30 09:00 -05:00", "120: 11-30 20:00 -05:00"]
    );
    // Booked late in the evening: the morning, when it leaves an hour.
    assert_eq!(
        told("2026-12-01T09:30[America/New_York]", &[120], "2026-11-30T22:00[America/New_York]"),
        ["120: 12-01 08:00 -05:00"]
    );
    assert_eq!(
        told("2026-12-01T08:30[America/New_York]", &[120], "2026-11-30T22:00[America/New_York]"),
        ["120: 12-01 06:30 -05:00 night"]
    );
    // A late visit's own evening.
    assert_eq!(
        told("2026-12-02T21:30[America/New_York]", &[1440], "2026-11-20T12:00[America/New_York]"),
        ["1440: 12-01 20:00 -05:00"]
    );
    // Pushed together with another, one is enough.
    assert_eq!(
        told("2026-12-01T08:30[America/New_York]", &[840, 120, 60], "2026-11-20T12:00[America/New_York]"),
        [
            "840: 11-30 18:30 -05:00",
            "120: 11-30 20:00 -05:00 close_to_another",
            "60: 11-30 20:00 -05:00 close_to_another"
        ]
    );
}

fn fates_at(now: &str) -> Vec<(i32, Fate)> {
    let starts_at = at("2026-12-01T14:00[America/New_York]");
    let due = |text: &str| at(&format!("{text}[America/New_York]")).timestamp();
    let planned =
        [(4320, due("2026-11-28T14:00")), (1440, due("2026-11-30T14:00")), (120, due("2026-12-01T12:00"))];
    fates(&starts_at, &planned, NIGHT, due(now))
}

#[test]
fn after_a_pause_only_the_last_reminder_due_leaves_and_none_after_the_visit_began() {
    assert_eq!(fates_at("2026-11-28T13:59"), []);
    assert_eq!(fates_at("2026-11-28T14:00"), [(4320, Fate::Send)]);
    assert_eq!(fates_at("2026-11-30T15:00"), [(4320, Fate::Skip("overtaken")), (1440, Fate::Send)]);
    // In two hours there is another.
    assert_eq!(
        fates_at("2026-12-01T10:00"),
        [(4320, Fate::Skip("overtaken")), (1440, Fate::Skip("another_soon"))]
    );
    let overtaken = [(4320, Fate::Skip("overtaken")), (1440, Fate::Skip("overtaken"))];
    assert_eq!(fates_at("2026-12-01T13:00"), [&overtaken[..], &[(120, Fate::Send)]].concat());
    assert!(fates_at("2026-12-01T14:00").iter().all(|(_, fate)| *fate == Fate::Skip("visit_began")));
}

#[test]
fn a_late_one_waits_for_the_morning() {
    let morning = at("2026-11-29T08:00[America/New_York]").timestamp();
    assert_eq!(fates_at("2026-11-28T23:00"), [(4320, Fate::PutOff(morning))]);
}

proptest! {
    #[test]
    fn every_reminder_leaves_by_day_before_the_visit_and_long_enough_after_it_was_booked(
        minute in 0..(400 * 24 * 60i64), ahead in 0..(30 * 24 * 60i64),
        offsets in prop::collection::vec(15..20160i32, 0..6), zone in 0..5usize,
    ) {
        let zones = ["America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "Africa/Cairo", "America/Santiago"];
        let zone = TimeZone::get(zones[zone]).unwrap();
        let now: Timestamp = "2026-01-01T00:00:00Z".parse().unwrap();
        let now = now + SignedDuration::from_mins(minute);
        let starts_at = (now + SignedDuration::from_mins(ahead)).to_zoned(zone.clone());
        let plan = Plan { offsets: &offsets, night: NIGHT, told_at: now, now };
        let planned = reminders(&starts_at, &plan);
        prop_assert!(planned.len() <= offsets.len());
        for one in planned.iter().filter(|one| one.skipped.is_none()) {
            prop_assert!(one.due_at < starts_at.timestamp());
            prop_assert!(one.due_at.duration_since(now) >= SAID_LATELY);
            prop_assert!(!NIGHT.holds(zone.to_datetime(one.due_at).time()), "{}", zone.to_datetime(one.due_at));
        }
        prop_assert!(planned.is_sorted_by_key(|one| one.due_at));
    }
}
