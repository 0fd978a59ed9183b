//! Takes an account away: its provider is told, and what let us in is erased.

use std::time::Duration;

use uuid::Uuid;

use super::conflict;
use super::connection::{Connection, ProviderKind};
use super::google;
use super::sealed::{self, SECRET};
use super::store;
use super::token;
use crate::platform::app::App;
use crate::platform::ids::{ConnectionId, OrgId};
use crate::tasks::{self, NewTask};

/// Why nothing was taken away.
#[derive(Debug, thiserror::Error)]
pub enum RevokeError {
    /// Nothing is connected there.
    #[error("nothing is connected")]
    NotConnected,
    /// The database refused or went away.
    #[error("the database refused")]
    Unexpected(#[from] sqlx::Error),
}

/// F12: erases, and tells Google, whatever Google says. Where Google could not be told, staff are asked to take the access
/// away there. Events that were written stay. True when the provider knows.
pub async fn revoke(app: &App, org: OrgId, connection: ConnectionId) -> Result<bool, RevokeError> {
    let mut tx = app.begin(org).await?;
    let known = store::connection(&mut tx, org, connection).await?.map(Connection::from);
    tx.commit().await?;
    let known = known.filter(|known| known.secret_sealed.is_some()).ok_or(RevokeError::NotConnected)?;
    let mut tx = app.begin(org).await?;
    store::disconnect(&mut tx, org, connection).await?;
    conflict::close_all(app, &mut tx, org, connection).await?;
    tx.commit().await?;
    token::forget(app, org, connection).await;
    Ok(end(app, org, &known).await?)
}

/// Tells the provider that we no longer use an account that was erased here. False leaves a task.
pub(super) async fn end(app: &App, org: OrgId, former: &Connection) -> Result<bool, sqlx::Error> {
    let mut tx = app.begin(org).await?;
    // One person's account for clinic and practitioner: what ends one consent may end the other.
    let is_used = store::is_account_in_use(&mut tx, org, former.account.as_deref()).await?;
    tx.commit().await?;
    if is_used || tell(app, org, former).await {
        return Ok(true);
    }
    let account = former.account.as_deref().unwrap_or("the account");
    let task = NewTask {
        kind: "remove_access",
        title: format!(
            "Google could not be told: remove this app's access to {account} at myaccount.google.com/permissions"
        ),
        dedupe_key: format!("remove_access:{}:{}", former.id.0, app.clock.now().as_second()),
        ..NewTask::default()
    };
    let mut tx = app.begin(org).await?;
    tasks::raise(app, &mut tx, org, &task).await?;
    tx.commit().await?;
    Ok(false)
}

/// The account of a practitioner, or the clinic's.
pub async fn connected_account(
    app: &App,
    org: OrgId,
    practitioner: Option<Uuid>,
) -> Result<Option<ConnectionId>, sqlx::Error> {
    let mut tx = app.begin(org).await?;
    let known = store::connection_of(&mut tx, org, practitioner).await?;
    tx.commit().await?;
    Ok(known.map(|known| known.id))
}

async fn tell(app: &App, org: OrgId, known: &Connection) -> bool {
    // A password is nobody's to take back but the person's.
    if known.provider == ProviderKind::Caldav {
        return true;
    }
    let Some(sealed) = known.secret_sealed.as_deref() else { return true };
    let secret = match sealed::open(app, org, (SECRET, known.id.0), sealed) {
        Ok(secret) => secret,
        Err(error) => {
            tracing::error!(org.id = %org, %error, "A token to be revoked does not open");
            return false;
        }
    };
    let client = google::client(app, Duration::from_secs(app.config.calendars.timeout_seconds));
    match client.revoke(&secret).await {
        Ok(()) => true,
        Err(error) => {
            tracing::warn!(org.id = %org, %error, "Google could not be told that access ends");
            false
        }
    }
}
