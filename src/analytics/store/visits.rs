//! Visits that callers made, by the day on which they were due.

use serde::{Deserialize, Serialize};
use sqlx::FromRow;
use uuid::Uuid;

use crate::analytics::days::Columns;
use crate::platform::db::{PgConnection, sql_as};
use crate::platform::ids::OrgId;

/// Visits that were to take place on a day.
#[derive(Debug, Clone, Default, PartialEq, Eq, FromRow, Serialize, Deserialize)]
pub(in crate::analytics) struct DueRow {
    #[serde(skip)]
    pub site: Uuid,
    #[serde(skip)]
    #[sqlx(try_from = "jiff_sqlx::Timestamp")]
    pub since: jiff::Timestamp,
    pub assistant: Option<Uuid>,
    pub kept: i64,
    pub kept_cents: i64,
    pub no_shows: i64,
}

pub(in crate::analytics) async fn due(
    tx: &mut PgConnection,
    org: OrgId,
    days: &Columns,
) -> sqlx::Result<Vec<DueRow>> {
    sql_as(
        "with day as materialized (select d.* from unnest($2::uuid[], $3::timestamptz[], $4::timestamptz[]) d (site, since, until))
         select d.site, d.since, n.id as assistant,
                count(*) filter (where a.status <> 'no_show') as kept,
                coalesce(sum(v.price_cents) filter (where a.status <> 'no_show'), 0)::bigint as kept_cents,
                count(*) filter (where a.status = 'no_show') as no_shows
           from (select distinct since, until from day) s
           join appointments a on a.starts_at >= s.since and a.starts_at < s.until
           join day d on d.since = s.since and d.until = s.until and d.site = a.location_id
           join services v on v.org_id = a.org_id and v.id = a.service_id
           join counted_calls c on c.org_id = a.org_id and c.id = a.call_id
           left join assistants n on n.org_id = c.org_id and n.platform = c.platform and n.platform_assistant_id = c.assistant_ref
          where a.org_id = $1 and a.status in ('arrived', 'completed', 'no_show')
          group by 1, 2, 3",
    )
    .bind(org)
    .bind(&days.sites)
    .bind(&days.since)
    .bind(&days.until)
    .fetch_all(tx)
    .await
}
