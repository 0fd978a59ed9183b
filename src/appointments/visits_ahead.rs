//! The visits that a number has ahead, for whoever answers a text from it.

use jiff::{Timestamp, Zoned};

use super::change::Appointment;
use super::store;
use crate::phone::Phone;
use crate::platform::db::PgConnection;
use crate::platform::ids::{AppointmentId, OrgId};

/// A visit that its person may confirm, move or call off.
#[derive(Debug, Clone)]
pub struct VisitAhead {
    /// Which.
    pub id: AppointmentId,
    /// By the location's clock.
    pub starts_at: Zoned,
    /// What it is called to the person.
    pub service_name: String,
    /// They were asked whether they come then.
    pub asked: bool,
    /// They said so.
    pub confirmed: bool,
}

/// Visits of this number that have not begun, soonest first; at most twenty.
pub async fn visits_ahead(
    tx: &mut PgConnection,
    org: OrgId,
    phone: &Phone,
    now: Timestamp,
) -> Result<Vec<VisitAhead>, sqlx::Error> {
    let rows = store::ahead_of_phone(tx, org, phone.as_str(), now).await?;
    let ahead = |visit: Appointment| VisitAhead {
        id: visit.id,
        starts_at: visit.starts_at,
        service_name: visit.service_name,
        asked: visit.asked_at.is_some(),
        confirmed: visit.confirmed_at.is_some(),
    };
    rows.into_iter().map(|row| Appointment::try_from(row).map(ahead)).collect()
}
