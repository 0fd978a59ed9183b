//! When a visit's person is or was reminded of it.

use jiff::Timestamp;

use super::store;
use crate::platform::db::PgConnection;
use crate::platform::ids::{AppointmentId, OrgId, TextId};

/// A reminder and what became of it.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "named after the columns they come from")]
pub struct Reminder {
    pub starts_at: Timestamp,
    pub offset_minutes: i32,
    pub due_at: Timestamp,
    pub state: String,
    pub reason: Option<String>,
    pub text: Option<TextId>,
}

/// Every reminder of the visit, by when it is due.
pub async fn reminders_of(
    tx: &mut PgConnection,
    org: OrgId,
    id: AppointmentId,
) -> Result<Vec<Reminder>, sqlx::Error> {
    let rows = store::reminders_of(tx, org, id).await?;
    Ok(rows
        .into_iter()
        .map(|row| Reminder {
            starts_at: row.starts_at.to_jiff(),
            offset_minutes: row.offset_minutes,
            due_at: row.due_at.to_jiff(),
            state: row.state,
            reason: row.reason,
            text: row.text_id,
        })
        .collect())
}
