//! A PostgreSQL server of the program's own, for whoever has none yet.
//!
//! [`Embedded::start`] leaves a ready server on 127.0.0.1 whose data outlives the program. What holds:
//!
//! * A server found running in the data directory is used, not replaced: it was left by a crash, or another
//!   program of ours is using it. The last one to [`stop`](Embedded::stop) turns it off.
//! * The server never runs as root. Started by root it becomes the owner of its data, else `postgres`, else `nobody`.
//! * Nothing a caller said reaches the server's log: no statements, parameters or row contents.
//! * It is in a process group of its own, so Ctrl-C lets the program drain first.
//!
//! There is no Unix socket: everything uses TCP, so no path is too long (107 bytes) and no stale socket is in the way.
//! A crash of the *server* is noticed by [`Embedded::keep_running`], which starts it again on the same port.

mod binaries;
mod cluster;
mod error;
mod layout;
mod locks;
mod npm;
mod postmaster;
mod user;

use std::convert::Infallible;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};

pub use error::EmbeddedError;
pub use npm::build as npm_build;
pub use user::reachable_dir;

use layout::Layout;
use postmaster::Postmaster;

/// What to run, and where.
#[derive(Debug, Clone)]
pub struct Options {
    /// Belongs to this server alone; created when missing.
    pub data_dir: PathBuf,
    /// The `bin` directory of the PostgreSQL to run. Wins over everything found.
    pub binaries: Option<PathBuf>,
    /// `None` picks a free one and remembers it in the data directory.
    pub port: Option<u16>,
    /// `false` is for tests: faster, data may be lost in a crash of the machine, and data written by another
    /// version of PostgreSQL is thrown away instead of refused.
    pub durable: bool,
    /// Connections the server accepts. A server found running keeps the number it was started with.
    pub max_connections: u16,
    /// Where a downloaded PostgreSQL is kept, best beside the data: errors name `database.data_dir` for both.
    pub cache_dir: PathBuf,
}

/// A running server, in use for as long as this value lives.
///
/// Dropping it leaves the server running, as a crash does.
#[derive(Debug)]
pub struct Embedded {
    options: Options,
    layout: Layout,
    server: Postmaster,
    reused: bool,
    password: SecretString,
    in_use: File,
}

impl Embedded {
    /// Returns once the server answers: the one found running in the data directory, or a new one.
    pub async fn start(options: &Options) -> Result<Self, EmbeddedError> {
        let layout = Layout::prepare(&options.data_dir)?;
        let _starting = locks::exclusive(&layout.start_lock()).await?;
        let in_use = locks::shared(&layout.use_lock()).await?;
        let found = postmaster::running(&layout).await?;
        let reused = found.is_some();
        let server = match found {
            Some(server) => server,
            None => cluster::launch(options, &layout).await?,
        };
        tracing::info!(port = server.port, pid = server.pid, reused, "The program's own PostgreSQL is ready");
        let password = layout.password()?;
        Ok(Self { options: options.clone(), layout, server, reused, password, in_use })
    }

    /// A superuser's address of `database`, password included.
    pub fn admin_url(&self, database: &str) -> SecretString {
        let (password, port) = (self.password.expose_secret(), self.server.port);
        format!("postgres://postgres:{password}@127.0.0.1:{port}/{database}").into()
    }

    /// Whether the server was found running.
    pub fn is_reused(&self) -> bool {
        self.reused
    }

    /// The process id of the postmaster.
    pub fn pid(&self) -> u32 {
        self.server.pid.unsigned_abs()
    }

    /// The port on 127.0.0.1.
    pub fn port(&self) -> u16 {
        self.server.port
    }

    /// Starts the server again whenever it dies, on the same port. Returns only when that fails.
    ///
    /// Run it beside the program's work and drop it to stop.
    pub async fn keep_running(&mut self) -> Result<Infallible, EmbeddedError> {
        // Every pool in the program already has this port in its address.
        let options = Options { port: Some(self.server.port), ..self.options.clone() };
        loop {
            self.server.exited().await;
            tracing::error!(pid = self.server.pid, "PostgreSQL died; starting it again");
            let _starting = locks::exclusive(&self.layout.start_lock()).await?;
            self.server = match postmaster::running(&self.layout).await? {
                Some(server) => server,
                None => cluster::launch(&options, &self.layout).await?,
            };
            tracing::info!(pid = self.server.pid, "PostgreSQL is back");
        }
    }

    /// Shuts the server down, open connections included, unless another program still uses it.
    ///
    /// Fast first (`SIGINT`), then at once (`SIGQUIT`; the next start recovers).
    pub async fn stop(self) -> Result<(), EmbeddedError> {
        let _starting = locks::exclusive(&self.layout.start_lock()).await?;
        // Unlocked, not dropped: a child between fork and exec could still hold a copy of the handle.
        self.in_use.unlock().map_err(EmbeddedError::io("release", &self.layout.use_lock()))?;
        stop_unused(&self.layout, Some(self.server)).await?;
        Ok(())
    }

    /// Ends the use of the server without stopping it, as a crash of the program would.
    pub fn leave_running(self) {}
}

/// Stops a server that nobody uses any more, such as one left by tests; says whether there was one.
pub async fn stop_left_behind(data_dir: &Path) -> Result<bool, EmbeddedError> {
    if !data_dir.is_dir() {
        return Ok(false);
    }
    let layout = Layout::prepare(data_dir)?;
    let _starting = locks::exclusive(&layout.start_lock()).await?;
    stop_unused(&layout, None).await
}

/// How long open transactions have to roll back.
const FAST_STOP: Duration = Duration::from_secs(20);
/// An immediate shutdown kills what lingers after 5 s by itself.
const IMMEDIATE_STOP: Duration = Duration::from_secs(10);

async fn stop_unused(layout: &Layout, known: Option<Postmaster>) -> Result<bool, EmbeddedError> {
    use nix::sys::signal::Signal::{SIGINT, SIGQUIT};

    let Some(_alone) = locks::try_exclusive(&layout.use_lock())? else {
        tracing::info!("Left PostgreSQL running: another program uses it");
        return Ok(false);
    };
    // The file, not `known`: a restart may have been cut short before `known` learnt of the new process.
    let Some(found) = postmaster::alive(layout) else { return Ok(false) };
    let mut server = known.filter(|known| known.pid == found.pid).unwrap_or(found);
    for (signal, patience) in [(SIGINT, FAST_STOP), (SIGQUIT, IMMEDIATE_STOP)] {
        server.signal(signal);
        if tokio::time::timeout(patience, server.exited()).await.is_ok() {
            return Ok(true);
        }
        tracing::warn!(pid = server.pid, %signal, "PostgreSQL did not stop in {} s", patience.as_secs());
    }
    Err(EmbeddedError::WillNotStop { pid: server.pid })
}
