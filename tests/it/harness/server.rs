//! The tests' own PostgreSQL: one server for all of them, one seeded template per run, one copy per test.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};

use secrecy::{ExposeSecret, SecretString};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection, PgConnection, PgPool};
use tokio::sync::OnceCell;
use voxanne::platform::app::App;
use voxanne::platform::clock::Clock;
use voxanne::platform::config::Config;
use voxanne::platform::db::Db;
use voxanne::platform::embedded::{Embedded, Options};
use voxanne::platform::ids::Ids;
use voxanne::platform::migrate::migrate;
use voxanne::{orgs, seed};
use voxanne_vapi::auth::Scheme;

use super::{NOW, keys};

static SERVER: OnceCell<Server> = OnceCell::const_new();
static NEXT: AtomicU32 = AtomicU32::new(0);

struct Server {
    base_url: String,
    template: String,
}

/// A test's own database.
#[derive(Debug, Clone)]
pub struct Database {
    pub admin_url: SecretString,
    pub app_url: SecretString,
}

impl Database {
    /// The database `name` of the server that a superuser reaches at `base_url`.
    pub fn at(base_url: &str, name: &str) -> Self {
        let host = base_url.rsplit('@').next().unwrap();
        let password = keys().database_password();
        Self {
            admin_url: format!("{base_url}/{name}").into(),
            app_url: format!("postgres://voxanne_app:{}@{host}/{name}", password.expose_secret()).into(),
        }
    }

    /// A small pool that sees everything.
    pub async fn admin(&self) -> PgPool {
        PgPoolOptions::new().max_connections(2).connect_with(self.superuser()).await.unwrap()
    }

    /// What a test writes by hand is not the program's to log, however long it takes.
    pub fn superuser(&self) -> PgConnectOptions {
        let options: PgConnectOptions = self.admin_url.expose_secret().parse().unwrap();
        options.disable_statement_logging()
    }
}

/// A fresh copy of the template.
pub async fn new_database() -> Database {
    let server = SERVER.get_or_init(start).await;
    let name = format!("voxanne_test_{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
    create(server, &name, Some(&server.template)).await;
    Database::at(&server.base_url, &name)
}

/// An empty database, for what starts from nothing.
pub async fn empty_database() -> Database {
    let server = SERVER.get_or_init(start).await;
    let name = format!("voxanne_test_{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
    create(server, &name, None).await;
    Database::at(&server.base_url, &name)
}

async fn create(server: &Server, name: &str, template: Option<&str>) {
    let mut conn = PgConnection::connect(&format!("{}/postgres", server.base_url)).await.unwrap();
    let template = template.unwrap_or("template1");
    sqlx::query(AssertSqlSafe(format!("create database {name} template {template}")))
        .execute(&mut conn)
        .await
        .unwrap();
    conn.close().await.unwrap();
}

async fn start() -> Server {
    // On a thread of its own: the server outlives the runtime of the test that came first.
    let base_url = std::thread::spawn(|| {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let dir: PathBuf = voxanne::commands::database::test_data_dir();
            let options = Options {
                data_dir: dir.join("postgres"),
                binaries: None,
                port: None,
                durable: false,
                max_connections: 400,
                cache_dir: dir.join("cache"),
            };
            let embedded = Embedded::start(&options).await.unwrap();
            let url = embedded.admin_url("postgres").expose_secret().to_owned();
            embedded.leave_running();
            url.rsplit_once('/').unwrap().0.to_owned()
        })
    })
    .join()
    .unwrap();
    drop_leftovers(&base_url).await;
    let server = Server { template: format!("voxanne_template_{}", std::process::id()), base_url };
    create(&server, &server.template, None).await;
    prepare(&Database::at(&server.base_url, &server.template)).await;
    server
}

/// Migrates an empty database and seeds the test clinics with their secrets.
pub async fn prepare(database: &Database) {
    migrate(&database.admin_url, &keys().database_password()).await.unwrap();
    let config = Config::load(|_| None).unwrap();
    let db = Db::open(&database.app_url, &config.database).unwrap();
    let app = App::new(config, db, Clock::fixed(NOW.parse().unwrap()), Ids::counted(1), keys()).unwrap();
    seed::demo_clinics(&app).await.unwrap();
    seed::demo_staff(&app).await.unwrap();
    for clinic in [&seed::GLOW, &seed::HARBOR, &seed::JUNIPER] {
        let mut tx = app.begin(clinic.org).await.unwrap();
        let secret = SecretString::from(secret_of(clinic));
        orgs::issue_secret(&app, &mut tx, clinic.org, &Scheme::VapiSecret, &secret).await.unwrap();
        orgs::issue_door_token(&app, &mut tx, clinic.org, &door_of(clinic)).await.unwrap();
        tx.commit().await.unwrap();
    }
    app.db.close().await;
}

/// Databases of test processes that are gone.
async fn drop_leftovers(base_url: &str) {
    let mut conn = PgConnection::connect(&format!("{base_url}/postgres")).await.unwrap();
    let names: Vec<String> = sqlx::query_scalar(
        "select datname from pg_database where datname like 'voxanne_test_%' or datname like 'voxanne_template_%'",
    )
    .fetch_all(&mut conn)
    .await
    .unwrap();
    for name in names {
        let pid = name.split('_').nth(2).unwrap_or_default();
        if !PathBuf::from(format!("/proc/{pid}")).exists() {
            let _ = sqlx::query(AssertSqlSafe(format!("drop database {name} with (force)")))
                .execute(&mut conn)
                .await;
        }
    }
    conn.close().await.unwrap();
}

/// The webhook secret of a test clinic.
pub fn secret_of(clinic: &seed::DemoClinic) -> String {
    format!("whsec_test_{}", clinic.assistant_id)
}

/// The door token of a test clinic.
pub fn door_of(clinic: &seed::DemoClinic) -> String {
    format!("door_test_{}", clinic.assistant_id)
}
