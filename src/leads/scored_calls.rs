//! Lists scored calls.

use super::store;
use super::store::list::{Lead, WantedLeads};
use crate::platform::db::PgConnection;
use crate::platform::ids::OrgId;

/// Scored calls, the latest first; without test calls, which no count counts either.
pub async fn scored_calls(
    tx: &mut PgConnection,
    org: OrgId,
    wanted: &WantedLeads<'_>,
) -> Result<Vec<Lead>, sqlx::Error> {
    store::list::leads(tx, org, wanted).await
}
