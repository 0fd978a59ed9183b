//! PostgreSQL from the npm package: all of contrib, but of the programs only `initdb`, `pg_ctl` and `postgres`.
//!
//! Whatever its origin it is copied into the cache, where it is readable for the server's user and outlives a
//! new `node_modules`.

use std::fs::{self, Permissions};
use std::io;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use serde::Deserialize;
use tokio::process::Command;

use super::EmbeddedError;

/// The same as in `package.json`; a test compares them.
const VERSION: &str = "18.4.0-beta.17";
/// The major version of [`VERSION`].
pub(super) const MAJOR: u32 = 18;
const DOWNLOAD: Duration = Duration::from_mins(5);

/// The `bin` directory of the npm build: from the cache, from a `node_modules` above the program or the working
/// directory, or fetched with `npm`.
pub async fn build(cache_dir: &Path) -> Result<PathBuf, EmbeddedError> {
    let home = cache_dir.join(format!("postgresql-{VERSION}"));
    let bin = home.join("bin");
    if bin.is_dir() {
        return Ok(bin);
    }
    let Some(package) = package() else {
        let tried = format!("there is no npm build for {} {}", std::env::consts::OS, std::env::consts::ARCH);
        return Err(EmbeddedError::NoBinaries { tried });
    };
    let unfinished = cache_dir.join(format!("unfinished-{}", std::process::id()));
    fs::create_dir_all(&unfinished).map_err(EmbeddedError::io("create", &unfinished))?;
    let done = match installed(&package) {
        Some(found) => adopt(found, unfinished.clone(), home).await,
        None => match fetch(&package, &unfinished).await {
            Ok(fetched) => adopt(fetched, unfinished.clone(), home).await,
            Err(error) => Err(error),
        },
    };
    if let Err(error) = fs::remove_dir_all(&unfinished) {
        tracing::warn!(%error, "Left {} behind", unfinished.display());
    }
    done.map(|()| bin)
}

/// npm's name of the build for this machine.
fn package() -> Option<String> {
    let system = match std::env::consts::OS {
        "linux" => "linux",
        "macos" => "darwin",
        _ => return None,
    };
    let machine = match std::env::consts::ARCH {
        "x86_64" => "x64",
        "aarch64" => "arm64",
        _ => return None,
    };
    Some(format!("@embedded-postgres/{system}-{machine}"))
}

fn installed(package: &str) -> Option<PathBuf> {
    let starts = [std::env::current_exe(), std::env::current_dir()];
    let above = |start: &PathBuf| {
        let places = start.ancestors().map(|dir| dir.join("node_modules").join(package));
        places.into_iter().find(|place| is_pinned_version(place))
    };
    starts.iter().flatten().find_map(above)
}

fn is_pinned_version(package: &Path) -> bool {
    #[derive(Deserialize)]
    struct Manifest {
        version: String,
    }
    let manifest = fs::read(package.join("package.json"));
    let manifest = manifest.ok().and_then(|json| serde_json::from_slice::<Manifest>(&json).ok());
    manifest.is_some_and(|manifest| manifest.version == VERSION)
}

/// Into `prefix`, without running the package's script: [`adopt`] does what it would.
async fn fetch(package: &str, prefix: &Path) -> Result<PathBuf, EmbeddedError> {
    tracing::info!("Fetching PostgreSQL {MAJOR} with npm");
    let no =
        |why: String| EmbeddedError::NoBinaries { tried: format!("npm could not fetch {package}: {why}") };
    let install = Command::new("npm")
        .args(["install", "--ignore-scripts", "--no-audit", "--no-fund", "--no-package-lock", "--prefix"])
        .arg(prefix)
        .arg(format!("{package}@{VERSION}"))
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output();
    let done = match tokio::time::timeout(DOWNLOAD, install).await {
        Ok(Ok(done)) => done,
        Ok(Err(error)) if error.kind() == io::ErrorKind::NotFound => {
            return Err(no("npm is missing".to_owned()));
        }
        Ok(Err(error)) => return Err(no(error.to_string())),
        Err(_elapsed) => return Err(no(format!("no answer in {} s", DOWNLOAD.as_secs()))),
    };
    if !done.status.success() {
        return Err(no(String::from_utf8_lossy(&done.stderr).trim().to_owned()));
    }
    Ok(prefix.join("node_modules").join(package))
}

/// Copies the build of `package` to `home`, whole or not at all.
async fn adopt(package: PathBuf, unfinished: PathBuf, home: PathBuf) -> Result<(), EmbeddedError> {
    let copying = tokio::task::spawn_blocking(move || {
        let copy = unfinished.join("build");
        let done = copy_open(&package.join("native"), &copy).and_then(|()| link(&copy));
        done.map_err(EmbeddedError::io("copy", &package))?;
        match fs::rename(&copy, &home) {
            // Another program was faster.
            Err(_) if home.join("bin").is_dir() => Ok(()),
            moved => moved.map_err(EmbeddedError::io("create", &home)),
        }
    });
    copying.await.unwrap_or_else(|stopped| {
        Err(EmbeddedError::Failed { program: "copying PostgreSQL".to_owned(), log: stopped.to_string() })
    })
}

/// Everything becomes readable for everyone, whatever the umask of the installation was.
fn copy_open(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir(to)?;
    fs::set_permissions(to, Permissions::from_mode(0o755))?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let (source, target) = (entry.path(), to.join(entry.file_name()));
        let kind = entry.file_type()?;
        if kind.is_dir() {
            copy_open(&source, &target)?;
        } else if kind.is_symlink() {
            symlink(fs::read_link(&source)?, &target)?;
        } else {
            fs::copy(&source, &target)?;
            let runs = source.metadata()?.permissions().mode() & 0o100 != 0;
            fs::set_permissions(&target, Permissions::from_mode(if runs { 0o755 } else { 0o644 }))?;
        }
    }
    Ok(())
}

/// A link that npm cannot package, named from the package's root: `native/lib/libpq.so.5`.
#[derive(Deserialize)]
struct Link {
    source: PathBuf,
    target: PathBuf,
}

/// What the package's own script does: npm may not run it, and it needs a writable `node_modules`.
fn link(build: &Path) -> io::Result<()> {
    let links: Vec<Link> = match fs::read(build.join("pg-symlinks.json")) {
        Ok(json) => serde_json::from_slice(&json)?,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error),
    };
    for Link { source, target } in links {
        let (Some(name), Ok(target)) = (source.file_name(), target.strip_prefix("native")) else { continue };
        match symlink(name, build.join(target)) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
            _ => {}
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::*;

    #[test]
    fn the_pinned_version_is_the_one_in_package_json() {
        let manifest: serde_json::Value =
            serde_json::from_str(include_str!("../../../package.json")).unwrap();
        let builds = manifest["optionalDependencies"].as_object().unwrap();
        let versions: Vec<_> =
            builds.iter().filter(|(name, _)| name.starts_with("@embedded-postgres/")).collect();
        assert!(
            !versions.is_empty() && versions.iter().all(|(_, version)| *version == VERSION),
            "{versions:?}"
        );
        assert!(VERSION.starts_with(&format!("{MAJOR}.")));
    }

    #[tokio::test]
    async fn a_build_is_adopted_whole_with_the_links_npm_left_out() {
        let dir = std::env::temp_dir().join(format!("voxanne-npm-{}", std::process::id()));
        let package = dir.join("package");
        fs::create_dir_all(package.join("native/bin")).unwrap();
        fs::create_dir_all(package.join("native/lib")).unwrap();
        fs::create_dir_all(dir.join("unfinished")).unwrap();
        fs::write(package.join("native/bin/postgres"), "#!").unwrap();
        fs::set_permissions(package.join("native/bin/postgres"), Permissions::from_mode(0o700)).unwrap();
        fs::write(package.join("native/lib/libpq.so.5.18"), "pq").unwrap();
        let links = r#"[{"source":"native/lib/libpq.so.5.18","target":"native/lib/libpq.so.5"}]"#;
        fs::write(package.join("native/pg-symlinks.json"), links).unwrap();
        adopt(package, dir.join("unfinished"), dir.join("home")).await.unwrap();
        let linked = fs::read_to_string(dir.join("home/lib/libpq.so.5")).unwrap();
        let mode = dir.join("home/bin/postgres").metadata().unwrap().permissions().mode();
        fs::remove_dir_all(&dir).unwrap();
        assert_eq!((linked.as_str(), mode & 0o777), ("pq", 0o755));
    }
}
