//! Whether cost grows with history, and what a busy clinic costs: `bin/bench` runs it, `docs/performance.md` says what
//! the figures mean. Ten clinics with 10,000 visits and a thousand with 1,000,000 are asked the same in turns.
#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::panic, missing_docs, reason = "a bench")]

mod asked;
#[allow(dead_code, reason = "benches/voice_path asks in its own way")]
#[path = "../voice_path/load.rs"]
mod load;
#[allow(dead_code, reason = "benches/voice_path has other targets")]
#[path = "../voice_path/report.rs"]
mod report;
#[allow(dead_code, reason = "benches/voice_path measures more of a server")]
#[path = "../voice_path/served.rs"]
mod served;
mod stage;

use std::path::PathBuf;
use std::time::{Duration, Instant};

use jiff::ToSpan as _;
use jiff::tz::TimeZone;
use jiff_sqlx::ToSqlx as _;
use sqlx::PgConnection;
use tokio::task::JoinSet;
use uuid::Uuid;
use voxanne::platform::clock::Clock;

use asked::{Asked, clinic_of, day_of};
use load::{Round, Target};
use report::{Figures, say};
use stage::{Installation, Stage, id, org};

const ROUNDS: usize = 5;
const LOOKS: u64 = 1_000;
const ROUND: Duration = Duration::from_secs(3);
const WARM_UP: Duration = Duration::from_secs(2);
const CALLS_PER_SECOND: u32 = 50;
const PACED: Duration = Duration::from_secs(10);

#[tokio::main]
async fn main() {
    // Cargo's way of saying that this is `cargo bench` and not `cargo test --benches`.
    if std::env::args().nth(1).as_deref() != Some("--bench") {
        println!("growth measures under `cargo bench` only");
        return;
    }
    let now = Clock::system().now();
    let dir = std::env::var_os("VOXANNE_BENCH_DIR").map_or_else(|| "/var/tmp".into(), PathBuf::from);
    let dir = dir.join(format!("voxanne-growth-{}", now.as_millisecond()));
    let asked = Asked::new(now.to_zoned(TimeZone::UTC).date());
    // In a task of its own: whatever fails in it, nothing stays behind.
    let mut played = JoinSet::new();
    played.spawn(play(dir.clone(), asked));
    let played = played.join_next().await.unwrap();
    voxanne::platform::embedded::stop_left_behind(&dir.join("postgres")).await.unwrap();
    std::fs::remove_dir_all(dir).unwrap();
    played.unwrap();
}

async fn play(dir: PathBuf, asked: Asked) {
    let stage = Stage::set(dir).await;
    let began = Instant::now();
    let (few, many) = (stage.install(10).await, stage.install(1_000).await);
    say(format_args!("1,010 clinics and 1,014,000 visits after {:.0} s", began.elapsed().as_secs_f64()));
    let mut figures = Figures::default();
    looks(&few, &many, &asked, &mut figures).await;
    calls(&few, &many, &asked, &mut figures).await;
    busy(&many, &asked, &mut figures).await;
    figures.print();
}

/// The database's look alone, one after the other on one connection each.
async fn looks(few: &Installation, many: &Installation, asked: &Asked, figures: &mut Figures) {
    let (mut of_few, mut of_many) = (few.connect().await, many.connect().await);
    let (mut medians, mut slowest) = (Vec::new(), Vec::new());
    // The first one warms up.
    for round in 0..=ROUNDS as u64 {
        let (mut few_micros, mut many_micros) = (Vec::new(), Vec::new());
        let began = Instant::now();
        for number in round * LOOKS..(round + 1) * LOOKS {
            few_micros.push(look(&mut of_few, few.clinics, asked, number).await);
            many_micros.push(look(&mut of_many, many.clinics, asked, number).await);
        }
        let seconds = began.elapsed().as_secs_f64();
        let few_round = Round::new(few_micros, seconds, Vec::new());
        let many_round = Round::new(many_micros, seconds, Vec::new());
        if round > 0 {
            tell("app_ctx.look, 10,000 visits", &few_round);
            tell("  1,000,000 visits", &many_round);
            medians.push(many_round.p50_ms / few_round.p50_ms);
            slowest.push(many_round.p99_ms / few_round.p99_ms);
        }
    }
    figures.at_most("look at 1,000,000 visits: p50, of that at 10,000", 1.3, &medians);
    figures.at_most("look at 1,000,000 visits: p99, of that at 10,000", 1.3, &slowest);
}

async fn look(conn: &mut PgConnection, clinics: u64, asked: &Asked, number: u64) -> u128 {
    let clinic = clinic_of(clinics, number);
    let resources: Vec<Uuid> = (1..=4).chain(11..=14).map(|thing| id(clinic * 1000 + thing)).collect();
    let date = asked.day(day_of(number));
    let midnight = |date: jiff::civil::Date| date.to_zoned(TimeZone::UTC).unwrap().timestamp().to_sqlx();
    let began = Instant::now();
    let rows = sqlx::query("select * from app_ctx.look($1, $2, $3, $4, $5, '{}')")
        .bind(org(clinic).0)
        .bind(resources)
        .bind(midnight(date))
        .bind(midnight(date.checked_add(1.day()).unwrap()))
        .bind(Clock::system().now().to_sqlx())
        .fetch_all(conn)
        .await
        .unwrap();
    let took = began.elapsed().as_micros();
    assert!(rows.len() > 5, "a day has visits: {}", rows.len());
    took
}

/// The whole tool call through HTTP, one caller at a time.
async fn calls(few: &Installation, many: &Installation, asked: &Asked, figures: &mut Figures) {
    let (few_served, many_served) = (few.serve().await, many.serve().await);
    let target = |installation: &Installation, port| {
        let (asked, clinics) = (asked.clone(), installation.clinics);
        Target::new(port, move |number| asked.of_clinic(clinics, number))
    };
    let (of_few, of_many) = (target(few, few_served.port), target(many, many_served.port));
    for target in [&of_few, &of_many] {
        target.drive(1, WARM_UP).await.assert_right();
    }
    let (mut medians, mut slowest) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let few_round = of_few.drive(1, ROUND).await.assert_right();
        let many_round = of_many.drive(1, ROUND).await.assert_right();
        tell("the tool call, 10,000 visits", &few_round);
        tell("  1,000,000 visits", &many_round);
        medians.push(many_round.p50_ms / few_round.p50_ms);
        slowest.push(many_round.p99_ms / few_round.p99_ms);
    }
    few_served.stop().await;
    many_served.stop().await;
    figures.at_most("tool call at 1,000,000 visits: p50, of that at 10,000", 1.3, &medians);
    figures.at_most("tool call at 1,000,000 visits: p99, of that at 10,000", 1.3, &slowest);
}

/// Fifty callers a second of a clinic with 8 practitioners, 6 rooms, 3 devices and 2,000 visits in 14 days.
async fn busy(many: &Installation, asked: &Asked, figures: &mut Figures) {
    let served = many.serve().await;
    let asked = asked.clone();
    let target = Target::new(served.port, move |number| asked.of_the_busy_clinic(number));
    target.pace(CALLS_PER_SECOND, 10, WARM_UP).await.assert_right();
    let mut slowest = Vec::new();
    for _ in 0..ROUNDS {
        let round = target.pace(CALLS_PER_SECOND, 10, PACED).await.assert_right();
        tell("the busy clinic", &round);
        slowest.push(round.p99_ms);
    }
    served.stop().await;
    figures.at_most("busy clinic, 50 calls/s: p99, ms", 10.0, &slowest);
}

fn tell(what: &str, round: &Round) {
    let Round { per_second, p50_ms, p99_ms, max_ms, .. } = round;
    say(format_args!(
        "{what}: {per_second:.0}/s, p50 {p50_ms:.2} ms, p99 {p99_ms:.2} ms, slowest {max_ms:.1} ms"
    ));
}
