//! Says that what a task asked for has been done elsewhere.

use super::store;
use crate::platform::app::App;
use crate::platform::db::PgConnection;
use crate::platform::ids::OrgId;

/// Finishes the task of this reason with the caller's transaction. False when there is none, or it is done already.
pub async fn finish(
    app: &App,
    tx: &mut PgConnection,
    org: OrgId,
    dedupe_key: &str,
) -> Result<bool, sqlx::Error> {
    store::finish(tx, org, dedupe_key, app.clock.now()).await
}
