//! What the page of notifications says of the visits that they are about.

use sqlx::FromRow;

use crate::platform::db::{PgConnection, sql_as};
use crate::platform::ids::{AppointmentId, OrgId};

/// A visit that staff were told of. Names a person: deliberately no `Debug`.
#[derive(FromRow)]
pub(in crate::dashboard) struct ToldVisit {
    pub id: AppointmentId,
    pub starts_at: jiff_sqlx::Timestamp,
    pub person: Option<String>,
    pub service: String,
}

/// Those of `visits` that the org has.
pub(in crate::dashboard) async fn told_visits(
    tx: &mut PgConnection,
    org: OrgId,
    visits: &[uuid::Uuid],
) -> sqlx::Result<Vec<ToldVisit>> {
    sql_as(
        "select a.id, a.starts_at, coalesce(k.name, a.customer_name) as person, s.name as service
           from appointments a
           join services s on s.org_id = a.org_id and s.id = a.service_id
           left join contacts k on k.org_id = a.org_id and k.id = a.contact_id
          where a.org_id = $1 and a.id = any($2)",
    )
    .bind(org)
    .bind(visits)
    .fetch_all(tx)
    .await
}
