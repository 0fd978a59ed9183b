//! Where an installation without a database of its own keeps its data, and the key that is generated there.

use std::fs::{self, DirBuilder, File, Permissions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use secrecy::{ExposeSecret, SecretString};

use super::CommandError;
use super::failure::Doing as _;
use crate::platform::config::Config;
use crate::platform::secrets;

/// `database.data_dir`, else /var/lib/voxanne for root and ~/.local/share/voxanne for anybody else.
pub(super) fn data_dir(config: &Config) -> Result<PathBuf, CommandError> {
    if !config.database.data_dir.is_empty() {
        return std::path::absolute(&config.database.data_dir).doing("find database.data_dir");
    }
    if nix::unistd::geteuid().is_root() {
        return Ok("/var/lib/voxanne".into());
    }
    std::env::home_dir().map(|home| home.join(".local/share/voxanne")).ok_or_else(|| {
        CommandError::Refused("this user has no home: name a directory in database.data_dir".into())
    })
}

/// Creates `dir`. Root's lets others pass, not look: PostgreSQL does not run as root and has to get to its own part.
///
/// So does an empty one that is there already, as from `mktemp -d`; one with content is left as it is.
pub(super) fn prepare(dir: &Path) -> Result<(), CommandError> {
    let is_root = nix::unistd::geteuid().is_root();
    if !dir.is_dir() {
        let mode = if is_root { 0o755 } else { 0o700 };
        DirBuilder::new().recursive(true).mode(mode).create(dir).doing("create the data directory")?;
    }
    let is_new = fs::read_dir(dir).doing("look into the data directory")?.next().is_none();
    if is_root && is_new {
        fs::set_permissions(dir, Permissions::from_mode(0o711))
            .doing("let PostgreSQL into the data directory")?;
    }
    Ok(())
}

/// The key kept in `dir`; made up on first use.
pub(super) fn kept_key(dir: &Path) -> Result<SecretString, CommandError> {
    let path = dir.join("secrets.key");
    if !path.exists() {
        let key = secrets::new_key().doing("make up a key")?;
        // Linked into place whole: of two programs that start at once, one key stays.
        let draft = dir.join(format!("secrets.key.{}", std::process::id()));
        let kept =
            write_private(&draft, key.expose_secret()).and_then(|()| match fs::hard_link(&draft, &path) {
                Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
                _ => fs::remove_file(&draft),
            });
        kept.doing("keep the key in the data directory")?;
    }
    let key = fs::read_to_string(&path).doing("read secrets.key in the data directory")?;
    Ok(key.trim().into())
}

/// Writes a file that only its owner may read.
pub(super) fn write_private(path: &Path, text: &str) -> io::Result<()> {
    let mut file = File::options().create(true).truncate(true).write(true).mode(0o600).open(path)?;
    writeln!(file, "{text}")?;
    file.sync_all()
}
