//! The application: what a request or a job may use.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::clock::Clock;
use super::config::Config;
use super::db::{Class, Db, OrgTx};
use super::ids::{Ids, OrgId, UserId};
use super::memo::Memo;
use super::secrets::{Keys, SecretError};

/// Everything a handler, verb or job may use. Cheap to clone.
#[derive(Debug, Clone)]
pub struct App(Arc<Parts>);

/// Why the parts do not go together.
#[derive(Debug, thiserror::Error)]
pub enum AppError {
    /// No client for calls to vendors.
    #[error("calls to vendors cannot be set up")]
    Vendors(#[from] reqwest::Error),
    /// A key of the calendars is none.
    #[error(transparent)]
    Key(#[from] SecretError),
}

/// What an [`App`] is made of.
#[derive(Debug)]
pub struct Parts {
    /// The settings.
    pub config: Config,
    /// The database.
    pub db: Db,
    /// The clock.
    pub clock: Clock,
    /// Makes ids.
    pub ids: Ids,
    /// Seals and opens secrets.
    pub keys: Keys,
    /// Seals and opens what lets us into outside calendars.
    pub calendar_keys: Keys,
    /// For calls to vendors: time-limited, follows no redirect.
    pub http: reqwest::Client,
    /// Values that slices share within the process.
    pub memo: Memo,
    /// Work that outlives its request; shutdown waits for it.
    pub tasks: TaskTracker,
    /// Cancelled when the program is asked to stop.
    pub stopping: CancellationToken,
    /// Cancelled when the last request in hand is finished.
    pub drained: CancellationToken,
    /// Whether requests are served at all: a command has none to wait for.
    pub serves: AtomicBool,
}

impl std::ops::Deref for App {
    type Target = Parts;
    fn deref(&self) -> &Parts {
        &self.0
    }
}

impl App {
    /// Puts the parts together.
    pub fn new(config: Config, db: Db, clock: Clock, ids: Ids, keys: Keys) -> Result<Self, AppError> {
        let calendar_keys = keys.for_calendars(&config.google)?;
        let http = http_client(Duration::from_secs(config.texts.timeout_seconds))?;
        Ok(Self(Arc::new(Parts {
            config,
            db,
            clock,
            ids,
            keys,
            calendar_keys,
            http,
            memo: Memo::default(),
            tasks: TaskTracker::new(),
            stopping: CancellationToken::new(),
            drained: CancellationToken::new(),
            serves: AtomicBool::new(false),
        })))
    }

    /// Begins a transaction of `org` for a live call.
    pub async fn begin_live(&self, org: OrgId) -> Result<OrgTx, sqlx::Error> {
        self.db.begin(Class::Live, org).await
    }

    /// Begins a transaction of `org` for a job or callback.
    pub async fn begin(&self, org: OrgId) -> Result<OrgTx, sqlx::Error> {
        self.db.begin(Class::Back, org).await
    }

    /// Begins a transaction in which only `user`'s own rows exist.
    pub async fn begin_as(&self, user: UserId) -> Result<OrgTx, sqlx::Error> {
        self.db.begin_as(Class::Back, user).await
    }

    /// Begins a transaction of `org` in which `user`'s own rows exist, too.
    pub async fn begin_both(&self, org: OrgId, user: UserId) -> Result<OrgTx, sqlx::Error> {
        self.db.begin_both(Class::Back, org, user).await
    }

    /// Asks everything to finish. The server says itself when its last request is done.
    pub fn stop(&self) {
        self.stopping.cancel();
        if !self.serves.load(Ordering::SeqCst) {
            self.drained.cancel();
        }
    }

    /// A new id, ordered by the app's clock.
    pub fn new_id<T: From<uuid::Uuid>>(&self) -> T {
        self.ids.next(self.clock.now())
    }
}

/// A client with a total deadline and no redirects: a vendor that answers slowly or elsewhere is an error.
fn http_client(timeout: Duration) -> Result<reqwest::Client, reqwest::Error> {
    reqwest::Client::builder()
        .timeout(timeout)
        .connect_timeout(timeout.min(Duration::from_secs(5)))
        .redirect(reqwest::redirect::Policy::none())
        .user_agent(concat!("voxanne/", env!("CARGO_PKG_VERSION")))
        .build()
}
