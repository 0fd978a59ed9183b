//! `voxanne admin staff`: a clinic's first owner, and accounts that are switched off.

use clap::Subcommand;

use super::super::CommandError;
use super::super::failure::Doing as _;
use super::super::org::{known, org_id};
use super::super::output::say;
use crate::accounts::{self, DisableError, InviteError, Link, NewInvitation, Role, SwitchedOff};
use crate::language::Language;
use crate::platform::app::App;
use crate::platform::ids::OrgId;

#[derive(Debug, Subcommand)]
pub(super) enum Action {
    /// Print a link by which somebody joins: a clinic's first owner, who invites everybody else
    Invite {
        /// Whose staff
        #[arg(long, value_parser = org_id)]
        org: OrgId,
        /// Their e-mail address, by which they sign in
        #[arg(long)]
        email: String,
        /// owner, manager, `front_desk` or viewer
        #[arg(long, default_value = "owner")]
        role: Role,
    },
    /// Switch somebody's account off, in every org of theirs: sessions, sockets, tokens, and the keys that they made for programs, end
    Disable(Whose),
    /// Switch it on again; they sign in anew
    Enable(Whose),
}

#[derive(Debug, clap::Args)]
pub(super) struct Whose {
    /// The address by which they sign in
    #[arg(long)]
    email: String,
}

pub(super) async fn run(app: &App, action: Action) -> Result<(), CommandError> {
    match action {
        Action::Invite { org, email, role } => invite(app, org, (email, role)).await,
        Action::Disable(Whose { email }) => {
            let ended = switched(&email, accounts::disable(app, &email, "command").await)?;
            let SwitchedOff { sessions, keys, invitations, without_owner } = ended;
            say(format_args!(
                "{email} is switched off; sessions ended: {sessions}; keys revoked: {keys}; invitations taken back: {invitations}."
            ));
            if keys > 0 {
                say(
                    "Programs that used these keys stand still until an owner makes others; switching the account on brings none back.",
                );
            }
            for org in without_owner {
                say(format_args!(
                    "{org} has no owner who can sign in: invite one with `voxanne admin staff invite --org {org} --email …`."
                ));
            }
            Ok(())
        }
        Action::Enable(Whose { email }) => {
            switched(&email, accounts::enable(app, &email, "command").await)?;
            say(format_args!("{email} may sign in again."));
            Ok(())
        }
    }
}

fn switched<T>(email: &str, done: Result<T, DisableError>) -> Result<T, CommandError> {
    match done {
        Err(error @ (DisableError::Nobody | DisableError::AlreadySo)) => {
            Err(CommandError::Refused(format!("{email} {error}")))
        }
        done => done.doing("switch the account"),
    }
}

async fn invite(app: &App, org: OrgId, (email, role): (String, Role)) -> Result<(), CommandError> {
    if voxanne_smtp::Address::parse(&email).is_none() {
        return Err(CommandError::Usage(format!("{email} is not an e-mail address")));
    }
    let org = known(app, org).await?;
    let new = NewInvitation { email: &email, role, language: Language::English, is_mailed: false };
    let mut tx = app.begin(org).await.doing("open a transaction")?;
    let made = match accounts::invite(app, &mut tx, org, (&new, "command")).await {
        Err(error @ (InviteError::IsMember | InviteError::IsInvited | InviteError::TooMany)) => {
            return Err(CommandError::Refused(format!("{email} {error}")));
        }
        made => made.doing("invite")?,
    };
    tx.commit().await.doing("commit the invitation")?;
    say(accounts::page_of(app, Link::Invitation(made.id)));
    let until = made.expires_at.strftime("%Y-%m-%d %H:%M UTC");
    say(format_args!("It works once, until {until}. Whoever opens it joins as {role}."));
    Ok(())
}
