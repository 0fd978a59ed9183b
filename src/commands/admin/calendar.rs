//! `voxanne admin calendar`: outside calendars of an org.

use clap::Subcommand;

use super::super::CommandError;
use super::super::failure::Doing as _;
use super::super::org::{known, org_id, prefixed};
use super::super::output::say;
use crate::calendars::{self, Asker, BeginError, CONSENT_LASTS, RevokeError};
use crate::platform::app::App;
use crate::platform::ids::{OrgId, ResourceId};

#[derive(Debug, Subcommand)]
pub(super) enum Action {
    /// Print a link with which a person connects a Google Calendar
    Connect(Whose),
    /// List accounts, their calendars and how they are doing
    List {
        /// Whose
        #[arg(long, value_parser = org_id)]
        org: OrgId,
    },
    /// Take an account away, at its provider and here
    Revoke(Whose),
}

#[derive(Debug, clap::Args)]
pub(super) struct Whose {
    /// Which clinic
    #[arg(long, value_parser = org_id)]
    org: OrgId,
    /// One practitioner's own account instead of the clinic's
    #[arg(long, value_parser = resource_id)]
    practitioner: Option<ResourceId>,
}

fn resource_id(raw: &str) -> Result<ResourceId, String> {
    prefixed(raw, "res_").map(ResourceId)
}

pub(super) async fn run(app: &App, action: Action) -> Result<(), CommandError> {
    match action {
        Action::Connect(whose) => connect(app, &whose).await,
        Action::List { org } => list(app, org).await,
        Action::Revoke(whose) => revoke(app, &whose).await,
    }
}

async fn connect(app: &App, whose: &Whose) -> Result<(), CommandError> {
    let org = known(app, whose.org).await?;
    let mut tx = app.begin(org).await.doing("open a transaction")?;
    let practitioner = whose.practitioner.map(|id| id.0);
    let by_operator = Asker { actor: "command", session: None };
    let begun = calendars::begin_consent(app, &mut tx, org, practitioner, by_operator).await;
    let begun = begun.map_err(|error| match error {
        // They name the setting, or the practitioner.
        BeginError::NotConfigured | BeginError::NoPublicUrl | BeginError::NoPractitioner => {
            CommandError::Refused(error.to_string())
        }
        error => CommandError::Failed { doing: "begin a consent", source: error.into() },
    })?;
    tx.commit().await.doing("commit the consent")?;
    say(begun.link(&app.config));
    say(format_args!(
        "Whoever owns the calendar opens this once, within {} minutes, and leaves every box ticked.",
        CONSENT_LASTS.as_secs() / 60
    ));
    say(format_args!("Google has to know this redirect URI: {}", calendars::redirect_uri(&app.config)));
    Ok(())
}

async fn list(app: &App, org: OrgId) -> Result<(), CommandError> {
    let org = known(app, org).await?;
    let mut tx = app.begin(org).await.doing("open a transaction")?;
    let accounts = calendars::list(app, &mut tx, org).await.doing("read the calendars")?;
    tx.commit().await.doing("read the calendars")?;
    for account in &accounts {
        let whose = account.practitioner.as_ref().map_or("the clinic", |(_, name)| name);
        let sentence = account.health.sentence(app.clock.now());
        say(format_args!("{}  {}  {whose}  {sentence}", account.id, account.provider.as_str()));
        for calendar in &account.calendars {
            let blocks = if calendar.blocks { "  blocks" } else { "" };
            let takes = if calendar.takes_events { "  takes visits" } else { "" };
            say(format_args!("  {}  {}{blocks}{takes}", calendar.id, calendar.name));
        }
    }
    if accounts.is_empty() {
        say("No calendar is connected.");
    }
    Ok(())
}

async fn revoke(app: &App, whose: &Whose) -> Result<(), CommandError> {
    let org = known(app, whose.org).await?;
    let practitioner = whose.practitioner.map(|id| id.0);
    let account = calendars::connected_account(app, org, practitioner).await.doing("look the account up")?;
    let nothing = || CommandError::Refused("nothing is connected there".to_owned());
    let is_told = match calendars::revoke(app, org, account.ok_or_else(nothing)?).await {
        Ok(is_told) => is_told,
        Err(RevokeError::NotConnected) => return Err(nothing()),
        Err(RevokeError::Unexpected(error)) => return Err(error).doing("erase the account"),
    };
    if is_told {
        say("Revoked.");
    } else {
        say("Erased here. Google could not be told: remove this app at myaccount.google.com/permissions.");
    }
    Ok(())
}
