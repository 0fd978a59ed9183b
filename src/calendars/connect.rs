//! Writes an account that lets us in, and has its calendars read and our visits written.

use jiff::Timestamp;
use secrecy::{ExposeSecret as _, SecretString};
use uuid::Uuid;

use super::ask::reconnect_key;
use super::conflict;
use super::connection::{Connection, ProviderKind};
use super::provider::Listed;
use super::sealed::{self, ACCESS, SECRET};
use super::store::{self, Connected, Offered};
use super::sync::sync_later;
use super::token;
use crate::notifications::{self, NewNotification};
use crate::platform::app::App;
use crate::platform::db::PgConnection;
use crate::platform::ids::{ConnectionId, OrgId};
use crate::platform::secrets::SecretError;
use crate::tasks;

/// An account, and what it has.
pub(super) struct NewAccount {
    pub provider: ProviderKind,
    /// Whose; `None` for the clinic's.
    pub practitioner: Option<Uuid>,
    /// How staff know it.
    pub account: String,
    pub server_url: Option<String>,
    pub calendars: Vec<Listed>,
}

/// What lets us in.
pub(super) struct Grant {
    pub secret: SecretString,
    pub access: Option<(SecretString, Timestamp)>,
    pub scopes: Vec<String>,
}

/// Why the account was not written.
#[derive(Debug, thiserror::Error)]
pub(super) enum StoreError {
    #[error("could not seal what lets us in")]
    Sealed(#[from] SecretError),
    #[error("the database refused")]
    Database(#[from] sqlx::Error),
}

impl From<StoreError> for super::finish_consent::ConsentError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Sealed(error) => Self::Sealed(error),
            StoreError::Database(error) => Self::Unexpected(error),
        }
    }
}

/// The same account again keeps its calendars and what staff chose; another one takes its place. That one is returned: its
/// provider is told once this is committed.
pub(super) async fn connect(
    app: &App,
    tx: &mut PgConnection,
    org: OrgId,
    new: NewAccount,
    grant: &Grant,
) -> Result<(ConnectionId, Option<Connection>), StoreError> {
    let known = store::connection_of(tx, org, new.practitioner).await?;
    let mut former = None;
    let is_same = known.as_ref().is_some_and(|known| {
        known.account.as_deref() == Some(&new.account)
            && known.provider == new.provider.as_str()
            && known.server_url == new.server_url
    });
    let id = match known {
        Some(known) => {
            let task = reconnect_key(known.id, known.secret_sealed.as_deref());
            tasks::finish(app, tx, org, &task).await?;
            if is_same {
                known.id
            } else {
                store::disconnect(tx, org, known.id).await?;
                conflict::close_all(app, tx, org, known.id).await?;
                let id = app.new_id();
                tell_replaced(app, tx, org, (id, &new.account), known.account.as_deref()).await?;
                former = Some(Connection::from(known));
                id
            }
        }
        None => app.new_id(),
    };
    let secret = sealed::seal(app, org, (SECRET, id.0), grant.secret.expose_secret())?;
    let access = match &grant.access {
        Some((token, until)) => {
            Some((sealed::seal(app, org, (ACCESS, id.0), token.expose_secret())?, *until))
        }
        None => None,
    };
    let connected = Connected {
        id,
        practitioner: new.practitioner,
        provider: new.provider.as_str(),
        account: &new.account,
        server_url: new.server_url.as_deref(),
        secret_sealed: &secret,
        access: access.as_ref().map(|(sealed, until)| (sealed.as_slice(), *until)),
        scopes: &grant.scopes,
    };
    store::connect(tx, org, &connected, app.clock.now()).await?;
    offer(app, tx, org, id, (&new.calendars, !is_same)).await?;
    for calendar in store::calendars_in_use(tx, org, id).await? {
        sync_later(tx, org, calendar).await?;
    }
    token::forget(app, org, id).await;
    Ok((id, former))
}

/// Whoever has a link connects what they like, and visits are written there: staff hear that theirs is not the one any more.
async fn tell_replaced(
    app: &App,
    tx: &mut PgConnection,
    org: OrgId,
    (id, account): (ConnectionId, &str),
    former: Option<&str>,
) -> Result<(), sqlx::Error> {
    let former = former.unwrap_or("the account before");
    let news = NewNotification {
        kind: "calendar",
        title: format!("{account} is connected now, and {former} no longer"),
        subject: Some(("calendar_connection", id.0)),
        dedupe_key: format!("calendar_replaced:{}", id.0),
    };
    notifications::notify(app, tx, org, &news).await?;
    Ok(())
}

/// Writes down which calendars an account has. Of a new account, its own calendar is used at once.
pub(super) async fn offer(
    app: &App,
    tx: &mut PgConnection,
    org: OrgId,
    connection: ConnectionId,
    (calendars, is_new): (&[Listed], bool),
) -> Result<(), sqlx::Error> {
    for calendar in calendars.iter().filter(|calendar| calendar.is_usable) {
        let offered = Offered {
            id: app.new_id(),
            external_id: &calendar.external_id,
            name: &calendar.name,
            time_zone: calendar.time_zone.as_deref(),
            is_main: calendar.is_main && is_new,
        };
        store::offer_calendar(tx, org, connection, &offered).await?;
    }
    Ok(())
}
