//! No input makes it panic.

use jiff::{Timestamp, civil::Date, tz::TimeZone};
use voxanne_slots::{
    Busy, Candidate, FIRST_LANE, Guest, Hours, Need, Prerequisite, Service, Spacing, Supervisor, day_bounds,
    fit, openings,
};

use crate::clinic::{ANNA, Clinic, LASER, at, need, span};

const ZONES: [&str; 5] =
    ["UTC", "Pacific/Kiritimati", "Pacific/Pago_Pago", "America/New_York", "Asia/Kathmandu"];

fn near_the_ends() -> Vec<Date> {
    let mut dates = vec![Date::MIN, Date::MAX, "1969-12-31".parse().unwrap()];
    for _ in 0..3 {
        dates.push(dates[dates.len() - 1].tomorrow().unwrap());
    }
    dates.extend([Date::MIN.tomorrow().unwrap(), Date::MAX.yesterday().unwrap()]);
    dates
}

#[test]
fn nothing_panics_at_the_ends_of_time() {
    for zone in ZONES {
        for minutes in [0, 1, 60, u16::MAX] {
            let mut clinic = Clinic::in_zone(zone).open((0, 0), (24, 0)).visits(minutes, minutes);
            clinic.service.buffer_before_minutes = minutes;
            clinic.service.buffer_after_minutes = minutes;
            clinic.service.minimum_notice_minutes = u32::from(minutes) * 65_536;
            clinic.practitioners[0].hours =
                Some(Hours::daily(&[span((0, 0), (24, 0)), span((2, 30), (2, 31))]));
            clinic.needs = vec![need(&[LASER], minutes)];
            clinic.busy = vec![(ANNA, FIRST_LANE, Timestamp::MIN, Timestamp::MAX)];
            for date in near_the_ends() {
                let (from, to) = day_bounds(date, &clinic.zone);
                assert!(from <= to);
                for now in [Timestamp::MIN, from, Timestamp::MAX] {
                    clinic.now = now;
                    let _ = clinic.offers(&date.to_string());
                    let _ = (clinic.fit(from), clinic.fit(to), clinic.fit(Timestamp::MAX));
                }
            }
        }
    }
}

#[test]
fn no_rule_panics_at_the_ends_of_time() {
    let ever = [Timestamp::MIN, Timestamp::MAX];
    for zone in ZONES {
        for days in [0, 1, u16::MAX] {
            let mut clinic = Clinic::in_zone(zone).open((0, 0), (24, 0)).visits(60, 60);
            clinic.service.daily_cap = Some(days);
            let wanted = Prerequisite { service: LASER, valid_days: Some(days), visits: ever.to_vec() };
            clinic.guest.prerequisites.push(wanted);
            clinic.guest.spacings.push(Spacing { days, visits: ever.to_vec() });
            clinic.practitioners[0].last_date = Some(Date::MIN);
            clinic.practitioners[0].away = vec![(ever[0], ever[1]), (ever[1], ever[0])];
            clinic.supervisors =
                Some(vec![Supervisor { away: vec![(ever[0], ever[0])], ..Supervisor::default() }]);
            let chairs = Candidate { resource: LASER, lanes: u16::MAX };
            clinic.needs = vec![Need { candidates: vec![chairs; 2], cleanup_minutes: u16::MAX }; 2];
            for lane in [1, 2, 3, u16::MAX] {
                clinic.busy.push((LASER, lane, ever[0], ever[1]));
            }
            for date in near_the_ends() {
                let (from, to) = day_bounds(date, &clinic.zone);
                let _ = clinic.offers(&date.to_string());
                let _ = (
                    clinic.fit(from),
                    clinic.fit(to),
                    clinic.fit(Timestamp::MIN),
                    clinic.fit(Timestamp::MAX),
                );
            }
        }
    }
}

#[test]
fn where_needs_disagree_about_a_capacity_the_least_counts() {
    let mut clinic = Clinic::in_zone("UTC");
    let chairs = |lanes| Need { candidates: vec![Candidate { resource: LASER, lanes }], cleanup_minutes: 0 };
    clinic.needs = vec![chairs(3), chairs(2)];
    assert!(clinic.fit(at("2026-02-02T09:00:00Z")).is_ok());
    clinic.needs = vec![chairs(3), chairs(1)];
    assert!(clinic.fit(at("2026-02-02T09:00:00Z")).is_err());
}

#[test]
fn a_day_whose_closing_cannot_be_represented_is_not_offered() {
    let mut clinic = Clinic::in_zone("UTC").open((0, 0), (23, 0)).visits(60, 60);
    clinic.now = at("9999-12-29T00:00:00Z");
    assert_eq!(clinic.offers("9999-12-29").len(), 23);
    // The last instant is 22:00:00.999999999Z of the 30th.
    assert!(clinic.offers("9999-12-30").is_empty());
    assert!(clinic.fit(at("9999-12-30T12:00:00Z")).is_err());
}

#[test]
fn a_visit_without_length_is_a_minute_and_a_grid_of_zero_is_the_visit() {
    let clinic = Clinic::in_zone("UTC").visits(0, 30);
    let opening = clinic.fit(at("2026-02-02T09:00:00Z")).unwrap().opening;
    assert_eq!(opening.ends_at.duration_since(opening.starts_at).as_mins(), 1);
    assert_eq!(Clinic::in_zone("UTC").visits(45, 0).says("2026-02-02").len(), 12);
    assert_eq!(Clinic::in_zone("UTC").visits(0, 0).says("2026-02-02").len(), 9 * 60);
}

#[test]
fn many_needs_and_lanes_are_no_trouble() {
    let mut clinic = Clinic::in_zone("UTC");
    let pool = Need { candidates: vec![Candidate { resource: LASER, lanes: 300 }], cleanup_minutes: 0 };
    clinic.needs = vec![pool; 300];
    assert_eq!(clinic.fit(at("2026-02-02T09:00:00Z")).unwrap().claims.len(), 301);
    clinic.needs.push(need(&[LASER], 0));
    assert!(clinic.fit(at("2026-02-02T09:00:00Z")).is_err());
}

#[test]
fn a_zone_of_a_fixed_offset_and_of_a_rule_work_like_any_other() {
    let new_york_by_rule = TimeZone::posix("EST5EDT,M3.2.0,M11.1.0").unwrap();
    let clinic =
        Clinic { zone: new_york_by_rule, ..Clinic::in_zone("UTC").open((0, 0), (24, 0)).visits(30, 30) };
    assert_eq!([clinic.offers("2026-03-08").len(), clinic.offers("2026-11-01").len()], [46, 50]);
    let fixed = Clinic { zone: jiff::tz::offset(-5).to_time_zone(), ..clinic };
    assert_eq!(fixed.offers("2026-03-08").len(), 48);
}

#[test]
fn a_clinic_without_anything_offers_nothing() {
    let (zone, hours) = (TimeZone::UTC, Hours::default());
    let service = Service { horizon_days: 9, ..Clinic::in_zone("UTC").service };
    let rules = voxanne_slots::Rules {
        zone: &zone,
        hours: &hours,
        service: &service,
        practitioners: &[],
        needs: &[],
        supervisors: None,
        guest: &Guest::default(),
    };
    let now = at("2026-02-02T09:00:00Z");
    assert!(openings(&rules, &Busy::default(), Date::MIN, Date::MAX, now).is_empty());
    assert!(fit(&rules, &Busy::default(), now, now).is_err());
}
