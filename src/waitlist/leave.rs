//! Takes somebody off the waitlist.

use super::decline::decline;
use super::store;
use crate::phone::Phone;
use crate::platform::app::App;
use crate::platform::db::PgConnection;
use crate::platform::ids::{EntryId, OrgId};

/// Ends one entry, in the caller's transaction; a time on offer to it is passed on. False when it had ended before.
pub async fn leave(
    app: &App,
    tx: &mut PgConnection,
    org: OrgId,
    entry: EntryId,
) -> Result<bool, sqlx::Error> {
    if let Some(offer) = store::open_offer_of(tx, org, entry).await? {
        decline(app, tx, org, offer).await?;
    }
    store::leave(tx, org, entry).await
}

/// Ends every entry of a number; says how many there were.
pub async fn leave_all(
    app: &App,
    tx: &mut PgConnection,
    org: OrgId,
    phone: &Phone,
) -> Result<usize, sqlx::Error> {
    let mut left = 0;
    for entry in store::entries_of(tx, org, phone.as_str()).await? {
        left += usize::from(leave(app, tx, org, entry).await?);
    }
    Ok(left)
}
