//! Finds calls that other rules have scored although others are in force.

use super::rescore_calls::{rescore_later, rescored_since};
use super::store;
use crate::orgs;
use crate::platform::app::App;
use crate::platform::ids::OrgId;

/// Leaves the job that scores history again when it was lost, or when a replica of an earlier release has scored meanwhile; says
/// whether it did.
pub async fn chase_rescoring(app: &App, org: OrgId) -> Result<bool, sqlx::Error> {
    let mut tx = app.begin(org).await?;
    let Some(newest) = store::rules::versions(&mut tx, org, (None, 1)).await?.pop() else { return Ok(false) };
    let settings = orgs::settings(&mut tx, &app.keys, org).await?;
    let since = (rescored_since(newest.created_at.to_jiff(), &settings.time_zone), newest.version);
    let (done, of) = store::scores::progress(&mut tx, org, since).await?;
    if done < of {
        rescore_later(&mut tx, org).await?;
    }
    tx.commit().await?;
    Ok(done < of)
}
