//! Whether hot calls were worth it.

use jiff::Timestamp;
use jiff_sqlx::ToSqlx as _;
use serde::{Deserialize, Serialize};
use sqlx::FromRow;
use uuid::Uuid;

use crate::analytics::days::Columns;
use crate::platform::db::{PgConnection, sql_as};
use crate::platform::ids::OrgId;

/// Hot calls of a day that had their time to book.
#[derive(Debug, Clone, Default, PartialEq, Eq, FromRow, Serialize, Deserialize)]
pub(in crate::analytics) struct HotRow {
    #[serde(skip)]
    pub site: Uuid,
    #[serde(skip)]
    #[sqlx(try_from = "jiff_sqlx::Timestamp")]
    pub since: Timestamp,
    pub assistant: Option<Uuid>,
    pub calls: i64,
    pub booked: i64,
}

/// Booked as `/leads/outcomes` has it: in the call, or by its contact or number within the hours that a caller has.
pub(in crate::analytics) async fn hot(
    tx: &mut PgConnection,
    org: OrgId,
    (days, home): (&Columns, Uuid),
    (ripe, hours_to_book): (Timestamp, i32),
) -> sqlx::Result<Vec<HotRow>> {
    sql_as(
        "with day as materialized (select d.* from unnest($2::uuid[], $3::timestamptz[], $4::timestamptz[]) d (site, since, until))
         select d.site, d.since, n.id as assistant, count(*) as calls, count(*) filter (where b.booked) as booked
           from (select distinct since, until from day) s
           join counted_calls c on c.created_at >= s.since and c.created_at < least(s.until, $6)
           left join assistants n on n.org_id = c.org_id and n.platform = c.platform and n.platform_assistant_id = c.assistant_ref
           join day d on d.since = s.since and d.until = s.until and d.site = coalesce(n.location_id, $5)
          cross join lateral (
            select exists (select from appointments a where a.org_id = c.org_id and a.call_id = c.id)
                or exists (select from appointments a where a.org_id = c.org_id and a.contact_id = c.contact_id
                             and a.created_at >= c.created_at and a.created_at < c.created_at + make_interval(hours => $7))
                or exists (select from appointments a where a.org_id = c.org_id and a.customer_phone = c.caller_phone
                             and a.created_at >= c.created_at and a.created_at < c.created_at + make_interval(hours => $7)) as booked) b
          where c.org_id = $1 and c.scored_at is not null and c.temperature = 'hot'
          group by 1, 2, 3",
    )
    .bind(org)
    .bind(&days.sites)
    .bind(&days.since)
    .bind(&days.until)
    .bind(home)
    .bind(ripe.to_sqlx())
    .bind(hours_to_book)
    .fetch_all(tx)
    .await
}
