//! How long a visit that was booked takes to reach the dashboards that are open, and what idle sockets cost:
//! `bin/bench` runs it, `docs/performance.md` says what the figures mean. The clients are in this process, on the same cores.
#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::panic, missing_docs, reason = "a bench")]

#[allow(dead_code, reason = "benches/voice_path has other targets")]
#[path = "../voice_path/report.rs"]
mod report;
#[allow(dead_code, reason = "benches/voice_path measures more of a server")]
#[path = "../voice_path/served.rs"]
mod served;
#[allow(dead_code, reason = "benches/voice_path has a baseline")]
#[path = "../voice_path/stage.rs"]
mod stage;

use std::path::PathBuf;
use std::time::{Duration, Instant};

use futures::future::try_join_all;
use futures::{SinkExt as _, StreamExt as _};
use nix::sys::resource::{Resource, getrlimit, setrlimit};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};
use uuid::Uuid;
use voxanne::accounts::{self, Role, Staff};
use voxanne::language::Language;
use voxanne::platform::app::App;
use voxanne::platform::clock::Clock;
use voxanne::platform::ids::{OrgId, SessionId, UserId};

use report::{Figures, say};
use stage::Stage;

/// Dashboards that are open while visits are booked.
const OPEN: usize = 200;
const BOOKINGS: usize = 300;
/// Between two bookings.
const PACE: Duration = Duration::from_millis(50);
/// Sockets that only live.
const IDLE: usize = 5_000;
/// Sockets that are opened at once.
const AT_ONCE: usize = 50;
const PATIENCE: Duration = Duration::from_secs(30);

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

#[tokio::main]
async fn main() {
    // Cargo's way of saying that this is `cargo bench` and not `cargo test --benches`.
    if std::env::args().nth(1).as_deref() != Some("--bench") {
        println!("live measures under `cargo bench` only");
        return;
    }
    let (_, hard) = getrlimit(Resource::RLIMIT_NOFILE).unwrap();
    setrlimit(Resource::RLIMIT_NOFILE, hard.min(65_536), hard).unwrap();
    let run = Clock::system().now().as_millisecond();
    let dir = std::env::var_os("VOXANNE_BENCH_DIR").map_or_else(|| "/var/tmp".into(), PathBuf::from);
    let dir = dir.join(format!("voxanne-live-{run}"));
    // In a task of its own: whatever fails in it, nothing stays behind.
    let mut played = JoinSet::new();
    played.spawn(play(dir.clone()));
    let played = played.join_next().await.unwrap();
    if played.is_err() {
        println!("{}", std::fs::read_to_string(dir.join("serve.log")).unwrap());
    }
    stage::strike(&dir).await;
    played.unwrap();
}

async fn play(dir: PathBuf) {
    let stage = Stage::set(dir).await;
    let desk = IDLE + 2 * OPEN;
    let connections = (desk + OPEN).to_string();
    let settings = [
        ("VOXANNE_SERVER_CONNECTIONS_MAX", connections.clone()),
        ("VOXANNE_SERVER_DESK_CONNECTIONS_MAX", desk.to_string()),
        ("VOXANNE_SERVER_CONNECTIONS_PER_ADDRESS_MAX", connections),
    ];
    let product = stage.serve_with(&settings).await;
    let app = stage.app(|_| {});
    let staff = staff(&stage, &app).await;
    let url = format!("ws://127.0.0.1:{}/ws/live-calls", product.port);
    let token = || accounts::socket_token(&app, &staff).unwrap().token;
    let mut figures = Figures::default();

    let waited = bookings(&stage, &staff, open(&url, &token, OPEN).await).await;
    let at = |percent: usize| waited[(waited.len() - 1) * percent / 100];
    say(format_args!(
        "{} events at {OPEN} sockets: p50 {:.1} ms, p99 {:.1} ms, slowest {:.1} ms",
        waited.len(),
        at(50),
        at(99),
        at(100)
    ));
    figures.at_most("commit of a booking to its event at the client: p50, ms", 250.0, &[at(50)]);
    figures.at_most("commit of a booking to its event at the client: p99, ms", 250.0, &[at(99)]);

    let (before, _) = product.memory();
    let idle = open(&url, &token, IDLE).await;
    let (with_all, _) = product.memory();
    say(format_args!("{} idle sockets: {before:.0} MiB before, {with_all:.0} MiB with them", idle.len()));
    figures.at_most("memory of 5,000 idle sockets, MiB", 150.0, &[with_all - before]);
    figures.at_most(
        "memory of one idle socket, KiB",
        64.0,
        &[(with_all - before) * 1024.0 / f64::from(u32::try_from(idle.len()).unwrap())],
    );
    drop(idle);
    product.stop().await;
    figures.print();
}

/// Somebody of the first clinic who is signed in.
async fn staff(stage: &Stage, app: &App) -> Staff {
    let org = OrgId(Uuid::parse_str(&format!("{:032}", 1)).unwrap());
    let (user, session): (UserId, SessionId) = (app.new_id(), app.new_id());
    for statement in [
        "insert into users (user_id, email, name, created_at) values ($2, 'bench@clinic.example', 'Bench', now())",
        "insert into memberships (org_id, id, user_id, role, created_at) values ($1, $3, $2, 'owner', now())",
        "insert into sessions (user_id, id, token_digest, current_org, second_factor_due, agent, network, created_at, last_seen_at, expires_at)
         values ($2, $3, '\\x00', $1, false, 'bench', '127.0.0.1', now(), now(), now() + interval '1 day')",
    ] {
        // Each statement knows all three.
        let text = statement.replace("$1", &quoted(org.0)).replace("$2", &quoted(user.0)).replace("$3", &quoted(session.0));
        sqlx::raw_sql(sqlx::AssertSqlSafe(text)).execute(&stage.admin).await.unwrap();
    }
    Staff {
        user,
        org,
        role: Role::Owner,
        session: Some(session),
        name: "Bench".to_owned(),
        email: "bench@clinic.example".to_owned(),
        language: Language::English,
        signed_in_until: None,
        owes_second_factor: false,
    }
}

fn quoted(id: Uuid) -> String {
    format!("'{id}'")
}

/// So many sockets, subscribed.
async fn open(url: &str, token: &impl Fn() -> String, count: usize) -> Vec<Socket> {
    let mut sockets = Vec::with_capacity(count);
    while sockets.len() < count {
        let more = (0..AT_ONCE.min(count - sockets.len())).map(|_| subscribe(url, token()));
        sockets.extend(try_join_all(more).await.unwrap());
    }
    sockets
}

async fn subscribe(url: &str, token: String) -> Result<Socket, tokio_tungstenite::tungstenite::Error> {
    let (mut socket, _) = connect_async(url).await?;
    socket.send(Message::text(json!({"type": "subscribe", "token": token}).to_string())).await?;
    loop {
        let said = socket.next().await.unwrap()?;
        if said.to_text().is_ok_and(|said| said.contains("subscribed")) {
            return Ok(socket);
        }
    }
}

/// Milliseconds from a booking's commit to its event, at every socket; sorted.
async fn bookings(stage: &Stage, staff: &Staff, sockets: Vec<Socket>) -> Vec<f64> {
    let (to_heard, mut heard) = mpsc::unbounded_channel();
    let mut listening = JoinSet::new();
    let count = sockets.len();
    for socket in sockets {
        listening.spawn(listen(socket, to_heard.clone()));
    }
    let ids = voxanne::platform::ids::Ids::random();
    let mut waited = Vec::with_capacity(count * BOOKINGS);
    for _ in 0..BOOKINGS {
        let id: Uuid = ids.next(Clock::system().now());
        let mut tx = stage.admin.begin().await.unwrap();
        sqlx::query("insert into appointments select (jsonb_populate_record(a, jsonb_build_object('id', $2::uuid))).* from appointments a where a.org_id = $1 limit 1")
            .bind(staff.org.0)
            .bind(id)
            .execute(&mut *tx)
            .await
            .unwrap();
        let committing = Instant::now();
        tx.commit().await.unwrap();
        let subject = format!("apt_{}", id.simple());
        let mut missing = count;
        while missing > 0 {
            let (what, at): (String, Instant) =
                tokio::time::timeout(PATIENCE, heard.recv()).await.unwrap().unwrap();
            if what == subject {
                missing -= 1;
                waited.push(at.duration_since(committing).as_secs_f64() * 1000.0);
            }
        }
        tokio::time::sleep(PACE).await;
    }
    listening.shutdown().await;
    waited.sort_by(f64::total_cmp);
    waited
}

async fn listen(mut socket: Socket, to_heard: mpsc::UnboundedSender<(String, Instant)>) {
    while let Some(Ok(message)) = socket.next().await {
        let at = Instant::now();
        let Ok(text) = message.to_text() else { continue };
        let Ok(said) = serde_json::from_str::<Value>(text) else { continue };
        if let Some(subject) = said["subject"].as_str() {
            let _ = to_heard.send((subject.to_owned(), at));
        }
    }
}
