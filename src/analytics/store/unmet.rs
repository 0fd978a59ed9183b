//! Times that were asked for and could not be had.

use serde::{Deserialize, Serialize};
use sqlx::FromRow;
use uuid::Uuid;

use crate::analytics::days::Columns;
use crate::platform::db::{PgConnection, sql_as};
use crate::platform::ids::OrgId;

/// What was asked for on a day of one service and part of the day.
#[derive(Debug, Clone, Default, PartialEq, Eq, FromRow, Serialize, Deserialize)]
pub(in crate::analytics) struct UnmetRow {
    #[serde(skip)]
    pub site: Uuid,
    #[serde(skip)]
    #[sqlx(try_from = "jiff_sqlx::Timestamp")]
    pub since: jiff::Timestamp,
    pub assistant: Option<Uuid>,
    pub service: Uuid,
    pub part: String,
    pub times: i64,
    pub calls: i64,
}

/// A question that comes again in its call was asked when it was asked first.
pub(in crate::analytics) async fn unmet(
    tx: &mut PgConnection,
    org: OrgId,
    days: &Columns,
) -> sqlx::Result<Vec<UnmetRow>> {
    sql_as(
        "with day as materialized (select d.* from unnest($2::uuid[], $3::timestamptz[], $4::timestamptz[]) d (site, since, until))
         select d.site, d.since, n.id as assistant, t.unmet_service_id as service, t.unmet_part as part,
                count(*) filter (where not e.same) as times, count(*) filter (where e.earlier = 0) as calls
           from (select distinct since, until from day) s
           join tool_calls t on t.asked_at >= s.since and t.asked_at < s.until
           join day d on d.since = s.since and d.until = s.until and d.site = t.unmet_location_id
           join counted_calls c on c.org_id = t.org_id and c.platform = 'vapi' and c.call_ref = t.call_ref
           left join assistants n on n.org_id = c.org_id and n.platform = c.platform and n.platform_assistant_id = c.assistant_ref
          cross join lateral (
            select count(*) as earlier, coalesce(bool_or(e.unmet_on is not distinct from t.unmet_on), false) as same from tool_calls e
             where e.org_id = t.org_id and e.call_ref = t.call_ref and e.unmet_service_id = t.unmet_service_id
               and e.unmet_part = t.unmet_part and e.unmet_location_id = t.unmet_location_id
               and (e.asked_at, e.tool_call_id) < (t.asked_at, t.tool_call_id)) e
          where t.org_id = $1 and t.unmet_service_id is not null
          group by 1, 2, 3, 4, 5",
    )
    .bind(org)
    .bind(&days.sites)
    .bind(&days.since)
    .bind(&days.until)
    .fetch_all(tx)
    .await
}
