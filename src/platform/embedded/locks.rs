//! Advisory locks between programs on one data directory. The kernel releases them when a program dies.

use std::fs::{File, TryLockError};
use std::path::Path;
use std::time::Duration;

use super::EmbeddedError;

/// Longer than the slowest start, so that the second program gets the server and not an error.
const PATIENCE: Duration = Duration::from_mins(3);
const TICK: Duration = Duration::from_millis(50);

/// Waits until nobody else holds `path`.
pub(super) async fn exclusive(path: &Path) -> Result<File, EmbeddedError> {
    wait_for(path, File::try_lock).await
}

/// Waits until nobody holds `path` exclusively.
pub(super) async fn shared(path: &Path) -> Result<File, EmbeddedError> {
    wait_for(path, File::try_lock_shared).await
}

/// `None` when somebody holds `path`.
pub(super) fn try_exclusive(path: &Path) -> Result<Option<File>, EmbeddedError> {
    let file = open(path)?;
    Ok(taken(file.try_lock(), path)?.then_some(file))
}

async fn wait_for(path: &Path, lock: fn(&File) -> Result<(), TryLockError>) -> Result<File, EmbeddedError> {
    let file = open(path)?;
    let waiting = async {
        while !taken(lock(&file), path)? {
            tokio::time::sleep(TICK).await;
        }
        Ok(())
    };
    match tokio::time::timeout(PATIENCE, waiting).await {
        Ok(locked) => locked.map(|()| file),
        Err(_elapsed) => Err(EmbeddedError::Busy { lock: path.to_path_buf() }),
    }
}

fn taken(attempt: Result<(), TryLockError>, path: &Path) -> Result<bool, EmbeddedError> {
    match attempt {
        Ok(()) => Ok(true),
        Err(TryLockError::WouldBlock) => Ok(false),
        Err(TryLockError::Error(source)) => Err(EmbeddedError::io("lock", path)(source)),
    }
}

fn open(path: &Path) -> Result<File, EmbeddedError> {
    File::options()
        .create(true)
        .truncate(false)
        .read(true)
        .write(true)
        .open(path)
        .map_err(EmbeddedError::io("open", path))
}
