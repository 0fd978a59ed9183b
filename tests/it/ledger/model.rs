//! Random sequences, one step after the other: after each the rows are the oracle's.

use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use sqlx::PgPool;

use super::clinic::{Clinic, MIDNIGHT, PRACTITIONERS, SERVICES};
use super::spec::{Answer, Id, Op, State, Wish};
use super::writer::{How, Writer};
use crate::harness::{Database, NOW, new_database};

const STEPS_MAX: usize = 60;
/// Few times, so that wishes meet: three hours before midnight and one after.
const STARTS: std::ops::Range<u16> = MIDNIGHT - 12..MIDNIGHT + 4;
const CALLS: u8 = 3;

/// A step, before it is known what there is to confirm, move or cancel.
#[derive(Debug, Clone)]
enum Step {
    Book { call: u8, wish: Wish },
    Hold { call: u8, wish: Wish, minutes: i64 },
    Confirm(prop::sample::Index),
    HangUp { call: u8 },
    Move { visit: prop::sample::Index, start: u16 },
    Cancel(prop::sample::Index),
    Import { practitioner: u8, busy: Vec<(u16, u16)> },
    Later { minutes: i64 },
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let wish = || {
        (0..u8::try_from(SERVICES.len()).unwrap(), STARTS)
            .prop_map(|(service, start)| Wish { service, start })
    };
    let index = any::<prop::sample::Index>;
    let busy = prop::collection::vec((STARTS, 1..6_u16).prop_map(|(from, cells)| (from, from + cells)), 0..4);
    let step = prop_oneof![
        6 => (0..CALLS, wish()).prop_map(|(call, wish)| Step::Book { call, wish }),
        4 => (0..CALLS, wish(), 1..10_i64).prop_map(|(call, wish, minutes)| Step::Hold { call, wish, minutes }),
        3 => index().prop_map(Step::Confirm),
        1 => (0..CALLS).prop_map(|call| Step::HangUp { call }),
        4 => (index(), STARTS).prop_map(|(visit, start)| Step::Move { visit, start }),
        4 => index().prop_map(Step::Cancel),
        1 => (0..PRACTITIONERS, busy).prop_map(|(practitioner, mut busy)| {
            busy.sort_unstable();
            Step::Import { practitioner, busy }
        }),
        2 => (1..8_i64).prop_map(|minutes| Step::Later { minutes }),
    ];
    prop::collection::vec(step, 1..STEPS_MAX)
}

/// What was ever made, so that later steps can mean it, and what is written by now.
struct Play {
    state: State,
    now: Timestamp,
    next: Id,
    visits: Vec<(Id, u8)>,
    holds: Vec<(Id, u8, Wish)>,
}

impl Play {
    fn op(&mut self, step: &Step) -> Option<Op> {
        self.next += 1;
        let id = self.next;
        Some(match step {
            Step::Book { call, wish } => Op::Book { id, call: *call, wish: *wish },
            Step::Hold { call, wish, minutes } => {
                let until = self.now + SignedDuration::from_mins(*minutes);
                Op::Hold { id, call: *call, wish: *wish, until }
            }
            Step::Confirm(_) if self.holds.is_empty() => return None,
            Step::Confirm(which) => {
                let (hold, call, wish) = *which.get(&self.holds);
                Op::Confirm { hold, id, call, wish }
            }
            Step::HangUp { call } => Op::HangUp { call: *call },
            Step::Move { .. } | Step::Cancel(_) if self.visits.is_empty() => return None,
            Step::Move { visit, start } => {
                let (id, service) = *visit.get(&self.visits);
                Op::Move { id, to: Wish { service, start: *start } }
            }
            Step::Cancel(visit) => {
                let (id, service) = *visit.get(&self.visits);
                Op::Cancel { id, service }
            }
            Step::Import { practitioner, busy } => {
                Op::Import { practitioner: *practitioner, busy: busy.clone() }
            }
            Step::Later { minutes } => {
                self.now += SignedDuration::from_mins(*minutes);
                return None;
            }
        })
    }

    fn remember(&mut self, op: &Op, answer: &Answer) {
        match (op, answer) {
            (Op::Book { id, wish, .. } | Op::Confirm { id, wish, .. }, Answer::Placed(_)) => {
                self.visits.push((*id, wish.service));
            }
            (Op::Hold { id, call, wish, .. }, Answer::Placed(_)) => self.holds.push((*id, *call, *wish)),
            _ => {}
        }
    }
}

async fn play(
    database: &Database,
    admin: &PgPool,
    clinic: u128,
    steps: &[Step],
) -> Result<(), TestCaseError> {
    let writer = Writer::new(database, Clinic::open(admin, clinic).await, How::shipped(), 1);
    let now = NOW.parse().unwrap();
    let mut play =
        Play { state: State::default(), now, next: clinic << 32, visits: Vec::new(), holds: Vec::new() };
    for step in steps {
        let Some(op) = play.op(step) else { continue };
        let told = writer.perform(0, &op, play.now).await;
        let expected = play.state.apply(&op, play.now);
        prop_assert_eq!(told, Ok(expected.clone()), "{:?}", op);
        prop_assert_eq!(&writer.state(0).await.unwrap(), &play.state, "after {:?}", op);
        play.remember(&op, &expected);
    }
    writer.close().await;
    Ok(())
}

/// F3, F4, F6 and 2.2: lapsed holds go whole, a move keeps or loses nothing, two chairs are two and one laser is one.
#[test]
fn after_every_step_of_a_random_sequence_the_ledger_is_the_oracles() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let (database, admin) = runtime.block_on(async {
        let database = new_database().await;
        let admin = database.admin().await;
        (database, admin)
    });
    let cases = std::env::var("VOXANNE_LEDGER_CASES").ok().and_then(|n| n.parse().ok()).unwrap_or(24);
    let config = Config { cases, failure_persistence: None, max_shrink_iters: 400, ..Config::default() };
    let mut clinics = 0;
    let clinic = std::cell::RefCell::new(&mut clinics);
    let mut runner = TestRunner::new(config);
    let outcome = runner.run(&steps(), |steps| {
        let mut clinic = clinic.borrow_mut();
        **clinic += 1;
        runtime.block_on(play(&database, &admin, **clinic, &steps))
    });
    if let Err(failure) = outcome {
        panic!("{failure}");
    }
}
