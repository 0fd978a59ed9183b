//! Whether somebody has that to do already.

use super::store;
use crate::platform::db::PgConnection;
use crate::platform::ids::OrgId;

/// Whether the task of this reason is there and not done.
pub async fn is_open(tx: &mut PgConnection, org: OrgId, dedupe_key: &str) -> Result<bool, sqlx::Error> {
    store::is_open(tx, org, dedupe_key).await
}
