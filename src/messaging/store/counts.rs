//! What [`may_send`](crate::messaging::may_send) needs to know about the past.

use jiff::Timestamp;
use jiff_sqlx::ToSqlx as _;
use sqlx::FromRow;
use voxanne_twilio::{Class as Trouble, class_of};

use crate::messaging::may_send::Sent;
use crate::messaging::text::Kind;
use crate::platform::db::{PgConnection, sql, sql_as};
use crate::platform::ids::{CallId, OrgId};

#[derive(FromRow)]
pub(in crate::messaging) struct Counts {
    pub opted_out: bool,
    pub consents: bool,
    last_failure_code: Option<i32>,
    to_number_day: i64,
    to_number_week: i64,
    marketing_week: i64,
    of_org_day: i64,
    of_org_hour: i64,
    to_prefix_hour: i64,
    of_call: i64,
}

impl Counts {
    /// Whether the last text to the number failed in a way that every other would.
    pub fn is_unreachable(&self) -> bool {
        let code = self.last_failure_code.and_then(|code| u32::try_from(code).ok());
        code.is_some_and(|code| class_of(code) == Trouble::BadNumber)
    }

    pub const fn sent(&self) -> Sent {
        Sent {
            to_number_day: self.to_number_day,
            to_number_week: self.to_number_week,
            marketing_week: self.marketing_week,
            of_org_day: self.of_org_day,
            of_org_hour: self.of_org_hour,
            to_prefix_hour: self.to_prefix_hour,
            of_call: self.of_call,
        }
    }
}

/// Whose past, and how much of it.
pub(in crate::messaging) struct CountsQuery<'a> {
    pub to: &'a str,
    pub call: Option<CallId>,
    pub hour_ago: Timestamp,
    pub day_ago: Timestamp,
    pub week_ago: Timestamp,
    /// How far back a failure still speaks against the number.
    pub failed_since: Timestamp,
    /// The org's texts are counted up to here: a busy org costs no more than a quiet one.
    pub of_org_day_max: i64,
    pub of_org_hour_max: i64,
}

/// One round trip. What was refused counts for nothing.
pub(in crate::messaging) async fn counts(
    tx: &mut PgConnection,
    org: OrgId,
    query: &CountsQuery<'_>,
) -> sqlx::Result<Counts> {
    sql_as(
        "select exists (select from opt_outs where org_id = $1 and phone = $2) as opted_out,
                coalesce((select purpose = 'marketing' and given from consents
                  where org_id = $1 and phone = $2 and (purpose = 'marketing' or not given)
                  order by position desc limit 1), false) as consents,
                (select failure_code from texts
                  where org_id = $1 and to_phone = $2 and queued_at > $7 and settled_at is not null and verdict not like 'denied: %'
                  order by queued_at desc limit 1) as last_failure_code,
                n.to_number_day, n.to_number_week, n.marketing_week,
                (select count(*) from (select from texts
                  where org_id = $1 and queued_at > $5 and verdict not like 'denied: %' limit $8) t) as of_org_day,
                h.of_org_hour, h.to_prefix_hour,
                (select count(*) from texts where org_id = $1 and call_id = $3 and verdict not like 'denied: %') as of_call
           from (select count(*) filter (where queued_at > $5) as to_number_day, count(*) as to_number_week,
                        count(*) filter (where kind = 'nurture') as marketing_week
                   from texts where org_id = $1 and to_phone = $2 and queued_at > $6 and verdict not like 'denied: %') n,
                (select count(*) as of_org_hour, count(*) filter (where left(to_phone, 8) = left($2, 8)) as to_prefix_hour
                   from (select to_phone from texts
                          where org_id = $1 and queued_at > $4 and verdict not like 'denied: %'
                          order by queued_at desc limit $9) t) h",
    )
    .bind(org)
    .bind(query.to)
    .bind(query.call)
    .bind(query.hour_ago.to_sqlx())
    .bind(query.day_ago.to_sqlx())
    .bind(query.week_ago.to_sqlx())
    .bind(query.failed_since.to_sqlx())
    .bind(query.of_org_day_max)
    .bind(query.of_org_hour_max)
    .fetch_one(tx)
    .await
}

/// Texts to the number since, that were not refused: when and what for.
pub(in crate::messaging) async fn recent(
    tx: &mut PgConnection,
    org: OrgId,
    to: &str,
    since: Timestamp,
) -> sqlx::Result<Vec<(Timestamp, Kind)>> {
    let rows: Vec<(jiff_sqlx::Timestamp, String)> = sql_as(
        "select queued_at, kind from texts where org_id = $1 and to_phone = $2 and queued_at > $3 and verdict not like 'denied: %'",
    )
    .bind(org)
    .bind(to)
    .bind(since.to_sqlx())
    .fetch_all(tx)
    .await?;
    // A kind that this version does not know counts for nothing.
    Ok(rows.into_iter().filter_map(|(at, kind)| Some((at.to_jiff(), kind.parse().ok()?))).collect())
}

/// Ends texts of a kind to a number that the provider surely does not have; says how many.
pub(in crate::messaging) async fn withdraw(
    tx: &mut PgConnection,
    org: OrgId,
    (kind, to): (Kind, &str),
    (verdict, why): (&str, &str),
    now: Timestamp,
) -> sqlx::Result<u64> {
    let done = sql("update texts set state = 'failed', verdict = $4, failure = $5, settled_at = $6
                     where org_id = $1 and to_phone = $2 and kind = $3 and (state = 'queued' or (state = 'sending' and sending_at is null))")
    .bind(org)
    .bind(to)
    .bind(kind.as_str())
    .bind(verdict)
    .bind(why)
    .bind(now.to_sqlx())
    .execute(tx)
    .await?;
    Ok(done.rows_affected())
}
