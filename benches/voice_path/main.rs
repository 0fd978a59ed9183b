//! The voice path through HTTP, beside the least that could do the same work on the same data: every figure is a ratio
//! of two servers measured in turns. `bin/bench` runs it; `docs/performance.md` says what the figures mean.
#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::panic, missing_docs, reason = "a bench")]

mod baseline;
#[allow(dead_code, reason = "benches/growth asks in its own way")]
mod load;
mod pgbench;
mod report;
mod served;
#[allow(dead_code, reason = "benches/calendars asks for more")]
mod shots;
#[allow(dead_code, reason = "benches/texts lets the server work")]
mod stage;

use std::path::PathBuf;
use std::time::Duration;

use jiff::tz::TimeZone;
use tokio::task::JoinSet;
use voxanne::platform::clock::Clock;

use load::{Round, Target};
use report::{Figures, say};
use served::Served;
use shots::Messages;
use stage::{CONNECTIONS, Stage};

/// Turns of each pair of servers, and how long each turn is.
const ROUNDS: usize = 5;
const ROUND: Duration = Duration::from_secs(4);
const WARM_UP: Duration = Duration::from_secs(2);
/// Callers who want the same time at the same moment, and how often that happens.
const STAMPEDE: usize = 256;
const STAMPEDES: u64 = 3;
/// The longest a caller may wait for a sentence, in milliseconds.
const DEADLINE_MS: f64 = 2_000.0;
const STARTS: usize = 5;

#[tokio::main]
async fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.first().map(String::as_str) {
        Some("baseline") => baseline::serve(arguments[1].parse().unwrap()).await,
        // Cargo's way of saying that this is `cargo bench` and not `cargo test --benches`.
        Some("--bench") => bench().await,
        _ => println!("voice_path measures under `cargo bench` only"),
    }
}

async fn bench() {
    let now = Clock::system().now();
    let run = u64::try_from(now.as_millisecond()).unwrap();
    let dir = std::env::var_os("VOXANNE_BENCH_DIR").map_or_else(|| "/var/tmp".into(), PathBuf::from);
    let dir = dir.join(format!("voxanne-bench-{run}"));
    let messages = Messages::new(now.to_zoned(TimeZone::UTC).date(), run);
    // In a task of its own: whatever fails in it, nothing stays behind.
    let mut played = JoinSet::new();
    played.spawn(play(dir.clone(), messages));
    let played = played.join_next().await.unwrap();
    if played.is_err() {
        println!("{}", std::fs::read_to_string(dir.join("serve.log")).unwrap());
    }
    stage::strike(&dir).await;
    played.unwrap();
}

async fn play(dir: PathBuf, messages: Messages) {
    let stage = Stage::set(dir).await;
    let mut figures = Figures::default();
    starts(&stage, &mut figures).await;
    let product = stage.serve().await;
    let idle = product.memory().0;
    checks(&stage, &product, &messages, &mut figures).await;
    rings(&product, &messages, &mut figures).await;
    bookings(&stage, &product, &messages, &mut figures).await;
    stampedes(&stage, &product, &messages, &mut figures).await;
    let (after, peak) = product.memory();
    say(format_args!(
        "memory: {idle:.0} MiB idle, {after:.0} MiB after the load, {peak:.0} MiB at its highest"
    ));
    figures.at_most("resident memory under load, MiB", 120.0, &[peak]);
    product.stop().await;
    figures.print();
}

/// From the start of the release binary to its first answer, beside a database that is up to date.
async fn starts(stage: &Stage, figures: &mut Figures) {
    let mut seconds = Vec::new();
    for _ in 0..STARTS {
        let served = stage.serve().await;
        seconds.push(served.ready_after.as_secs_f64());
        served.stop().await;
    }
    figures.at_most("start to ready on an existing database, s", 1.0, &seconds);
}

async fn checks(stage: &Stage, product: &Served, messages: &Messages, figures: &mut Figures) {
    let baseline = stage.baseline().await;
    let (ours, theirs) = (messages.clone(), messages.clone());
    let ours = Target::new(product.port, move |number| ours.check(number));
    let theirs = Target::new(baseline.port, move |number| theirs.select_day(number));
    warm_up(&[&ours, &theirs]).await;
    let (mut throughput, mut slowest) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let theirs = theirs.drive(CONNECTIONS.into(), ROUND).await.assert_right();
        let ours = ours.drive(CONNECTIONS.into(), ROUND).await.assert_right();
        tell("check_availability", &ours);
        tell("  one select in axum", &theirs);
        throughput.push(ours.per_second / theirs.per_second);
        slowest.push(ours.p99_ms / theirs.p99_ms);
    }
    baseline.stop().await;
    figures.at_least("check_availability: requests/s, of one select in axum", 0.5, &throughput);
    figures.at_most("check_availability: p99, of one select in axum", 3.0, &slowest);
}

/// T-V10: a phone that rings is answered at once.
async fn rings(product: &Served, messages: &Messages, figures: &mut Figures) {
    let messages = messages.clone();
    let ours = Target::new(product.port, move |number| messages.ring(number + (1 << 40)));
    warm_up(&[&ours]).await;
    let mut slowest = Vec::new();
    for _ in 0..ROUNDS {
        let round = ours.drive(CONNECTIONS.into(), ROUND / 2).await.assert_right();
        tell("assistant-request", &round);
        slowest.push(round.p99_ms);
    }
    figures.at_most("assistant-request: p99, ms", 50.0, &slowest);
}

async fn bookings(stage: &Stage, product: &Served, messages: &Messages, figures: &mut Figures) {
    let stored = messages.stored_booking();
    let messages = messages.clone();
    let ours = Target::new(product.port, move |number| messages.book(number));
    warm_up(&[&ours]).await;
    pgbench::book(stage, 0, WARM_UP, &stored).await;
    let mut throughput = Vec::new();
    for round in 1..=ROUNDS {
        stage.age_texts().await;
        let theirs = pgbench::book(stage, round as u64, ROUND, &stored).await;
        let ours = ours.drive(CONNECTIONS.into(), ROUND).await.assert_right();
        tell("book_appointment", &ours);
        say(format_args!("  pgbench: {:.0}/s, mean {:.1} ms", theirs.per_second, theirs.mean_ms));
        throughput.push(ours.per_second / theirs.per_second);
    }
    figures.at_least("book_appointment: bookings/s, of the same inserts by pgbench", 0.4, &throughput);
}

/// Many callers and one time: one of them gets it, and all of them hear something in time.
async fn stampedes(stage: &Stage, product: &Served, messages: &Messages, figures: &mut Figures) {
    let deadlocks = "select deadlocks from pg_stat_database where datname = current_database()";
    let mut slowest = Vec::new();
    for turn in 0..STAMPEDES {
        let same = messages.clone();
        let callers =
            Target::new(product.port, move |number| same.book_same(number + 1_000_000 + turn * 1_000, turn));
        let round = callers.stampede(STAMPEDE).await.assert_right();
        tell("stampede of 256", &round);
        slowest.push(round.max_ms);
        let (starts_at, practitioner) = messages.same_start(turn);
        let visits: i64 = sqlx::query_scalar(
            "select count(*) from appointments a join resources r on r.org_id = a.org_id and r.id = a.practitioner_id
              where a.org_id = lpad('1', 32, '0')::uuid and a.starts_at = $1::timestamptz and r.name = $2",
        )
        .bind(starts_at.to_string())
        .bind(practitioner)
        .fetch_one(&stage.admin)
        .await
        .unwrap();
        assert_eq!(visits, 1, "one caller and no other has the time");
    }
    let deadlocks: i64 = sqlx::query_scalar(deadlocks).fetch_one(&stage.admin).await.unwrap();
    assert_eq!(deadlocks, 0, "nobody waits in a circle");
    figures.at_most("stampede of 256 on one slot: slowest answer, ms", DEADLINE_MS, &slowest);
}

async fn warm_up(targets: &[&Target]) {
    for target in targets {
        target.drive(CONNECTIONS.into(), WARM_UP).await.assert_right();
    }
}

fn tell(what: &str, round: &Round) {
    let Round { per_second, p50_ms, p99_ms, max_ms, .. } = round;
    say(format_args!(
        "{what}: {per_second:.0}/s, p50 {p50_ms:.2} ms, p99 {p99_ms:.2} ms, slowest {max_ms:.1} ms"
    ));
}
