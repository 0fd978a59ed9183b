//! What the database tells every process as a transaction commits (`LISTEN`): one connection hears it for all slices.
//!
//! Hearing can end at any time (a restart, a failover, a connection that dies without a sign) and what is told meanwhile
//! is lost. Whoever listens is therefore told of that too, and must be able to look for what was missed. Behind PgBouncer
//! nothing is heard at all: a listener would keep a server connection that is not its own.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use sqlx::Acquire as _;
use sqlx::Connection as _;
use sqlx::postgres::PgListener;

use super::app::App;
use super::db::Class;

/// Between attempts to hear again.
const PAUSE: Duration = Duration::from_secs(1);
/// Silence after which the connection is asked whether it still lives, and how long it has to answer.
const QUIET: Duration = Duration::from_secs(10);
const ANSWERS_WITHIN: Duration = Duration::from_secs(5);

/// What a listener hears, in this order: `Begun`, any number of `Told`, `Ended`; and again.
#[derive(Debug, Clone, Copy)]
pub enum Heard<'a> {
    /// Everything that commits from now on is told, in the order in which it commits.
    Begun,
    /// What was sent along.
    Told(&'a str),
    /// Nothing is heard until it begins again.
    Ended,
}

type Listener = Arc<dyn Fn(Heard<'_>) + Send + Sync>;

/// Who wants to hear of which channel.
#[derive(Default)]
struct Listeners(Mutex<Vec<(&'static str, Listener)>>);

impl Listeners {
    fn all(&self) -> Vec<(&'static str, Listener)> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// Says what to do about notifications on `channel`; must be quick, for everybody waits. Takes effect with [`start`].
pub fn on(app: &App, channel: &'static str, listener: impl Fn(Heard<'_>) + Send + Sync + 'static) {
    let listeners = app.memo.get_or(Listeners::default);
    listeners.0.lock().unwrap_or_else(PoisonError::into_inner).push((channel, Arc::new(listener)));
}

/// Hears for everybody who has asked by now, until the process stops.
pub fn start(app: &App) {
    if app.db.is_pooled_outside() {
        return;
    }
    let (app, listeners) = (app.clone(), app.memo.get_or(Listeners::default).all());
    app.tasks.clone().spawn(async move {
        while !app.stopping.is_cancelled() {
            let ended = app.stopping.run_until_cancelled(hear(&app, &listeners)).await;
            for (_, listener) in &listeners {
                listener(Heard::Ended);
            }
            if let Some(Err(error)) = ended {
                tracing::warn!(%error, "Not told of changes until that is mended: looks ask the database, sockets wait");
                let _ = app.stopping.run_until_cancelled(tokio::time::sleep(PAUSE)).await;
            }
        }
    });
}

/// Until the connection is lost.
async fn hear(app: &App, listeners: &[(&'static str, Listener)]) -> Result<(), sqlx::Error> {
    let mut postgres = PgListener::connect_with(app.db.pool(Class::Back)).await?;
    postgres.eager_reconnect(false);
    postgres.listen_all(listeners.iter().map(|(channel, _)| *channel)).await?;
    for (_, listener) in listeners {
        listener(Heard::Begun);
    }
    loop {
        match tokio::time::timeout(QUIET, postgres.try_recv()).await {
            Ok(told) => match told? {
                Some(told) => {
                    for (_, listener) in listeners.iter().filter(|(channel, _)| *channel == told.channel()) {
                        listener(Heard::Told(told.payload()));
                    }
                }
                None => return Ok(()),
            },
            Err(_) => is_alive(&mut postgres).await?,
        }
    }
}

async fn is_alive(postgres: &mut PgListener) -> Result<(), sqlx::Error> {
    let ask = async { postgres.acquire().await?.ping().await };
    match tokio::time::timeout(ANSWERS_WITHIN, ask).await {
        Ok(answered) => answered,
        Err(_) => Err(sqlx::Error::Io(std::io::ErrorKind::TimedOut.into())),
    }
}
