//! Lists the versions of an org's rules.

use super::store;
use super::store::rules::RulesVersion;
use crate::platform::db::PgConnection;
use crate::platform::ids::OrgId;

/// Versions before `before`, the newest first.
pub async fn rules_versions(
    tx: &mut PgConnection,
    org: OrgId,
    page: (Option<i32>, i64),
) -> Result<Vec<RulesVersion>, sqlx::Error> {
    store::rules::versions(tx, org, page).await
}
