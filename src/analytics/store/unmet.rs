//! Times that were asked for and could not be had.

use jiff_sqlx::ToSqlx as _;
use sqlx::FromRow;

use crate::analytics::sites::Sites;
use crate::platform::db::{PgConnection, sql_as};
use crate::platform::ids::{AssistantId, OrgId, ServiceId};

/// What was asked for of one service and part of the day.
#[derive(Debug, Clone, FromRow)]
pub(in crate::analytics) struct UnmetRow {
    pub is_now: bool,
    pub service_id: ServiceId,
    /// As it is called now.
    pub service: String,
    pub part: String,
    pub times: i64,
    pub calls: i64,
}

/// A question that comes again in its call is one.
pub(in crate::analytics) async fn unmet(
    tx: &mut PgConnection,
    org: OrgId,
    sites: &Sites,
    assistant: Option<AssistantId>,
) -> sqlx::Result<Vec<UnmetRow>> {
    sql_as(
        "with site as materialized (
           select s.* from unnest($2::uuid[], $3::timestamptz[], $4::timestamptz[], $5::timestamptz[]) s (id, before, since, until))
         select t.asked_at >= s.since as is_now, v.id as service_id, v.name as service, t.unmet_part as part,
                count(distinct (c.id, t.unmet_on)) as times, count(distinct c.id) as calls
           from tool_calls t
           join counted_calls c on c.org_id = t.org_id and c.platform = 'vapi' and c.call_ref = t.call_ref
           left join assistants n on n.org_id = c.org_id and n.platform = c.platform and n.platform_assistant_id = c.assistant_ref
           join site s on s.id = t.unmet_location_id
           join services v on v.org_id = t.org_id and v.id = t.unmet_service_id
          where t.org_id = $1 and t.unmet_service_id is not null and t.asked_at >= $7 and t.asked_at < $8
            and t.asked_at >= s.before and t.asked_at < s.until and ($6::uuid is null or n.id = $6)
          group by 1, 2, 3, 4 order by 5 desc, 3, 4",
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
