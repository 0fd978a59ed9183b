//! What an outside calendar costs a caller, and what one costs that does not answer: `bin/bench` runs it,
//! `docs/performance.md` says what the figures mean. Five clinics with calendars and five without are asked in turns.
#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::panic, missing_docs, reason = "a bench")]

mod connect;
#[allow(dead_code, reason = "benches/growth asks in its own way")]
#[path = "../voice_path/load.rs"]
mod load;
#[allow(dead_code, reason = "benches/voice_path has other targets")]
#[path = "../voice_path/report.rs"]
mod report;
#[allow(dead_code, reason = "benches/voice_path measures more of a server")]
#[path = "../voice_path/served.rs"]
mod served;
#[allow(dead_code, reason = "benches/voice_path asks for more")]
#[path = "../voice_path/shots.rs"]
mod shots;
#[allow(dead_code, reason = "benches/voice_path has a baseline")]
#[path = "../voice_path/stage.rs"]
mod stage;

use std::path::PathBuf;
use std::time::Duration;

use jiff::tz::TimeZone;
use tokio::task::JoinSet;
use voxanne::platform::clock::Clock;
use voxanne_sandbox::Fault;

use connect::{ACCOUNT, Vendor};
use load::{Round, Target};
use report::{Figures, say};
use served::Served;
use shots::Messages;
use stage::{CONNECTIONS, Stage};

const ROUNDS: usize = 5;
const ROUND: Duration = Duration::from_secs(4);
const WARM_UP: Duration = Duration::from_secs(2);
/// The longest a caller may wait for a sentence, in milliseconds.
const DEADLINE_MS: f64 = 2_000.0;

#[tokio::main]
async fn main() {
    // Cargo's way of saying that this is `cargo bench` and not `cargo test --benches`.
    if std::env::args().nth(1).as_deref() != Some("--bench") {
        println!("calendars measures under `cargo bench` only");
        return;
    }
    let now = Clock::system().now();
    let run = u64::try_from(now.as_millisecond()).unwrap();
    let dir = std::env::var_os("VOXANNE_BENCH_DIR").map_or_else(|| "/var/tmp".into(), PathBuf::from);
    let dir = dir.join(format!("voxanne-calendars-{run}"));
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
    connect::seed_mirrors(&stage).await;
    let product = stage.serve().await;
    let what =
        ["looks kept for seconds: p50, of that without", "looks kept for seconds: p99, of that without"];
    compare(&product, &messages, what, &mut figures).await;
    product.stop().await;
    let product = stage.serve_with(&[("VOXANNE_DATABASE_PGBOUNCER", "true".into())]).await;
    let what = [
        "every look asks the database: p50, of that without",
        "every look asks the database: p99, of that without",
    ];
    compare(&product, &messages, what, &mut figures).await;
    product.stop().await;
    stalled(&stage, &messages, &mut figures).await;
    figures.print();
}

/// The same question to clinics with a mirror of 1,600 events and to clinics without.
async fn compare(product: &Served, messages: &Messages, what: [&'static str; 2], figures: &mut Figures) {
    let (with, without) = (messages.clone(), messages.clone());
    // The first five clinics have calendars.
    let with = Target::new(product.port, move |n| with.check(n / 5 * 10 + n % 5));
    let without = Target::new(product.port, move |n| without.check(n / 5 * 10 + 5 + n % 5));
    for target in [&with, &without] {
        target.drive(CONNECTIONS.into(), WARM_UP).await.assert_right();
    }
    let (mut middle, mut slowest) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let without = without.drive(CONNECTIONS.into(), ROUND).await.assert_right();
        let with = with.drive(CONNECTIONS.into(), ROUND).await.assert_right();
        tell("check_availability with calendars", &with);
        tell("  without", &without);
        middle.push(with.p50_ms / without.p50_ms);
        slowest.push(with.p99_ms / without.p99_ms);
    }
    figures.at_most(what[0], 1.2, &middle);
    figures.at_most(what[1], 1.2, &slowest);
}

/// A clinic whose Google answers after half a minute, and whose mirror is too old to be believed.
async fn stalled(stage: &Stage, messages: &Messages, figures: &mut Figures) {
    let vendor = Vendor::start().await;
    let (mut checks, mut bookings) = (Vec::new(), Vec::new());
    let product = stage.serve_with(&vendor.settings()).await;
    vendor.connect_clinic_nine(stage).await;
    vendor.google().bad_day(ACCOUNT, Some(Fault::Delay { millis: 30_000 }));
    let (checked, booked) = (messages.clone(), messages.clone());
    let check = Target::new(product.port, move |n| checked.check(n * 10 + 8));
    let book = Target::new(product.port, move |n| booked.book_pending(n * 10 + 8));
    for round in 0..ROUNDS {
        // Whoever comes after the pause asks again, and waits for it.
        if round > 0 {
            tokio::time::sleep(Vendor::pause()).await;
        }
        let asked = check.drive(CONNECTIONS.into(), ROUND).await.assert_right();
        tell("check_availability, Google stalled", &asked);
        checks.push(asked.max_ms);
        tokio::time::sleep(Vendor::pause()).await;
        let asked = book.drive(4, Duration::from_secs(2)).await.assert_right();
        tell("book_appointment, Google stalled", &asked);
        bookings.push(asked.max_ms);
    }
    figures.at_most("Google stalls for 30 s: slowest check_availability, ms", DEADLINE_MS, &checks);
    figures.at_most("Google stalls for 30 s: slowest book_appointment, ms", DEADLINE_MS, &bookings);
    product.stop().await;
}

fn tell(what: &str, round: &Round) {
    say(format_args!(
        "{what}: {:.0}/s, p50 {:.2} ms, p99 {:.2} ms, slowest {:.0} ms",
        round.per_second, round.p50_ms, round.p99_ms, round.max_ms
    ));
}
