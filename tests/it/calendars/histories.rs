//! Random histories: we book, move and cancel while people edit their calendars, Google has bad days and workers die.
//! When all is quiet again, calendars and visits agree or somebody is asked, and nobody lost anything.
//!
//! Each history is a clinic of its own with accounts of its own. [`step`] draws what happens, [`play`], [`ours`],
//! [`people`], [`bad_days`] and [`worker`] do it, [`model`] keeps what must come of it, [`meanwhile`], [`end`],
//! [`look`] and [`told`] see whether it did.
//!
//! `VOXANNE_HISTORIES=10000` plays more of them; `VOXANNE_HISTORY_SEED=<what a failure printed>` plays that one again.

mod bad_days;
mod clinic;
mod end;
mod look;
mod meanwhile;
mod model;
mod ours;
mod people;
mod play;
mod step;
mod told;
mod worker;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Instant;

use futures::future::join_all;

use self::play::History;
use crate::harness::Voxanne;

const HISTORIES: u64 = 500;
/// Where they begin unless another seed is given: a change is judged by the same ones as the one before it.
const FIRST: u64 = 1;
/// Played at a time, each with a Voxanne and a sandbox of its own: most of a history is waiting.
const LANES: u64 = 4;
/// Played by one Voxanne before the next: sandbox and logs forget nothing.
const OF_ONE: u64 = 100;
/// Failures printed whole.
const PRINTED_MAX: usize = 5;

/// What happened, for whoever has to understand a failure.
#[derive(Debug, Clone, Default)]
pub struct Trace(Arc<Mutex<Vec<String>>>);

impl Trace {
    pub fn add(&self, line: String) {
        self.0.lock().unwrap().push(line);
    }

    fn told(&self) -> String {
        self.0.lock().unwrap().join("\n  ")
    }
}

/// A history that did not end well.
struct Failed {
    seed: u64,
    why: String,
    trace: Trace,
}

/// What was played in all, by name, so that a generator that no longer draws something is seen.
#[derive(Default)]
struct Tally {
    failed: Vec<Failed>,
    steps: BTreeMap<&'static str, u64>,
}

async fn play_lane(next: &AtomicU64, end: u64, tally: &Mutex<Tally>) {
    'lane: loop {
        let vox = Arc::new(Voxanne::start_with(|config| config.calendars.timeout_seconds = 1).await);
        for n in 0..OF_ONE {
            let seed = next.fetch_add(1, Ordering::Relaxed);
            if seed >= end {
                break 'lane;
            }
            let trace = Trace::default();
            let history = History::begin(vox.clone(), n, seed, trace.clone());
            // A panic is a failure like any other, with its steps.
            let played = tokio::spawn(async move { history.await.play().await }).await;
            let mut tally = tally.lock().unwrap();
            match played {
                Ok(Ok(steps)) => {
                    for (name, times) in steps {
                        *tally.steps.entry(name).or_default() += times;
                    }
                }
                Ok(Err(why)) => tally.failed.push(Failed { seed, why, trace }),
                Err(panic) => tally.failed.push(Failed { seed, why: panic.to_string(), trace }),
            }
        }
    }
}

fn asked(variable: &str) -> Option<u64> {
    std::env::var(variable).ok().map(|n| n.parse().unwrap())
}

/// Issue 4: after whatever happened, no visit is lost, doubled, moved or cancelled without a person, and each calendar
/// tells each visit once or somebody is asked why not.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn calendars_and_visits_agree_after_every_random_history() {
    let given = asked("VOXANNE_HISTORY_SEED");
    let first = given.unwrap_or(FIRST);
    let histories = asked("VOXANNE_HISTORIES").unwrap_or(if given.is_some() { 1 } else { HISTORIES });
    eprintln!("calendars::histories: VOXANNE_HISTORY_SEED={first} VOXANNE_HISTORIES={histories}");
    let (next, tally, began) = (AtomicU64::new(first), Mutex::<Tally>::default(), Instant::now());
    let lanes = (0..LANES.min(histories)).map(|_| play_lane(&next, first + histories, &tally));
    join_all(lanes).await;
    let tally = tally.into_inner().unwrap();
    let seconds = began.elapsed().as_secs_f64();
    eprintln!("{histories} histories in {seconds:.1} s: {:?}", tally.steps);
    for Failed { seed, why, trace } in tally.failed.iter().take(PRINTED_MAX) {
        eprintln!("VOXANNE_HISTORY_SEED={seed}: {why}\n  {}", trace.told());
    }
    let seeds: Vec<u64> = tally.failed.iter().map(|failed| failed.seed).collect();
    assert!(seeds.is_empty(), "{} of {histories} histories did not end well: {seeds:?}", seeds.len());
}
