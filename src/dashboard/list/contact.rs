//! What the page of one person shows of their visits.

use jiff::Timestamp;
use jiff_sqlx::ToSqlx as _;
use sqlx::FromRow;

use crate::platform::db::{PgConnection, sql_as};
use crate::platform::ids::{AppointmentId, ContactId, OrgId};

/// More than anybody reads of one person at once.
const SHOWN: i64 = 30;

/// A visit of a person.
#[derive(FromRow)]
pub(in crate::dashboard) struct Visit {
    pub id: AppointmentId,
    pub starts_at: jiff_sqlx::Timestamp,
    pub time_zone: String,
    pub status: String,
    pub service: String,
    pub practitioner: String,
}

/// Their visits that are ahead and stand, the soonest first, or those that were, the latest first.
pub(in crate::dashboard) async fn visits_of(
    tx: &mut PgConnection,
    org: OrgId,
    contact: ContactId,
    (now, is_ahead): (Timestamp, bool),
) -> sqlx::Result<Vec<Visit>> {
    sql_as(
        "select a.id, a.starts_at, a.time_zone, a.status::text as status, s.name as service, r.name as practitioner
           from appointments a
           join services s on s.org_id = a.org_id and s.id = a.service_id
           join resources r on r.org_id = a.org_id and r.id = a.practitioner_id
          where a.org_id = $1 and a.contact_id = $2 and (a.starts_at > $4) = $5
            and (not $5 or a.status not in ('cancelled', 'no_show'))
          order by case when $5 then a.starts_at end, a.starts_at desc, a.id desc limit $3",
    )
    .bind(org)
    .bind(contact)
    .bind(SHOWN)
    .bind(now.to_sqlx())
    .bind(is_ahead)
    .fetch_all(tx)
    .await
}
