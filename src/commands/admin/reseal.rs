//! `voxanne admin reseal`: what former keys sealed, sealed by the current ones, so that former keys can go.

use super::super::CommandError;
use super::super::failure::Doing as _;
use super::super::output::say;
use crate::accounts;
use crate::calendars;
use crate::orgs::{self, ResealError};
use crate::platform::app::App;
use crate::platform::db::{is_contended, is_disconnected};
use crate::platform::ids::OrgId;
use crate::platform::secrets::{Lost, Tally};

/// An org whose rows are in use at the moment is tried this often.
const TRIES: usize = 5;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Give up what no key opens: webhook secrets are revoked, accounts have to be connected again
    #[arg(long)]
    forget_lost: bool,
}

pub(super) async fn run(app: &App, args: &Args) -> Result<(), CommandError> {
    let lost = if args.forget_lost { Lost::Go } else { Lost::Stay };
    let orgs = orgs::every_org(app).await.doing("list the orgs")?;
    let mut all = Tally::default();
    for (index, org) in orgs.iter().enumerate() {
        let tally =
            reseal(app, *org, lost).await.doing("seal an org's secrets anew (those before are done)")?;
        say(format_args!("{} of {}  {org}: {}", index + 1, orgs.len(), words(tally, lost)));
        all += tally;
    }
    let people = accounts::reseal(app, lost).await.doing("seal people's secrets anew")?;
    if people != Tally::default() {
        say(format_args!("people: {}", words(people, lost)));
        all += people;
    }
    say(format_args!("All: {}.", words(all, lost)));
    match (all.lost, lost) {
        (0, _) | (_, Lost::Go) => Ok(()),
        (_, Lost::Stay) => Err(CommandError::Refused(
            "some secrets open with none of the keys given: see `voxanne doctor`, and keep every former key"
                .into(),
        )),
    }
}

fn words(tally: Tally, lost: Lost) -> String {
    let Tally { current, former, lost: lost_count } = tally;
    let done = format!("{former} sealed anew, {current} were current");
    match (lost_count, lost) {
        (0, _) => done,
        (count, Lost::Stay) => format!("{done}, {count} open with no key"),
        (count, Lost::Go) => format!("{done}, {count} given up"),
    }
}

/// Doing it twice does no harm: what is done counts as current.
async fn reseal(app: &App, org: OrgId, lost: Lost) -> Result<Tally, ResealError> {
    let mut tries = 0;
    loop {
        tries += 1;
        match once(app, org, lost).await {
            Err(ResealError::Database(error))
                if tries < TRIES && (is_contended(&error) || is_disconnected(&error)) => {}
            done => return done,
        }
    }
}

async fn once(app: &App, org: OrgId, lost: Lost) -> Result<Tally, ResealError> {
    let mut tally = orgs::reseal(app, org, lost).await?;
    tally += calendars::reseal(app, org, lost).await?;
    Ok(tally)
}
