//! The visits of an org in pages, soonest first.

use jiff::Timestamp;
use jiff_sqlx::ToSqlx as _;

use super::appointment::Status;
use super::attendance::Attendance;
use super::change::Appointment;
use super::store;
use crate::platform::db::PgConnection;
use crate::platform::ids::{AppointmentId, LocationId, OrgId, ResourceId};

/// Which visits are wanted; what is `None` does not matter.
#[derive(Debug, Clone, Default)]
#[expect(missing_docs, reason = "self-explaining")]
pub struct Visits {
    /// Starts from here …
    pub from: Option<Timestamp>,
    /// … up to here.
    pub until: Option<Timestamp>,
    pub location: Option<LocationId>,
    pub practitioner: Option<ResourceId>,
    /// The number they were booked under, E.164.
    pub phone: Option<String>,
    pub status: Option<Status>,
    pub attendance: Option<Attendance>,
    /// The last one that was seen.
    pub after: Option<(Timestamp, AppointmentId)>,
    pub limit: i64,
}

/// The visits of the page, as of `now`.
pub async fn list(
    tx: &mut PgConnection,
    org: OrgId,
    wanted: &Visits,
    now: Timestamp,
) -> Result<Vec<Appointment>, sqlx::Error> {
    let page = store::Page {
        from: wanted.from.unwrap_or(Timestamp::UNIX_EPOCH).to_sqlx(),
        until: wanted.until.map(jiff_sqlx::ToSqlx::to_sqlx),
        location: wanted.location,
        practitioner: wanted.practitioner,
        phone: wanted.phone.as_deref(),
        status: wanted.status.map(Status::as_str),
        attendance: wanted.attendance.map(Attendance::as_str),
        now: now.to_sqlx(),
        after: wanted.after.map(|(at, id)| (at.to_sqlx(), id)),
        limit: wanted.limit,
    };
    store::page(tx, org, &page).await?.into_iter().map(Appointment::try_from).collect()
}
