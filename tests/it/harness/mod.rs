//! A whole Voxanne per test: its own database from a template, its own port, the sandbox vendors, a fixed clock.
//! A14, H5: the router, the accept loop and the configuration are production's, over HTTP.

mod api;
mod google;
mod line;
mod literals;
mod log;
mod server;
mod staff;
mod texting;

use std::sync::{Arc, LazyLock};
use std::time::Duration;

use jiff::SignedDuration;
use metrics_exporter_prometheus::PrometheusHandle;
use secrecy::SecretString;
use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, PgPool};
use uuid::Uuid;
use voxanne::appointments::NewBooking;
use voxanne::platform::app::App;
use voxanne::platform::clock::Clock;
use voxanne::platform::config::Config;
use voxanne::platform::db::Db;
use voxanne::platform::ids::{Ids, OrgId};
use voxanne::platform::secrets::Keys;
use voxanne::platform::telemetry;
use voxanne::{appointments, jobs, router, scheduling, seed};
use voxanne_sandbox::Sandbox;
use voxanne_sandbox::caller::CallScript;
use voxanne_sandbox::twilio::Text;

pub use api::{Answered, Api};
pub use google::ACCOUNT;
pub use line::Line;
pub use literals::{literals, sources};
pub use log::never as never_logged;
pub use server::{Database, empty_database, new_database, prepare, secret_of};
pub use staff::Person;

/// Tuesday, November 24th 2026, 10 AM in Los Angeles: the moment of the fixtures.
pub const NOW: &str = "2026-11-24T18:00:00Z";
/// Who calls unless a test says otherwise.
pub const CALLER: &str = "+13105550142";
/// Who is alerted at Glow.
pub const MANAGER: &str = "+13105550177";

/// The installation's client at Google.
pub const GOOGLE_CLIENT: &str = "voxanne.apps.example";

/// The installation's key in tests.
pub const KEY: &str = "dGVzdHRlc3R0ZXN0dGVzdHRlc3R0ZXN0dGVzdHRlc3Q=";

/// Whoever may read the metrics has this.
pub const METRICS_TOKEN: &str = "metrics token of the tests, not guessed";

/// What all tests of this process count together.
static METRICS: LazyLock<PrometheusHandle> = LazyLock::new(|| telemetry::start_metrics().unwrap());

/// One Voxanne with its vendors.
pub struct Voxanne {
    pub app: App,
    pub url: String,
    pub sandbox: Sandbox,
    /// Sees every org: for looking, never for acting.
    pub admin: PgPool,
    pub database: Database,
    pub http: reqwest::Client,
    pub glow: Clinic,
    pub harbor: Clinic,
    /// The first site of the clinic with two.
    pub denver: Clinic,
    /// Its second.
    pub phoenix: Clinic,
}

/// A demo clinic's side of the voice platform.
#[derive(Debug, Clone)]
pub struct Clinic {
    pub org: OrgId,
    pub assistant_id: String,
    pub phone_number_id: String,
    pub number: String,
    pub secret: String,
    pub door: String,
}

/// Settings for tests: the defaults, small pools, the sandbox for vendors.
pub fn config(sandbox: &Sandbox) -> Config {
    let mut config = Config::load(|_| None).unwrap();
    config.twilio.base_url = sandbox.url();
    config.vapi.base_url = sandbox.url();
    config.mail.host = "127.0.0.1".into();
    config.mail.port = sandbox.mail().port();
    config.mail.tls = "none".into();
    config.mail.from_address = "voxanne@alerts.example".into();
    let google = voxanne_google_calendar::Endpoints::at(&sandbox.url());
    config.google.client_id = GOOGLE_CLIENT.into();
    config.google.client_secret = "sandbox".into();
    config.google.auth_url = google.auth_url;
    config.google.token_url = google.token_url;
    config.google.revoke_url = google.revoke_url;
    config.google.api_url = google.api_url;
    config.calendars.private_networks = true;
    // Tests move the clock by hours with somebody signed in; what signs them out has tests of its own.
    config.accounts.idle_minutes = 720;
    config.accounts.absolute_hours = 168;
    config.database.live_connections = 8;
    config.database.back_connections = 4;
    config.server.metrics_token = METRICS_TOKEN.into();
    // A line is for a busy machine, too: how long one waits in it is tested where it is short.
    config.server.org_wait_ms = 20_000;
    config
}

/// A busy machine must not decide a race: how long it takes is the benches' business.
pub fn patient(config: &mut Config) {
    config.voice.tool_budget_ms = 19_000;
    config.database.live_wait_ms = 18_000;
    config.database.back_wait_ms = 18_000;
}

/// What [`KEY`] makes; the database role's password derives from it.
pub fn keys() -> Keys {
    Keys::new(&SecretString::from(KEY), &SecretString::from("")).unwrap()
}

impl Voxanne {
    /// Starts one at the fixtures' moment.
    pub async fn start() -> Self {
        Self::start_with(|_| {}).await
    }

    /// Starts one with other settings.
    pub async fn start_with(change: impl FnOnce(&mut Config)) -> Self {
        Self::on(new_database().await, keys(), change).await
    }

    async fn on(database: Database, keys: Keys, change: impl FnOnce(&mut Config)) -> Self {
        log::capture();
        let clock = Clock::fixed(NOW.parse().unwrap());
        let sandbox_clock = clock.clone();
        let sandbox = Sandbox::start(None, Arc::new(move || sandbox_clock.now())).await.unwrap();
        let mut config = config(&sandbox);
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        config.server.public_url.clone_from(&url);
        change(&mut config);
        let db = Db::open(&database.app_url, &config.database).unwrap();
        let app = App::new(config, db, clock, Ids::random(), keys).unwrap();
        app.tasks.spawn(voxanne::platform::edge::serve(
            app.clone(),
            listener,
            router::router(app.clone(), Some(METRICS.clone())),
        ));
        let clinic = |seeded: &seed::DemoClinic| Clinic {
            org: seeded.org,
            assistant_id: seeded.assistant_id.to_owned(),
            phone_number_id: seeded.phone_number_id.to_owned(),
            number: seeded.number.to_owned(),
            secret: server::secret_of(seeded),
            door: server::door_of(seeded),
        };
        let phoenix = &seed::JUNIPER.more.other_sites[0];
        Self {
            url,
            sandbox,
            admin: database.admin().await,
            database,
            http: reqwest::Client::builder().timeout(Duration::from_secs(30)).build().unwrap(),
            glow: clinic(&seed::GLOW),
            harbor: clinic(&seed::HARBOR),
            phoenix: Clinic {
                assistant_id: phoenix.assistant_id.to_owned(),
                phone_number_id: phoenix.phone_number_id.to_owned(),
                number: phoenix.number.to_owned(),
                ..clinic(&seed::JUNIPER)
            },
            denver: clinic(&seed::JUNIPER),
            app,
        }
    }

    /// The same installation in a new process: nothing remembered but what is stored.
    pub async fn restarted(&self) -> Self {
        self.restarted_with(|_| {}).await
    }

    /// The same with other settings.
    pub async fn restarted_with(&self, change: impl FnOnce(&mut Config)) -> Self {
        Self::on(self.database.clone(), keys(), change).await
    }

    /// The same with other keys, beside this one.
    pub async fn restarted_by(&self, keys: Keys) -> Self {
        Self::on(self.database.clone(), keys, patient).await
    }

    /// A call to Glow's main line.
    pub fn call(&self, call_id: &str) -> Line {
        self.call_from(&self.glow, call_id, Some(CALLER))
    }

    /// A call to `clinic` from a number, or from a hidden one.
    pub fn call_from(&self, clinic: &Clinic, call_id: &str, from: Option<&str>) -> Line {
        let script = CallScript {
            call_id: call_id.to_owned(),
            assistant_id: Some(clinic.assistant_id.clone()),
            phone_number_id: Some(clinic.phone_number_id.clone()),
            dialed_number: Some(clinic.number.clone()),
            caller_number: from.map(str::to_owned),
            webhook_url: format!("{}/api/webhooks/vapi", self.url),
            secret: Some(("x-vapi-secret".to_owned(), clinic.secret.clone())),
            talks: false,
        };
        let clock = self.app.clock.clone();
        Line::new(self.http.clone(), script, Arc::new(move || clock.now()))
    }

    /// Posts a body as Glow's assistant does.
    pub async fn post(&self, body: impl Into<reqwest::Body>) -> (u16, Value) {
        self.post_as(&self.glow.secret, "/api/webhooks/vapi", body).await
    }

    /// Posts a body with a secret to a path.
    pub async fn post_as(&self, secret: &str, path: &str, body: impl Into<reqwest::Body>) -> (u16, Value) {
        let request = self.http.post(format!("{}{path}", self.url)).header("x-vapi-secret", secret);
        let response = request.header("content-type", "application/json").body(body).send().await.unwrap();
        (response.status().as_u16(), response.json().await.unwrap_or(Value::Null))
    }

    /// Posts a fixture of the voice platform.
    pub async fn post_fixture(&self, name: &str) -> (u16, Value) {
        self.post(fixture(name)).await
    }

    /// Moves the clock.
    pub fn later(&self, by: SignedDuration) {
        self.app.clock.advance(by);
    }

    /// Runs every job that is due.
    pub async fn run_jobs(&self) {
        jobs::run_due(&self.app).await.unwrap();
    }

    /// What was texted to a number, oldest first.
    pub fn texts_to(&self, number: &str) -> Vec<Text> {
        self.sandbox.twilio().texts_to(number)
    }

    /// One value, seen across orgs.
    pub async fn one<T>(&self, sql: &str) -> T
    where
        T: for<'r> sqlx::Decode<'r, sqlx::Postgres> + sqlx::Type<sqlx::Postgres> + Send + Unpin,
    {
        sqlx::query_scalar(AssertSqlSafe(sql.to_owned())).fetch_one(&self.admin).await.unwrap()
    }

    /// How many rows, seen across orgs. `what` is a table with an optional `where`.
    pub async fn count(&self, what: &str) -> i64 {
        self.one(&format!("select count(*) from {what}")).await
    }

    /// Holds the laser at `starts_at` for a call; false when it is taken.
    pub async fn hold_laser(&self, call_ref: &str, starts_at: &str) -> bool {
        let book = scheduling::rule_book(&self.app, self.glow.org, None).await.unwrap();
        let laser = book.services.iter().find(|s| s.name == "Laser Treatment").unwrap();
        let wanted = NewBooking {
            call_ref: Some(call_ref.to_owned()),
            ..NewBooking::new(&book, &book.locations[0], laser, starts_at.parse().unwrap())
        };
        let mut tx = self.app.begin(self.glow.org).await.unwrap();
        let held = appointments::hold(&self.app, &mut tx, self.glow.org, &wanted).await;
        tx.commit().await.unwrap();
        held.is_ok()
    }

    /// How often the tests of this process have counted `what`, as Prometheus writes it.
    pub fn counted(what: &str) -> u64 {
        let of = |line: &str| line.strip_prefix(what)?.trim().parse().ok();
        METRICS.render().lines().find_map(of).unwrap_or_default()
    }

    /// Changes the data as an operator would.
    pub async fn exec(&self, sql: &str) {
        sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(&self.admin).await.unwrap();
    }

    /// Whether the database refuses what the program itself would write for Glow.
    pub async fn refuses(&self, sql: &str) -> bool {
        let mut tx = self.app.begin(self.glow.org).await.unwrap();
        sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(&mut *tx).await.is_err()
    }

    /// Waits, bounded, until so many wait for somebody else's transaction.
    pub async fn until_waiting(&self, expected: usize) {
        let waiting = "pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()";
        self.until_count(waiting, i64::try_from(expected).unwrap()).await;
    }

    /// Waits, bounded, until `what` counts `expected`: for what is recorded off the caller's path.
    pub async fn until_count(&self, what: &str, expected: i64) {
        for _ in 0..200 {
            if self.count(what).await == expected {
                return;
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        assert_eq!(self.count(what).await, expected, "{what}");
    }
}

impl Drop for Voxanne {
    fn drop(&mut self) {
        self.app.stopping.cancel();
        log::assert_nothing_personal();
    }
}

/// A fixture's text.
pub fn fixture(name: &str) -> String {
    let path = format!("{}/tests/fixtures/vapi/server/{name}.json", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{path}: {e}"))
}

/// Arguments of a booking as existing assistants send them.
pub fn booking(service: &str, date: &str, time: &str, name: &str) -> Value {
    json!({
        "customerName": name, "customerPhone": CALLER, "serviceType": service,
        "preferredDate": date, "preferredTime": time,
    })
}

/// A fresh id of the platform's kind.
pub fn call_ref(n: u128) -> String {
    Uuid::from_u128(0x019a_b2c4_7e10_7cc3_9f4e_0000_0000_0000 + n).to_string()
}
