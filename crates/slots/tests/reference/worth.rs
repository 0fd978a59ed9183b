//! The random worlds are worth asking about, or the agreement proves nothing.

use std::collections::BTreeMap;

use proptest::{
    strategy::{Strategy, ValueTree},
    test_runner::TestRunner,
};
use voxanne_slots::{Busy, Cause, fit};

use crate::{
    clock::instant,
    oracle::Oracle,
    rank,
    worlds::{World, world},
};

const WORLDS: usize = 400;

fn some_worlds() -> impl Iterator<Item = World> {
    let mut runner = TestRunner::deterministic();
    (0..WORLDS).map(move |_| world().new_tree(&mut runner).unwrap().current())
}

#[test]
fn the_worlds_have_openings_taken_times_good_starts_and_shared_rooms() {
    let (mut open, mut taken, mut good, mut shared) = (0, 0, 0, 0);
    for world in some_worlds() {
        let (oracle, busy) = (Oracle::new(&world), world.busy());
        let offered = oracle.openings();
        open += u32::from(!offered.is_empty());
        let idle = World { busy: Vec::new(), ..world.clone() };
        taken += u32::from(offered.len() < oracle.beside(&idle).openings().len());
        good += u32::from(world.starts.iter().any(|&start| oracle.who_at(start).is_some()));
        shared += u32::from(offered.iter().any(|&(start, _)| uses_one_room_twice(&world, &busy, start)));
    }
    let counts = (open, taken, good, shared);
    assert!(open > 100 && taken > 50 && good > 60 && shared > 8, "{counts:?}");
}

fn uses_one_room_twice(world: &World, busy: &Busy, start: i64) -> bool {
    let fitted = fit(&world.rules(), busy, instant(start), instant(world.now)).unwrap();
    fitted.claims.windows(2).any(|pair| pair[0].resource == pair[1].resource)
}

type Lift = fn(&mut World);

/// How many worlds offer more without a rule.
#[test]
fn every_rule_takes_openings_away_somewhere() {
    let lift: [(&str, Lift); 8] = [
        ("service cap", |world| world.service.daily_cap = None),
        ("practitioner cap", |world| world.practitioners.iter_mut().for_each(|who| who.daily_cap = None)),
        ("licence", |world| world.practitioners.iter_mut().for_each(|who| who.last_date = None)),
        ("time off", |world| world.practitioners.iter_mut().for_each(|who| who.away.clear())),
        ("supervision", |world| world.supervisors = None),
        ("prerequisites", |world| world.guest.prerequisites.clear()),
        ("spacing", |world| world.guest.spacings.clear()),
        ("effective dates", |world| {
            world.hours.weeks.iter_mut().for_each(|week| (week.from, week.to) = (None, None));
        }),
    ];
    let mut more: BTreeMap<&str, usize> = lift.iter().map(|(rule, _)| (*rule, 0)).collect();
    for world in some_worlds() {
        let oracle = Oracle::new(&world);
        let offered = oracle.openings().len();
        for (rule, lift) in lift {
            let mut without = world.clone();
            lift(&mut without);
            *more.get_mut(rule).unwrap() += usize::from(oracle.beside(&without).openings().len() > offered);
        }
    }
    assert!(more.values().all(|count| *count >= 6), "{more:?}");
}

#[test]
fn every_cause_comes_up_often_and_alone() {
    let (mut often, mut alone) = ([0; 18], [0; 18]);
    for world in some_worlds() {
        let busy = world.busy();
        for &start in &world.starts {
            let refusal = fit(&world.rules(), &busy, instant(start), instant(world.now)).err();
            let causes: Vec<Cause> = refusal.map_or(Vec::new(), |refusal| refusal.causes);
            for cause in &causes {
                often[rank(cause)] += 1;
            }
            if let [cause] = &causes[..] {
                alone[rank(cause)] += 1;
            }
        }
    }
    assert!(often.iter().all(|count| *count >= 20), "{often:?}");
    assert!(alone.iter().all(|count| *count >= 2), "{alone:?}");
}
