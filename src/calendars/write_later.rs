//! A visit changed: the calendars that tell it have to agree again.

use uuid::Uuid;

use super::store;
use crate::platform::db::PgConnection;
use crate::platform::ids::{AppointmentId, OrgId};

/// Leaves the jobs that make calendars agree with the visit, with the caller's transaction.
///
/// `practitioner` is whoever gives it now; calendars of an earlier one that tell it get their job as well.
pub async fn write_later(
    tx: &mut PgConnection,
    org: OrgId,
    appointment: AppointmentId,
    practitioner: Uuid,
) -> Result<(), sqlx::Error> {
    store::write_later(tx, org, appointment, practitioner).await
}
