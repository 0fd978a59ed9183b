//! `voxanne inbox`: messages of the voice platform that could not be processed.

use clap::Subcommand;

use super::CommandError;
use super::failure::Doing as _;
use super::org::{known, org_id, prefixed};
use super::output::say;
use super::start::{self, How, Started};
use crate::platform::app::App;
use crate::platform::ids::{InboxId, OrgId};
use crate::platform::telemetry::chain;
use crate::receptionist::{self, DeadLetter};

/// What to do with them.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// List an org's dead letters
    List {
        /// Whose
        #[arg(long, value_parser = org_id)]
        org: OrgId,
    },
    /// Process dead letters again, as if they had just come
    Replay {
        /// Whose
        #[arg(long, value_parser = org_id)]
        org: OrgId,
        /// Every one of them
        #[arg(long, conflicts_with = "ids")]
        all: bool,
        /// Which ones, as `inbox list` shows them
        #[arg(required_unless_present = "all", value_parser = inbox_id)]
        ids: Vec<InboxId>,
    },
}

fn inbox_id(raw: &str) -> Result<InboxId, String> {
    prefixed(raw, "msg_").map(InboxId)
}

pub(super) async fn run(args: Args) -> Result<(), CommandError> {
    let started = Started::begin(start::config()?, How::to_look()).await?;
    let done = act(&started.app, args.action).await;
    started.end().await;
    done
}

async fn act(app: &App, action: Action) -> Result<(), CommandError> {
    match action {
        Action::List { org } => {
            let letters = dead_letters(app, org).await?;
            for letter in &letters {
                let why = letter.failure.as_deref().unwrap_or("no reason was kept");
                say(format_args!("{}  {:.0}  {}: {why}", letter.id, letter.received_at, letter.kind));
            }
            if letters.is_empty() {
                say("No dead letters.");
            }
            Ok(())
        }
        Action::Replay { org, all, ids } => {
            let letters = dead_letters(app, org).await?;
            let ids = if all { letters.iter().map(|letter| letter.id).collect() } else { ids };
            replay(app, org, &ids).await
        }
    }
}

async fn dead_letters(app: &App, org: OrgId) -> Result<Vec<DeadLetter>, CommandError> {
    let org = known(app, org).await?;
    receptionist::list_dead(app, org).await.doing("read the dead letters")
}

async fn replay(app: &App, org: OrgId, ids: &[InboxId]) -> Result<(), CommandError> {
    let mut failed = 0;
    for id in ids {
        match receptionist::replay(app, org, *id).await {
            Ok(()) => say(format_args!("{id}: done")),
            Err(error) => {
                failed += 1;
                say(format_args!("{id}: {}", chain(&error)));
            }
        }
    }
    if failed > 0 {
        return Err(CommandError::Refused(format!(
            "{failed} of {} messages failed again and were kept",
            ids.len()
        )));
    }
    say(format_args!("{} replayed.", ids.len()));
    Ok(())
}
