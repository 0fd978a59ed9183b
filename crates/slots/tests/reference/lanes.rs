//! Lanes against brute force: every way to put some claims on a few lanes is tried.

use jiff::tz::TimeZone;
use proptest::{collection::vec, prelude::*};
use uuid::Uuid;
use voxanne_slots::{Busy, Candidate, Guest, Hours, LocalSpan, Need, Practitioner, Rules, Service, fit};

use crate::{clock::instant, config};

const CHAIRS: Uuid = Uuid::from_u128(9);
const START: i64 = 600;
const MINUTES: i64 = 10;

type Span = (i64, i64);

/// Claims as they come about: each on the first lane that is free for it, if any.
fn first_fit(capacity: u16, wanted: Vec<(i64, i64, u16)>) -> Vec<(u16, Span)> {
    let mut claims: Vec<(u16, Span)> = Vec::new();
    for (at, minutes, from_lane) in wanted {
        let span = (START - 40 + at, START - 40 + at + minutes);
        let lanes = (0..capacity).map(|n| (from_lane + n) % capacity + 1);
        let mut free =
            lanes.filter(|lane| claims.iter().all(|claim| claim.0 != *lane || !overlap(claim.1, span)));
        if let Some(lane) = free.next() {
            claims.push((lane, span));
        }
    }
    claims
}

fn overlap(a: Span, b: Span) -> bool {
    a.0.max(b.0) < a.1.min(b.1)
}

/// Whether each of `wanted` can have a lane when `placed` have theirs.
fn can_place(capacity: u16, placed: &mut Vec<(u16, Span)>, wanted: &[Span]) -> bool {
    let [first, rest @ ..] = wanted else { return true };
    (1..=capacity).any(|lane| {
        if placed.iter().any(|claim| claim.0 == lane && overlap(claim.1, *first)) {
            return false;
        }
        placed.push((lane, *first));
        let all = can_place(capacity, placed, rest);
        placed.pop();
        all
    })
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn a_visit_gets_chairs_exactly_if_some_order_of_lanes_has_room(
        capacity in 1_u16..=4,
        wanted in vec((0_i64..80, 1_i64..30, 0_u16..4), 0..=8),
        cleanups in vec(0_u16..=15, 1..=3),
    ) {
        let claims = first_fit(capacity, wanted);
        let mine: Vec<Span> = cleanups.iter().map(|cleanup| (START, START + MINUTES + i64::from(*cleanup))).collect();
        let fitted = book(capacity, &claims, &cleanups);

        let everything: Vec<Span> = claims.iter().map(|claim| claim.1).chain(mine.clone()).collect();
        prop_assert_eq!(fitted.is_some(), can_place(capacity, &mut Vec::new(), &everything));
        let Some((mut after, moves)) = fitted else { return Ok(()) };
        // Nobody moves where nobody must.
        prop_assert_eq!(moves == 0, can_place(capacity, &mut claims.clone(), &mine));
        prop_assert_eq!(after.len(), everything.len());
        while let Some((lane, span)) = after.pop() {
            prop_assert!((1..=capacity).contains(&lane));
            prop_assert!(after.iter().all(|other| other.0 != lane || !overlap(other.1, span)));
        }
    }
}

/// All claims after a booking that takes a chair for each of `cleanups`, and how many moved.
fn book(capacity: u16, claims: &[(u16, Span)], cleanups: &[u16]) -> Option<(Vec<(u16, Span)>, usize)> {
    let chair = Candidate { resource: CHAIRS, lanes: capacity };
    let need = |&cleanup_minutes: &u16| Need { candidates: vec![chair], cleanup_minutes };
    let needs: Vec<Need> = cleanups.iter().map(need).collect();
    let service = Service {
        duration_minutes: u16::try_from(MINUTES).unwrap(),
        buffer_before_minutes: 0,
        buffer_after_minutes: 0,
        grid_minutes: 5,
        minimum_notice_minutes: 0,
        horizon_days: 1,
        daily_cap: None,
    };
    let rules = Rules {
        zone: &TimeZone::UTC,
        hours: &Hours::daily(&[LocalSpan::new(0, 1440).unwrap()]),
        service: &service,
        practitioners: &[Practitioner::default()],
        needs: &needs,
        supervisors: None,
        guest: &Guest::default(),
    };
    let taken = |&(lane, (from, to)): &(u16, Span)| (CHAIRS, lane, instant(from), instant(to));
    let fitted = fit(&rules, &Busy::new(claims.iter().map(taken)), instant(START), instant(0)).ok()?;
    let mut after = claims.to_vec();
    for moved in &fitted.moves {
        let span = (moved.starts_at.as_second() / 60, moved.ends_at.as_second() / 60);
        let index = claims.iter().position(|claim| *claim == (moved.from_lane, span)).unwrap();
        after[index].0 = moved.to_lane;
    }
    let chairs = fitted.claims.iter().filter(|claim| claim.resource == CHAIRS);
    after.extend(chairs.map(|c| (c.lane, (c.starts_at.as_second() / 60, c.ends_at.as_second() / 60))));
    Some((after, fitted.moves.len()))
}
