//! What the page of one person shows of their visits.

use jiff::Timestamp;
use jiff_sqlx::ToSqlx as _;
use sqlx::FromRow;

use crate::dashboard::cursor::Cursor;
use crate::platform::db::{PgConnection, sql_as};
use crate::platform::ids::{AppointmentId, ContactId, OrgId};

/// More visits to come than anybody reads at once.
const AHEAD_MAX: i64 = 30;

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

/// Visits with what they are told by; what follows says which, and in which order.
macro_rules! visits_that {
    ($rest:literal) => {
        concat!(
            "select a.id, a.starts_at, a.time_zone, a.status::text as status, s.name as service, r.name as practitioner
               from appointments a
               join services s on s.org_id = a.org_id and s.id = a.service_id
               join resources r on r.org_id = a.org_id and r.id = a.practitioner_id
              where a.org_id = $1 and a.contact_id = $2 and ",
            $rest
        )
    };
}

/// Their visits that are ahead at `now` and stand, the soonest first.
pub(in crate::dashboard) async fn visits_ahead(
    tx: &mut PgConnection,
    org: OrgId,
    contact: ContactId,
    now: Timestamp,
) -> sqlx::Result<Vec<Visit>> {
    sql_as(visits_that!(
        "a.starts_at > $3 and a.status not in ('cancelled', 'no_show') order by a.starts_at, a.id limit $4"
    ))
    .bind(org)
    .bind(contact)
    .bind(now.to_sqlx())
    .bind(AHEAD_MAX)
    .fetch_all(tx)
    .await
}

/// Their visits before `cursor`, the latest first, whatever became of them.
pub(in crate::dashboard) async fn visits_before(
    tx: &mut PgConnection,
    org: OrgId,
    contact: ContactId,
    (cursor, limit): (Cursor, i64),
) -> sqlx::Result<Vec<Visit>> {
    sql_as(visits_that!("(a.starts_at, a.id) < ($3, $4) order by a.starts_at desc, a.id desc limit $5"))
        .bind(org)
        .bind(contact)
        .bind(cursor.at.to_sqlx())
        .bind(cursor.id)
        .bind(limit)
        .fetch_all(tx)
        .await
}
