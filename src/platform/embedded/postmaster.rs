//! The server's process, and the file by which it is known: `postmaster.pid`.

use std::fs;
use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use tokio::net::TcpStream;
use tokio::process::Child;

use super::EmbeddedError;
use super::layout::Layout;

pub(super) const TICK: Duration = Duration::from_millis(25);
/// Recovery of a large write-ahead log takes this long at the very worst.
pub(super) const READY: Duration = Duration::from_mins(2);
const ANSWER: Duration = Duration::from_secs(1);
/// How often a server that is not our child is looked at.
const WATCH: Duration = Duration::from_millis(250);

/// A server process: our child, or one found.
#[derive(Debug)]
pub(super) struct Postmaster {
    pub(super) pid: i32,
    pub(super) port: u16,
    pub(super) cluster: PathBuf,
    pub(super) child: Option<Child>,
}

/// What `postmaster.pid` says: line 1 the process, line 4 the port, line 8 the state.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct PidFile {
    pub(super) pid: i32,
    pub(super) port: u16,
    pub(super) is_ready: bool,
}

impl PidFile {
    pub(super) fn read(layout: &Layout) -> Option<Self> {
        Self::parse(&fs::read_to_string(layout.pid_file()).ok()?)
    }

    fn parse(text: &str) -> Option<Self> {
        let lines: Vec<&str> = text.lines().map(str::trim).collect();
        let pid = lines.first()?.parse().ok()?;
        // A server that has only just begun has not written the rest yet.
        let port = lines.get(3).and_then(|port| port.parse().ok()).unwrap_or(0);
        Some(Self { pid, port, is_ready: lines.get(7) == Some(&"ready") })
    }
}

/// The server that runs on this data, ready or not.
pub(super) fn alive(layout: &Layout) -> Option<Postmaster> {
    let cluster = layout.cluster();
    let file = PidFile::read(layout).filter(|file| runs_on(file.pid, &cluster))?;
    Some(Postmaster { pid: file.pid, port: file.port, cluster, child: None })
}

/// The ready server on this data. One that is starting, stopping or dying is waited for.
pub(super) async fn running(layout: &Layout) -> Result<Option<Postmaster>, EmbeddedError> {
    let settled = async {
        while let Some(server) = alive(layout) {
            let is_ready = PidFile::read(layout).is_some_and(|file| file.is_ready && file.pid == server.pid);
            if is_ready && answers(server.port).await {
                return Some(server);
            }
            tokio::time::sleep(TICK).await;
        }
        None
    };
    let slow = |_elapsed| EmbeddedError::Slow { seconds: READY.as_secs(), log: layout.log() };
    tokio::time::timeout(READY, settled).await.map_err(slow)
}

/// Whether a server speaks at `port`. The file says `ready` of one that is just being killed too.
async fn answers(port: u16) -> bool {
    // "Do you speak TLS?": eight bytes, answered with one, before any log-in.
    const SSL_REQUEST: [u8; 8] = [0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f];
    let asked = async {
        let server = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await?;
        server.writable().await?;
        server.try_write(&SSL_REQUEST)?;
        server.readable().await?;
        server.try_read(&mut [0])
    };
    matches!(tokio::time::timeout(ANSWER, asked).await, Ok(Ok(1)))
}

/// Removes a `postmaster.pid` whose process is now something else, as after a restart of the machine: the server
/// would take that for a rival and refuse to start. Safe, because left-over backends still hold the shared memory
/// of this data directory, and the server checks that too.
pub(super) fn remove_stale_pid_file(layout: &Layout) -> Result<(), EmbeddedError> {
    let path = layout.pid_file();
    if path.exists() && alive(layout).is_none() {
        tracing::warn!("The last PostgreSQL here did not stop cleanly; it will recover");
        fs::remove_file(&path).map_err(EmbeddedError::io("remove", &path))?;
    }
    Ok(())
}

/// Whether `pid` is a living server of this cluster, not a zombie and not a later process with its number.
fn runs_on(pid: i32, cluster: &Path) -> bool {
    use std::os::unix::ffi::OsStrExt;

    if pid <= 0 || kill(Pid::from_raw(pid), None) == Err(nix::Error::ESRCH) {
        return false;
    }
    match fs::read(format!("/proc/{pid}/cmdline")) {
        Ok(words) => words.split(|byte| *byte == 0).any(|word| word == cluster.as_os_str().as_bytes()),
        // No /proc (macOS): the number is all there is to go by. With /proc, the process has just gone.
        Err(_) => !Path::new("/proc/self").exists(),
    }
}

impl Postmaster {
    /// Waits for the end of the process, however it comes.
    pub(super) async fn exited(&mut self) {
        if let Some(child) = &mut self.child
            && child.wait().await.is_ok()
        {
            return;
        }
        while runs_on(self.pid, &self.cluster) {
            tokio::time::sleep(WATCH).await;
        }
    }

    pub(super) fn signal(&self, signal: Signal) {
        // Already gone is what was wanted.
        if let Err(error) = kill(Pid::from_raw(self.pid), signal) {
            tracing::debug!(pid = self.pid, %signal, %error, "PostgreSQL was gone before the signal");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_is_ready_when_line_eight_says_so() {
        let file = "4242\n/data\n1700000000\n5433\n\n127.0.0.1\n  5433001    196613\nready   \n";
        assert_eq!(PidFile::parse(file), Some(PidFile { pid: 4242, port: 5433, is_ready: true }));
        let starting = file.replace("ready   ", "starting");
        assert_eq!(PidFile::parse(&starting), Some(PidFile { pid: 4242, port: 5433, is_ready: false }));
    }

    #[test]
    fn a_file_still_being_written_is_not_ready() {
        assert_eq!(PidFile::parse("4242\n"), Some(PidFile { pid: 4242, port: 0, is_ready: false }));
        assert_eq!(PidFile::parse(""), None);
    }

    #[test]
    fn a_living_process_that_is_not_our_server_is_not_taken_for_it() {
        let me = i32::try_from(std::process::id()).unwrap_or(0);
        assert!(me > 0 && !runs_on(me, Path::new("/no/such/cluster")));
    }
}
