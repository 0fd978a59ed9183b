//! Servers under the load, each a process of its own.

use std::path::PathBuf;
use std::process::Stdio;
use std::time::{Duration, Instant};

use tokio::process::{Child, Command};

const START_MAX: Duration = Duration::from_secs(30);

/// A server in a process of its own.
pub struct Served {
    child: Child,
    pub port: u16,
    /// From the start of the process to its first answer to `/health/ready`.
    pub ready_after: Duration,
}

impl Served {
    /// Returns once it answers.
    pub async fn start(mut command: Command, port: u16, log: PathBuf) -> Self {
        let log_file = std::fs::File::create(&log).unwrap();
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(log_file).kill_on_drop(true);
        let began = Instant::now();
        let child = command.spawn().unwrap();
        let url = format!("http://127.0.0.1:{port}/health/ready");
        let http = reqwest::Client::builder().timeout(START_MAX).build().unwrap();
        while !http.get(&url).send().await.is_ok_and(|answer| answer.status().is_success()) {
            assert!(began.elapsed() < START_MAX, "not ready: see {}", log.display());
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        Self { child, port, ready_after: began.elapsed() }
    }

    /// Resident memory in MiB: now, and at its highest.
    pub fn memory(&self) -> (f64, f64) {
        let pid = self.child.id().unwrap();
        let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
        let mib = |name: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap();
            line.trim().trim_end_matches(" kB").parse::<f64>().unwrap() / 1024.0
        };
        (mib("VmRSS:"), mib("VmHWM:"))
    }

    /// Lets it finish what it has in hand.
    pub async fn stop(mut self) {
        use nix::sys::signal::{Signal, kill};
        let pid = i32::try_from(self.child.id().unwrap()).unwrap();
        kill(nix::unistd::Pid::from_raw(pid), Signal::SIGTERM).unwrap();
        self.child.wait().await.unwrap();
    }
}

/// A port that nobody listens on.
pub fn free_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}
