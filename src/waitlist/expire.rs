//! Ends the waiting of those whose last day has passed.

use super::store;
use crate::platform::app::App;
use crate::platform::ids::OrgId;

/// Ends entries whose last civil day is over in their location's zone; says how many. One with a time on offer waits for
/// its answer.
pub async fn expire(app: &App, org: OrgId) -> Result<u64, sqlx::Error> {
    let mut tx = app.begin(org).await?;
    let expired = store::expire(&mut tx, org, app.clock.now()).await?;
    tx.commit().await?;
    Ok(expired)
}
