//! Asks an account again which calendars it has: people make new ones.

use super::ask::AskError;
use super::connect::offer;
use super::connection::{Connection, State};
use super::provider::Provider;
use super::store;
use super::trouble::Trouble;
use crate::platform::app::App;
use crate::platform::ids::{ConnectionId, OrgId};

/// Why the list is as it was.
#[derive(Debug, thiserror::Error)]
pub enum RefreshError {
    /// There is no such account, or it is not connected.
    #[error("no such account")]
    NotConnected,
    /// The provider did not tell.
    #[error("the provider did not tell")]
    Provider(Trouble),
    /// The database refused or went away.
    #[error("the database refused")]
    Unexpected(#[from] sqlx::Error),
}

/// Lists the account's calendars anew. What staff chose stays; a new one is not used until they choose it.
pub async fn refresh(app: &App, org: OrgId, connection: ConnectionId) -> Result<(), RefreshError> {
    let mut tx = app.begin(org).await?;
    let known = store::connection(&mut tx, org, connection).await?.map(Connection::from);
    tx.commit().await?;
    let known = known.filter(|known| known.state == State::Connected).ok_or(RefreshError::NotConnected)?;
    let told = async { Provider::patient(app, org, &known)?.calendars().await };
    let calendars = told.await.map_err(|error| match error {
        AskError::Trouble(trouble, _) => RefreshError::Provider(trouble),
        AskError::Database(error) => RefreshError::Unexpected(error),
        AskError::Paused(_) | AskError::Sealed(_) => RefreshError::Provider(Trouble::Away),
    })?;
    let mut tx = app.begin(org).await?;
    offer(app, &mut tx, org, known.id, (&calendars, false)).await?;
    Ok(tx.commit().await?)
}
