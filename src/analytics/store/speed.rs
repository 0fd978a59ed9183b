//! How fast hot leads reached somebody.

use sqlx::FromRow;
use uuid::Uuid;

use crate::analytics::days::Columns;
use crate::platform::db::{PgConnection, sql_as};
use crate::platform::ids::OrgId;

/// An alert of a hot lead.
#[derive(Debug, Clone, Default, PartialEq, FromRow)]
pub(in crate::analytics) struct SpeedRow {
    pub site: Uuid,
    #[sqlx(try_from = "jiff_sqlx::Timestamp")]
    pub since: jiff::Timestamp,
    pub assistant: Option<Uuid>,
    /// Both times as the list of alerts tells them, in seconds. No text of it has left: none.
    pub to_alert: Option<f64>,
    /// No person took it, since nobody did, the lead booked, or it was no lead: none.
    pub to_acknowledge: Option<f64>,
}

/// `home`: the site of calls whose assistant is known to none.
pub(in crate::analytics) async fn speed(
    tx: &mut PgConnection,
    org: OrgId,
    (days, home): (&Columns, Uuid),
) -> sqlx::Result<Vec<SpeedRow>> {
    sql_as(
        "with day as materialized (select d.* from unnest($2::uuid[], $3::timestamptz[], $4::timestamptz[]) d (site, since, until))
         select d.site, d.since, n.id as assistant,
                extract(epoch from t.sent_at - e.due_at)::float8 as to_alert,
                case when e.acknowledged_via not in ('booked', 'clinical', 'no_lead') then
                  extract(epoch from e.acknowledged_at - coalesce(e.first_told_at, e.raised_at))::float8 end as to_acknowledge
           from (select distinct since, until from day) s
           join escalations e on e.raised_at >= s.since and e.raised_at < s.until
           join counted_calls c on c.org_id = e.org_id and c.platform = 'vapi' and c.call_ref = e.call_ref
           left join assistants n on n.org_id = c.org_id and n.platform = c.platform and n.platform_assistant_id = c.assistant_ref
           join day d on d.since = s.since and d.until = s.until and d.site = coalesce(e.location_id, n.location_id, $5)
          cross join lateral (select min(x.sent_at) as sent_at
                                from escalation_tellings t join texts x on x.org_id = t.org_id and x.id = t.text_id
                               where t.org_id = e.org_id and t.escalation_id = e.id) t
          where e.org_id = $1 and e.kind = 'hot_lead'",
    )
    .bind(org)
    .bind(&days.sites)
    .bind(&days.since)
    .bind(&days.until)
    .bind(home)
    .fetch_all(tx)
    .await
}
