//! What scoring a call costs, beside reading its words once: `bin/bench` runs it, `docs/performance.md` says what the figures mean.
#![allow(clippy::unwrap_used, clippy::print_stdout, missing_docs, reason = "a bench")]

use std::hint::black_box;
use std::path::Path;
use std::time::{Duration, Instant};

use voxanne::leads::scoring::{Rules, Scorer, Speaker, Turn, corpus};

const BYTES: usize = 10_000;
const ROUNDS: usize = 15;
const CALLS: u32 = 200;

fn main() {
    // Cargo's way of saying that this is `cargo bench` and not `cargo test --benches`.
    if std::env::args().nth(1).as_deref() != Some("--bench") {
        println!("scoring measures under `cargo bench` only");
        return;
    }
    let turns = transcript();
    let rules = Rules::default();
    let scorer = Scorer::new(&rules);
    let (mut scored, mut ratios) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let score = timed(|| black_box(scorer.score(black_box(&turns), None).score));
        let words = timed(|| black_box(count_words(black_box(&turns))));
        scored.push(score);
        ratios.push(score.as_secs_f64() / words.as_secs_f64());
    }
    scored.sort_unstable();
    ratios.sort_by(f64::total_cmp);
    let (least, middle, most) = (scored[0], scored[ROUNDS / 2], scored[ROUNDS - 1]);
    let met = if middle < Duration::from_micros(200) { "yes" } else { "**no**" };
    println!(
        "| 10 kB of transcript scored, µs | < 200 | {} | {} | {} | {met} |",
        least.as_micros(),
        middle.as_micros(),
        most.as_micros()
    );
    let (least, middle, most) = (ratios[0], ratios[ROUNDS / 2], ratios[ROUNDS - 1]);
    println!("|   of lower-casing and counting its words | | {least:.2} | {middle:.2} | {most:.2} | |");
}

fn timed(mut run: impl FnMut() -> u8) -> Duration {
    let began = Instant::now();
    for _ in 0..CALLS {
        run();
    }
    began.elapsed() / CALLS
}

/// The baseline: the least that anything must do which reads words.
fn count_words(turns: &[Turn]) -> u8 {
    let callers = turns.iter().filter(|turn| turn.speaker == Speaker::Caller);
    let words = callers.flat_map(|turn| turn.text.split_whitespace()).map(str::to_lowercase);
    u8::try_from(words.filter(|word| word == "botox").count() % 256).unwrap()
}

/// Calls of the corpus, one after the other, as one call.
fn transcript() -> Vec<Turn> {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus/fitted");
    let calls = corpus::read(&std::fs::read_to_string(dir.join("new_lead.jsonl")).unwrap()).unwrap();
    let mut bytes = 0;
    let turns = calls.into_iter().flat_map(|call| call.turns);
    turns
        .take_while(|turn| {
            bytes += turn.text.len();
            bytes <= BYTES
        })
        .collect()
}
