//! `voxanne admin staff`: a clinic's first owner.

use clap::Subcommand;

use super::super::CommandError;
use super::super::failure::Doing as _;
use super::super::org::{known, org_id};
use super::super::output::say;
use crate::accounts::{self, InviteError, Link, NewInvitation, Role};
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
}

pub(super) async fn run(app: &App, action: Action) -> Result<(), CommandError> {
    let Action::Invite { org, email, role } = action;
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
    say(format_args!("It works once, until {}. Whoever opens it joins as {role}.", made.expires_at));
    Ok(())
}
