//! Every refused start says why.

use voxanne_slots::{Cause, Need};

use crate::{
    NEW_YORK,
    clinic::{ANNA, BEA, Clinic, LASER, at, because, day, need, person, span},
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
fn the_horizon_counts_days_of_the_clinic_not_of_utc() {
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
