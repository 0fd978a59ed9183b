//! What answers an alert without anybody taking it, and when its texts had left.

use jiff::Timestamp;
use jiff_sqlx::ToSqlx as _;
use sqlx::FromRow;

use crate::leads::escalation::Escalation;
use crate::platform::db::{PgConnection, sql_as};
use crate::platform::ids::OrgId;

/// What happened since an alert was raised that answers it.
#[derive(FromRow)]
pub(in crate::leads) struct Since {
    /// A person of the clinic wrote to the lead.
    pub texted_at: Option<jiff_sqlx::Timestamp>,
    /// Who.
    pub texted_by: Option<String>,
    /// The lead booked, in the call or later.
    pub booked_at: Option<jiff_sqlx::Timestamp>,
}

pub(in crate::leads) async fn since(
    tx: &mut PgConnection,
    org: OrgId,
    escalation: &Escalation,
) -> sqlx::Result<Since> {
    sql_as(
        "select w.queued_at as texted_at, w.sent_by as texted_by,
                (select min(a.created_at) from appointments a
                  where a.org_id = $1 and (a.call_id = $4 or (a.customer_phone = $2 and a.created_at > $3))) as booked_at
           from (select 1) one
           left join lateral (
             select x.queued_at, x.sent_by from texts x
              where x.org_id = $1 and x.to_phone = $2 and x.kind = 'message' and x.queued_at > $3 and x.verdict not like 'denied: %'
              order by x.queued_at limit 1) w on true",
    )
    .bind(org)
    .bind(escalation.lead_phone.as_deref())
    .bind(escalation.raised_at.to_sqlx())
    .bind(escalation.call)
    .fetch_one(tx)
    .await
}

/// Notes when the first text of each alert had left, of the latest two hundred, and says how long after it was due, in seconds.
/// A clinic has a few of them: the limit keeps the plan from being one for a third of all its alerts.
pub(in crate::leads) async fn note_reached(
    tx: &mut PgConnection,
    org: OrgId,
    since: Timestamp,
) -> sqlx::Result<Vec<(String, f64)>> {
    sql_as(
        "update escalations e set reached_at = s.sent_at
           from (select id from escalations
                  where org_id = $1 and reached_at is null and first_told_at > $2 order by first_told_at desc limit 200) u
          cross join lateral (select min(x.sent_at) as sent_at
                                from escalation_tellings t join texts x on x.org_id = t.org_id and x.id = t.text_id
                               where t.org_id = $1 and t.escalation_id = u.id) s
          where e.org_id = $1 and e.id = u.id and e.reached_at is null and s.sent_at is not null
         returning e.kind, extract(epoch from greatest(e.reached_at - e.due_at, interval '0'))::float8",
    )
    .bind(org)
    .bind(since.to_sqlx())
    .fetch_all(tx)
    .await
}
