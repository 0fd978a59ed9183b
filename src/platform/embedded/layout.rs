//! What lies where in the data directory.
//!
//! Only `cluster` belongs to the server's user; root writes nowhere that user could have planted a link.

use std::fs::{self, DirBuilder, File, Permissions};
use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt, chown};
use std::path::{Path, PathBuf};

use secrecy::SecretString;

use super::EmbeddedError;
use super::user::{self, ServerUser};

/// Above this the log of earlier runs is moved aside, over the one moved before it.
const LOG_BYTES_MAX: u64 = 10_000_000;
const PASSWORD_BYTES: usize = 24;

#[derive(Debug)]
pub(super) struct Layout {
    dir: PathBuf,
}

impl Layout {
    /// Creates the directory when missing. Root's may be passed through, not listed: the server's user must.
    pub(super) fn prepare(data_dir: &Path) -> Result<Self, EmbeddedError> {
        let dir = std::path::absolute(data_dir).map_err(EmbeddedError::io("find", data_dir))?;
        if !dir.is_dir() {
            let mode = if user::is_root() { 0o711 } else { 0o700 };
            fs::create_dir_all(&dir).map_err(EmbeddedError::io("create", &dir))?;
            fs::set_permissions(&dir, Permissions::from_mode(mode))
                .map_err(EmbeddedError::io("protect", &dir))?;
        }
        // One name for one place: a running server is recognised by it.
        let dir = dir.canonicalize().map_err(EmbeddedError::io("find", &dir))?;
        Ok(Self { dir })
    }

    pub(super) fn dir(&self) -> &Path {
        &self.dir
    }

    pub(super) fn cluster(&self) -> PathBuf {
        self.dir.join("cluster")
    }

    /// Becomes `cluster` once it is whole, so that an interrupted first start is repeated.
    pub(super) fn unfinished_cluster(&self) -> PathBuf {
        self.dir.join("cluster.new")
    }

    pub(super) fn pid_file(&self) -> PathBuf {
        self.cluster().join("postmaster.pid")
    }

    pub(super) fn log(&self) -> PathBuf {
        self.dir.join("server.log")
    }

    /// Held while the server is started or stopped.
    pub(super) fn start_lock(&self) -> PathBuf {
        self.dir.join("start.lock")
    }

    /// Held, shared, by every program that uses the server.
    pub(super) fn use_lock(&self) -> PathBuf {
        self.dir.join("use.lock")
    }

    pub(super) fn password_file(&self) -> PathBuf {
        self.dir.join("password")
    }

    fn port_file(&self) -> PathBuf {
        self.dir.join("port")
    }

    /// The major version that wrote the data; `None` when there is none yet.
    pub(super) fn written_by(&self) -> Result<Option<u32>, EmbeddedError> {
        let path = self.cluster().join("PG_VERSION");
        match fs::read_to_string(&path) {
            Ok(version) => Ok(version.trim().parse().ok()),
            Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(e) => Err(EmbeddedError::io("read", &path)(e)),
        }
    }

    pub(super) fn password(&self) -> Result<SecretString, EmbeddedError> {
        let path = self.password_file();
        match fs::read_to_string(&path) {
            Ok(password) => Ok(password.trim().into()),
            Err(e) if e.kind() == io::ErrorKind::NotFound => Err(EmbeddedError::PasswordMissing { path }),
            Err(e) => Err(EmbeddedError::io("read", &path)(e)),
        }
    }

    /// Makes up the superuser's password. `initdb` reads it as the server's user.
    pub(super) fn new_password(&self, user: Option<&ServerUser>) -> Result<(), EmbeddedError> {
        let path = self.password_file();
        let write = || -> io::Result<()> {
            let mut random = [0; PASSWORD_BYTES];
            // Not the seeded source the product uses: a password must differ between two runs of one test.
            File::open("/dev/urandom")?.read_exact(&mut random)?;
            let mut file = File::options().create(true).truncate(true).write(true).mode(0o600).open(&path)?;
            writeln!(file, "{}", hex::encode(random))?;
            file.sync_all()?;
            user.map_or(Ok(()), |user| chown(&path, Some(user.uid), Some(user.gid)))
        };
        write().map_err(EmbeddedError::io("write", &path))
    }

    /// An empty directory for `initdb`, owned by the server's user.
    pub(super) fn new_cluster(&self, user: Option<&ServerUser>) -> Result<PathBuf, EmbeddedError> {
        let path = self.unfinished_cluster();
        let create = || -> io::Result<()> {
            if path.exists() {
                fs::remove_dir_all(&path)?;
            }
            DirBuilder::new().mode(0o700).create(&path)?;
            user.map_or(Ok(()), |user| chown(&path, Some(user.uid), Some(user.gid)))
        };
        create().map_err(EmbeddedError::io("create", &path))?;
        Ok(path)
    }

    /// The port of the last run while it is free, so that an address noted down stays true; else any free one.
    pub(super) fn free_port(&self) -> Result<u16, EmbeddedError> {
        let path = self.port_file();
        let remembered = fs::read_to_string(&path).ok().and_then(|port| port.trim().parse().ok());
        let listener = remembered
            .and_then(|port: u16| TcpListener::bind((Ipv4Addr::LOCALHOST, port)).ok())
            .map_or_else(|| TcpListener::bind((Ipv4Addr::LOCALHOST, 0)), Ok);
        let port = listener.and_then(|listener| listener.local_addr()).map(|address| address.port());
        let port = port.map_err(EmbeddedError::io("find a free port for", &self.dir))?;
        fs::write(&path, port.to_string()).map_err(EmbeddedError::io("write", &path))?;
        Ok(port)
    }

    /// The server's log, to append to, and its present length.
    pub(super) fn open_log(&self) -> Result<(File, u64), EmbeddedError> {
        let path = self.log();
        let open = || -> io::Result<(File, u64)> {
            if path.metadata().is_ok_and(|log| log.len() > LOG_BYTES_MAX) {
                fs::rename(&path, path.with_extension("log.1"))?;
            }
            let file = File::options().create(true).append(true).mode(0o600).open(&path)?;
            let length = file.metadata()?.len();
            Ok((file, length))
        };
        open().map_err(EmbeddedError::io("open", &path))
    }
}
