//! Where a PostgreSQL comes from: the setting, Debian's package, the npm package.

use std::fs;
use std::path::{Path, PathBuf};

use super::user::{self, ServerUser};
use super::{EmbeddedError, Options, npm};

/// Older ones lack what the schema uses.
pub(super) const OLDEST: u32 = 15;
const DEBIAN: &str = "/usr/lib/postgresql";

/// The `bin` directory of a PostgreSQL that can read data `written_by` that version, and that `user` can run.
pub(super) async fn find(
    options: &Options,
    written_by: Option<u32>,
    user: Option<&ServerUser>,
) -> Result<PathBuf, EmbeddedError> {
    if let Some(dir) = &options.binaries {
        return explicit(dir, options, written_by, user).await;
    }
    if let Some(bin) = newest(Path::new(DEBIAN), written_by) {
        return Ok(bin);
    }
    if let Some(written_by) = written_by.filter(|version| *version != npm::MAJOR) {
        let found = match newest(Path::new(DEBIAN), None) {
            Some(bin) => format!("here is {}", bin.display()),
            None => format!("the npm build is {}", npm::MAJOR),
        };
        return Err(EmbeddedError::WrongVersion { data_dir: options.data_dir.clone(), written_by, found });
    }
    // Before the download, not after it. The cache itself may be missing yet.
    fs::create_dir_all(&options.cache_dir).map_err(EmbeddedError::io("create", &options.cache_dir))?;
    user::check_reachable(user, &options.cache_dir, "database.data_dir")?;
    npm::build(&options.cache_dir).await
}

async fn explicit(
    dir: &Path,
    options: &Options,
    written_by: Option<u32>,
    user: Option<&ServerUser>,
) -> Result<PathBuf, EmbeddedError> {
    let dir = std::path::absolute(dir).map_err(EmbeddedError::io("find", dir))?;
    let unusable = |why: String| EmbeddedError::UnusableBinaries { dir: dir.clone(), why };
    if !is_complete(&dir) {
        return Err(unusable("it must hold `postgres` and `initdb`".to_owned()));
    }
    user::check_reachable(user, &dir.join("postgres"), "database.binaries")?;
    let asked = user::command(&dir.join("postgres"), user).arg("--version").output().await;
    let asked = asked.map_err(EmbeddedError::io("run", &dir))?;
    let answer = String::from_utf8_lossy(&asked.stdout).trim().to_owned();
    let Some(major) = major(&answer) else {
        return Err(unusable(String::from_utf8_lossy(&asked.stderr).trim().to_owned()));
    };
    match written_by {
        _ if major < OLDEST => Err(unusable(format!("{answer} is older than {OLDEST}"))),
        Some(written_by) if written_by != major => {
            let data_dir = options.data_dir.clone();
            Err(EmbeddedError::WrongVersion { data_dir, written_by, found: answer })
        }
        _ => Ok(dir),
    }
}

/// From `postgres (PostgreSQL) 15.14 (Debian 15.14-0+deb12u1)`.
fn major(version: &str) -> Option<u32> {
    let number = version.strip_prefix("postgres (PostgreSQL) ")?;
    number.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
}

/// Debian keeps one directory for each major version. `wanted` alone will do when there is data already.
fn newest(root: &Path, wanted: Option<u32>) -> Option<PathBuf> {
    let versions =
        fs::read_dir(root).ok()?.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok());
    let fitting = versions.filter(|version: &u32| match wanted {
        Some(wanted) => *version == wanted,
        None => *version >= OLDEST,
    });
    let bins = fitting.map(|version| (version, root.join(version.to_string()).join("bin")));
    bins.filter(|(_, bin)| is_complete(bin)).max().map(|(_, bin)| bin)
}

/// The client package alone makes the same directory, without a server in it.
fn is_complete(bin: &Path) -> bool {
    ["postgres", "initdb"].iter().all(|program| bin.join(program).is_file())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::*;

    #[test]
    fn the_newest_complete_version_is_taken_unless_data_needs_another() {
        let root = std::env::temp_dir().join(format!("voxanne-versions-{}", std::process::id()));
        let install = |version: &str, programs: &[&str]| {
            let bin = root.join(version).join("bin");
            fs::create_dir_all(&bin).unwrap();
            for program in programs {
                fs::write(bin.join(program), "").unwrap();
            }
        };
        install("9.6", &["postgres", "initdb"]);
        install("14", &["postgres", "initdb"]);
        install("15", &["postgres", "initdb"]);
        install("17", &["postgres", "initdb"]);
        install("18", &["psql"]);
        let taken = [None, Some(15), Some(18)].map(|wanted| newest(&root, wanted));
        fs::remove_dir_all(&root).unwrap();
        assert_eq!(taken, [Some(root.join("17/bin")), Some(root.join("15/bin")), None]);
        assert_eq!(newest(Path::new("/no/such/place"), None), None);
    }

    #[test]
    fn the_version_is_read_from_debians_answer_and_from_others() {
        assert_eq!(major("postgres (PostgreSQL) 15.14 (Debian 15.14-0+deb12u1)"), Some(15));
        assert_eq!(major("postgres (PostgreSQL) 18.4"), Some(18));
        assert_eq!(major("postgres (PostgreSQL) 19devel"), Some(19));
        assert_eq!(major("sh: not found"), None);
    }
}
