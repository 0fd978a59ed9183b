//! Visits that callers made, by the day on which they were due.

use jiff_sqlx::ToSqlx as _;
use sqlx::FromRow;
use uuid::Uuid;

use crate::analytics::sites::Sites;
use crate::platform::db::{PgConnection, sql_as};
use crate::platform::ids::{AssistantId, OrgId};

/// Visits that were to take place in a range.
#[derive(Debug, Clone, FromRow)]
pub(in crate::analytics) struct DueRow {
    pub is_now: bool,
    pub site: Uuid,
    pub kept: i64,
    pub kept_cents: i64,
    pub no_shows: i64,
}

pub(in crate::analytics) async fn due(
    tx: &mut PgConnection,
    org: OrgId,
    sites: &Sites,
    assistant: Option<AssistantId>,
) -> sqlx::Result<Vec<DueRow>> {
    sql_as(
        "with site as materialized (
           select s.* from unnest($2::uuid[], $3::timestamptz[], $4::timestamptz[], $5::timestamptz[]) s (id, before, since, until))
         select a.starts_at >= s.since as is_now, s.id as site,
                count(*) filter (where a.status <> 'no_show') as kept,
                coalesce(sum(v.price_cents) filter (where a.status <> 'no_show'), 0)::bigint as kept_cents,
                count(*) filter (where a.status = 'no_show') as no_shows
           from appointments a
           join site s on s.id = a.location_id
           join services v on v.org_id = a.org_id and v.id = a.service_id
          where a.org_id = $1 and a.call_id is not null and a.status in ('arrived', 'completed', 'no_show')
            and a.starts_at >= $7 and a.starts_at < $8 and a.starts_at >= s.before and a.starts_at < s.until
            and a.call_id not in (select x.id from calls x where x.org_id = $1 and x.is_test)
            and ($6::uuid is null or exists (
              select from calls c
                join assistants n on n.org_id = c.org_id and n.platform = c.platform and n.platform_assistant_id = c.assistant_ref
               where c.org_id = $1 and c.id = a.call_id and n.id = $6))
          group by 1, 2",
    )
    .bind(org)
    .bind(&sites.ids)
    .bind(&sites.before)
    .bind(&sites.since)
    .bind(&sites.until)
    .bind(assistant)
    .bind(sites.first.to_sqlx())
    .bind(sites.last.to_sqlx())
    .fetch_all(tx)
    .await
}
