//! Staff finish a task by hand, or take that back.

use super::store;
use crate::platform::app::App;
use crate::platform::db::PgConnection;
use crate::platform::ids::{OrgId, TaskId};

/// Finishes the task. False when it is done already, or there is none.
pub async fn finish_by_hand(
    app: &App,
    tx: &mut PgConnection,
    org: OrgId,
    (task, by): (TaskId, &str),
) -> Result<bool, sqlx::Error> {
    store::set_done(tx, org, task, Some((app.clock.now(), by))).await
}

/// Opens it again. False when it is open already, or there is none.
pub async fn reopen(tx: &mut PgConnection, org: OrgId, task: TaskId) -> Result<bool, sqlx::Error> {
    store::set_done(tx, org, task, None).await
}
