//! Google's access tokens: one refresh at a time per account, whatever the number of askers and processes.
//!
//! Within a process askers share one look-up; between processes the row is taken for a moment (`refreshing_until`), and
//! whoever comes second waits for what the first one writes. The provider is asked outside every transaction.

use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use moka::future::Cache;
use secrecy::{ExposeSecret as _, SecretString};
use voxanne_google_calendar as google;

use super::ask::{AskError, needs_reconnect};
use super::connection::{Connection, State};
use super::sealed::{self, ACCESS, SECRET};
use super::store;
use super::trouble::Trouble;
use crate::platform::app::App;
use crate::platform::ids::{ConnectionId, OrgId};

/// A token with less than this left is not used any more.
const LEFT_MIN: SignedDuration = SignedDuration::from_secs(60);
/// How long one process may take to get a new one.
const REFRESH_MAX: Duration = Duration::from_secs(15);
/// Between looks at whether another process has it.
const PAUSE: Duration = Duration::from_millis(100);
/// How long an opened token is remembered.
const REMEMBERED: Duration = Duration::from_mins(1);
const ACCOUNTS_MAX: u64 = 10_000;

/// An access token, and what is stored of it.
#[derive(Clone)]
pub(super) struct Access {
    pub token: SecretString,
    sealed: Vec<u8>,
    until: Timestamp,
}

/// An account, and the token that was refused there, if any.
type Asked = (OrgId, ConnectionId, Option<Vec<u8>>);
struct Tokens(Cache<Asked, Arc<Access>>);

/// A token to ask with. With `refused`, one that is newer than that.
pub(super) async fn access(
    app: &App,
    org: OrgId,
    connection: ConnectionId,
    client: &google::Client,
    refused: Option<&Access>,
) -> Result<Arc<Access>, Arc<AskError>> {
    let tokens = app
        .memo
        .get_or(|| Tokens(Cache::builder().max_capacity(ACCOUNTS_MAX).time_to_live(REMEMBERED).build()));
    if refused.is_some() {
        tokens.0.invalidate(&(org, connection, None)).await;
    }
    let key = (org, connection, refused.map(|access| access.sealed.clone()));
    if let Some(known) = tokens.0.get(&key).await {
        if is_good(known.until, app.clock.now()) {
            return Ok(known);
        }
        tokens.0.invalidate(&key).await;
    }
    let refused = key.2.clone();
    let look_up = async { find(app, org, connection, client, refused).await.map(Arc::new) };
    tokens.0.try_get_with(key, look_up).await
}

/// Forgets what is remembered of an account: it was connected anew, or revoked.
pub(super) async fn forget(app: &App, org: OrgId, connection: ConnectionId) {
    if let Some(tokens) = app.memo.find::<Tokens>() {
        tokens.0.invalidate(&(org, connection, None)).await;
    }
}

fn is_good(until: Timestamp, now: Timestamp) -> bool {
    until.duration_since(now) > LEFT_MIN
}

async fn find(
    app: &App,
    org: OrgId,
    connection: ConnectionId,
    client: &google::Client,
    refused: Option<Vec<u8>>,
) -> Result<Access, AskError> {
    let rounds = REFRESH_MAX.as_millis() / PAUSE.as_millis();
    for _ in 0..rounds {
        let now = app.clock.now();
        let mut tx = app.begin(org).await?;
        let row = store::token(&mut tx, org, connection).await?.ok_or(Trouble::NeedsReconnect)?;
        if State::read(&row.state) != State::Connected {
            return Err(Trouble::NeedsReconnect.into());
        }
        let kept = row.access_token_sealed.clone().zip(row.access_expires_at);
        if let Some((sealed, until)) = kept.filter(|(sealed, _)| Some(sealed) != refused.as_ref()) {
            let until = until.to_jiff();
            if is_good(until, now) {
                tx.commit().await?;
                let token = sealed::open(app, org, (ACCESS, connection.0), &sealed)?;
                return Ok(Access { token, sealed, until });
            }
        }
        let lease = (now, super::ask::later(now, REFRESH_MAX));
        let used = row.access_token_sealed.as_deref();
        let is_ours = store::begin_refresh(&mut tx, org, connection, used, lease).await?;
        tx.commit().await?;
        if is_ours {
            let secret = row.secret_sealed.ok_or(Trouble::NeedsReconnect)?;
            return refresh(app, org, connection, client, &secret).await;
        }
        tokio::time::sleep(PAUSE).await;
    }
    Err(Trouble::Away.into())
}

async fn refresh(
    app: &App,
    org: OrgId,
    id: ConnectionId,
    client: &google::Client,
    secret_sealed: &[u8],
) -> Result<Access, AskError> {
    let refreshed = match sealed::open(app, org, (SECRET, id.0), secret_sealed) {
        Ok(secret) => client.refresh(&secret).await.map_err(AskError::from),
        Err(error) => Err(error.into()),
    };
    metrics::counter!("voxanne_calendar_refreshes_total").increment(1);
    let mut tx = app.begin(org).await?;
    let tokens = match refreshed {
        Ok(tokens) => tokens,
        Err(error) => {
            store::give_up_refresh(&mut tx, org, id).await?;
            if let AskError::Trouble(Trouble::NeedsReconnect, _) = &error
                && let Some(row) = store::connection(&mut tx, org, id).await?
            {
                let refused = Connection { secret_sealed: Some(secret_sealed.to_owned()), ..row.into() };
                needs_reconnect(app, &mut tx, org, &refused).await?;
            }
            tx.commit().await?;
            return Err(error);
        }
    };
    let until = super::ask::later(app.clock.now(), tokens.expires_in);
    let sealed = sealed::seal(app, org, (ACCESS, id.0), tokens.access_token.expose_secret())?;
    let secret = tokens.refresh_token.as_ref();
    let secret = secret.map(|new| sealed::seal(app, org, (SECRET, id.0), new.expose_secret())).transpose()?;
    store::end_refresh(&mut tx, org, id, (&sealed, until), secret.as_deref()).await?;
    tx.commit().await?;
    Ok(Access { token: tokens.access_token, sealed, until })
}
