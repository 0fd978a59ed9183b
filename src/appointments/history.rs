//! How a visit became what it is.

use jiff::Timestamp;
use serde_json::Value;

use super::store;
use crate::platform::db::PgConnection;
use crate::platform::ids::{AppointmentId, OrgId};

/// One version of a visit.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "named after the columns they come from")]
pub struct Version {
    pub version: i32,
    pub actor: String,
    pub action: String,
    /// Field to `{"from", "to"}`.
    pub changed: Value,
    pub reason: Option<String>,
    pub late: bool,
    pub at: Timestamp,
}

/// Every version of the visit, oldest first; empty when there is no such visit.
pub async fn history(
    tx: &mut PgConnection,
    org: OrgId,
    id: AppointmentId,
) -> Result<Vec<Version>, sqlx::Error> {
    let rows = store::history(tx, org, id).await?;
    Ok(rows
        .into_iter()
        .map(|row| Version {
            version: row.version,
            actor: row.actor,
            action: row.action,
            changed: row.changed,
            reason: row.reason,
            late: row.late,
            at: row.at.to_jiff(),
        })
        .collect())
}
