//! Says anew what there is to do: what an open task is about has changed meanwhile.

use super::store;
use crate::platform::db::PgConnection;
use crate::platform::ids::OrgId;

/// Gives the open task of this reason another title. False when there is none, or it says so already.
pub async fn reword(
    tx: &mut PgConnection,
    org: OrgId,
    dedupe_key: &str,
    title: &str,
) -> Result<bool, sqlx::Error> {
    store::reword(tx, org, dedupe_key, title).await
}
