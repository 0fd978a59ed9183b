//! Staff say who has a task in hand, and what stands beside it.

use super::store;
use crate::platform::db::PgConnection;
use crate::platform::ids::{OrgId, TaskId, UserId};

/// What a task is to have now.
#[derive(Debug, Clone, Copy)]
pub struct Change<'a> {
    /// Who has it in hand.
    pub assignee: Option<UserId>,
    /// What stands beside it.
    pub note: Option<&'a str>,
}

/// Sets both. False when there is no such task.
pub async fn change(
    tx: &mut PgConnection,
    org: OrgId,
    task: TaskId,
    change: &Change<'_>,
) -> Result<bool, sqlx::Error> {
    store::change(tx, org, task, change).await
}
