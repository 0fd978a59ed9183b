//! A PostgreSQL of the test's own, as durable as production's, which may be killed.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use secrecy::ExposeSecret as _;
use tokio::task::JoinSet;
use voxanne::platform::embedded::{Embedded, Options};

use crate::harness::{Database, prepare};

/// The server, its directory, and the task that starts it again when it dies.
pub struct Durable {
    dir: PathBuf,
    pub port: u16,
    pub database: Database,
    keeper: JoinSet<()>,
}

impl Durable {
    /// A new server with both clinics.
    pub async fn start() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        // Not in `target`: as root the server runs as another user, who may be kept out of the home above it.
        let dir = std::env::temp_dir().join(format!("voxanne-durable-{}-{number}", std::process::id()));
        fs::create_dir(&dir).unwrap();
        fs::set_permissions(&dir, fs::Permissions::from_mode(0o755)).unwrap();
        let options = Options {
            data_dir: dir.join("data"),
            binaries: None,
            port: None,
            durable: true,
            max_connections: 60,
            cache_dir: dir.join("cache"),
        };
        let mut server = Embedded::start(&options).await.unwrap();
        let (port, url) = (server.port(), server.admin_url("postgres"));
        let base_url = url.expose_secret().rsplit_once('/').unwrap().0;
        let database = Database::at(base_url, "postgres");
        let mut keeper = JoinSet::new();
        keeper.spawn(async move {
            let Err(error) = server.keep_running().await;
            eprintln!("PostgreSQL does not start again: {error}");
        });
        let durable = Self { dir, port, database, keeper };
        prepare(&durable.database).await;
        durable
    }

    /// A directory for the test's own files, gone with the server.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// `kill -9` of the postmaster and of every process it started.
    pub fn kill_everything(&self) {
        let postmaster = self.postmaster().unwrap();
        let children = fs::read_to_string(format!("/proc/{postmaster}/task/{postmaster}/children")).unwrap();
        let children: Vec<i32> = children.split_whitespace().map(|pid| pid.parse().unwrap()).collect();
        assert!(!children.is_empty(), "a server has helpers");
        for pid in std::iter::once(postmaster).chain(children) {
            let _ = kill(Pid::from_raw(pid), Signal::SIGKILL);
        }
    }

    /// `pg_ctl restart -m fast`: sessions are told 57P01 and cut; the keeper starts the server again.
    pub fn restart_fast(&self) {
        kill(Pid::from_raw(self.postmaster().unwrap()), Signal::SIGINT).unwrap();
    }

    fn postmaster(&self) -> Option<i32> {
        let file = fs::read_to_string(self.dir.join("data/cluster/postmaster.pid")).ok()?;
        file.lines().next()?.parse().ok()
    }
}

impl Drop for Durable {
    fn drop(&mut self) {
        self.keeper.abort_all();
        if let Some(pid) = self.postmaster() {
            let _ = kill(Pid::from_raw(pid), Signal::SIGQUIT);
        }
        let _ = fs::remove_dir_all(&self.dir);
    }
}
