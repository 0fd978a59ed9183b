//! Two installations in one PostgreSQL: ten clinics and a thousand, otherwise the same.

use std::path::PathBuf;

use secrecy::{ExposeSecret as _, SecretString};
use sqlx::{AssertSqlSafe, Connection as _, PgConnection};
use tokio::process::Command;
use uuid::Uuid;
use voxanne::orgs;
use voxanne::platform::app::App;
use voxanne::platform::clock::Clock;
use voxanne::platform::config::Config;
use voxanne::platform::db::{Class, Db};
use voxanne::platform::embedded::{Embedded, Options};
use voxanne::platform::ids::{Ids, OrgId};
use voxanne::platform::migrate::{APP_ROLE, migrate};
use voxanne::platform::secrets::Keys;
use voxanne_vapi::auth::Scheme;

use crate::served::{Served, free_port};

const KEY: &str = "YmVuY2hiZW5jaGJlbmNoYmVuY2hiZW5jaGJlbmNoYmU=";
const SEED: &str = include_str!("seed.sql");

/// Both installations.
pub struct Stage {
    embedded: Embedded,
    dir: PathBuf,
}

impl Stage {
    pub async fn set(dir: PathBuf) -> Self {
        let options = Options {
            data_dir: dir.join("postgres"),
            binaries: None,
            port: None,
            durable: true,
            max_connections: 100,
            cache_dir: dir.join("cache"),
        };
        Self { embedded: Embedded::start(&options).await.unwrap(), dir }
    }

    /// An installation of so many clinics and a busy one.
    pub async fn install(&self, clinics: u64) -> Installation {
        let name = format!("clinics_{clinics}");
        let mut server = PgConnection::connect(self.url("postgres").expose_secret()).await.unwrap();
        exec(&mut server, &format!("create database {name}")).await;
        let admin_url = self.url(&name);
        migrate(&admin_url, &keys().database_password()).await.unwrap();
        let mut admin = PgConnection::connect(admin_url.expose_secret()).await.unwrap();
        exec(&mut admin, &SEED.replace(":clinics", &clinics.to_string())).await;
        let (port, password) = (self.embedded.port(), keys().database_password());
        let app_url =
            format!("postgres://{APP_ROLE}:{}@127.0.0.1:{port}/{name}", password.expose_secret()).into();
        let installation = Installation { clinics, admin_url, app_url, dir: self.dir.clone() };
        installation.issue_secrets().await;
        exec(&mut admin, "vacuum analyze").await;
        exec(&mut admin, "checkpoint").await;
        installation
    }

    fn url(&self, database: &str) -> SecretString {
        self.embedded.admin_url(database)
    }
}

/// One of the two.
pub struct Installation {
    pub clinics: u64,
    admin_url: SecretString,
    app_url: SecretString,
    dir: PathBuf,
}

impl Installation {
    async fn issue_secrets(&self) {
        let config = Config::load(|_| None).unwrap();
        let db = Db::open(&self.app_url, &config.database).unwrap();
        let app = App::new(config, db, Clock::system(), Ids::random(), keys()).unwrap();
        for clinic in 0..=self.clinics {
            let mut tx = app.begin(org(clinic)).await.unwrap();
            let sealed = SecretString::from(secret(clinic));
            orgs::issue_secret(&app, &mut tx, org(clinic), &Scheme::VapiSecret, &sealed).await.unwrap();
            tx.commit().await.unwrap();
        }
        app.db.close().await;
    }

    /// A connection as the program has them.
    pub async fn connect(&self) -> PgConnection {
        let db = Db::open(&self.app_url, &Config::load(|_| None).unwrap().database).unwrap();
        db.pool(Class::Live).acquire().await.unwrap().detach()
    }

    /// `voxanne serve` beside this database.
    pub async fn serve(&self) -> Served {
        let port = free_port();
        let mut command = Command::new(env!("CARGO_BIN_EXE_voxanne"));
        command.args(["serve", "--no-worker"]);
        command.env("DATABASE_URL", self.admin_url.expose_secret()).env("VOXANNE_SECRETS_KEY", KEY);
        command.env("VOXANNE_SERVER_LISTEN", format!("127.0.0.1:{port}"));
        command.env("VOXANNE_DATABASE_DATA_DIR", &self.dir);
        Served::start(command, port, self.dir.join(format!("serve-{}.log", self.clinics))).await
    }
}

async fn exec(conn: &mut PgConnection, sql: &str) {
    sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(conn).await.unwrap();
}

/// A clinic's org; 0 is the busy one.
pub fn org(clinic: u64) -> OrgId {
    OrgId(id(clinic))
}

/// The ids of `seed.sql`.
pub fn id(n: u64) -> Uuid {
    Uuid::parse_str(&format!("{n:032}")).unwrap()
}

/// The webhook secret of a clinic.
pub fn secret(clinic: u64) -> String {
    format!("bench-secret-of-clinic-{clinic:04}")
}

fn keys() -> Keys {
    Keys::new(&KEY.into(), &"".into()).unwrap()
}
