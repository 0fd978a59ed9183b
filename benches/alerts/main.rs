//! How long a hot caller's report takes to become a text on its way to the manager: `bin/bench` runs it,
//! `docs/performance.md` says what the figures mean. The sandbox is in this process, on the same cores.
#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::panic, missing_docs, reason = "a bench")]

#[allow(dead_code, reason = "benches/voice_path asks in its own way")]
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

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use jiff::tz::TimeZone;
use tokio::task::JoinSet;
use voxanne::platform::clock::Clock;
use voxanne_sandbox::Sandbox;

use load::{Round, Target};
use report::{Figures, say};
use shots::Messages;
use stage::{CONNECTIONS, Stage};

const ROUNDS: usize = 5;
const ROUND: Duration = Duration::from_secs(6);
/// Reports a second, every one of a hot caller: far more than ten clinics have on their best day.
const PACE: u32 = 50;
/// For the last alert of a round to leave.
const DRAIN_MAX: Duration = Duration::from_secs(30);

/// When the report about a caller was posted.
type Posted = Arc<Mutex<HashMap<String, Timestamp>>>;

#[tokio::main]
async fn main() {
    // Cargo's way of saying that this is `cargo bench` and not `cargo test --benches`.
    if std::env::args().nth(1).as_deref() != Some("--bench") {
        println!("alerts measures under `cargo bench` only");
        return;
    }
    let now = Clock::system().now();
    let run = u64::try_from(now.as_millisecond()).unwrap();
    let dir = std::env::var_os("VOXANNE_BENCH_DIR").map_or_else(|| "/var/tmp".into(), PathBuf::from);
    let dir = dir.join(format!("voxanne-alerts-{run}"));
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
    // What a closed clinic offers its hot callers would depend on the hour of the run.
    sqlx::raw_sql(
        "update integration_settings
            set hot_lead_alert_phone = '+1212555' || right(org_id::text, 4), after_hours_offer = false",
    )
    .execute(&stage.admin)
    .await
    .unwrap();
    let clock = Clock::system();
    let sandbox = Sandbox::start(None, Arc::new(move || clock.now())).await.unwrap();
    let settings = [
        ("VOXANNE_TWILIO_BASE_URL", sandbox.url()),
        ("VOXANNE_TEXTS_PER_ORG_PER_HOUR_MAX", "1000000".to_owned()),
        ("VOXANNE_TEXTS_PER_PREFIX_PER_HOUR_MAX", "1000000".to_owned()),
    ];
    let product = stage.serve_and_work(&settings).await;
    let posted = Posted::default();
    let of_shots = posted.clone();
    let reports = Target::new(product.port, move |number| {
        let shot = messages.hot_report(number);
        of_shots.lock().unwrap().insert(Messages::caller(number), Clock::system().now());
        shot
    });
    let (mut slowest, mut middle, mut of_answer) = (vec![], vec![], vec![]);
    for round in 0..=ROUNDS {
        let answers = reports.pace(PACE, CONNECTIONS.into(), ROUND).await.assert_right();
        let alerts = told(&sandbox, &posted).await;
        say(format_args!(
            "round {round}: {} reports, answered within p99 {:.2} ms; alert left after p50 {:.0} ms, p99 {:.0} ms, slowest {:.0} ms",
            answers.answers, answers.p99_ms, alerts.p50_ms, alerts.p99_ms, alerts.max_ms
        ));
        // The first one warms up.
        if round > 0 {
            slowest.push(alerts.p99_ms / 1000.0);
            middle.push(alerts.p50_ms / 1000.0);
            of_answer.push(alerts.p50_ms / answers.p50_ms);
        }
    }
    product.stop().await;
    let mut figures = Figures::default();
    figures.at_most("report to alert text: p99, seconds", 1.0, &slowest);
    figures.at_most("report to alert text: p50, seconds", 1.0, &middle);
    figures.at_least("report to alert text: p50, of the report's own answer", 0.0, &of_answer);
    figures.print();
}

/// How long each report of the round took to become a text, once the last has.
async fn told(sandbox: &Sandbox, posted: &Posted) -> Round {
    let began = Instant::now();
    loop {
        if let Some(micros) = waits(sandbox, &mut posted.lock().unwrap()) {
            return Round::new(micros, ROUND.as_secs_f64(), vec![]);
        }
        assert!(began.elapsed() < DRAIN_MAX, "alerts are missing");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// Microseconds from report to text of everybody posted, who are then forgotten; none while one has no text.
fn waits(sandbox: &Sandbox, posted: &mut HashMap<String, Timestamp>) -> Option<Vec<u128>> {
    let texts = sandbox.twilio().messages();
    let told: HashMap<&str, Timestamp> = texts
        .iter()
        .filter_map(|text| {
            let about = text.body.lines().find_map(|line| line.strip_prefix("📞 Phone: "))?;
            Some((about, text.created_at))
        })
        .collect();
    let waited = posted.iter().map(|(caller, at)| Some(told.get(caller.as_str())?.duration_since(*at)));
    let micros = waited.collect::<Option<Vec<_>>>()?;
    posted.clear();
    Some(micros.into_iter().map(|waited| waited.as_micros().max(0).unsigned_abs()).collect())
}
