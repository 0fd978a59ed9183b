//! Visits that a caller may hear of: those booked under the number that is calling, and nothing about who they are for.

use jiff::Timestamp;
use jiff_sqlx::ToSqlx as _;
use sqlx::FromRow;

use crate::phone::Phone;
use crate::platform::db::{PgConnection, sql_as};
use crate::platform::ids::{AppointmentId, LocationId, OrgId};

/// A visit ahead. It has no name: a number is no proof of who is speaking.
#[derive(Debug, Clone, FromRow)]
pub struct Visit {
    /// Which.
    pub id: AppointmentId,
    /// Where.
    pub location_id: LocationId,
    /// Where, as staff call it.
    pub location_name: String,
    /// What, as the clinic calls it.
    pub service_name: String,
    /// What, as the caller called it, when the catalogue does not know it.
    pub service_said: Option<String>,
    /// When.
    pub starts_at: jiff_sqlx::Timestamp,
    /// In which zone.
    pub time_zone: String,
}

/// Active visits after `now` that were booked under `phone`, the nearest first; at most `limit`.
pub async fn visits_of_phone(
    tx: &mut PgConnection,
    org: OrgId,
    phone: &Phone,
    now: Timestamp,
    limit: i64,
) -> Result<Vec<Visit>, sqlx::Error> {
    sql_as(
        "select a.id, a.location_id, l.name as location_name, s.name as service_name, a.service_said, a.starts_at, a.time_zone
           from appointments a join services s on s.org_id = a.org_id and s.id = a.service_id
                join locations l on l.org_id = a.org_id and l.id = a.location_id
          where a.org_id = $1 and a.customer_phone = $2 and a.starts_at > $3 and a.status in ('pending', 'scheduled')
          order by a.starts_at, a.id limit $4",
    )
    .bind(org)
    .bind(phone.as_str())
    .bind(now.to_sqlx())
    .bind(limit)
    .fetch_all(tx)
    .await
}
