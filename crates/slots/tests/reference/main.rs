//! The engine against a slow, obvious reference, on thousands of random clinics. `VOXANNE_WORLDS` says how many.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

mod clock;
mod lanes;
mod oracle;
mod removal;
mod worlds;
mod worth;

use clock::instant;
use oracle::{Oracle, back};
use proptest::{prelude::*, test_runner::TestCaseResult};
use removal::{Freeing, remove};
use uuid::Uuid;
use voxanne_slots::{Busy, Cause, Fit, fit, openings};
use worlds::{World, world};

/// Refused starts of a world whose causes are removed one by one, from either end of the list: each takes several
/// oracles.
const REFUSED_STARTS: usize = 2;

fn config() -> ProptestConfig {
    let worlds = std::env::var("VOXANNE_WORLDS").ok().and_then(|worlds| worlds.parse().ok());
    ProptestConfig {
        cases: worlds.unwrap_or(5_000),
        failure_persistence: None,
        max_shrink_iters: 2_000,
        ..ProptestConfig::default()
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn the_engine_agrees_with_the_reference(world in world()) {
        let (oracle, busy) = (Oracle::new(&world), world.busy());
        agrees_on_openings(&world, &busy, &oracle)?;
        let mut refused = Vec::new();
        for &start in &world.starts {
            match fit(&world.rules(), &busy, instant(start), instant(world.now)) {
                Ok(fitted) => {
                    prop_assert_eq!(Some(fitted.opening.practitioner), oracle.who_at(start));
                    claims_are_sound(&world, &fitted)?;
                }
                Err(refusal) => {
                    prop_assert_eq!(oracle.who_at(start), None);
                    refused.push((start, refusal.causes));
                }
            }
        }
        let is_near_an_end = |index| index < REFUSED_STARTS || index + REFUSED_STARTS >= refused.len();
        for (_, (start, causes)) in refused.iter().enumerate().filter(|(index, _)| is_near_an_end(*index)) {
            causes_are_a_smallest_set(&world, &oracle, *start, causes)?;
            times_are_right(&world, &oracle, *start, causes)?;
        }
    }
}

fn agrees_on_openings(world: &World, busy: &Busy, oracle: &Oracle<'_>) -> TestCaseResult {
    let now = instant(world.now);
    let offered = openings(&world.rules(), busy, world.from, world.to, now);
    let said: Vec<(i64, Uuid)> =
        offered.iter().map(|opening| (opening.starts_at.as_second() / 60, opening.practitioner)).collect();
    prop_assert_eq!(said, oracle.openings());
    for opening in offered {
        let fitted = fit(&world.rules(), busy, opening.starts_at, now);
        let fitted =
            fitted.map_err(|refusal| TestCaseError::fail(format!("{opening:?} refused: {refusal}")))?;
        prop_assert_eq!(fitted.opening, opening);
        claims_are_sound(world, &fitted)?;
    }
    Ok(())
}

/// One claim for the practitioner and one for each need, on lanes that exist, over the whole visit. Once the others
/// have moved, no two claims on a lane overlap that did not share one before.
fn claims_are_sound(world: &World, fitted: &Fit) -> TestCaseResult {
    prop_assert_eq!(fitted.claims.len(), 1 + world.needs.len());
    let mut after = world.busy.clone();
    let moved = |moved: &voxanne_slots::LaneMove, lane| {
        (moved.resource, lane, moved.starts_at.as_second() / 60, moved.ends_at.as_second() / 60)
    };
    let mut indices = Vec::new();
    for lane_move in &fitted.moves {
        let claim = moved(lane_move, lane_move.from_lane);
        let index = (0..after.len()).find(|index| world.busy[*index] == claim && !indices.contains(index));
        prop_assert!(index.is_some(), "{lane_move:?} moves nothing");
        prop_assert!((1..=world.capacity(lane_move.resource).unwrap()).contains(&lane_move.to_lane));
        indices.extend(index);
        after[index.unwrap()].1 = lane_move.to_lane;
    }
    for (index, claim) in fitted.claims.iter().enumerate() {
        prop_assert!(claim.starts_at <= fitted.opening.starts_at && fitted.opening.ends_at <= claim.ends_at);
        let is_giver = claim.resource == fitted.opening.practitioner;
        let last = if is_giver { Some(1) } else { world.capacity(claim.resource) };
        prop_assert!((1..=last.unwrap()).contains(&claim.lane));
        let (from, to) = (claim.starts_at.as_second() / 60, claim.ends_at.as_second() / 60);
        let lane = (claim.resource, claim.lane);
        prop_assert!(
            after.iter().all(|busy| (busy.0, busy.1) != lane || !overlap((busy.2, busy.3), (from, to)))
        );
        prop_assert!(fitted.claims[..index].iter().all(|other| (other.resource, other.lane) < lane));
    }
    for &moved in &indices {
        for other in (0..after.len()).filter(|other| *other != moved) {
            let [a, b] = [moved, other].map(|index| after[index]);
            let shared_before =
                (world.busy[moved].0, world.busy[moved].1) == (world.busy[other].0, world.busy[other].1);
            let collide = (a.0, a.1) == (b.0, b.1) && overlap((a.2, a.3), (b.2, b.3));
            prop_assert!(shared_before || !collide, "{:?}", fitted.moves);
        }
    }
    Ok(())
}

fn overlap(a: (i64, i64), b: (i64, i64)) -> bool {
    a.0.max(b.0) < a.1.min(b.1)
}

/// Without all of them the start can be booked, with any one of them it cannot. Removing a cause never refuses what
/// was possible, so that this is so for every subset.
fn causes_are_a_smallest_set(
    world: &World,
    oracle: &Oracle<'_>,
    start: i64,
    causes: &[Cause],
) -> TestCaseResult {
    prop_assert!(!causes.is_empty());
    prop_assert!(causes.is_sorted_by_key(rank), "{causes:?}");
    let bookable = |left: Option<usize>, freeing| {
        let mut without = world.clone();
        for (index, cause) in causes.iter().enumerate() {
            if Some(index) != left {
                remove(&mut without, cause, start, freeing);
            }
        }
        oracle.beside(&without).who_at(start).is_some()
    };
    prop_assert!(bookable(None, Freeing::OnePlace), "{start} without all of {causes:?}");
    prop_assert!(bookable(None, Freeing::Everything), "{start} without all of {causes:?}");
    for (index, left) in causes.iter().enumerate() {
        prop_assert!(!bookable(Some(index), Freeing::OnePlace), "{start} in spite of {left:?} of {causes:?}");
    }
    Ok(())
}

/// Whoever is said to get free or to be back at some time does.
fn times_are_right(world: &World, oracle: &Oracle<'_>, start: i64, causes: &[Cause]) -> TestCaseResult {
    let service = &world.service;
    let ends = start + i64::from(service.duration_minutes.max(1));
    let (before, after) = (i64::from(service.buffer_before_minutes), i64::from(service.buffer_after_minutes));
    for cause in causes {
        let (said, expected) = match cause {
            Cause::PractitionerBusy { practitioner, until }
            | Cause::BusyElsewhere { practitioner, until } => {
                (Some(*until), oracle.through(*practitioner, 1, start - before, ends + after))
            }
            Cause::Away { practitioner, until } => {
                let who = world.practitioners.iter().find(|who| who.id == *practitioner).unwrap();
                (Some(*until), back(who, start, ends))
            }
            Cause::ResourceBusy { resource, need, until } if world.capacity(*resource) == Some(1) => {
                let cleanup = i64::from(world.needs[*need].cleanup_minutes);
                (*until, oracle.through(*resource, 1, start, ends + cleanup))
            }
            Cause::ResourceBusy { until, .. } => {
                prop_assert!(until.is_some_and(|until| instant(start) < until));
                continue;
            }
            _ => continue,
        };
        prop_assert!(said.is_some() && said == expected.map(instant), "{cause:?}: {expected:?}");
    }
    Ok(())
}

/// The order of the causes. Needs come last, in their own order.
pub fn rank(cause: &Cause) -> usize {
    match cause {
        Cause::InThePast => 0,
        Cause::TooSoon { .. } => 1,
        Cause::BeyondHorizon { .. } => 2,
        Cause::ClosedThatDay => 3,
        Cause::OutsideHours { .. } => 4,
        Cause::ServiceFull { .. } => 5,
        Cause::PrerequisiteMissing { .. } => 6,
        Cause::TooCloseToAnotherVisit { .. } => 7,
        Cause::NoSupervisor => 8,
        Cause::NobodyEligible => 9,
        Cause::LicenceExpired { .. } => 10,
        Cause::NotWorking { .. } => 11,
        Cause::Away { .. } => 12,
        Cause::PractitionerFull { .. } => 13,
        Cause::PractitionerBusy { .. } | Cause::BusyElsewhere { .. } => 14,
        Cause::ResourceBusy { need, .. } | Cause::NoResource { need } => 15 + need,
    }
}
