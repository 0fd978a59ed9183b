//! What the bench plays on: a PostgreSQL of its own that loses nothing, ten clinics, the product's release binary.

use std::path::{Path, PathBuf};

use secrecy::{ExposeSecret as _, SecretString};
use sqlx::PgPool;
use sqlx::postgres::PgPoolOptions;
use tokio::process::Command;
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

use crate::served::{Served, free_port};

pub const CLINICS: u64 = 10;
pub const VISITS_PER_CLINIC: u64 = 1_000;
pub const ZONE: &str = "America/Los_Angeles";
pub const PRACTITIONERS: [&str; 4] = ["Amy", "Bruno", "Carla", "David"];
/// Connections of the product's pool for callers, of the baseline's pool, of pgbench, and of the load.
pub const CONNECTIONS: u16 = 16;

const KEY: &str = "YmVuY2hiZW5jaGJlbmNoYmVuY2hiZW5jaGJlbmNoYmU=";
const SEED: &str = include_str!("seed.sql");

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

    /// The product's own verbs on this database.
    pub fn app(&self, change: impl FnOnce(&mut Config)) -> App {
        let mut config = Config::load(|_| None).unwrap();
        change(&mut config);
        let db = Db::open(&self.app_url(), &config.database).unwrap();
        App::new(config, db, Clock::system(), Ids::random(), keys()).unwrap()
    }

    async fn issue_secrets(&self) {
        let app = self.app(|_| {});
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
        self.serve_with(&[]).await
    }

    /// The same with other settings.
    pub async fn serve_with(&self, settings: &[(&'static str, String)]) -> Served {
        self.served(&["serve", "--no-worker"], free_port(), settings).await
    }

    /// The same with a worker, and an address to report to.
    pub async fn serve_and_work(&self, settings: &[(&'static str, String)]) -> Served {
        let port = free_port();
        let url = ("BACKEND_URL", format!("http://127.0.0.1:{port}"));
        self.served(&["serve"], port, &[&[url], settings].concat()).await
    }

    async fn served(&self, role: &[&str], port: u16, settings: &[(&'static str, String)]) -> Served {
        let mut command = Command::new(env!("CARGO_BIN_EXE_voxanne"));
        command.args(role);
        command.env("DATABASE_URL", self.admin_url().expose_secret()).env("VOXANNE_SECRETS_KEY", KEY);
        command.env("VOXANNE_SERVER_LISTEN", format!("127.0.0.1:{port}"));
        command.env("VOXANNE_DATABASE_DATA_DIR", &self.dir);
        command.envs(settings.iter().map(|(name, value)| (name, value)));
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

/// The webhook secret of a clinic.
pub fn secret(clinic: u64) -> String {
    format!("bench-secret-of-clinic-{clinic:04}")
}

fn keys() -> Keys {
    Keys::new(&KEY.into(), &"".into()).unwrap()
}
