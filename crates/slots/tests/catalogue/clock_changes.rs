//! Daylight saving: the days of 23 and 25 hours, and the zones where midnight is missing.

use jiff::{Timestamp, ToSpan, tz::TimeZone};
use voxanne_slots::{Cause, Hours, LocalSpan, Week, day_bounds};

use crate::{
    NEW_YORK,
    clinic::{Clinic, at, because, day, days_of_2026, span},
};

fn window(clinic: &Clinic, date: &str) -> (Timestamp, Timestamp) {
    clinic.hours.windows(day(date), &clinic.zone)[0]
}

#[test]
fn t_d1_an_afternoon_in_new_york_moves_with_the_clocks() {
    let clinic = Clinic::in_zone(NEW_YORK).open((13, 0), (18, 0));
    assert_eq!(window(&clinic, "2026-03-07"), (at("2026-03-07T18:00:00Z"), at("2026-03-07T23:00:00Z")));
    assert_eq!(window(&clinic, "2026-03-08"), (at("2026-03-08T17:00:00Z"), at("2026-03-08T22:00:00Z")));
}

#[test]
fn t_d2_a_working_day_starts_at_nine_after_the_clocks_went_back() {
    let clinic = Clinic::in_zone(NEW_YORK).open((9, 0), (17, 0));
    let starts = ["2026-10-31", "2026-11-01", "2026-11-02"].map(|date| clinic.offers(date)[0]);
    assert_eq!(starts, ["2026-10-31T13:00:00Z", "2026-11-01T14:00:00Z", "2026-11-02T14:00:00Z"].map(at));
}

#[test]
fn t_d3_a_weekly_half_hour_is_offered_and_bookable_every_week_of_the_year() {
    let mut clinic = Clinic::in_zone(NEW_YORK).visits(30, 30);
    clinic.hours = Hours::default();
    let mut week = Week::default();
    week.days[6] = vec![span((12, 30), (13, 0))];
    clinic.hours.weeks = vec![week];
    let mut weeks = 0;
    for sunday in days_of_2026().filter(|date| date.weekday() == jiff::civil::Weekday::Sunday) {
        let offers = clinic.offers(&sunday.to_string());
        assert_eq!(offers, [clinic.local(&format!("{sunday}T12:30"))]);
        assert!(clinic.fit(offers[0]).is_ok());
        weeks += 1;
    }
    assert_eq!(weeks, 52);
}

#[test]
fn t_d5_the_short_day_has_46_half_hours_and_the_long_one_50() {
    let clinic = Clinic::in_zone(NEW_YORK).open((0, 0), (24, 0)).visits(30, 30);
    let short = clinic.says("2026-03-08");
    assert_eq!(short.len(), 46);
    assert!(!short.iter().any(|said| said.starts_with("2:")));
    let long = clinic.says("2026-11-01");
    assert_eq!(long.len(), 50);
    assert_eq!(long[1..7], ["0:30", "1:00", "1:30", "1:00", "1:30", "2:00"]);
    let instants = clinic.offers("2026-11-01");
    assert_eq!(instants[3..5], [at("2026-11-01T05:30:00Z"), at("2026-11-01T06:00:00Z")]);
    assert!(instants.contains(&at("2026-11-01T06:30:00Z")));
}

#[test]
fn t_d7_a_day_without_midnight_is_a_day() {
    for (zone, date, nine) in [
        ("America/Havana", "2026-03-08", "2026-03-08T13:00:00Z"),
        ("Asia/Beirut", "2026-03-29", "2026-03-29T06:00:00Z"),
        ("Africa/Cairo", "2026-04-24", "2026-04-24T06:00:00Z"),
        ("America/Santiago", "2026-09-06", "2026-09-06T12:00:00Z"),
    ] {
        assert_eq!(Clinic::in_zone(zone).offers(date)[0], at(nine), "{zone}");

        let around_the_clock = Clinic::in_zone(zone).open((0, 0), (24, 0)).visits(30, 30);
        let said = around_the_clock.says(date);
        assert_eq!((said.len(), said[0].as_str()), (46, "1:00"), "{zone}");
        // The day before ends where this one begins.
        let yesterday = day(date).yesterday().unwrap();
        let (opens_at, _) = window(&around_the_clock, date);
        assert_eq!(window(&around_the_clock, &yesterday.to_string()).1, opens_at, "{zone}");
        assert_eq!(day_bounds(yesterday, &around_the_clock.zone).1, opens_at, "{zone}");
    }
}

#[test]
fn t_d9_quarter_hour_zones_start_on_the_local_hour() {
    for (zone, nine) in [("Asia/Kolkata", "2026-05-01T03:30:00Z"), ("Asia/Kathmandu", "2026-05-01T03:15:00Z")]
    {
        let clinic = Clinic::in_zone(zone).visits(60, 60);
        assert_eq!(clinic.offers("2026-05-01")[0], at(nine), "{zone}");
        assert!(clinic.says("2026-05-01").iter().all(|said| said.ends_with(":00")), "{zone}");
    }
}

#[test]
fn t_d10_nine_in_phoenix_is_the_same_all_year() {
    let clinic = Clinic::in_zone("America/Phoenix");
    for date in days_of_2026() {
        assert_eq!(clinic.offers(&date.to_string())[0], at(&format!("{date}T16:00:00Z")));
    }
}

#[test]
fn t_d11_a_closed_date_is_closed_in_its_own_zone_and_on_that_date_only() {
    let mut clinic = Clinic::in_zone("America/Los_Angeles").visits(60, 60);
    clinic.hours.overrides.insert(day("2026-12-25"), Vec::new());
    let offers = clinic.offers_between("2026-12-24", "2026-12-26");
    let local_dates: Vec<_> = offers.iter().map(|&start| clinic.zone.to_datetime(start).date()).collect();
    assert_eq!(local_dates.iter().filter(|date| **date == day("2026-12-24")).count(), 9);
    assert_eq!(local_dates.iter().filter(|date| **date == day("2026-12-25")).count(), 0);
    assert_eq!(local_dates.iter().filter(|date| **date == day("2026-12-26")).count(), 9);

    // Already or still the 25th for who looks on from Tokyo or London.
    let tokyo = TimeZone::get("Asia/Tokyo").unwrap();
    let london = TimeZone::get("Europe/London").unwrap();
    let (eve, after) = (clinic.local("2026-12-24T10:00"), clinic.local("2026-12-24T17:00"));
    assert_eq!(tokyo.to_datetime(eve).date(), day("2026-12-25"));
    assert_eq!(london.to_datetime(after).date(), day("2026-12-25"));
    assert!(clinic.fit(eve).is_ok() && clinic.fit(after).is_ok());
    let evening = clinic.local("2026-12-25T17:00");
    assert_eq!(tokyo.to_datetime(evening).date(), day("2026-12-26"));
    assert_eq!(clinic.fit(evening), because(Cause::ClosedThatDay));
}

#[test]
fn an_override_can_open_a_day_that_is_closed_every_week() {
    let mut clinic = Clinic::in_zone(NEW_YORK);
    clinic.hours = Hours::default();
    clinic.hours.overrides.insert(day("2026-02-01"), vec![span((14, 0), (14, 45))]);
    assert_eq!(clinic.says("2026-02-01"), ["14:00"]);
    assert!(clinic.offers("2026-02-08").is_empty());
}

#[test]
fn opening_inside_a_gap_is_the_first_instant_after_it() {
    let clinic = Clinic::in_zone(NEW_YORK).open((2, 15), (4, 0)).visits(30, 30);
    assert_eq!(window(&clinic, "2026-03-08"), (at("2026-03-08T07:00:00Z"), at("2026-03-08T08:00:00Z")));
    // The grid still counts from a quarter past two.
    assert_eq!(clinic.says("2026-03-08"), ["3:15"]);
    assert!(clinic.fit(at("2026-03-08T07:00:00Z")).is_ok());
}

#[test]
fn a_span_inside_a_fold_opens_at_the_earlier_and_closes_at_the_later() {
    let clinic = Clinic::in_zone(NEW_YORK).open((1, 15), (1, 45)).visits(15, 15);
    assert_eq!(window(&clinic, "2026-11-01"), (at("2026-11-01T05:15:00Z"), at("2026-11-01T06:45:00Z")));
    assert_eq!(clinic.says("2026-11-01"), ["1:15", "1:30", "1:15", "1:30"]);
}

#[test]
fn yesterdays_window_reaches_over_midnight_where_the_clocks_go_back_over_it() {
    // A minute after midnight it is 23:01 again.
    let mut clinic = Clinic::in_zone("America/St_Johns").visits(15, 15);
    clinic.hours = Hours::default();
    clinic.hours.overrides.insert(day("2010-11-06"), vec![span((23, 0), (23, 30))]);
    assert_eq!(window(&clinic, "2010-11-06"), (at("2010-11-07T01:30:00Z"), at("2010-11-07T03:00:00Z")));
    let midnight = at("2010-11-07T02:30:00Z");
    assert_eq!(clinic.zone.to_datetime(midnight).date(), day("2010-11-07"));
    assert!(clinic.fit(midnight).is_ok());
}

#[test]
fn closing_at_the_time_the_clocks_go_back_to_is_not_an_hour_later() {
    // At 24:00 it is 23:00 again.
    let clinic = Clinic::in_zone("America/Santiago").open((21, 0), (23, 0)).visits(30, 30);
    assert_eq!(window(&clinic, "2026-04-04"), (at("2026-04-05T00:00:00Z"), at("2026-04-05T02:00:00Z")));
    assert_eq!(clinic.says("2026-04-04"), ["21:00", "21:30", "22:00", "22:30"]);
    let until_one = Clinic::in_zone(NEW_YORK).open((0, 0), (1, 0));
    assert_eq!(window(&until_one, "2026-11-01").1, at("2026-11-01T05:00:00Z"));
}

#[test]
fn a_date_the_zone_skipped_has_no_windows() {
    let clinic = Clinic::in_zone("Pacific/Apia").open((0, 0), (24, 0));
    assert!(clinic.hours.windows(day("2011-12-30"), &clinic.zone).is_empty());
    assert!(clinic.offers("2011-12-30").is_empty());
    let (from, to) = day_bounds(day("2011-12-30"), &clinic.zone);
    assert_eq!(from, to);
    assert_eq!(day_bounds(day("2011-12-29"), &clinic.zone).1, day_bounds(day("2011-12-31"), &clinic.zone).0);
}

#[test]
fn days_tile_the_year_in_every_kind_of_zone() {
    for zone in
        ["America/New_York", "America/Havana", "Australia/Lord_Howe", "Africa/Cairo", "Asia/Kathmandu"]
    {
        let zone = TimeZone::get(zone).unwrap();
        for date in days_of_2026() {
            let (from, to) = day_bounds(date, &zone);
            assert!(from < to && to == day_bounds(date.checked_add(1.day()).unwrap(), &zone).0);
        }
    }
}

#[test]
fn a_span_opens_before_it_closes_and_ends_by_midnight() {
    assert_eq!(LocalSpan::new(540, 540), None);
    assert_eq!(LocalSpan::new(540, 1441), None);
    assert_eq!(LocalSpan::hm((9, 60), (18, 0)), None);
    assert_eq!(LocalSpan::hm((9, 0), (24, 1)), None);
    assert_eq!(LocalSpan::hm((9, 0), (24, 0)), LocalSpan::new(540, 1440));
}
