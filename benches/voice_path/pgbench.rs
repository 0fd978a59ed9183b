//! The same rows written by PostgreSQL's own load generator: what the database can do at all.

use std::time::Duration;

use tokio::process::Command;
use voxanne::platform::migrate::APP_ROLE;

use crate::stage::{CONNECTIONS, Stage};

/// Transactions in a second, and the mean time of one in milliseconds.
pub struct Booked {
    pub per_second: f64,
    pub mean_ms: f64,
}

/// Books for `time` over as many connections as the product has.
pub async fn book(stage: &Stage, round: u64, time: Duration, stored_message: &str) -> Booked {
    let script = stage.dir.join("book.sql");
    std::fs::write(&script, include_str!("book.sql")).unwrap();
    let mut pgbench = Command::new("pgbench");
    pgbench.env("PGPASSWORD", Stage::password()).kill_on_drop(true);
    pgbench.args(["--host=127.0.0.1", "--no-vacuum", "--protocol=prepared", "--jobs=2"]);
    pgbench.arg(format!("--port={}", stage.database_port())).arg(format!("--username={APP_ROLE}"));
    pgbench.arg(format!("--client={CONNECTIONS}")).arg(format!("--time={}", time.as_secs()));
    pgbench.arg(format!("--define=round={round}")).arg("--define=n=0");
    pgbench.arg(format!("--define=body={stored_message}"));
    pgbench.arg(format!("--file={}", script.display())).arg("postgres");
    let done = pgbench.output().await.unwrap();
    let (said, complained) = (String::from_utf8_lossy(&done.stdout), String::from_utf8_lossy(&done.stderr));
    assert!(done.status.success() && !complained.contains("error"), "pgbench failed: {complained}");
    let number = |name: &str| {
        let line = said.lines().find_map(|line| line.strip_prefix(name)).unwrap();
        line.split_whitespace().next().unwrap().parse().unwrap()
    };
    Booked { per_second: number("tps = "), mean_ms: number("latency average = ") }
}
