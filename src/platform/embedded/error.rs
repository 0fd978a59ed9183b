//! Why there is no server.

use std::io;
use std::path::{Path, PathBuf};

/// Why the program's own PostgreSQL did not start or stop. Each message says what to do.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EmbeddedError {
    /// No PostgreSQL on this machine, and none could be fetched.
    #[error(
        "found no PostgreSQL {minimum} or newer: run `apt-get install postgresql`, or set DATABASE_URL to a server \
         you have, or name the directory of its programs in `database.binaries` ({tried})",
        minimum = super::binaries::OLDEST
    )]
    NoBinaries {
        /// Where it was looked for, and what came of it.
        tried: String,
    },
    /// The binaries cannot read the data.
    #[error(
        "the data in {data_dir} was written by PostgreSQL {written_by}, which is not here ({found}): run \
         `apt-get install postgresql-{written_by}`, or choose another `database.data_dir`"
    )]
    WrongVersion {
        /// The data directory.
        data_dir: PathBuf,
        /// The major version that wrote it.
        written_by: u32,
        /// What is here instead.
        found: String,
    },
    /// The binaries named by the setting are not a server.
    #[error("{dir} holds no usable PostgreSQL: {why}")]
    UnusableBinaries {
        /// The directory named.
        dir: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// Root started the program, and the user the server runs as cannot get at a path.
    #[error(
        "PostgreSQL refuses to run as root, and user `{user}` may not enter {wall}, which holds {path}: set \
         `{setting}` to a directory outside of it, such as /var/lib/voxanne, or start the program as an ordinary user"
    )]
    Unreachable {
        /// What the server needs.
        path: PathBuf,
        /// The closed directory above it.
        wall: PathBuf,
        /// Who the server would run as.
        user: String,
        /// The setting to change.
        setting: &'static str,
    },
    /// Root started the program, and there is nobody to run the server as.
    #[error("PostgreSQL refuses to run as root, and there is neither a user `postgres` nor `nobody`")]
    NoUser,
    /// Someone else holds the data directory for too long.
    #[error("another program has been starting or stopping the server for too long (it holds {lock})")]
    Busy {
        /// The lock waited for.
        lock: PathBuf,
    },
    /// The data is there, the password is not.
    #[error("{path} is missing; put it back, or choose another `database.data_dir`")]
    PasswordMissing {
        /// Where it was kept.
        path: PathBuf,
    },
    /// The server, or what prepares it, gave up.
    #[error("{program} failed: {log}")]
    Failed {
        /// The program.
        program: String,
        /// Its last words.
        log: String,
    },
    /// The server neither became ready nor gave up.
    #[error("PostgreSQL was not ready after {seconds} s; see {log}")]
    Slow {
        /// How long it was given.
        seconds: u64,
        /// The server's log.
        log: PathBuf,
    },
    /// Neither signal ended the server.
    #[error("PostgreSQL (process {pid}) does not stop")]
    WillNotStop {
        /// The postmaster.
        pid: i32,
    },
    /// The file system refused.
    #[error("could not {doing} {path}")]
    Io {
        /// What was tried.
        doing: &'static str,
        /// On what.
        path: PathBuf,
        /// Why it failed.
        source: io::Error,
    },
}

impl EmbeddedError {
    /// For `map_err`.
    pub(super) fn io(doing: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_path_buf();
        move |source| Self::Io { doing, path, source }
    }
}
