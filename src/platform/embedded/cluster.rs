//! First and every start of the server.

use std::fs;
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::layout::Layout;
use super::postmaster::{self, PidFile, Postmaster, READY, TICK};
use super::user::{self, ServerUser};
use super::{EmbeddedError, Options, binaries};

/// Together 10 s: what a killed server leaves (backends, shared memory) takes about 2 s to go.
const ATTEMPTS_MAX: usize = 40;
const BETWEEN_ATTEMPTS: Duration = Duration::from_millis(250);
/// Of what a failed start wrote, the end is what says why.
const LAST_WORDS_BYTES: usize = 2000;
/// What the server says (with `LC_ALL=C`) when the one before it is not gone yet, or its port is taken.
const PASSING_TROUBLE: [&str; 3] = [
    "lock file \"postmaster.pid\" already exists",
    "pre-existing shared memory block",
    "Address already in use",
];

/// Starts a server on the data, which is created when missing.
pub(super) async fn launch(options: &Options, layout: &Layout) -> Result<Postmaster, EmbeddedError> {
    let user = user::server_user(&layout.cluster())?;
    let user = user.as_ref();
    user::check_reachable(user, layout.dir(), "database.data_dir")?;
    let bin = match binaries::find(options, layout.written_by()?, user).await {
        Err(EmbeddedError::WrongVersion { written_by, .. }) if !options.durable => {
            tracing::warn!("Throwing away test data that PostgreSQL {written_by} wrote");
            let cluster = layout.cluster();
            fs::remove_dir_all(&cluster).map_err(EmbeddedError::io("remove", &cluster))?;
            binaries::find(options, None, user).await?
        }
        found => found?,
    };
    if layout.written_by()?.is_none() {
        initialise(options, layout, &bin, user).await?;
    }
    // Before the start, not after it: a server whose password is lost is of no use.
    layout.password()?;
    postmaster::remove_stale_pid_file(layout)?;
    start(options, layout, &bin, user).await
}

async fn initialise(
    options: &Options,
    layout: &Layout,
    bin: &Path,
    user: Option<&ServerUser>,
) -> Result<(), EmbeddedError> {
    layout.new_password(user)?;
    let unfinished = layout.new_cluster(user)?;
    let mut initdb = user::command(&bin.join("initdb"), user);
    initdb.arg("--pgdata").arg(&unfinished).arg("--pwfile").arg(layout.password_file());
    initdb.args(["--username=postgres", "--auth=scram-sha-256", "--encoding=UTF8", "--locale=C"]);
    if !options.durable {
        initdb.arg("--no-sync");
    }
    let done = initdb.kill_on_drop(true).output().await.map_err(EmbeddedError::io("run", bin))?;
    if !done.status.success() {
        let log = last_words(&done.stderr);
        return Err(EmbeddedError::Failed { program: "initdb".to_owned(), log });
    }
    let cluster = layout.cluster();
    fs::rename(&unfinished, &cluster).map_err(EmbeddedError::io("create", &cluster))
}

async fn start(
    options: &Options,
    layout: &Layout,
    bin: &Path,
    user: Option<&ServerUser>,
) -> Result<Postmaster, EmbeddedError> {
    let mut attempts_left = ATTEMPTS_MAX;
    loop {
        attempts_left -= 1;
        let port = options.port.map_or_else(|| layout.free_port(), Ok)?;
        let (log, log_start) = layout.open_log()?;
        let stderr = log.try_clone().map_err(EmbeddedError::io("open", &layout.log()))?;
        let mut server = user::command(&bin.join("postgres"), user);
        server.arg("-D").arg(layout.cluster()).args(settings(options, port));
        server.stdout(log).stderr(stderr).process_group(0);
        let child = server.spawn().map_err(EmbeddedError::io("run", bin))?;
        // Never 0, which a signal would take for this program's own group.
        let pid =
            child.id().and_then(|pid| i32::try_from(pid).ok()).ok_or_else(|| EmbeddedError::Failed {
                program: "postgres".to_owned(),
                log: last_words_of(&layout.log(), log_start),
            })?;
        let mut server = Postmaster { pid, port, cluster: layout.cluster(), child: Some(child) };
        if becomes_ready(&mut server, layout).await? {
            return Ok(server);
        }
        let log = last_words_of(&layout.log(), log_start);
        if attempts_left == 0 || !PASSING_TROUBLE.iter().any(|trouble| log.contains(trouble)) {
            return Err(EmbeddedError::Failed { program: "postgres".to_owned(), log });
        }
        tokio::time::sleep(BETWEEN_ATTEMPTS).await;
    }
}

/// `false` when the process ended instead.
async fn becomes_ready(server: &mut Postmaster, layout: &Layout) -> Result<bool, EmbeddedError> {
    let pid = server.pid;
    let ready = async {
        while !PidFile::read(layout).is_some_and(|file| file.is_ready && file.pid == pid) {
            tokio::time::sleep(TICK).await;
        }
    };
    tokio::select! {
        () = ready => Ok(true),
        () = server.exited() => Ok(false),
        () = tokio::time::sleep(READY) => {
            Err(EmbeddedError::Slow { seconds: READY.as_secs(), log: layout.log() })
        }
    }
}

/// Settings go on the command line, so that they are the program's and not those of the first start.
fn settings(options: &Options, port: u16) -> Vec<String> {
    let mut settings = vec![
        format!("port={port}"),
        format!("max_connections={}", options.max_connections),
        "listen_addresses=127.0.0.1".to_owned(),
        "unix_socket_directories=".to_owned(),
        "timezone=UTC".to_owned(),
        "log_timezone=UTC".to_owned(),
        // Rows and parameters hold names, numbers and transcripts; `terse` leaves out "Key (phone)=(+1…)".
        "log_statement=none".to_owned(),
        "log_parameter_max_length=0".to_owned(),
        "log_parameter_max_length_on_error=0".to_owned(),
        "log_error_verbosity=terse".to_owned(),
        "logging_collector=off".to_owned(),
    ];
    if options.durable {
        // A queue's rows die by the hundred a second, and a new clinic's tables are planned for as if they were empty: at the
        // default of a minute both slow down what a manager waits for.
        settings.push("autovacuum_naptime=10s".to_owned());
    } else {
        let fast = ["fsync=off", "synchronous_commit=off", "full_page_writes=off"];
        settings.extend(fast.map(str::to_owned));
    }
    settings.into_iter().flat_map(|setting| ["-c".to_owned(), setting]).collect()
}

fn last_words_of(log: &PathBuf, from: u64) -> String {
    let mut written = Vec::new();
    let read = fs::File::open(log).and_then(|mut log| {
        log.seek(SeekFrom::Start(from))?;
        log.read_to_end(&mut written)
    });
    match read {
        Ok(_) => last_words(&written),
        Err(error) => format!("its log could not be read: {error}"),
    }
}

fn last_words(written: &[u8]) -> String {
    let end = &written[written.len().saturating_sub(LAST_WORDS_BYTES)..];
    String::from_utf8_lossy(end).trim().to_owned()
}
