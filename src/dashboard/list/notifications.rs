//! What the page of notifications says of the visits that they are about.

use sqlx::FromRow;

use crate::platform::db::{PgConnection, sql_as};
use crate::platform::ids::{NotificationId, OrgId};

/// A visit that staff were told of. Names a person: deliberately no `Debug`.
#[derive(FromRow)]
pub(in crate::dashboard) struct ToldVisit {
    /// Of the notification.
    pub id: NotificationId,
    /// As it was when they were told.
    pub starts_at: jiff_sqlx::Timestamp,
    pub time_zone: String,
    pub person: Option<String>,
    pub service: String,
}

/// What these notifications are about, of those that are about a visit. What was moved later stands in a later one.
pub(in crate::dashboard) async fn told_visits(
    tx: &mut PgConnection,
    org: OrgId,
    told: &[NotificationId],
) -> sqlx::Result<Vec<ToldVisit>> {
    sql_as(
        "select n.id, coalesce(g.was, a.starts_at) as starts_at, a.time_zone, coalesce(k.name, a.customer_name) as person, s.name as service
           from notifications n
           join appointments a on a.org_id = n.org_id and a.id = n.subject_id
           join services s on s.org_id = a.org_id and s.id = a.service_id
           left join contacts k on k.org_id = a.org_id and k.id = a.contact_id
           left join lateral (select (g.changed -> 'starts_at' ->> 'from')::timestamptz as was from appointment_changes g
                               where g.org_id = a.org_id and g.appointment_id = a.id and g.at > n.created_at and g.changed ? 'starts_at'
                               order by g.version limit 1) g on true
          where n.org_id = $1 and n.id = any ($2) and n.subject_kind = 'appointment'",
    )
    .bind(org)
    .bind(told)
    .fetch_all(tx)
    .await
}
