//! Who the server runs as when root starts the program, and what that user can get at.

use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use nix::unistd::{Gid, Uid, User};
use tokio::process::Command;

use super::EmbeddedError;

/// Where root's data goes when the place it prefers is closed to others.
const SHARED_PLACE: &str = "/var/lib/voxanne";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct ServerUser {
    pub(super) uid: u32,
    pub(super) gid: u32,
}

pub(super) fn is_root() -> bool {
    Uid::effective().is_root()
}

/// `None`: as whoever we are. Root becomes the owner of existing data, else `postgres`, else `nobody`.
pub(super) fn server_user(cluster: &Path) -> Result<Option<ServerUser>, EmbeddedError> {
    if !is_root() {
        return Ok(None);
    }
    if let Ok(owner) = cluster.metadata()
        && owner.uid() != 0
    {
        return Ok(Some(ServerUser { uid: owner.uid(), gid: owner.gid() }));
    }
    let known = ["postgres", "nobody"].iter().find_map(|name| User::from_name(name).ok().flatten());
    let known = known.ok_or(EmbeddedError::NoUser)?;
    Ok(Some(ServerUser { uid: known.uid.as_raw(), gid: known.gid.as_raw() }))
}

impl ServerUser {
    fn name(self) -> String {
        let user = User::from_uid(Uid::from_raw(self.uid)).ok().flatten();
        user.map_or_else(|| self.uid.to_string(), |user| user.name)
    }

    /// The first directory on the way to `path`, or `path` itself, that this user may not pass through.
    fn wall(self, path: &Path) -> Option<PathBuf> {
        let path = path.canonicalize().unwrap_or_else(|_| path.to_path_buf());
        let mut way: Vec<_> = path.ancestors().collect();
        way.reverse();
        way.into_iter().find(|step| step.metadata().is_ok_and(|m| !self.passes(&m))).map(Path::to_path_buf)
    }

    fn passes(self, step: &std::fs::Metadata) -> bool {
        let bit = match () {
            () if step.uid() == self.uid => 0o100,
            () if Gid::from_raw(step.gid()) == Gid::from_raw(self.gid) => 0o010,
            () => 0o001,
        };
        step.mode() & bit != 0
    }
}

/// Fails when the server's user cannot get to `path`; `setting` is what to change then.
pub(super) fn check_reachable(
    user: Option<&ServerUser>,
    path: &Path,
    setting: &'static str,
) -> Result<(), EmbeddedError> {
    match user.and_then(|user| Some((user, user.wall(path)?))) {
        None => Ok(()),
        Some((user, wall)) => {
            Err(EmbeddedError::Unreachable { path: path.to_path_buf(), wall, user: user.name(), setting })
        }
    }
}

/// A command with nothing of ours in its environment (it holds secrets), as the server's user.
pub(super) fn command(program: &Path, user: Option<&ServerUser>) -> Command {
    let mut command = Command::new(program);
    command.env_clear().env("PATH", "/usr/bin:/bin").env("LC_ALL", "C").env("TZ", "UTC");
    command.current_dir("/").stdin(std::process::Stdio::null());
    if let Some(user) = user {
        command.uid(user.uid).gid(user.gid);
    }
    command
}

/// `preferred`, unless root started the program and the server's user cannot get there (a checkout below a
/// home only root may enter): then the same path below `/var/lib/voxanne`.
pub fn reachable_dir(preferred: &Path) -> PathBuf {
    let Ok(absolute) = std::path::absolute(preferred) else { return preferred.to_path_buf() };
    let Ok(Some(user)) = server_user(&absolute.join("cluster")) else { return absolute };
    // What does not exist yet will be created open enough; what is above it decides.
    let existing = absolute.ancestors().find(|path| path.exists()).unwrap_or(&absolute);
    match user.wall(existing) {
        None => absolute,
        Some(_) => Path::new(SHARED_PLACE).join(absolute.strip_prefix("/").unwrap_or(&absolute)),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use std::fs;
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    const STRANGER: ServerUser = ServerUser { uid: 4_000_000, gid: 4_000_000 };

    #[test]
    fn a_private_home_is_a_wall_for_the_servers_user_and_an_open_one_is_not() {
        let home = std::env::temp_dir().join(format!("voxanne-wall-{}", std::process::id()));
        let data = home.join("data");
        fs::create_dir_all(&data).unwrap();
        fs::set_permissions(&home, fs::Permissions::from_mode(0o700)).unwrap();
        let closed = STRANGER.wall(&data);
        let owner = home.metadata().unwrap();
        let owners = ServerUser { uid: owner.uid(), gid: owner.gid() }.wall(&data);
        fs::set_permissions(&home, fs::Permissions::from_mode(0o711)).unwrap();
        let open = STRANGER.wall(&data);
        let home = home.canonicalize().unwrap();
        fs::remove_dir_all(&home).unwrap();
        assert_eq!(closed, Some(home));
        assert_eq!(owners, None);
        assert_eq!(open, None);
    }
}
