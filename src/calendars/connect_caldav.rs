//! Connects an account at a CalDAV server with the password that a person gave.

use std::time::Duration;

use secrecy::SecretString;
use uuid::Uuid;
use voxanne_caldav as wire;

use super::ask::AskError;
use super::caldav::login;
use super::connect::{Grant, NewAccount, StoreError, connect};
use super::connection::ProviderKind;
use super::revoke::end;
use super::store;
use super::trouble::Trouble;
use crate::platform::app::App;
use crate::platform::ids::{ConnectionId, OrgId};
use crate::platform::secrets::SecretError;

/// An account as a person types it.
#[derive(Debug, Clone)]
pub struct CaldavAccount {
    /// Whose; `None` for the clinic's.
    pub practitioner: Option<Uuid>,
    /// The server's address, or one below it.
    pub url: String,
    /// The account's name.
    pub username: String,
    /// Its password, best one made for this.
    pub password: SecretString,
}

/// Why the account was not connected.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// No such practitioner.
    #[error("no such practitioner")]
    NoPractitioner,
    /// The server did not let us in, or is none.
    #[error("the server did not let us in")]
    Provider(Trouble),
    /// It has no calendar that can be written.
    #[error("the account has no calendar that can be used")]
    NoCalendar,
    /// Nothing can be sealed.
    #[error("could not seal what lets us in")]
    Sealed(#[from] SecretError),
    /// The database refused or went away.
    #[error("the database refused")]
    Unexpected(#[from] sqlx::Error),
}

impl From<AskError> for ConnectError {
    fn from(error: AskError) -> Self {
        match error {
            AskError::Trouble(trouble, _) => Self::Provider(trouble),
            AskError::Paused(_) => Self::Provider(Trouble::Away),
            AskError::Sealed(error) => Self::Sealed(error),
            AskError::Database(error) => Self::Unexpected(error),
        }
    }
}

impl From<StoreError> for ConnectError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Sealed(error) => Self::Sealed(error),
            StoreError::Database(error) => Self::Unexpected(error),
        }
    }
}

/// Signs in, finds the calendars, and connects the account. The first calendar that can be written blocks and takes
/// visits until staff choose otherwise.
pub async fn connect_caldav(
    app: &App,
    org: OrgId,
    account: CaldavAccount,
) -> Result<ConnectionId, ConnectError> {
    let mut tx = app.begin(org).await?;
    if let Some(id) = account.practitioner
        && !store::has_practitioner(&mut tx, org, id).await?
    {
        return Err(ConnectError::NoPractitioner);
    }
    tx.commit().await?;
    let patience = Duration::from_secs(app.config.calendars.timeout_seconds);
    let with = wire::Login { username: account.username.clone(), password: account.password.clone() };
    let calendars = login(app, &account.url, with, patience)?.calendars().await?;
    if !calendars.iter().any(|calendar| calendar.is_main) {
        return Err(ConnectError::NoCalendar);
    }
    let new = NewAccount {
        provider: ProviderKind::Caldav,
        practitioner: account.practitioner,
        account: account.username,
        server_url: Some(account.url),
        calendars,
    };
    let grant = Grant { secret: account.password, access: None, scopes: Vec::new() };
    let mut tx = app.begin(org).await?;
    let (id, former) = connect(app, &mut tx, org, new, &grant).await?;
    tx.commit().await?;
    if let Some(former) = former {
        end(app, org, &former).await?;
    }
    super::freshen::forget(app, org).await;
    Ok(id)
}
