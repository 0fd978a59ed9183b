//! What texts cost a caller while Twilio is silent, and how fast the queue drains into a Twilio that is quick: `bin/bench`
//! runs it, `docs/performance.md` says what the figures mean. The sandbox is in this process, on the same cores.
#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::panic, missing_docs, reason = "a bench")]

#[allow(dead_code, reason = "benches/voice_path asks in its own way")]
#[path = "../voice_path/load.rs"]
mod load;
mod queue;
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
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::Request;
use http_body_util::Full;
use jiff::tz::TimeZone;
use tokio::task::JoinSet;
use voxanne::messaging::SANDBOX_ACCOUNT_SID;
use voxanne::platform::clock::Clock;
use voxanne_sandbox::Sandbox;

use load::{Round, Shot, Target};
use report::{Figures, say};
use shots::Messages;
use stage::{CLINICS, CONNECTIONS, Stage};

const ROUNDS: usize = 5;
const ROUND: Duration = Duration::from_secs(6);
/// Bookings a second: a busy evening of ten clinics, far from what the server can do.
const PACE: u32 = 40;
/// Texts that are queued before a drain begins.
const TEXTS: usize = 3_000;
const DRAIN_MAX: Duration = Duration::from_mins(2);

#[tokio::main]
async fn main() {
    // Cargo's way of saying that this is `cargo bench` and not `cargo test --benches`.
    if std::env::args().nth(1).as_deref() != Some("--bench") {
        println!("texts measures under `cargo bench` only");
        return;
    }
    let now = Clock::system().now();
    let run = u64::try_from(now.as_millisecond()).unwrap();
    let dir = std::env::var_os("VOXANNE_BENCH_DIR").map_or_else(|| "/var/tmp".into(), PathBuf::from);
    let dir = dir.join(format!("voxanne-texts-{run}"));
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
    queue::lift_limits(&stage).await;
    let clock = Clock::system();
    let sandbox = Sandbox::start(None, Arc::new(move || clock.now())).await.unwrap();
    let mut figures = Figures::default();
    silent(&stage, &sandbox, &messages, &mut figures).await;
    drains(&stage, &sandbox, &mut figures).await;
    figures.print();
}

fn settings(sandbox: &Sandbox) -> Vec<(&'static str, String)> {
    vec![
        ("VOXANNE_TWILIO_BASE_URL", sandbox.url()),
        ("VOXANNE_TEXTS_PER_ORG_PER_HOUR_MAX", "1000000".to_owned()),
        ("VOXANNE_TEXTS_PER_PREFIX_PER_HOUR_MAX", "1000000".to_owned()),
    ]
}

/// Bookings while every account at Twilio is a black hole, and while Twilio works: one server, in turns.
async fn silent(stage: &Stage, sandbox: &Sandbox, messages: &Messages, figures: &mut Figures) {
    let product = stage.serve_and_work(&settings(sandbox)).await;
    let messages = messages.clone();
    let book = Target::new(product.port, move |number| messages.book(number));
    book.pace(PACE, CONNECTIONS.into(), ROUND / 2).await.assert_right();
    let (mut middle, mut slowest) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let mut rounds = Vec::new();
        for is_silent in [false, true] {
            queue::settle(stage).await;
            sandbox.twilio().black_hole(SANDBOX_ACCOUNT_SID, is_silent);
            rounds.push(book.pace(PACE, CONNECTIONS.into(), ROUND).await.assert_right());
        }
        let (works, silent) = (&rounds[0], &rounds[1]);
        tell("book_appointment, Twilio silent", silent);
        tell("  Twilio works", works);
        middle.push(silent.p50_ms / works.p50_ms);
        slowest.push(silent.p99_ms / works.p99_ms);
    }
    sandbox.twilio().black_hole(SANDBOX_ACCOUNT_SID, false);
    queue::settle(stage).await;
    product.stop().await;
    figures.at_most("book_appointment while Twilio is silent: p50, of that while it works", 1.05, &middle);
    figures.at_most("book_appointment while Twilio is silent: p99, of that while it works", 1.05, &slowest);
}

/// Texts that wait for a worker, until the last has left; and bare posts of the same texts.
async fn drains(stage: &Stage, sandbox: &Sandbox, figures: &mut Figures) {
    let port = sandbox.url().rsplit(':').next().unwrap().parse().unwrap();
    let bare = Target::new(port, post);
    let (mut of_one, mut of_all, mut reported, mut share) = (vec![], vec![], vec![], vec![]);
    for round in 0..ROUNDS {
        let bare = bare.drive(CONNECTIONS.into(), ROUND / 3).await.assert_right();
        tell("bare posts", &bare);
        of_one.push(drain(stage, sandbox, (round, 1), false).await);
        of_all.push(drain(stage, sandbox, (round, CLINICS), false).await);
        reported.push(drain(stage, sandbox, (round, CLINICS), true).await);
        share.push(of_all[round] / bare.per_second);
    }
    figures.at_least("texts/s of one clinic", 300.0, &of_one);
    figures.at_least("texts/s of ten clinics", 300.0, &of_all);
    figures.at_least("texts/s of ten clinics, each with three reports", 300.0, &reported);
    figures.at_least("texts of ten clinics, of bare posts to the same Twilio", 0.0, &share);
}

/// Texts a second from the moment a program with a worker is ready.
async fn drain(stage: &Stage, sandbox: &Sandbox, (round, clinics): (usize, u64), reports: bool) -> f64 {
    queue::settle(stage).await;
    queue::fill(stage, TEXTS, clinics).await;
    let before = sandbox.twilio().messages().len();
    let began = Instant::now();
    let mut settings = settings(sandbox);
    if !reports {
        // An address that Twilio cannot reach is not given to it.
        settings.push(("BACKEND_URL", "http://voxanne.invalid".to_owned()));
    }
    let product = stage.serve_and_work(&settings).await;
    while queue::left(stage).await > 0 {
        assert!(began.elapsed() < DRAIN_MAX, "{} left", queue::left(stage).await);
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let seconds = began.elapsed().checked_sub(product.ready_after).unwrap().as_secs_f64();
    let taken = sandbox.twilio().messages().len() - before;
    assert_eq!(taken, TEXTS, "each of them once");
    sandbox.twilio().settled().await;
    product.stop().await;
    #[expect(clippy::cast_precision_loss, reason = "thousands")]
    let per_second = TEXTS as f64 / seconds;
    say(format_args!(
        "round {round}: {TEXTS} texts of {clinics} clinics{} in {seconds:.2} s: {per_second:.0}/s",
        if reports { ", reported" } else { "" }
    ));
    per_second
}

/// What the product posts, without the product.
fn post(number: u64) -> Shot {
    let body = format!("To=%2B1310{}&From=%2B15005550006&Body=Bare+{number}", 7_000_000 + number);
    let request = Request::post(format!("/2010-04-01/Accounts/{SANDBOX_ACCOUNT_SID}/Messages.json"))
        .header("host", "127.0.0.1")
        .header("content-type", "application/x-www-form-urlencoded")
        .header("authorization", "Basic QUMwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDpzYW5kYm94");
    Shot { request: request.body(Full::new(Bytes::from(body))).unwrap(), expects: "201 " }
}

fn tell(what: &str, round: &Round) {
    let Round { per_second, p50_ms, p99_ms, max_ms, .. } = round;
    say(format_args!(
        "{what}: {per_second:.0}/s, p50 {p50_ms:.2} ms, p99 {p99_ms:.2} ms, slowest {max_ms:.1} ms"
    ));
}
