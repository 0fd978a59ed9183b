//! Staff have seen what they were told: once for all of them, as the clinic has one list.

use super::store;
use crate::platform::app::App;
use crate::platform::db::PgConnection;
use crate::platform::ids::{NotificationId, OrgId};

/// Marks a notification as read. False when it was, or there is none.
pub async fn mark_read(
    app: &App,
    tx: &mut PgConnection,
    org: OrgId,
    id: NotificationId,
) -> Result<bool, sqlx::Error> {
    store::read(tx, org, id, app.clock.now()).await
}

/// Marks all of them as read, of the owners' own only where an owner asks; says how many were not.
pub async fn mark_all_read(
    app: &App,
    tx: &mut PgConnection,
    org: OrgId,
    is_owner: bool,
) -> Result<u64, sqlx::Error> {
    store::read_all(tx, org, is_owner, app.clock.now()).await
}
