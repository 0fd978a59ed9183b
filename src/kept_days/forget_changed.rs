//! Begins a round: forgets the days of which something has changed, and those that nobody asks for any more.

use jiff::Timestamp;

use super::store;
use crate::platform::app::App;
use crate::platform::db::PgConnection;
use crate::platform::ids::OrgId;

/// Takes the round's lock for this transaction, and forgets. Says what time it is, by whichever clock is behind: triggers go by
/// the database's. `None` when another process is at it.
pub async fn forget_changed(
    app: &App,
    tx: &mut PgConnection,
    org: OrgId,
) -> Result<Option<Timestamp>, sqlx::Error> {
    let (is_ours, database_now) = store::begin_round(tx, org).await?;
    if !is_ours {
        return Ok(None);
    }
    store::forget_changed(tx, org).await?;
    let now = app.clock.now().min(database_now.to_jiff());
    store::forget_old(tx, org, now).await?;
    Ok(Some(now))
}
