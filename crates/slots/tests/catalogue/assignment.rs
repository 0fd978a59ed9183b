//! Whose turn it is, and who cannot take it.

use std::collections::BTreeMap;

use uuid::Uuid;
use voxanne_slots::{Cause, Hours, Practitioner, round_robin};

use crate::{
    NEW_YORK,
    clinic::{ANNA, BEA, Clinic, day, days_of_2026, person, span},
};

#[test]
fn t_a1_the_one_who_works_the_whole_visit_gets_it() {
    let mut clinic = Clinic::in_zone(NEW_YORK).visits(120, 60);
    let ten_to_eleven = Hours::daily(&[span((10, 0), (11, 0))]);
    clinic.practitioners = vec![Practitioner { hours: Some(ten_to_eleven), ..person(ANNA) }, person(BEA)];
    let fitted = clinic.fit(clinic.local("2026-02-02T09:00")).unwrap();
    assert_eq!(fitted.opening.practitioner, BEA);
    clinic.practitioners.pop();
    assert!(clinic.offers("2026-02-02").is_empty());
    let windows = vec![(clinic.local("2026-02-02T10:00"), clinic.local("2026-02-02T11:00"))];
    assert_eq!(clinic.causes("2026-02-02T09:00"), [Cause::NotWorking { practitioner: ANNA, windows }]);
}

/// Books visit after visit of 2026 with whose turn it is; who got them, one by one.
fn a_thousand_turns(mut clinic: Clinic) -> Vec<Uuid> {
    let mut turns: BTreeMap<Uuid, u64> = BTreeMap::new();
    let mut got = Vec::new();
    for date in days_of_2026() {
        for start in clinic.offers(&date.to_string()) {
            round_robin(&mut clinic.practitioners, |who| turns.get(&who.id).copied());
            let who = clinic.fit(start).unwrap().opening.practitioner;
            *turns.entry(who).or_insert(0) += 1;
            got.push(who);
        }
    }
    got.truncate(1_000);
    got
}

#[test]
fn t_a2_a_thousand_visits_are_dealt_out_evenly_and_again_the_same_way() {
    for people in 1..=7 {
        let mut clinic = Clinic::in_zone(NEW_YORK);
        clinic.practitioners = (1..=people).map(|id| person(Uuid::from_u128(id))).collect();
        let got = a_thousand_turns(clinic.clone());
        assert_eq!((got.len(), &got), (1_000, &a_thousand_turns(clinic.clone())));
        for visits in 1..=1_000 {
            let count = |who: &Practitioner| got[..visits].iter().filter(|got| **got == who.id).count();
            let counts: Vec<usize> = clinic.practitioners.iter().map(count).collect();
            assert!(counts.iter().max().unwrap() - counts.iter().min().unwrap() <= 1, "{counts:?}");
        }
    }
}

#[test]
fn a_newcomer_takes_turns_with_the_others_and_does_not_get_all_visits() {
    let turns = BTreeMap::from([("Anna", 40), ("Bea", 41), ("Cleo", 40)]);
    let mut people = ["Bea", "Newcomer", "Cleo", "Anna"];
    round_robin(&mut people, |name| turns.get(name).copied());
    assert_eq!(people, ["Newcomer", "Cleo", "Anna", "Bea"]);
    let mut people = ["Anna", "Cleo", "Newcomer"];
    round_robin(&mut people, |name| turns.get(name).copied());
    assert_eq!(people, ["Newcomer", "Anna", "Cleo"]);
    // Who is equal stays in order, also where nobody has had a turn.
    round_robin(&mut people, |_| None);
    assert_eq!(people, ["Newcomer", "Anna", "Cleo"]);
    round_robin(&mut people[..0], |_| None);
}

#[test]
fn t_a4_the_other_practitioner_takes_over_from_a_busy_one() {
    let mut clinic = Clinic::in_zone(NEW_YORK).busy(ANNA, "2026-02-02T09:00", "2026-02-02T12:00");
    clinic.practitioners.push(person(BEA));
    // It is Anna's turn.
    round_robin(&mut clinic.practitioners, |who| Some(if who.id == ANNA { 3 } else { 4 }));
    let [morning, afternoon] = ["2026-02-02T09:00", "2026-02-02T12:00"].map(|local| clinic.local(local));
    assert_eq!(clinic.fit(morning).unwrap().opening.practitioner, BEA);
    assert_eq!(clinic.fit(afternoon).unwrap().opening.practitioner, ANNA);
}

#[test]
fn t_a5_a_practitioner_is_never_assigned_on_a_day_off() {
    let mut clinic = Clinic::in_zone(NEW_YORK);
    let mut own = Hours::daily(&[span((0, 0), (24, 0))]);
    own.overrides.insert(day("2026-02-02"), Vec::new());
    clinic.practitioners = vec![Practitioner { hours: Some(own), ..person(ANNA) }];
    assert!(clinic.offers("2026-02-02").is_empty());
    assert_eq!(clinic.says("2026-02-03").len(), 12);
    let off = Cause::NotWorking { practitioner: ANNA, windows: Vec::new() };
    assert_eq!(clinic.causes("2026-02-02T12:00"), [off]);
}

#[test]
fn t_a5_time_off_is_kept_free_but_a_buffer_may_reach_into_it() {
    let mut clinic = Clinic::in_zone(NEW_YORK);
    clinic.service.buffer_after_minutes = 30;
    let [noon, two, three] =
        ["2026-02-02T12:00", "2026-02-02T14:00", "2026-02-02T15:00"].map(|local| clinic.local(local));
    // In any order, touching or not.
    clinic.practitioners[0].away = vec![(two, three), (noon, two)];
    let said = clinic.says("2026-02-02");
    assert_eq!(said, ["9:00", "9:45", "10:30", "11:15", "15:00", "15:45", "16:30", "17:15"]);
    let away = Cause::Away { practitioner: ANNA, until: three };
    assert_eq!(clinic.causes("2026-02-02T11:16"), [away]);
    assert_eq!(clinic.causes("2026-02-02T15:00"), []);
    // Somebody else can.
    clinic.practitioners.push(person(BEA));
    assert_eq!(clinic.fit(noon).unwrap().opening.practitioner, BEA);
}

#[test]
fn a_licence_lasts_through_its_last_civil_day() {
    let mut clinic = Clinic::in_zone("Pacific/Auckland");
    let last_date = day("2026-02-03");
    clinic.practitioners[0].last_date = Some(last_date);
    assert_eq!(clinic.says("2026-02-03").len(), 12);
    assert!(clinic.offers("2026-02-04").is_empty());
    // Still the third in UTC.
    let expired = Cause::LicenceExpired { practitioner: ANNA, last_date };
    assert_eq!(clinic.causes("2026-02-04T09:00"), [expired]);
}

#[test]
fn a_practitioner_gets_no_more_visits_a_day_than_they_may() {
    let mut clinic = Clinic::in_zone(NEW_YORK);
    clinic.practitioners = vec![Practitioner { daily_cap: Some(2), ..person(ANNA) }, person(BEA)];
    let visits = ["2026-02-02T09:00", "2026-02-02T15:00", "2026-02-02T16:30"];
    let got = visits.map(|local| clinic.book(clinic.local(local)).opening.practitioner);
    assert_eq!(got, [ANNA, ANNA, BEA]);
    clinic.practitioners.pop();
    let full = Cause::PractitionerFull { practitioner: ANNA, date: day("2026-02-02"), cap: 2 };
    assert_eq!(clinic.causes("2026-02-02T12:00"), [full]);
    assert!(clinic.offers("2026-02-02").is_empty());
    assert_eq!(clinic.says("2026-02-03").len(), 12);
}
