//! What lets us into an org's accounts after a rotation of keys: which keys it needs, and sealed by the current one.

use super::ask::needs_reconnect;
use super::sealed::{ACCESS, SECRET};
use super::store;
use crate::orgs::ResealError;
use crate::platform::app::App;
use crate::platform::ids::{ConnectionId, OrgId};
use crate::platform::secrets::{Anew, Lost, Tally};

/// Counts the org's sealed values by the key that they need.
pub async fn tally(app: &App, org: OrgId) -> Result<Tally, sqlx::Error> {
    let mut tally = Tally::default();
    let mut tx = app.begin(org).await?;
    for account in store::sealed_accounts(&mut tx, org).await? {
        for (column, sealed) in [(SECRET, account.secret_sealed), (ACCESS, account.access_token_sealed)] {
            if let Some(sealed) = sealed {
                tally += app.calendar_keys.count(org, (column, Some(account.id.0)), &sealed);
            }
        }
    }
    tx.commit().await?;
    Ok(tally)
}

/// Seals every one of them by the current key: a transaction for each account, while everybody goes on working.
pub async fn reseal(app: &App, org: OrgId, lost: Lost) -> Result<Tally, ResealError> {
    let mut tx = app.begin(org).await?;
    let accounts = store::connected_ids(&mut tx, org).await?;
    tx.commit().await?;
    let mut tally = Tally::default();
    for id in accounts {
        tally += reseal_account(app, org, id, lost).await?;
    }
    Ok(tally)
}

async fn reseal_account(app: &App, org: OrgId, id: ConnectionId, lost: Lost) -> Result<Tally, ResealError> {
    let mut tally = Tally::default();
    let mut tx = app.begin(org).await?;
    let Some(stored) = store::lock_sealed_account(&mut tx, org, id).await? else { return Ok(tally) };
    if let Some(old) = stored.secret_sealed {
        let anew = app.calendar_keys.anew(org, (SECRET, Some(id.0)), &old)?;
        tally += anew.tally();
        match anew {
            Anew::Former(new) => store::replace_secret(&mut tx, org, id, &new).await?,
            Anew::Lost if lost == Lost::Go => {
                if let Some(row) = store::connection(&mut tx, org, id).await? {
                    needs_reconnect(app, &mut tx, org, &row.into()).await?;
                }
            }
            Anew::Current | Anew::Lost => {}
        }
    }
    // It lasts an hour. Under another seal, a token that the provider has just refused would look like a new one.
    if let Some(old) = stored.access_token_sealed {
        if app.calendar_keys.is_current(&old) {
            tally += Tally { current: 1, ..Tally::default() };
        } else {
            store::forget_access(&mut tx, org, id).await?;
            tally += Tally { former: 1, ..Tally::default() };
        }
    }
    tx.commit().await?;
    Ok(tally)
}
