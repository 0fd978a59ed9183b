//! The engine against a slow, obvious reference, on ten thousand random clinics.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

mod oracle;
mod worlds;

use oracle::{Oracle, instant};
use proptest::{
    prelude::*,
    strategy::ValueTree,
    test_runner::{TestCaseResult, TestRunner},
};
use uuid::Uuid;
use voxanne_slots::{Busy, Fit, fit, openings};
use worlds::{World, world};

const WORLDS: u32 = 10_000;

proptest! {
    #![proptest_config(ProptestConfig {
        cases: WORLDS,
        failure_persistence: None,
        max_shrink_iters: 2_000,
        ..ProptestConfig::default()
    })]

    #[test]
    fn the_engine_agrees_with_the_reference(world in world()) {
        let (oracle, busy) = (Oracle::new(&world), world.busy());
        agrees_on_openings(&world, &busy, &oracle)?;
        for &start in &world.starts {
            agrees_on_start(&world, &busy, &oracle, start)?;
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
        claims_are_sound(world, busy, &fitted)?;
    }
    Ok(())
}

fn agrees_on_start(world: &World, busy: &Busy, oracle: &Oracle<'_>, start: i64) -> TestCaseResult {
    let fitted = fit(&world.rules(), busy, instant(start), instant(world.now));
    prop_assert_eq!(fitted.as_ref().ok().map(|fitted| fitted.opening.practitioner), oracle.who_at(start));
    fitted.map_or(Ok(()), |fitted| claims_are_sound(world, busy, &fitted))
}

/// One claim for the practitioner and one for each need; none touches what is busy; no lane twice; each covers
/// the visit and is on a lane that exists.
fn claims_are_sound(world: &World, busy: &Busy, fitted: &Fit) -> TestCaseResult {
    prop_assert_eq!(fitted.claims.len(), 1 + world.needs.len());
    for claim in &fitted.claims {
        prop_assert!(busy.busy_until(claim.resource, claim.lane, claim.starts_at, claim.ends_at).is_none());
        prop_assert!(claim.starts_at <= fitted.opening.starts_at && fitted.opening.ends_at <= claim.ends_at);
        let lanes = world.needs.iter().flat_map(|need| &need.candidates);
        let exists = lanes.into_iter().any(|c| c.resource == claim.resource && claim.lane <= c.lanes);
        prop_assert!(exists || claim.resource == fitted.opening.practitioner);
    }
    for pair in fitted.claims.windows(2) {
        prop_assert!((pair[0].resource, pair[0].lane) < (pair[1].resource, pair[1].lane));
    }
    Ok(())
}

/// Or the agreement above proves nothing.
#[test]
fn the_worlds_have_openings_taken_times_good_starts_and_shared_rooms() {
    let mut runner = TestRunner::deterministic();
    let (mut open, mut taken, mut good, mut shared) = (0, 0, 0, 0);
    for _ in 0..400 {
        let world = world().new_tree(&mut runner).unwrap().current();
        let (oracle, busy) = (Oracle::new(&world), world.busy());
        let offered = oracle.openings();
        open += u32::from(!offered.is_empty());
        let idle = World { busy: Vec::new(), ..world.clone() };
        taken += u32::from(offered.len() < Oracle::new(&idle).openings().len());
        good += u32::from(world.starts.iter().any(|&start| oracle.who_at(start).is_some()));
        shared += u32::from(offered.iter().any(|&(start, _)| uses_one_room_twice(&world, &busy, start)));
    }
    let counts = (open, taken, good, shared);
    assert!(open > 150 && taken > 80 && good > 100 && shared > 20, "{counts:?}");
}

fn uses_one_room_twice(world: &World, busy: &Busy, start: i64) -> bool {
    let fitted = fit(&world.rules(), busy, instant(start), instant(world.now)).unwrap();
    fitted.claims.windows(2).any(|pair| pair[0].resource == pair[1].resource)
}
