//! A person of the clinic ends a run.

use super::sequence::StopReason;
use super::store::{self, Listed};
use crate::platform::app::App;
use crate::platform::db::PgConnection;
use crate::platform::ids::{OrgId, SequenceRunId};

/// Ends it if it is running, and shows it; `None` when there is none. Twice is once.
pub async fn stop_run(
    app: &App,
    tx: &mut PgConnection,
    org: OrgId,
    id: SequenceRunId,
) -> Result<Option<Listed>, sqlx::Error> {
    store::stop(tx, org, id, StopReason::Staff.as_str(), app.clock.now()).await?;
    Ok(store::list_runs(tx, org, (None, Some(id)), (None, None), 1).await?.pop())
}
