//! What came of scored calls, counted.

use jiff::Timestamp;
use jiff_sqlx::ToSqlx as _;
use sqlx::FromRow;

use crate::platform::db::{PgConnection, sql_as, sql_scalar};
use crate::platform::ids::{OrgId, ServiceId};

/// Calls that are alike in what matters, and what came of them.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub(in crate::leads) struct Tally {
    /// Whether their class can be hot at all.
    pub can_buy: bool,
    pub score: i16,
    pub temperature: String,
    /// Whether the assistant raised their alert, whatever the score says.
    pub by_tool: bool,
    /// Whether there was time enough to book.
    pub is_ripe: bool,
    pub calls: i64,
    pub booked: i64,
    /// Of those, the ones that booked in the call: no score alerts anybody to them.
    pub booked_in_call: i64,
    pub showed: i64,
    pub revenue_cents: i64,
}

impl Tally {
    /// Calls of which nobody asks more than how many they are.
    pub fn unripe(calls: i64) -> Self {
        Self {
            can_buy: false,
            score: 0,
            temperature: String::new(),
            by_tool: false,
            is_ripe: false,
            calls,
            booked: 0,
            booked_in_call: 0,
            showed: 0,
            revenue_cents: 0,
        }
    }
}

/// When the calls were that are counted. Calls before `ripe` had `hours_to_book`.
#[derive(Debug, Clone, Copy)]
pub(in crate::leads) struct Span {
    pub since: Timestamp,
    pub until: Timestamp,
    pub ripe: Timestamp,
    pub hours_to_book: i32,
}

/// Counts calls by what was scored and what came of it.
///
/// A call was booked when it made a visit, or when one was made for its contact or number soon after. Its person showed when
/// such a visit was arrived at or completed. Of those the price counts, once: for the call that booked it, else for
/// the last one before.
pub(in crate::leads) async fn tally(
    tx: &mut PgConnection,
    org: OrgId,
    span: Span,
) -> sqlx::Result<Vec<Tally>> {
    sql_as(
        "select c.class in ('new_lead', 'existing_patient') as can_buy, c.score, c.temperature, t.by_tool,
                c.created_at < $4 as is_ripe, count(*) as calls, count(*) filter (where v.booked) as booked,
                count(*) filter (where v.made) as booked_in_call, count(*) filter (where v.showed) as showed, coalesce(sum(v.kept_cents), 0)::bigint as revenue_cents
           from counted_calls c
          cross join lateral (
            select exists (select from hot_lead_alerts h
                            where h.org_id = c.org_id and h.call_ref = c.call_ref and h.trigger = 'tool') as by_tool) t
          cross join lateral (
            select count(*) > 0 as booked, coalesce(bool_or(a.call_id = c.id), false) as made,
                   coalesce(bool_or(a.status in ('arrived', 'completed')), false) as showed,
                   sum(s.price_cents) filter (
                     where a.status in ('arrived', 'completed')
                       and (a.call_id = c.id or (a.call_id is null and not exists (
                         select from counted_calls n
                          where n.org_id = c.org_id and n.caller_phone = c.caller_phone and n.scored_at is not null
                            and (n.created_at, n.id) > (c.created_at, c.id) and n.created_at <= a.created_at)))) as kept_cents
              from (select org_id, id, status, service_id, created_at, call_id from appointments
                     where org_id = c.org_id and call_id = c.id
                    union
                    select org_id, id, status, service_id, created_at, call_id from appointments
                     where org_id = c.org_id and contact_id = c.contact_id
                       and created_at >= c.created_at and created_at < c.created_at + make_interval(hours => $5)
                    union
                    select org_id, id, status, service_id, created_at, call_id from appointments
                     where org_id = c.org_id and customer_phone = c.caller_phone
                       and created_at >= c.created_at and created_at < c.created_at + make_interval(hours => $5)) a
              join services s on s.org_id = a.org_id and s.id = a.service_id) v
          where c.org_id = $1 and c.scored_at is not null and c.created_at >= $2 and c.created_at < $3
          group by 1, 2, 3, 4, 5",
    )
    .bind(org)
    .bind(span.since.to_sqlx())
    .bind(span.until.to_sqlx())
    .bind(span.ripe.to_sqlx())
    .bind(span.hours_to_book)
    .fetch_all(tx)
    .await
}

/// Calls that are alike in what an alert goes by, and how many of their callers booked.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub(in crate::leads) struct Alerted {
    /// Whether their class can be hot at all.
    pub can_buy: bool,
    pub score: i16,
    /// Whether the assistant raised their alert, whatever the score says.
    pub by_tool: bool,
    pub calls: i64,
    pub booked: i64,
}

impl From<Tally> for Alerted {
    fn from(of: Tally) -> Self {
        let Tally { can_buy, score, by_tool, calls, booked, .. } = of;
        let told_of_none = if by_tool { 0 } else { of.booked_in_call };
        Self { can_buy, score, by_tool, calls: calls - told_of_none, booked: booked - told_of_none }
    }
}

/// Counts the calls of a stretch that have an alert from some threshold on, `lowest` or above: none by its score that booked. Booked as in [`tally`], found in
/// the order in which it is likely: most who book do so in their call.
pub(in crate::leads) async fn alerted(
    tx: &mut PgConnection,
    org: OrgId,
    (since, until): (Timestamp, Timestamp),
    (lowest, hours_to_book): (i16, i32),
) -> sqlx::Result<Vec<Alerted>> {
    sql_as(
        "select c.can_buy, c.score, c.by_tool, count(*) as calls, count(*) filter (where made.it or known.it or phoned.it) as booked
           from (select n.id, n.score, n.contact_id, n.caller_phone, n.created_at, n.created_at + make_interval(hours => $5) as too_late,
                        n.class in ('new_lead', 'existing_patient') as can_buy,
                        exists (select from hot_lead_alerts h
                                 where h.org_id = n.org_id and h.call_ref = n.call_ref and h.trigger = 'tool') as by_tool
                   from counted_calls n
                  where n.org_id = $1 and n.scored_at is not null and n.created_at >= $2 and n.created_at < $3) c
           left join lateral (
             select true as it from appointments a where a.org_id = $1 and a.call_id = c.id limit 1) made on true
           left join lateral (
             select true as it from appointments a
              where made.it is null and a.org_id = $1 and a.contact_id = c.contact_id
                and a.created_at >= c.created_at and a.created_at < c.too_late limit 1) known on true
           left join lateral (
             select true as it from appointments a
              where made.it is null and known.it is null and a.org_id = $1 and a.customer_phone = c.caller_phone
                and a.created_at >= c.created_at and a.created_at < c.too_late limit 1) phoned on true
          where c.by_tool or c.can_buy and c.score >= $4 and made.it is null
          group by 1, 2, 3",
    )
    .bind(org)
    .bind(since.to_sqlx())
    .bind(until.to_sqlx())
    .bind(lowest)
    .bind(hours_to_book)
    .fetch_all(tx)
    .await
}

/// How many calls of a stretch were scored.
pub(in crate::leads) async fn scored_between(
    tx: &mut PgConnection,
    org: OrgId,
    (since, until): (Timestamp, Timestamp),
) -> sqlx::Result<i64> {
    sql_scalar(
        "select count(*) from counted_calls
          where org_id = $1 and scored_at is not null and created_at >= $2 and created_at < $3",
    )
    .bind(org)
    .bind(since.to_sqlx())
    .bind(until.to_sqlx())
    .fetch_one(tx)
    .await
}

/// What services cost.
pub(in crate::leads) async fn prices(
    tx: &mut PgConnection,
    org: OrgId,
) -> sqlx::Result<Vec<(ServiceId, Option<i32>)>> {
    sql_as("select id, price_cents from services where org_id = $1 order by id").bind(org).fetch_all(tx).await
}

/// How many alerts were raised from an instant up to another.
pub(in crate::leads) async fn alerts_between(
    tx: &mut PgConnection,
    org: OrgId,
    (since, until): (Timestamp, Timestamp),
) -> sqlx::Result<i64> {
    sql_scalar(
        "select count(*) from hot_lead_alerts where org_id = $1 and created_at >= $2 and created_at < $3",
    )
    .bind(org)
    .bind(since.to_sqlx())
    .bind(until.to_sqlx())
    .fetch_one(tx)
    .await
}

/// What the org said of alerts: its budget in a week, and the floor of precision in percent.
pub(in crate::leads) async fn wishes(
    tx: &mut PgConnection,
    org: OrgId,
) -> sqlx::Result<(Option<i16>, Option<i16>)> {
    sql_as(
        "select alerts_per_week_budget, precision_floor_percent from integration_settings where org_id = $1",
    )
    .bind(org)
    .fetch_one(tx)
    .await
}
