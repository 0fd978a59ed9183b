//! A task that a person wrote.

use super::kind::BY_HAND;
use super::store;
use crate::platform::app::App;
use crate::platform::db::PgConnection;
use crate::platform::ids::{AppointmentId, CallId, ContactId, OrgId, TaskId};

/// What somebody of the staff wants done.
#[derive(Debug, Clone, Copy)]
pub struct ByHand<'a> {
    /// What is to be done.
    pub title: &'a str,
    /// What stands beside it.
    pub note: Option<&'a str>,
    /// Whom it is about.
    pub contact: Option<ContactId>,
    /// The visit it is about.
    pub appointment: Option<AppointmentId>,
    /// The call it is about.
    pub call: Option<CallId>,
    /// Who wrote it, such as `staff:usr_…`.
    pub by: &'a str,
}

/// Why a task was not written down.
#[derive(Debug, thiserror::Error)]
pub enum ByHandError {
    /// The org has nothing of this id; says the field that names it.
    #[error("{0} names nothing of the org's")]
    NamesNothing(&'static str),
    /// The database refused.
    #[error("the database refused")]
    Database(#[from] sqlx::Error),
}

/// Leaves the task with the caller's transaction, if all that it names is the org's own.
pub async fn add_by_hand(
    app: &App,
    tx: &mut PgConnection,
    org: OrgId,
    new: &ByHand<'_>,
) -> Result<TaskId, ByHandError> {
    let (has_contact, has_visit, has_call) = store::has_subjects(tx, org, new).await?;
    for (has, field) in [(has_contact, "contact_id"), (has_visit, "appointment_id"), (has_call, "call_id")] {
        if !has {
            return Err(ByHandError::NamesNothing(field));
        }
    }
    let id: TaskId = app.new_id();
    store::insert_by_hand(tx, org, (id, BY_HAND), new, app.clock.now()).await?;
    Ok(id)
}
