//! `voxanne admin twilio`: the account that sends an org's texts.

use clap::Subcommand;
use secrecy::{ExposeSecret as _, SecretString};

use super::super::CommandError;
use super::super::failure::Doing as _;
use super::super::org::{known, line_of_input, org_id};
use super::super::output::say;
use crate::messaging;
use crate::orgs::{TwilioAccount, TwilioKey};
use crate::phone::Phone;
use crate::platform::app::App;
use crate::platform::ids::OrgId;

#[derive(Debug, Subcommand)]
pub(super) enum Action {
    /// Give an org an account of its own; what waited for it leaves. Secrets are read from standard input, a line each:
    /// the auth token, then the API key's secret if there is one
    Connect(Account),
    /// Tell which account an org's texts leave from, and how it is doing
    Show {
        /// Whose
        #[arg(long, value_parser = org_id)]
        org: OrgId,
    },
}

#[derive(Debug, clap::Args)]
pub(super) struct Account {
    /// Whose
    #[arg(long, value_parser = org_id)]
    org: OrgId,
    /// `AC…`
    #[arg(long = "account-sid")]
    sid: String,
    /// A number of the account in E.164 form, or a Messaging Service (`MG…`)
    #[arg(long)]
    sender: String,
    /// `SK…`: texts are sent with this key, and the auth token only verifies what Twilio posts
    #[arg(long)]
    api_key_sid: Option<String>,
}

pub(super) async fn run(app: &App, action: Action) -> Result<(), CommandError> {
    match action {
        Action::Connect(account) => connect(app, account).await,
        Action::Show { org } => show(app, org).await,
    }
}

async fn connect(app: &App, new: Account) -> Result<(), CommandError> {
    check(&new)?;
    let org = known(app, new.org).await?;
    let auth_token = given("the auth token")?;
    let api_key = match new.api_key_sid {
        Some(sid) => Some(TwilioKey { sid, secret: given("the API key's secret")? }),
        None => None,
    };
    let account = TwilioAccount { account_sid: new.sid, auth_token, api_key, sender: Some(new.sender) };
    let mut tx = app.begin(org).await.doing("open a transaction")?;
    messaging::connect_twilio(app, &mut tx, org, &account).await.doing("keep the account")?;
    tx.commit().await.doing("commit the account")?;
    say("Connected. Nothing was asked of Twilio: the first text tells whether it lets us in.");
    show(app, org).await
}

fn given(what: &str) -> Result<SecretString, CommandError> {
    let line = line_of_input()?;
    if line.expose_secret().is_empty() {
        return Err(CommandError::Usage(format!("{what} is missing: give it on a line of standard input")));
    }
    Ok(line)
}

fn check(new: &Account) -> Result<(), CommandError> {
    let is_id = |id: &str, prefix: &str| {
        id.len() == 34
            && id.strip_prefix(prefix).is_some_and(|rest| rest.bytes().all(|b| b.is_ascii_hexdigit()))
    };
    let wrong = |what: &str| Err(CommandError::Usage(what.to_owned()));
    if !is_id(&new.sid, "AC") {
        return wrong("an account SID is AC and 32 hexadecimal digits");
    }
    if !is_id(&new.sender, "MG") && Phone::parse_e164(&new.sender).is_err() {
        return wrong(
            "a sender is a number in E.164 form, such as +13105550100, or MG and 32 hexadecimal digits",
        );
    }
    if new.api_key_sid.as_ref().is_some_and(|sid| !is_id(sid, "SK")) {
        return wrong("an API key is SK and 32 hexadecimal digits");
    }
    Ok(())
}

async fn show(app: &App, org: OrgId) -> Result<(), CommandError> {
    let org = known(app, org).await?;
    let mut tx = app.begin(org).await.doing("open a transaction")?;
    let health = messaging::account_health(app, &mut tx, org).await.doing("read the account")?;
    tx.commit().await.doing("read the account")?;
    match &health.account {
        Ok((sid, sender, key)) => {
            let whose = if health.is_own { "its own" } else { "the installation's" };
            let by = key.as_ref().map_or_else(|| "its auth token".to_owned(), |key| format!("key {key}"));
            say(format_args!("{sid} ({whose}), from {sender}, signed in by {by}"));
        }
        Err(why) => say(why),
    }
    if let Some(trouble) = &health.trouble {
        say(format_args!("WRONG  {}", trouble.sentence()));
    }
    say(format_args!("{} texts wait", health.waiting));
    Ok(())
}
