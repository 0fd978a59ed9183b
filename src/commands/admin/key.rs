//! `voxanne admin key`: who may call the API, and for what.

use clap::Subcommand;
use jiff::SignedDuration;
use secrecy::ExposeSecret;

use super::super::CommandError;
use super::super::failure::Doing as _;
use super::super::org::{known, org_id, prefixed};
use super::super::output::say;
use crate::accounts::{self, NewKey, Scope};
use crate::platform::app::App;
use crate::platform::ids::{ApiKeyId, OrgId};

#[derive(Debug, Subcommand)]
pub(super) enum Action {
    /// Make a key up and print it
    Add {
        /// Whose
        #[arg(long, value_parser = org_id)]
        org: OrgId,
        /// What staff call it
        #[arg(long)]
        name: String,
        /// What it may do, such as catalogue:read; may be given several times
        #[arg(long = "scope", required = true, value_delimiter = ',')]
        scopes: Vec<Scope>,
        /// Days until it ends by itself
        #[arg(long)]
        expires_days: Option<u16>,
    },
    /// List keys that were not revoked, never by value
    List {
        /// Whose
        #[arg(long, value_parser = org_id)]
        org: OrgId,
    },
    /// End a key; replicas forget it within seconds
    Revoke {
        /// Whose
        #[arg(long, value_parser = org_id)]
        org: OrgId,
        /// Which, as `key list` shows it
        #[arg(value_parser = key_id)]
        id: ApiKeyId,
    },
}

fn key_id(raw: &str) -> Result<ApiKeyId, String> {
    prefixed(raw, "key_").map(ApiKeyId)
}

pub(super) async fn run(app: &App, action: Action) -> Result<(), CommandError> {
    match action {
        Action::Add { org, name, scopes, expires_days } => {
            let works_for = expires_days.map(|days| SignedDuration::from_hours(i64::from(days) * 24));
            add(app, org, &NewKey { name, scopes, works_for, made_by: None }).await
        }
        Action::List { org } => list(app, org).await,
        Action::Revoke { org, id } => revoke(app, org, id).await,
    }
}

async fn add(app: &App, org: OrgId, new: &NewKey) -> Result<(), CommandError> {
    let org = known(app, org).await?;
    let mut tx = app.begin(org).await.doing("open a transaction")?;
    let (id, key) = accounts::add_key(app, &mut tx, org, new).await.doing("add the key")?;
    tx.commit().await.doing("commit the key")?;
    say(format_args!("{id}  {}", key.expose_secret()));
    say("This is shown once: the key is kept as a digest.");
    Ok(())
}

async fn list(app: &App, org: OrgId) -> Result<(), CommandError> {
    let org = known(app, org).await?;
    let mut tx = app.begin(org).await.doing("open a transaction")?;
    let keys = accounts::list_keys(&mut tx, org).await.doing("read the keys")?;
    tx.commit().await.doing("read the keys")?;
    let now = app.clock.now();
    for key in &keys {
        let until = match key.expires_at.map(jiff_sqlx::Timestamp::to_jiff) {
            None => String::new(),
            Some(at) if at <= now => "  expired".to_owned(),
            Some(at) => format!("  until {at}"),
        };
        say(format_args!("{}  {}  {}{until}", key.id, key.name, key.scopes.join(",")));
    }
    if keys.is_empty() {
        say("No key: no program can call the API for this org.");
    }
    Ok(())
}

async fn revoke(app: &App, org: OrgId, id: ApiKeyId) -> Result<(), CommandError> {
    let org = known(app, org).await?;
    let mut tx = app.begin(org).await.doing("open a transaction")?;
    let is_revoked = accounts::revoke_key(&mut tx, org, id, app.clock.now()).await.doing("revoke the key")?;
    tx.commit().await.doing("commit the end of the key")?;
    if !is_revoked {
        return Err(CommandError::Refused(format!("{org} has no active key {id}")));
    }
    say("Revoked.");
    Ok(())
}
