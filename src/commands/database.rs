//! `voxanne migrate`, and `voxanne database`: the program's own PostgreSQL.

use std::path::{Path, PathBuf};

use clap::Subcommand;

use super::CommandError;
use super::failure::Doing as _;
use super::output::say;
use super::place;
use super::start::{self, How, Started, Texts};
use crate::platform::embedded;
use crate::platform::telemetry;

/// What to do with it.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Stop a server that no program uses any more
    Stop {
        /// The installation's directory; `database.data_dir` unless given
        #[arg(long)]
        data_dir: Option<PathBuf>,
        /// The server that tests share
        #[arg(long, conflicts_with = "data_dir")]
        test: bool,
    },
}

pub(super) async fn run(args: Args) -> Result<(), CommandError> {
    let Action::Stop { data_dir, test } = args.action;
    let config = start::config()?;
    let dir = match data_dir {
        _ if test => server_dir(&test_data_dir()),
        Some(dir) => server_dir(&dir),
        None => server_dir(&place::data_dir(&config)?),
    };
    telemetry::start_logging(&config.log);
    let stopped = embedded::stop_left_behind(&dir).await.doing("stop PostgreSQL")?;
    say(if stopped {
        "Stopped."
    } else {
        "Nothing to stop: no server runs there, or a program still uses it."
    });
    Ok(())
}

/// The server is in the installation's directory, or the directory given is the server's.
fn server_dir(dir: &Path) -> PathBuf {
    let inside = dir.join("postgres");
    if inside.is_dir() { inside } else { dir.to_owned() }
}

/// Where the server lives that tests share and leave running for the next run.
pub fn test_data_dir() -> PathBuf {
    std::env::var_os("VOXANNE_TEST_DATA_DIR").map_or_else(
        || std::env::temp_dir().join(format!("voxanne-test-{}", nix::unistd::getuid())),
        PathBuf::from,
    )
}

/// Brings the database up to date and leaves.
pub(super) async fn migrate() -> Result<(), CommandError> {
    let config = start::config()?;
    telemetry::start_logging(&config.log);
    let how = How { migrates: true, texts: Texts::AsConfigured, ..How::to_look() };
    Started::begin(config, how).await?.end().await;
    say("The database is up to date.");
    Ok(())
}
