//! What a serving process does until it is told to stop.

use tokio::net::TcpListener;
use tokio::signal::unix::{Signal, SignalKind, signal};

use super::CommandError;
use super::failure::Doing as _;
use super::start::Started;
use crate::platform::edge;
use crate::platform::hub;
use crate::platform::telemetry;
use crate::{jobs, live, receptionist, router, scheduling};

/// Listens at `address`; `setting` is what to change when that is not possible.
pub(super) async fn listen(address: &str, setting: &str) -> Result<TcpListener, CommandError> {
    TcpListener::bind(address).await.map_err(|error| {
        CommandError::Refused(format!("could not listen at {address} ({error}): choose another {setting}"))
    })
}

/// SIGTERM and Ctrl-C, heard of from [`Stop::listen`] on: before that they end the process at once.
pub(super) struct Stop {
    terminate: Signal,
    interrupt: Signal,
}

impl Stop {
    pub(super) fn listen() -> Result<Self, CommandError> {
        Ok(Self {
            terminate: signal(SignalKind::terminate()).doing("listen for SIGTERM")?,
            interrupt: signal(SignalKind::interrupt()).doing("listen for Ctrl-C")?,
        })
    }

    /// Waits for one of them; fails when the private database is lost for good.
    pub(super) async fn wait(&mut self, started: &mut Started) -> Result<(), CommandError> {
        tokio::select! {
            _ = self.terminate.recv() => Ok(()),
            _ = self.interrupt.recv() => Ok(()),
            lost = started.database_lost() => Err(lost),
        }
    }
}

/// Starts the HTTP server at `listener`, if any, and a worker, if wanted. Whoever is served or worked for may rely on
/// being finished, so that the process hears of its stop from before its first work on.
pub(super) async fn start(
    started: &Started,
    listener: Option<TcpListener>,
    works: bool,
) -> Result<Stop, CommandError> {
    let stop = Stop::listen()?;
    let app = &started.app;
    if works {
        jobs::start(app).await.doing("start the worker")?;
    }
    if let Some(listener) = listener {
        receptionist::start_recorder(app);
        scheduling::hear_changes(app);
        live::follow(app);
        hub::start(app);
        let router = router::router(app.clone(), telemetry::start_metrics());
        app.tasks.spawn(edge::serve(app.clone(), listener, router));
    }
    Ok(stop)
}
