//! The real program as a child process, between a database and a texting vendor that outlive it.

use std::fs::File;
use std::os::fd::OwnedFd;
use std::path::PathBuf;
use std::process::{ExitStatus, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use secrecy::ExposeSecret as _;
use sqlx::{AssertSqlSafe, PgPool};
use tokio::process::{Child, Command};
use voxanne::platform::app::App;
use voxanne::platform::clock::Clock;
use voxanne::platform::db::Db;
use voxanne::platform::ids::Ids;
use voxanne::seed::GLOW;
use voxanne_sandbox::Sandbox;

use super::durable::Durable;
use crate::harness::{KEY, config, keys, secret_of};

/// How long the program may take to be ready.
const READY_WITHIN: Duration = Duration::from_secs(20);

/// Of the signals that a process has handlers for.
const SIGTERMS_BIT: u64 = 1 << 14;

/// What stays when the program dies.
pub struct Installation {
    pub postgres: Durable,
    pub sandbox: Sandbox,
    /// Sees every org: for looking, and for letting time pass.
    pub admin: PgPool,
    pub http: reqwest::Client,
    port: u16,
    settings: Vec<(&'static str, String)>,
}

impl Installation {
    /// A database with both clinics, a texting vendor, and settings beyond those that every installation has.
    pub async fn new(settings: Vec<(&'static str, String)>) -> Self {
        let postgres = Durable::start().await;
        let clock = Clock::system();
        let sandbox = Sandbox::start(None, Arc::new(move || clock.now())).await.unwrap();
        let admin = postgres.database.admin().await;
        sqlx::query("update integration_settings set texts_per_day_max = 1000000, missed_call_text = false, after_hours_offer = false")
            .execute(&admin)
            .await
            .unwrap();
        // A connection kept from before a kill would fail the first question after it.
        let http =
            reqwest::Client::builder().timeout(Duration::from_secs(25)).pool_max_idle_per_host(0).build();
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        Self { postgres, sandbox, admin, http: http.unwrap(), port, settings }
    }

    /// Adds settings that need to know the installation.
    pub fn set(&mut self, settings: Vec<(&'static str, String)>) {
        self.settings.extend(settings);
    }

    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// The secret that Glow's assistant proves itself with.
    pub fn secret() -> (String, String) {
        ("x-vapi-secret".to_owned(), secret_of(&GLOW))
    }

    /// Starts the program and waits until it is ready.
    pub async fn start(&self) -> Program {
        self.start_as(Command::new(env!("CARGO_BIN_EXE_voxanne"))).await
    }

    /// Starts `program`, which becomes the program, and waits until it is ready.
    pub async fn start_as(&self, mut program: Command) -> Program {
        let log: OwnedFd = File::options().create(true).append(true).open(self.log_path()).unwrap().into();
        let child = program
            .arg("serve")
            .stdin(Stdio::null())
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .env("DATABASE_URL", self.postgres.database.admin_url.expose_secret())
            .env("VOXANNE_SERVER_LISTEN", format!("127.0.0.1:{}", self.port))
            .env("VOXANNE_SECRETS_KEY", KEY)
            .env("VOXANNE_TWILIO_BASE_URL", self.sandbox.url())
            .env("VOXANNE_VAPI_BASE_URL", self.sandbox.url())
            .env("VOXANNE_TEXTS_TIMEOUT_SECONDS", "1")
            .env("VOXANNE_TEXTS_PER_ORG_PER_HOUR_MAX", "1000000")
            .env("VOXANNE_TEXTS_PER_PREFIX_PER_HOUR_MAX", "1000000")
            .env("NO_COLOR", "1")
            .envs(self.settings.iter().cloned())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let mut program = Program { child, begun: Instant::now() };
        while !self.is_ready().await {
            let ended = program.child.try_wait().unwrap();
            assert!(ended.is_none() && program.begun.elapsed() < READY_WITHIN, "{ended:?}: {}", self.log());
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        // R28: whoever is served may rely on being finished, so that no moment is too early to be asked to stop.
        assert!(program.hears_sigterm(), "SIGTERM would cut it off");
        program
    }

    pub async fn is_ready(&self) -> bool {
        let asked = self.http.get(format!("{}/health/ready", self.url())).send().await;
        asked.is_ok_and(|answer| answer.status() == 200)
    }

    /// Everything that the programs of this installation have logged.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.log_path()).unwrap_or_default()
    }

    /// Waits, bounded, until a program of this installation has logged these words.
    pub async fn until_logged(&self, words: &str) {
        for _ in 0..400 {
            if self.log().contains(words) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        panic!("never logged: {words}: {}", self.log());
    }

    fn log_path(&self) -> PathBuf {
        self.postgres.dir().join("program.log")
    }

    /// The same installation inside the test, for what nobody should have to wait a minute for.
    pub fn app(&self) -> App {
        let config = config(&self.sandbox);
        let db = Db::open(&self.postgres.database.app_url, &config.database).unwrap();
        App::new(config, db, Clock::system(), Ids::random(), keys()).unwrap()
    }

    /// How many rows, seen across orgs. `what` is a table with an optional `where`.
    pub async fn count(&self, what: &str) -> i64 {
        let sql = format!("select count(*) from {what}");
        sqlx::query_scalar(AssertSqlSafe(sql)).fetch_one(&self.admin).await.unwrap()
    }

    /// Lets two minutes pass for everything that waits: what is remembered moves back. Only while no program runs,
    /// whose work in hand would look abandoned.
    pub async fn time_passes(&self) {
        // The server still does what a killed program had sent, read or not; once its sessions are gone, nothing of it waits for
        // these rows or keeps them. Those of PgBouncer stay.
        let is_pooled = self.settings.iter().any(|(name, _)| *name == "VOXANNE_DATABASE_PGBOUNCER");
        let left = if is_pooled { "state <> 'idle'" } else { "true" };
        while self.count(&format!("pg_stat_activity where usename = 'voxanne_app' and {left}")).await > 0 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        sqlx::raw_sql(
            "update graphile_worker._private_workers set last_heartbeat_at = last_heartbeat_at - interval '2 minutes';
             update graphile_worker._private_job_queues set locked_at = locked_at - interval '2 minutes' where locked_at is not null;
             update graphile_worker._private_jobs set run_at = run_at - interval '2 minutes', locked_at = locked_at - interval '2 minutes';
             update texts set sending_at = sending_at - interval '2 minutes' where state = 'sending';
             update text_providers set paused_until = paused_until - interval '2 minutes', held_until = held_until - interval '2 minutes';
             update inbox set received_at = received_at - interval '2 minutes' where state = 'stored';",
        )
        .execute(&self.admin)
        .await
        .unwrap();
    }
}

/// A running program; dropped, it is killed.
pub struct Program {
    child: Child,
    begun: Instant,
}

impl Program {
    /// `kill -9`.
    pub async fn kill(mut self) {
        self.child.kill().await.unwrap();
    }

    /// Asks it to stop and waits for its end.
    pub async fn terminate(mut self) -> ExitStatus {
        let pid = i32::try_from(self.child.id().unwrap()).unwrap();
        kill(Pid::from_raw(pid), Signal::SIGTERM).unwrap();
        tokio::time::timeout(Duration::from_secs(30), self.child.wait())
            .await
            .expect("it ends in time")
            .unwrap()
    }

    /// Whether it has a handler for SIGTERM; without one it would die of it.
    fn hears_sigterm(&self) -> bool {
        u64::from_str_radix(&self.status("SigCgt:"), 16).unwrap() & SIGTERMS_BIT != 0
    }

    /// The most memory that it has had at once, in MiB.
    pub fn memory_peak_mib(&self) -> u64 {
        self.status("VmHWM:").trim_end_matches(" kB").parse::<u64>().unwrap() / 1024
    }

    /// What the system says of it.
    fn status(&self, name: &str) -> String {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id().unwrap())).unwrap();
        status.lines().find_map(|line| line.strip_prefix(name)).unwrap().trim().to_owned()
    }

    pub fn has_ended(&mut self) -> bool {
        self.child.try_wait().unwrap().is_some()
    }
}
