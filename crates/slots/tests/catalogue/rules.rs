//! What the clinic has decided: seasons and breaks, caps, supervision, and what a guest must have had before.

use uuid::Uuid;
use voxanne_slots::{Cause, Hours, LocalSpan, Prerequisite, Spacing, Supervisor, Week};

use crate::{
    NEW_YORK,
    clinic::{ANNA, Clinic, because, day, span},
};

const CONSULTATION: Uuid = Uuid::from_u128(30);
const DIRECTOR: Uuid = Uuid::from_u128(31);

/// Monday to Friday.
fn weekdays(spans: &[LocalSpan]) -> [Vec<LocalSpan>; 7] {
    std::array::from_fn(|weekday| if weekday < 5 { spans.to_vec() } else { Vec::new() })
}

#[test]
fn hours_change_on_their_effective_date_and_end_with_their_last() {
    let mut clinic = Clinic::in_zone(NEW_YORK);
    let winter = weekdays(&[span((9, 0), (12, 0))]);
    let summer = weekdays(&[span((8, 0), (9, 30))]);
    clinic.hours.weeks = vec![
        Week { from: None, to: Some(day("2026-05-31")), days: winter },
        Week { from: Some(day("2026-06-01")), to: Some(day("2026-06-03")), days: summer },
    ];
    assert_eq!(clinic.says("2026-05-29"), ["9:00", "9:45", "10:30", "11:15"]);
    assert_eq!(clinic.says("2026-06-01"), ["8:00", "8:45"]);
    assert_eq!(clinic.says("2026-06-03"), ["8:00", "8:45"]);
    assert!(clinic.offers("2026-06-04").is_empty());
    assert_eq!(clinic.causes("2026-06-04T09:00"), [Cause::ClosedThatDay]);
    let spans = vec![span((8, 0), (9, 30))];
    assert_eq!(clinic.causes("2026-06-02T11:00"), [Cause::OutsideHours { spans }]);
}

#[test]
fn weeks_in_effect_together_add_up() {
    let mut hours = Hours::daily(&[span((13, 0), (15, 0))]);
    let late = weekdays(&[span((14, 0), (17, 0)), span((9, 0), (13, 0))]);
    hours.weeks.push(Week { from: Some(day("2026-02-03")), to: None, days: late });
    assert_eq!(*hours.spans(day("2026-02-02")), [span((13, 0), (15, 0))]);
    // What overlaps is one; what only touches has a grid of its own.
    assert_eq!(*hours.spans(day("2026-02-03")), [span((9, 0), (13, 0)), span((13, 0), (17, 0))]);
    assert_eq!(*hours.spans(day("2026-02-07")), [span((13, 0), (15, 0))]);
    hours.overrides.insert(day("2026-02-03"), Vec::new());
    assert!(hours.spans(day("2026-02-03")).is_empty());
}

#[test]
fn a_break_is_cut_out_of_a_span() {
    let open = span((9, 0), (18, 0));
    let lunch = span((12, 0), (13, 0));
    assert_eq!(open.without(&[]), [open]);
    assert_eq!(open.without(&[lunch]), [span((9, 0), (12, 0)), span((13, 0), (18, 0))]);
    let tea = span((15, 0), (15, 15));
    let long_lunch = span((12, 30), (14, 0));
    let left = [span((9, 0), (12, 0)), span((14, 0), (15, 0)), span((15, 15), (18, 0))];
    assert_eq!(open.without(&[tea, long_lunch, lunch]), left);
    assert_eq!(open.without(&[span((17, 0), (20, 0)), span((7, 0), (10, 0))]), [span((10, 0), (17, 0))]);
    assert_eq!(open.without(&[span((0, 0), (24, 0))]), []);
    assert_eq!(open.without(&[span((6, 0), (9, 0)), span((18, 0), (19, 0))]), [open]);

    let mut clinic = Clinic::in_zone(NEW_YORK);
    clinic.hours = Hours::daily(&open.without(&[lunch]));
    assert_eq!(clinic.says("2026-02-02")[3..6], ["11:15", "13:00", "13:45"]);
    assert!(clinic.fit(clinic.local("2026-02-02T11:30")).is_err());
}

#[test]
fn a_visit_over_midnight_is_inside_two_days_that_never_close() {
    let mut clinic = Clinic::in_zone(NEW_YORK).open((0, 0), (24, 0));
    assert!(clinic.fit(clinic.local("2026-02-02T23:30")).is_ok());
    // Each day has its grid: nothing is offered across midnight.
    assert_eq!(clinic.says("2026-02-02").last().unwrap(), "23:15");
    clinic.hours.overrides.insert(day("2026-02-03"), Vec::new());
    let spans = vec![span((0, 0), (24, 0))];
    assert_eq!(clinic.causes("2026-02-02T23:30"), [Cause::OutsideHours { spans }]);
    // The thirtieth was skipped.
    let samoa = Clinic::in_zone("Pacific/Apia").open((0, 0), (24, 0));
    assert!(samoa.fit(samoa.local("2011-12-29T23:30")).is_ok());
}

#[test]
fn t_r6_the_third_visit_of_a_service_capped_at_two_is_neither_offered_nor_booked() {
    let mut clinic = Clinic::in_zone(NEW_YORK);
    clinic.service.daily_cap = Some(2);
    clinic.book(clinic.local("2026-02-02T09:00"));
    assert_eq!(clinic.says("2026-02-02").len(), 11);
    clinic.book(clinic.local("2026-02-02T16:30"));
    assert!(clinic.offers("2026-02-02").is_empty());
    let full = Cause::ServiceFull { date: day("2026-02-02"), cap: 2 };
    assert_eq!(clinic.fit(clinic.local("2026-02-02T12:00")), because(full));
    assert_eq!(clinic.says("2026-02-01").len() + clinic.says("2026-02-03").len(), 24);
    clinic.service.daily_cap = None;
    assert_eq!(clinic.says("2026-02-02").len(), 10);
}

#[test]
fn t_d13_an_evening_visit_counts_on_its_local_date() {
    let mut clinic = Clinic::in_zone(NEW_YORK).open((19, 30), (21, 0)).visits(30, 30);
    clinic.service.daily_cap = Some(1);
    let half_past_seven = clinic.local("2026-02-02T19:30");
    assert_eq!(half_past_seven.to_string(), "2026-02-03T00:30:00Z");
    clinic.book(half_past_seven);
    let full = Cause::ServiceFull { date: day("2026-02-02"), cap: 1 };
    assert_eq!(clinic.causes("2026-02-02T20:00"), [full]);
    assert_eq!(clinic.says("2026-02-03"), ["19:30", "20:00", "20:30"]);
}

/// On site on Tuesdays and Thursdays.
fn director() -> Supervisor {
    let there = |weekday| weekday == 1 || weekday == 3;
    let days =
        std::array::from_fn(|weekday| if there(weekday) { vec![span((9, 0), (17, 0))] } else { Vec::new() });
    Supervisor { id: DIRECTOR, hours: Some(Hours::weekly(days)), away: Vec::new() }
}

#[test]
fn t_r7_injectables_are_given_while_the_director_is_on_site_and_hydrafacials_always() {
    let hydrafacial = Clinic::in_zone(NEW_YORK);
    let mut injectable = hydrafacial.clone();
    injectable.supervisors = Some(vec![director()]);
    let offers =
        |clinic: &Clinic| ["2026-02-03", "2026-02-04", "2026-02-05"].map(|date| clinic.offers(date).len());
    // The director leaves before the day is over.
    assert_eq!(offers(&injectable), [10, 0, 10]);
    assert_eq!(offers(&hydrafacial), [12, 12, 12]);
    assert_eq!(injectable.causes("2026-02-04T12:00"), [Cause::NoSupervisor]);
    assert_eq!(injectable.causes("2026-02-03T16:15"), []);
    assert_eq!(injectable.causes("2026-02-03T16:16"), [Cause::NoSupervisor]);

    let holiday = (injectable.local("2026-02-03T00:00"), injectable.local("2026-02-04T00:00"));
    injectable.supervisors.as_mut().unwrap()[0].away.push(holiday);
    assert_eq!(offers(&injectable), [0, 0, 10]);
    // A second one who has the location's hours.
    injectable.supervisors.as_mut().unwrap().push(Supervisor { id: ANNA, ..Supervisor::default() });
    assert_eq!(offers(&injectable), [12, 12, 12]);
    injectable.supervisors = Some(Vec::new());
    assert_eq!(offers(&injectable), [0, 0, 0]);
}

#[test]
fn two_supervisors_do_not_share_a_visit() {
    let mut clinic = Clinic::in_zone(NEW_YORK);
    let there = |opens, closes| Supervisor {
        hours: Some(Hours::daily(&[span(opens, closes)])),
        ..Supervisor::default()
    };
    clinic.supervisors = Some(vec![there((9, 0), (12, 0)), there((12, 0), (18, 0))]);
    assert_eq!(clinic.causes("2026-02-02T11:30"), [Cause::NoSupervisor]);
    assert_eq!(clinic.causes("2026-02-02T12:00"), []);
}

#[test]
fn a_consultation_comes_first_and_is_valid_for_so_many_days() {
    let mut clinic = Clinic::in_zone(NEW_YORK);
    let missing = |valid_days| Cause::PrerequisiteMissing { service: CONSULTATION, valid_days };
    let wanted = |valid_days, visits| Prerequisite { service: CONSULTATION, valid_days, visits };
    clinic.guest.prerequisites = vec![wanted(None, Vec::new())];
    assert_eq!(clinic.causes("2026-02-02T10:00"), [missing(None)]);
    assert!(clinic.offers("2026-02-02").is_empty());

    // One that is booked counts from its end on.
    clinic.guest.prerequisites = vec![wanted(Some(7), vec![clinic.local("2026-02-02T10:30")])];
    assert_eq!(clinic.says("2026-02-02")[0], "10:30");
    assert_eq!(clinic.causes("2026-02-02T10:29"), [missing(Some(7))]);
    assert_eq!(clinic.says("2026-02-09").len(), 12);
    assert_eq!(clinic.causes("2026-02-10T09:00"), [missing(Some(7))]);
    clinic.guest.prerequisites[0].valid_days = Some(0);
    assert_eq!((clinic.says("2026-02-02").len(), clinic.says("2026-02-03").len()), (10, 0));
}

#[test]
fn treatments_are_so_many_civil_days_apart_before_and_after() {
    let mut clinic = Clinic::in_zone(NEW_YORK);
    let visit_at = clinic.local("2026-02-10T17:15");
    clinic.guest.spacings = vec![Spacing { days: 3, visits: vec![visit_at] }];
    let offered = |date: &str| clinic.offers(date).len();
    assert_eq!(["2026-02-07", "2026-02-08", "2026-02-12", "2026-02-13"].map(offered), [12, 0, 0, 12]);
    let close = Cause::TooCloseToAnotherVisit { visit_at, days: 3, earliest: day("2026-02-13") };
    assert_eq!(clinic.causes("2026-02-08T09:00"), std::slice::from_ref(&close));

    // Each visit that is too close is a cause of its own.
    let other = clinic.local("2026-02-07T09:00");
    clinic.guest.spacings[0].visits.push(other);
    let other = Cause::TooCloseToAnotherVisit { visit_at: other, days: 3, earliest: day("2026-02-10") };
    assert_eq!(clinic.causes("2026-02-08T09:00"), [close, other]);
    clinic.guest.spacings[0].days = 0;
    assert_eq!(clinic.causes("2026-02-10T17:15"), []);
}
