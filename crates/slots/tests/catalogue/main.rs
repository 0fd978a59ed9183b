//! The acceptance catalogue's scheduling rules, one test each, named by its ids.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

mod assignment;
mod capacity;
mod clinic;
mod clock_changes;
mod limits;
mod practitioners_and_resources;
mod refusals;
mod rules;

use clinic::{ANNA, Clinic, at};
use voxanne_slots::FIRST_LANE;

const NEW_YORK: &str = "America/New_York";

#[test]
fn t_s1_a_new_org_offers_twelve_visits_that_do_not_overlap() {
    let clinic = Clinic::in_zone(NEW_YORK);
    let said = clinic.says("2026-02-02");
    let expected = [
        "9:00", "9:45", "10:30", "11:15", "12:00", "12:45", "13:30", "14:15", "15:00", "15:45", "16:30",
        "17:15",
    ];
    assert_eq!(said, expected);
    let offers = clinic.offers("2026-02-02");
    assert!(offers.windows(2).all(|pair| pair[1].duration_since(pair[0]).as_mins() >= 45));
}

#[test]
fn t_s2_no_offer_ends_after_closing() {
    let clinic = Clinic::in_zone(NEW_YORK).visits(45, 15);
    assert_eq!(clinic.says("2026-02-02").last().unwrap(), "17:15");
    assert!(clinic.fit(clinic.local("2026-02-02T17:15")).is_ok());
    assert!(clinic.fit(clinic.local("2026-02-02T17:16")).is_err());
    assert!(!clinic.says("2026-02-02").contains(&"17:45".to_owned()));
}

#[test]
fn t_s6_what_is_held_is_neither_offered_nor_bookable() {
    let mut clinic = Clinic::in_zone(NEW_YORK);
    clinic.book(clinic.local("2026-02-02T09:45"));
    assert!(!clinic.says("2026-02-02").contains(&"9:45".to_owned()));
    assert!(clinic.fit(clinic.local("2026-02-02T09:45")).is_err());
}

#[test]
fn t_s7_two_in_the_afternoon_in_new_york_is_an_instant() {
    let clinic = Clinic::in_zone(NEW_YORK);
    let fitted = clinic.fit(at("2026-02-01T19:00:00Z")).unwrap();
    assert_eq!(fitted.opening.starts_at, clinic.local("2026-02-01T14:00"));
}

#[test]
fn t_b9_a_visit_may_start_as_the_one_before_it_ends() {
    let clinic = Clinic::in_zone(NEW_YORK)
        .visits(60, 60)
        .busy(ANNA, "2026-02-02T09:00", "2026-02-02T10:00")
        .busy(ANNA, "2026-02-02T11:00", "2026-02-02T12:00");
    assert_eq!(clinic.says("2026-02-02")[..2], ["10:00", "12:00"]);
    assert!(clinic.fit(clinic.local("2026-02-02T10:00")).is_ok());
    assert!(clinic.fit(clinic.local("2026-02-02T10:01")).is_err());
    assert!(clinic.fit(clinic.local("2026-02-02T09:59")).is_err());
}

#[test]
fn d3_an_hour_busy_in_local_time_blocks_exactly_that_hour_in_three_zones() {
    for zone in ["Africa/Lagos", "Europe/London", "America/Los_Angeles"] {
        let clinic = Clinic::in_zone(zone).open((8, 0), (11, 0)).visits(30, 30).busy(
            ANNA,
            "2026-07-01T09:00",
            "2026-07-01T10:00",
        );
        assert_eq!(clinic.says("2026-07-01"), ["8:00", "8:30", "10:00", "10:30"], "{zone}");
    }
}

#[test]
fn d5_a_busy_stretch_off_the_grid_blocks_every_visit_it_touches() {
    let clinic = Clinic::in_zone(NEW_YORK).open((9, 0), (10, 0)).visits(15, 15).busy(
        ANNA,
        "2026-02-02T09:10",
        "2026-02-02T09:20",
    );
    assert_eq!(clinic.says("2026-02-02"), ["9:30", "9:45"]);
}

#[test]
fn a_fraction_of_a_second_is_enough_to_collide() {
    let mut clinic = Clinic::in_zone("UTC").open((9, 0), (11, 0)).visits(60, 60);
    clinic.busy.push((ANNA, FIRST_LANE, at("2026-02-02T09:59:59.999999999Z"), at("2026-02-02T10:00:00Z")));
    assert_eq!(clinic.says("2026-02-02"), ["10:00"]);
    clinic.busy.push((ANNA, FIRST_LANE, at("2026-02-02T10:00:00Z"), at("2026-02-02T10:00:00.000000001Z")));
    assert!(clinic.says("2026-02-02").is_empty());
}

#[test]
fn two_spans_of_a_day_have_each_their_grid_and_no_visit_spans_the_break() {
    let mut clinic = Clinic::in_zone(NEW_YORK);
    clinic.hours =
        voxanne_slots::Hours::daily(&[clinic::span((13, 0), (15, 0)), clinic::span((9, 0), (10, 30))]);
    assert_eq!(clinic.says("2026-02-02"), ["9:00", "9:45", "13:00", "13:45"]);
    assert!(clinic.fit(clinic.local("2026-02-02T10:00")).is_err());
}

#[test]
fn asking_for_many_days_is_asking_for_each() {
    let clinic = Clinic::in_zone(NEW_YORK);
    let each: Vec<_> = ["2026-03-07", "2026-03-08", "2026-03-09"].map(|date| clinic.offers(date)).concat();
    assert_eq!(clinic.offers_between("2026-03-07", "2026-03-09"), each);
    assert!(clinic.offers_between("2026-03-09", "2026-03-07").is_empty());
}
