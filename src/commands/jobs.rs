//! `voxanne jobs`: background jobs that failed too often.

use clap::Subcommand;

use super::CommandError;
use super::failure::Doing as _;
use super::output::say;
use super::start::{self, How, Started};
use crate::jobs;
use crate::platform::app::App;

/// What to do with them.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// List jobs that used up all their attempts
    Dead,
    /// Give dead jobs all their attempts back; a worker takes them from there
    Replay {
        /// Every one of them
        #[arg(long, conflicts_with = "ids")]
        all: bool,
        /// Which ones, as `jobs dead` shows them
        #[arg(required_unless_present = "all")]
        ids: Vec<i64>,
    },
}

pub(super) async fn run(args: Args) -> Result<(), CommandError> {
    let started = Started::begin(start::config()?, How::to_look()).await?;
    let done = act(&started.app, args.action).await;
    started.end().await;
    done
}

async fn act(app: &App, action: Action) -> Result<(), CommandError> {
    let dead = jobs::list_dead(app).await.doing("read the dead jobs (has `voxanne migrate` been run?)")?;
    match action {
        Action::Dead => {
            for job in &dead {
                let whose = job.org.as_deref().unwrap_or("no org");
                let why = job.last_error.as_deref().unwrap_or("no reason was kept");
                say(format_args!("{}  {} of {whose}, {} attempts: {why}", job.id, job.task, job.attempts));
            }
            if dead.is_empty() {
                say("No dead jobs.");
            }
            Ok(())
        }
        Action::Replay { all, ids } => {
            let ids = if all { dead.iter().map(|job| job.id).collect() } else { ids };
            replay(app, &ids).await
        }
    }
}

async fn replay(app: &App, ids: &[i64]) -> Result<(), CommandError> {
    for id in ids {
        if !jobs::replay_dead(app, *id).await.doing("give a job its attempts back")? {
            return Err(CommandError::Refused(format!(
                "there is no dead job {id}: `voxanne jobs dead` shows all"
            )));
        }
        say(format_args!("{id}: waits for a worker"));
    }
    Ok(())
}
