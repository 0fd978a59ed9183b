//! What has room for several: IV chairs.

use uuid::Uuid;
use voxanne_slots::{Candidate, Cause, LaneMove, Need};

use crate::{
    NEW_YORK,
    clinic::{Clinic, ROOM, person},
};

fn chairs(lanes: u16) -> Need {
    Need { candidates: vec![Candidate { resource: ROOM, lanes }], cleanup_minutes: 0 }
}

/// A clinic of three, with these claims on its two chairs, each a lane and two times.
fn two_chairs(claims: &[(u16, &str, &str)]) -> Clinic {
    let mut clinic = Clinic::in_zone(NEW_YORK).visits(60, 30);
    clinic.practitioners.extend([3, 4].map(|id| person(Uuid::from_u128(id))));
    clinic.needs = vec![chairs(2)];
    for (lane, from, to) in claims {
        let [from, to] = [from, to].map(|time| clinic.local(&format!("2026-02-02T{time}")));
        clinic.busy.push((ROOM, *lane, from, to));
    }
    clinic
}

#[test]
fn two_chairs_hold_two_visits() {
    let mut clinic = two_chairs(&[]);
    let nine = clinic.local("2026-02-02T09:00");
    let lanes = [clinic.book(nine), clinic.book(nine)].map(|fitted| fitted.claims[1].lane);
    assert_eq!(lanes, [1, 2]);
    let until = Some(clinic.local("2026-02-02T10:00"));
    let full = Cause::ResourceBusy { resource: ROOM, need: 0, until };
    assert_eq!(clinic.causes("2026-02-02T09:00"), [full]);
}

#[test]
fn a_chair_is_made_free_by_changing_lanes() {
    // Never more than one chair is taken, but no lane is free from half past nine to half past ten.
    let mut clinic = two_chairs(&[(1, "09:00", "10:00"), (2, "10:00", "11:00"), (2, "11:00", "12:00")]);
    assert!(clinic.says("2026-02-02").contains(&"9:30".to_owned()));
    let fitted = clinic.book(clinic.local("2026-02-02T09:30"));
    let [ten, eleven] = ["2026-02-02T10:00", "2026-02-02T11:00"].map(|local| clinic.local(local));
    let moved = LaneMove { resource: ROOM, from_lane: 2, to_lane: 1, starts_at: ten, ends_at: eleven };
    assert_eq!(fitted.moves, [moved]);
    assert_eq!(fitted.claims.iter().map(|claim| claim.lane).collect::<Vec<_>>(), [1, 2]);
    assert_eq!(clinic.causes("2026-02-02T09:30").len(), 1);
    // What only touches what moves stays where it is.
    let noon = clinic.local("2026-02-02T12:00");
    assert!(clinic.busy.contains(&(ROOM, 2, eleven, noon)));
}

#[test]
fn nobody_changes_lanes_where_one_is_free() {
    let clinic = two_chairs(&[(2, "09:00", "10:00"), (1, "10:00", "11:00")]);
    let fitted = clinic.fit(clinic.local("2026-02-02T09:00")).unwrap();
    assert_eq!((fitted.claims[1].lane, fitted.moves), (1, Vec::new()));
}

#[test]
fn two_chairs_are_full_while_both_are_taken() {
    let clinic = two_chairs(&[(1, "09:00", "10:30"), (2, "10:00", "11:00"), (2, "11:00", "12:00")]);
    // From ten to half past ten.
    let until = Some(clinic.local("2026-02-02T10:30"));
    let full = || Cause::ResourceBusy { resource: ROOM, need: 0, until };
    for start in ["09:01", "09:30", "10:00", "10:29"] {
        assert_eq!(clinic.causes(&format!("2026-02-02T{start}")), [full()], "{start}");
    }
    assert_eq!(clinic.causes("2026-02-02T09:00"), []);
    assert_eq!(clinic.causes("2026-02-02T10:30"), []);
}

#[test]
fn a_chair_that_is_no_longer_there_takes_no_room() {
    let mut clinic = two_chairs(&[(2, "09:00", "12:00"), (3, "09:00", "12:00")]);
    clinic.needs = vec![chairs(1)];
    assert_eq!(clinic.causes("2026-02-02T10:00"), []);
    clinic.needs = vec![chairs(3)];
    let fitted = clinic.fit(clinic.local("2026-02-02T10:00")).unwrap();
    assert_eq!((fitted.claims[1].lane, fitted.moves), (1, Vec::new()));
}

#[test]
fn a_visit_that_takes_two_chairs_waits_for_both() {
    let mut clinic = two_chairs(&[(1, "09:00", "10:00")]);
    clinic.needs = vec![chairs(2), chairs(2)];
    let until = Some(clinic.local("2026-02-02T10:00"));
    let full = Cause::ResourceBusy { resource: ROOM, need: 1, until };
    assert_eq!(clinic.causes("2026-02-02T09:30"), [full]);
    assert_eq!(clinic.causes("2026-02-02T10:00"), []);
    // A third can never be had.
    clinic.needs.push(chairs(2));
    assert_eq!(clinic.causes("2026-02-02T10:00"), [Cause::NoResource { need: 2 }]);
    assert_eq!(clinic.causes("2026-02-02T09:30").len(), 2);
}

#[test]
fn a_chair_is_free_for_good_only_when_nobody_takes_the_other_at_once() {
    let claims = [(1, "09:00", "09:30"), (2, "09:00", "10:00"), (3, "09:30", "10:00")];
    let mut clinic = two_chairs(&claims).visits(20, 20);
    clinic.needs = vec![chairs(3), chairs(3)];
    let until = Some(clinic.local("2026-02-02T10:00"));
    let full = Cause::ResourceBusy { resource: ROOM, need: 1, until };
    assert_eq!(clinic.causes("2026-02-02T09:00"), [full]);
}

#[test]
fn claims_that_overlap_on_a_lane_move_together() {
    let claims = [(1, "09:00", "10:00"), (2, "10:00", "10:40"), (2, "10:20", "11:00"), (2, "10:20", "11:00")];
    let clinic = two_chairs(&claims);
    let fitted = clinic.fit(clinic.local("2026-02-02T09:30")).unwrap();
    assert_eq!(fitted.moves.len(), 3);
    assert!(fitted.moves.iter().all(|moved| (moved.from_lane, moved.to_lane) == (2, 1)));
}
