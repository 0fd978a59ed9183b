//! Visits that callers made, by the day on which they were booked, and by the day on which they were due.

use jiff_sqlx::ToSqlx as _;
use sqlx::FromRow;
use uuid::Uuid;

use crate::analytics::sites::Sites;
use crate::platform::db::{PgConnection, sql_as};
use crate::platform::ids::{AssistantId, OrgId};

/// Visits that were booked on one day.
#[derive(Debug, Clone, FromRow)]
pub(in crate::analytics) struct BookedRow {
    pub is_now: bool,
    pub site: Uuid,
    pub assistant: Option<Uuid>,
    pub day: jiff_sqlx::Date,
    pub bookings: i64,
    pub cents: i64,
}

/// Visits that were to take place in a range.
#[derive(Debug, Clone, FromRow)]
pub(in crate::analytics) struct DueRow {
    pub is_now: bool,
    pub site: Uuid,
    pub assistant: Option<Uuid>,
    pub kept: i64,
    pub kept_cents: i64,
    pub no_shows: i64,
}

pub(in crate::analytics) async fn booked(
    tx: &mut PgConnection,
    org: OrgId,
    sites: &Sites,
    assistant: Option<AssistantId>,
) -> sqlx::Result<Vec<BookedRow>> {
    sql_as(
        "with site as materialized (
           select s.* from unnest($2::uuid[], $3::text[], $4::timestamptz[], $5::timestamptz[], $6::timestamptz[]) s (id, zone, before, since, until))
         select a.created_at >= s.since as is_now, s.id as site, n.id as assistant, (a.created_at at time zone s.zone)::date as day,
                count(*) as bookings, coalesce(sum(v.price_cents), 0)::bigint as cents
           from appointments a
           join site s on s.id = a.location_id
           join counted_calls c on c.org_id = a.org_id and c.id = a.call_id
           join services v on v.org_id = a.org_id and v.id = a.service_id
           left join assistants n on n.org_id = c.org_id and n.platform = c.platform and n.platform_assistant_id = c.assistant_ref
          where a.org_id = $1 and a.call_id is not null and a.created_at >= $8 and a.created_at < $9
            and a.created_at >= s.before and a.created_at < s.until and ($7::uuid is null or n.id = $7)
          group by 1, 2, 3, 4",
    )
    .bind(org)
    .bind(&sites.ids)
    .bind(&sites.zones)
    .bind(&sites.before)
    .bind(&sites.since)
    .bind(&sites.until)
    .bind(assistant)
    .bind(sites.first.to_sqlx())
    .bind(sites.last.to_sqlx())
    .fetch_all(tx)
    .await
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
         select a.starts_at >= s.since as is_now, s.id as site, n.id as assistant,
                count(*) filter (where a.status <> 'no_show') as kept,
                coalesce(sum(v.price_cents) filter (where a.status <> 'no_show'), 0)::bigint as kept_cents,
                count(*) filter (where a.status = 'no_show') as no_shows
           from appointments a
           join site s on s.id = a.location_id
           join counted_calls c on c.org_id = a.org_id and c.id = a.call_id
           join services v on v.org_id = a.org_id and v.id = a.service_id
           left join assistants n on n.org_id = c.org_id and n.platform = c.platform and n.platform_assistant_id = c.assistant_ref
          where a.org_id = $1 and a.call_id is not null and a.status in ('arrived', 'completed', 'no_show')
            and a.starts_at >= $7 and a.starts_at < $8
            and a.starts_at >= s.before and a.starts_at < s.until and ($6::uuid is null or n.id = $6)
          group by 1, 2, 3",
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
