//! How texts fared: to people and to staff, but for those that only tried the way out, and those of test calls.

use serde::{Deserialize, Serialize};
use sqlx::FromRow;
use uuid::Uuid;

use crate::analytics::days::Columns;
use crate::platform::db::{PgConnection, sql_as};
use crate::platform::ids::OrgId;

/// Texts of a day.
#[derive(Debug, Clone, Default, PartialEq, Eq, FromRow, Serialize, Deserialize)]
pub(in crate::analytics) struct TextRow {
    #[serde(skip)]
    pub site: Uuid,
    #[serde(skip)]
    #[sqlx(try_from = "jiff_sqlx::Timestamp")]
    pub since: jiff::Timestamp,
    pub assistant: Option<Uuid>,
    /// By whose day: the first site's, of all texts, which is what is looked at unless one site or assistant is.
    pub of_all: bool,
    pub sent: i64,
    pub delivered: i64,
    pub failed: i64,
}

/// A text belongs to the site of its visit, else of its call, else to `home`, the first; all of them count by its days as well.
///
/// `case` and not `coalesce`: under a policy PostgreSQL looks up nothing by the latter.
pub(in crate::analytics) async fn texts(
    tx: &mut PgConnection,
    org: OrgId,
    (days, home): (&Columns, Uuid),
) -> sqlx::Result<Vec<TextRow>> {
    sql_as(
        "with day as materialized (select d.* from unnest($2::uuid[], $3::timestamptz[], $4::timestamptz[]) d (site, since, until))
         select d.site, d.since, case when o.of_all then null else n.id end as assistant, o.of_all,
                count(*) filter (where t.state in ('sent', 'delivered', 'undelivered')) as sent,
                count(*) filter (where t.state = 'delivered') as delivered,
                count(*) filter (where t.state in ('failed', 'undelivered')) as failed
           from (select distinct since, until from day) s
           join texts t on t.queued_at >= s.since and t.queued_at < s.until
           left join lateral (select a.location_id, a.call_id from appointments a
                               where a.org_id = t.org_id and a.id = t.appointment_id limit 1) a on true
           left join lateral (select c.org_id, c.id, c.platform, c.assistant_ref from counted_calls c
                               where c.org_id = t.org_id and c.id = case when t.call_id is null then a.call_id else t.call_id end limit 1) c on true
           left join assistants n on n.org_id = c.org_id and n.platform = c.platform and n.platform_assistant_id = c.assistant_ref
          cross join (values (false), (true)) o (of_all)
           join day d on d.since = s.since and d.until = s.until
            and d.site = case when o.of_all then $5 else coalesce(a.location_id, n.location_id, $5) end
          where t.org_id = $1 and t.kind <> 'test_alert' and (coalesce(t.call_id, a.call_id) is null or c.id is not null)
          group by 1, 2, 3, 4",
    )
    .bind(org)
    .bind(&days.sites)
    .bind(&days.since)
    .bind(&days.until)
    .bind(home)
    .fetch_all(tx)
    .await
}
