//! Every refused start says why.

use voxanne_slots::{Cause, Need, Practitioner};

use crate::{
    NEW_YORK,
    clinic::{ANNA, BEA, Clinic, LASER, ROOM, at, because, day, need, person, span},
};

#[test]
fn the_past_notice_and_horizon_are_told_apart() {
    let mut clinic = Clinic::in_zone(NEW_YORK);
    clinic.now = clinic.local("2026-02-02T10:00");
    clinic.service.minimum_notice_minutes = 120;
    clinic.service.horizon_days = 2;
    let earliest = clinic.local("2026-02-02T12:00");
    let reason = |local: &str| clinic.causes(local);
    assert_eq!(reason("2026-02-02T09:59"), [Cause::InThePast]);
    assert_eq!(reason("2026-02-02T10:00"), [Cause::TooSoon { earliest }]);
    assert_eq!(reason("2026-02-02T11:59"), [Cause::TooSoon { earliest }]);
    assert_eq!(reason("2026-02-02T12:00"), []);
    assert_eq!(reason("2026-02-04T17:15"), []);
    let latest = day("2026-02-04");
    assert_eq!(reason("2026-02-05T09:00"), [Cause::BeyondHorizon { latest }]);

    assert_eq!(clinic.says("2026-02-02")[0], "12:00");
    assert_eq!(
        clinic.offers_between("2026-01-01", "2026-12-31").last(),
        Some(&clinic.local("2026-02-04T17:15"))
    );
}

#[test]
fn t_d15_tomorrow_is_a_day_of_the_clinic_not_of_utc() {
    let mut clinic = Clinic::in_zone("America/Los_Angeles");
    clinic.now = at("2026-05-27T03:45:00Z");
    clinic.service.horizon_days = 1;
    assert!(clinic.fit(clinic.local("2026-05-27T09:00")).is_ok());
    let latest = day("2026-05-27");
    assert_eq!(clinic.fit(clinic.local("2026-05-28T09:00")), because(Cause::BeyondHorizon { latest }));
}

#[test]
fn a_closed_day_is_not_a_time_outside_hours() {
    let mut clinic = Clinic::in_zone(NEW_YORK);
    clinic.hours.weeks[0].days[6].clear();
    assert_eq!(clinic.fit(clinic.local("2026-02-01T10:00")), because(Cause::ClosedThatDay));
    let spans = vec![span((9, 0), (18, 0))];
    assert_eq!(clinic.fit(clinic.local("2026-02-02T08:00")), because(Cause::OutsideHours { spans }));
}

#[test]
fn of_two_who_are_equally_near_the_preferred_one_is_named() {
    let mut clinic = Clinic::in_zone(NEW_YORK).busy(ANNA, "2026-02-02T09:00", "2026-02-02T12:00").busy(
        BEA,
        "2026-02-02T09:00",
        "2026-02-02T11:00",
    );
    clinic.practitioners.push(person(BEA));
    let until = clinic.local("2026-02-02T12:00");
    let refusal = clinic.fit(clinic.local("2026-02-02T10:00")).unwrap_err();
    assert_eq!(refusal.causes, [Cause::PractitionerBusy { practitioner: ANNA, until }]);
    assert_eq!(refusal.to_string(), format!("{ANNA} is busy until 2026-02-02T17:00:00Z"));
}

#[test]
fn a_busy_device_is_the_reason_when_somebody_is_free() {
    let mut clinic = Clinic::in_zone(NEW_YORK).busy(ANNA, "2026-02-02T09:00", "2026-02-02T12:00").busy(
        LASER,
        "2026-02-02T09:00",
        "2026-02-02T10:20",
    );
    clinic.practitioners.push(person(BEA));
    clinic.needs = vec![need(&[LASER], 0)];
    let until = Some(clinic.local("2026-02-02T10:20"));
    let reason = because(Cause::ResourceBusy { resource: LASER, need: 0, until });
    assert_eq!(clinic.fit(clinic.local("2026-02-02T10:00")), reason);
}

#[test]
fn a_need_nothing_in_service_meets_is_said() {
    let mut clinic = Clinic::in_zone(NEW_YORK);
    clinic.needs = vec![Need { candidates: Vec::new(), cleanup_minutes: 0 }];
    assert_eq!(clinic.fit(clinic.local("2026-02-02T10:00")), because(Cause::NoResource { need: 0 }));
    assert!(clinic.offers("2026-02-02").is_empty());
}

#[test]
fn without_practitioners_nobody_works() {
    let mut clinic = Clinic::in_zone(NEW_YORK);
    clinic.practitioners.clear();
    assert_eq!(clinic.fit(clinic.local("2026-02-02T10:00")), because(Cause::NobodyEligible));
}

#[test]
fn every_cause_that_stands_in_the_way_is_said_and_no_other() {
    let mut clinic = Clinic::in_zone(NEW_YORK)
        .busy(ANNA, "2026-02-02T09:00", "2026-02-02T12:00")
        .busy(BEA, "2026-02-02T09:00", "2026-02-02T11:00")
        .busy(LASER, "2026-02-02T09:00", "2026-02-02T10:20")
        .busy(ROOM, "2026-02-02T09:00", "2026-02-02T10:10");
    clinic.now = clinic.local("2026-02-02T09:00");
    clinic.service.minimum_notice_minutes = 120;
    clinic.service.daily_cap = Some(0);
    clinic.supervisors = Some(Vec::new());
    let last_date = day("2026-02-01");
    clinic.practitioners = vec![
        Practitioner { last_date: Some(last_date), ..person(ANNA) },
        Practitioner { daily_cap: Some(3), ..person(BEA) },
    ];
    // The room gets free before the laser; the second need has no choice.
    clinic.needs = vec![need(&[LASER, ROOM], 0), need(&[LASER], 0), need(&[BEA], 0)];
    let zone = clinic.clone();
    let time = |local: &str| zone.local(local);
    let busy = |resource, need, until: &str| Cause::ResourceBusy { resource, need, until: Some(time(until)) };
    let anyway = [
        Cause::TooSoon { earliest: time("2026-02-02T11:00") },
        Cause::ServiceFull { date: day("2026-02-02"), cap: 0 },
        Cause::NoSupervisor,
    ];
    // With Anna there are five more: her licence, her visit and three needs. With Bea four, as only she could meet
    // the third need and she is taken.
    let with_bea = [
        Cause::PractitionerBusy { practitioner: BEA, until: time("2026-02-02T11:00") },
        busy(ROOM, 0, "2026-02-02T10:10"),
        busy(LASER, 1, "2026-02-02T10:20"),
        Cause::NoResource { need: 2 },
    ];
    assert_eq!(clinic.causes("2026-02-02T10:00"), [&anyway[..], &with_bea].concat());

    clinic.practitioners[0].last_date = None;
    let with_anna = [
        Cause::PractitionerBusy { practitioner: ANNA, until: time("2026-02-02T12:00") },
        busy(ROOM, 0, "2026-02-02T10:10"),
        busy(LASER, 1, "2026-02-02T10:20"),
        busy(BEA, 2, "2026-02-02T11:00"),
    ];
    assert_eq!(clinic.causes("2026-02-02T10:00"), [&anyway[..], &with_anna].concat());
}

#[test]
fn of_a_pool_the_one_that_is_free_first_is_named() {
    let mut clinic = Clinic::in_zone(NEW_YORK).busy(LASER, "2026-02-02T09:00", "2026-02-02T12:00").busy(
        ROOM,
        "2026-02-02T09:00",
        "2026-02-02T11:00",
    );
    clinic.needs = vec![need(&[LASER, ROOM], 0)];
    let until = Some(clinic.local("2026-02-02T11:00"));
    let busy = Cause::ResourceBusy { resource: ROOM, need: 0, until };
    assert_eq!(clinic.causes("2026-02-02T10:00"), [busy]);
}

#[test]
fn one_resource_gets_free_for_one_need_only() {
    let mut clinic = Clinic::in_zone(NEW_YORK).busy(LASER, "2026-02-02T09:00", "2026-02-02T12:00");
    clinic.needs = vec![need(&[LASER], 0), need(&[LASER], 0)];
    let until = Some(clinic.local("2026-02-02T12:00"));
    let causes = [Cause::ResourceBusy { resource: LASER, need: 0, until }, Cause::NoResource { need: 1 }];
    assert_eq!(clinic.causes("2026-02-02T10:00"), causes);
}

#[test]
fn a_time_that_has_passed_is_not_too_soon_as_well() {
    let mut clinic = Clinic::in_zone(NEW_YORK);
    clinic.now = clinic.local("2026-02-02T12:00");
    clinic.service.minimum_notice_minutes = 60;
    clinic.hours.overrides.insert(day("2026-02-02"), Vec::new());
    let refusal = clinic.fit(clinic.local("2026-02-02T09:00")).unwrap_err();
    assert_eq!(refusal.causes, [Cause::InThePast, Cause::ClosedThatDay]);
    assert_eq!(refusal.first(), &Cause::InThePast);
    assert_eq!(refusal.to_string(), "the start has passed; closed that day");
}

#[test]
fn every_cause_says_itself() {
    let (instant, date) = (at("2026-02-02T12:00:00Z"), day("2026-02-02"));
    let all = [
        Cause::InThePast,
        Cause::TooSoon { earliest: instant },
        Cause::BeyondHorizon { latest: date },
        Cause::ClosedThatDay,
        Cause::OutsideHours { spans: Vec::new() },
        Cause::ServiceFull { date, cap: 2 },
        Cause::PrerequisiteMissing { service: ROOM, valid_days: None },
        Cause::PrerequisiteMissing { service: ROOM, valid_days: Some(9) },
        Cause::TooCloseToAnotherVisit { visit_at: instant, days: 14, earliest: date },
        Cause::NoSupervisor,
        Cause::NobodyEligible,
        Cause::LicenceExpired { practitioner: ANNA, last_date: date },
        Cause::NotWorking { practitioner: ANNA, windows: Vec::new() },
        Cause::Away { practitioner: ANNA, until: instant },
        Cause::PractitionerFull { practitioner: ANNA, date, cap: 7 },
        Cause::PractitionerBusy { practitioner: ANNA, until: instant },
        Cause::ResourceBusy { resource: LASER, need: 0, until: Some(instant) },
        Cause::ResourceBusy { resource: LASER, need: 0, until: None },
        Cause::NoResource { need: 1 },
    ];
    let said: std::collections::BTreeSet<String> = all.iter().map(ToString::to_string).collect();
    assert_eq!(said.len(), all.len());
}
