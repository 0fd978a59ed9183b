//! D2: where the machine stands must not matter.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use crate::harness::new_database;

/// Slices that read or speak dates and times.
const WITH_TIMES: [&str; 3] = ["tools::check_availability", "tools::book_appointment", "receptionist::calls"];

#[tokio::test(flavor = "multi_thread")]
async fn d2_the_suite_says_the_same_in_auckland_and_in_utc() {
    // So that the children find the server running.
    new_database().await;
    let (auckland, utc) = (tests_in("Pacific/Auckland"), tests_in("UTC"));
    assert_eq!(outcomes(&auckland), outcomes(&utc));
    assert!(outcomes(&utc).len() > 10, "filters that match nothing prove nothing");
}

fn tests_in(zone: &str) -> Output {
    let suite = std::env::current_exe().unwrap();
    let ran = Command::new(suite).args(WITH_TIMES).env("TZ", zone).output().unwrap();
    let said = String::from_utf8_lossy(&ran.stdout);
    assert!(ran.status.success(), "TZ={zone}: {said}{}", String::from_utf8_lossy(&ran.stderr));
    ran
}

fn outcomes(ran: &Output) -> Vec<String> {
    let said = String::from_utf8_lossy(&ran.stdout);
    let mut lines: Vec<String> = said
        .lines()
        // What took long here or there is said, too.
        .filter(|line| line.starts_with("test ") && line.contains("::") && line.contains(" ... "))
        .map(str::to_owned)
        .collect();
    lines.sort();
    lines
}

/// Nothing asks the machine for its zone.
#[test]
fn d2_no_source_reads_the_machines_time_zone() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut dirs = vec![root.join("src"), root.join("crates")];
    let mut read = 0;
    while let Some(dir) = dirs.pop() {
        for entry in fs::read_dir(dir).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                dirs.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = fs::read_to_string(&path).unwrap();
                let asks = ["TimeZone::system", "Zoned::now", "try_system"]
                    .iter()
                    .find(|asks| text.contains(**asks));
                assert_eq!(asks, None, "{}", path.display());
                read += 1;
            }
        }
    }
    assert!(read > 50, "{read}");
}
