//! Ends a practitioner's feed.

use super::super::store;
use crate::platform::app::App;
use crate::platform::db::PgConnection;
use crate::platform::ids::{OrgId, ResourceId};

/// From now on nothing is at its address; false when there was none.
pub async fn revoke_feed(
    app: &App,
    tx: &mut PgConnection,
    org: OrgId,
    practitioner: ResourceId,
) -> Result<bool, sqlx::Error> {
    store::revoke_feed(tx, org, practitioner, app.clock.now()).await
}
