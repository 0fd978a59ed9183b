//! What the bench plays on: a PostgreSQL of its own that loses nothing, ten clinics, the product's release binary.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use secrecy::{ExposeSecret as _, SecretString};
use sqlx::PgPool;
use sqlx::postgres::PgPoolOptions;
use tokio::process::{Child, Command};
use uuid::Uuid;
use voxanne::orgs;
use voxanne::platform::app::App;
use voxanne::platform::clock::Clock;
use voxanne::platform::config::Config;
use voxanne::platform::db::Db;
use voxanne::platform::embedded::{self, Embedded, Options};
use voxanne::platform::ids::{Ids, OrgId};
use voxanne::platform::migrate::{APP_ROLE, migrate};
use voxanne::platform::secrets::Keys;
use voxanne_vapi::auth::Scheme;

pub const CLINICS: u64 = 10;
pub const VISITS_PER_CLINIC: u64 = 1_000;
pub const ZONE: &str = "America/Los_Angeles";
pub const PRACTITIONERS: [&str; 4] = ["Amy", "Bruno", "Carla", "David"];
/// Connections of the product's pool for callers, of the baseline's pool, of pgbench, and of the load.
pub const CONNECTIONS: u16 = 16;

const KEY: &str = "YmVuY2hiZW5jaGJlbmNoYmVuY2hiZW5jaGJlbmNoYmU=";
const SEED: &str = include_str!("seed.sql");
const START_MAX: Duration = Duration::from_secs(30);

/// A seeded database.
pub struct Stage {
    embedded: Embedded,
    pub admin: PgPool,
    pub dir: PathBuf,
}

impl Stage {
    /// An empty server, brought up to date and seeded.
    pub async fn set(dir: PathBuf) -> Self {
        let options = Options {
            data_dir: dir.join("postgres"),
            binaries: None,
            port: None,
            durable: true,
            max_connections: 100,
            cache_dir: dir.join("cache"),
        };
        let embedded = Embedded::start(&options).await.unwrap();
        let admin_url = embedded.admin_url("postgres");
        migrate(&admin_url, &keys().database_password()).await.unwrap();
        let admin = PgPoolOptions::new().max_connections(2).connect(admin_url.expose_secret()).await.unwrap();
        sqlx::raw_sql(SEED).execute(&admin).await.unwrap();
        let stage = Self { embedded, admin, dir };
        stage.issue_secrets().await;
        stage.exec("vacuum analyze").await;
        stage.exec("checkpoint").await;
        stage
    }

    async fn issue_secrets(&self) {
        let config = Config::load(|_| None).unwrap();
        let db = Db::open(&self.app_url(), &config.database).unwrap();
        let app = App::new(config, db, Clock::system(), Ids::random(), keys()).unwrap();
        for clinic in 1..=CLINICS {
            let org = OrgId(Uuid::parse_str(&format!("{clinic:032}")).unwrap());
            let mut tx = app.begin(org).await.unwrap();
            let sealed = SecretString::from(secret(clinic));
            orgs::issue_secret(&app, &mut tx, org, &Scheme::VapiSecret, &sealed).await.unwrap();
            tx.commit().await.unwrap();
        }
        app.db.close().await;
    }

    pub fn admin_url(&self) -> SecretString {
        self.embedded.admin_url("postgres")
    }

    fn app_url(&self) -> SecretString {
        let (port, password) = (self.embedded.port(), Self::password());
        format!("postgres://{APP_ROLE}:{password}@127.0.0.1:{port}/postgres").into()
    }

    pub fn database_port(&self) -> u16 {
        self.embedded.port()
    }

    /// The password of the program's role.
    pub fn password() -> String {
        keys().database_password().expose_secret().to_owned()
    }

    async fn exec(&self, sql: &'static str) {
        sqlx::raw_sql(sql).execute(&self.admin).await.unwrap();
    }

    /// Makes the texts so far a matter of last week: a clinic whose day is not over has texted less.
    pub async fn age_texts(&self) {
        self.exec("update texts set queued_at = queued_at - interval '7 days' where queued_at > now() - interval '1 day'")
            .await;
        self.exec("vacuum analyze texts").await;
    }

    /// `voxanne serve` beside this database.
    pub async fn serve(&self) -> Served {
        let port = free_port();
        let mut command = Command::new(env!("CARGO_BIN_EXE_voxanne"));
        command.args(["serve", "--no-worker"]);
        command.env("DATABASE_URL", self.admin_url().expose_secret()).env("VOXANNE_SECRETS_KEY", KEY);
        command.env("VOXANNE_SERVER_LISTEN", format!("127.0.0.1:{port}"));
        command.env("VOXANNE_DATABASE_DATA_DIR", &self.dir);
        Served::start(command, port, self.dir.join("serve.log")).await
    }

    /// The baseline as a process of its own, as the product is.
    pub async fn baseline(&self) -> Served {
        let port = free_port();
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args(["baseline", &port.to_string()]).env("DATABASE_URL", self.admin_url().expose_secret());
        Served::start(command, port, self.dir.join("baseline.log")).await
    }
}

/// Stops the server, whatever became of the bench, and removes its data.
pub async fn strike(dir: &Path) {
    embedded::stop_left_behind(&dir.join("postgres")).await.unwrap();
    std::fs::remove_dir_all(dir).unwrap();
}

/// A server in a process of its own.
pub struct Served {
    child: Child,
    pub port: u16,
    /// From the start of the process to its first answer to `/health/ready`.
    pub ready_after: Duration,
}

impl Served {
    async fn start(mut command: Command, port: u16, log: PathBuf) -> Self {
        let log_file = std::fs::File::create(&log).unwrap();
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(log_file).kill_on_drop(true);
        let began = Instant::now();
        let child = command.spawn().unwrap();
        let url = format!("http://127.0.0.1:{port}/health/ready");
        let http = reqwest::Client::builder().timeout(START_MAX).build().unwrap();
        while !http.get(&url).send().await.is_ok_and(|answer| answer.status().is_success()) {
            assert!(began.elapsed() < START_MAX, "not ready: see {}", log.display());
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        Self { child, port, ready_after: began.elapsed() }
    }

    /// Resident memory in MiB: now, and at its highest.
    pub fn memory(&self) -> (f64, f64) {
        let pid = self.child.id().unwrap();
        let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
        let mib = |name: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap();
            line.trim().trim_end_matches(" kB").parse::<f64>().unwrap() / 1024.0
        };
        (mib("VmRSS:"), mib("VmHWM:"))
    }

    pub async fn stop(mut self) {
        use nix::sys::signal::{Signal, kill};
        let pid = i32::try_from(self.child.id().unwrap()).unwrap();
        kill(nix::unistd::Pid::from_raw(pid), Signal::SIGTERM).unwrap();
        self.child.wait().await.unwrap();
    }
}

/// The webhook secret of a clinic.
pub fn secret(clinic: u64) -> String {
    format!("bench-secret-of-clinic-{clinic:04}")
}

fn keys() -> Keys {
    Keys::new(&KEY.into(), &"".into()).unwrap()
}

fn free_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}
