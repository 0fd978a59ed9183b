//! Notes that the person of a visit said they will come.

use super::appointment::{Actor, Status};
use super::change::Appointment;
use super::store;
use crate::platform::app::App;
use crate::platform::db::PgConnection;
use crate::platform::ids::{AppointmentId, OrgId};

/// A visit whose person will come.
#[derive(Debug, Clone)]
pub struct Confirmed {
    /// As it is now.
    pub visit: Appointment,
    /// True when they had said so before.
    pub is_repeat: bool,
}

/// Why nothing was noted.
#[derive(Debug, thiserror::Error)]
pub enum ConfirmError {
    /// There is no such visit in this org.
    #[error("no such appointment")]
    NotFound,
    /// It was called off or is over: there is nothing to come to.
    #[error("an appointment that is {} is not confirmed by its person", .0.as_str())]
    NotAhead(Status),
    /// The database refused or went away.
    #[error("the database refused")]
    Unexpected(#[from] sqlx::Error),
}

/// Notes that the person will come, at the time the visit has now; a move takes it back. Twice is once.
///
/// It confirms their coming, not the booking: a pending visit still waits for staff. It is no change of the visit, so it
/// makes no version: what staff decided on the version before still holds, and no calendar is written again.
pub async fn confirm_attendance(
    app: &App,
    tx: &mut PgConnection,
    org: OrgId,
    id: AppointmentId,
    by: &Actor,
) -> Result<Confirmed, ConfirmError> {
    let row = store::lock(tx, org, id).await?.ok_or(ConfirmError::NotFound)?;
    let visit = Appointment::try_from(row)?;
    if !visit.status.is_ahead() {
        return Err(ConfirmError::NotAhead(visit.status));
    }
    if visit.confirmed_at.is_some() {
        return Ok(Confirmed { visit, is_repeat: true });
    }
    let now = app.clock.now();
    store::confirm_attendance(tx, org, id, &by.to_string(), now).await?;
    metrics::counter!("voxanne_attendance_confirmed_total").increment(1);
    Ok(Confirmed { visit: Appointment { confirmed_at: Some(now), ..visit }, is_repeat: false })
}
