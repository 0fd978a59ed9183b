//! How fast hot leads reached somebody, whether they were worth it, and how texts fared.

use jiff::Timestamp;
use jiff_sqlx::ToSqlx as _;
use sqlx::FromRow;

use crate::analytics::sites::Sites;
use crate::platform::db::{PgConnection, sql_as};
use crate::platform::ids::{AssistantId, OrgId};

/// Alerts of hot leads of a range.
#[derive(Debug, Clone, Default, FromRow)]
pub(in crate::analytics) struct SpeedRow {
    pub is_now: bool,
    pub alerts: i64,
    pub acknowledged: i64,
    pub median_to_alert: Option<f64>,
    pub p90_to_alert: Option<f64>,
    pub median_to_acknowledge: Option<f64>,
    pub p90_to_acknowledge: Option<f64>,
}

/// Hot calls of a range that had their time to book.
#[derive(Debug, Clone, Default, FromRow)]
pub(in crate::analytics) struct HotRow {
    pub is_now: bool,
    pub calls: i64,
    pub booked: i64,
}

/// Texts of a range.
#[derive(Debug, Clone, Default, FromRow)]
pub(in crate::analytics) struct TextRow {
    pub is_now: bool,
    pub sent: i64,
    pub delivered: i64,
    pub failed: i64,
}

/// Both times as the list of alerts tells them.
pub(in crate::analytics) async fn speed(
    tx: &mut PgConnection,
    org: OrgId,
    sites: &Sites,
    assistant: Option<AssistantId>,
) -> sqlx::Result<Vec<SpeedRow>> {
    sql_as(
        "with site as materialized (
           select s.* from unnest($2::uuid[], $3::timestamptz[], $4::timestamptz[], $5::timestamptz[]) s (id, before, since, until)),
         timed as (
           select e.raised_at >= s.since as is_now, e.acknowledged_at,
                  extract(epoch from coalesce(t.sent_at, t.queued_at) - e.due_at)::float8 as to_alert,
                  extract(epoch from e.acknowledged_at - coalesce(e.first_told_at, e.raised_at))::float8 as to_acknowledge
             from escalations e
             join counted_calls c on c.org_id = e.org_id and c.platform = 'vapi' and c.call_ref = e.call_ref
             left join assistants n on n.org_id = c.org_id and n.platform = c.platform and n.platform_assistant_id = c.assistant_ref
             join site s on s.id = coalesce(e.location_id, n.location_id, $6)
            cross join lateral (select min(x.sent_at) as sent_at, min(x.queued_at) as queued_at
                                  from escalation_tellings t join texts x on x.org_id = t.org_id and x.id = t.text_id
                                 where t.org_id = e.org_id and t.escalation_id = e.id) t
            where e.org_id = $1 and e.kind = 'hot_lead' and e.raised_at >= $8 and e.raised_at < $9
              and e.raised_at >= s.before and e.raised_at < s.until and ($7::uuid is null or n.id = $7))
         select is_now, count(*) as alerts, count(acknowledged_at) as acknowledged,
                percentile_cont(0.5) within group (order by to_alert) as median_to_alert,
                percentile_cont(0.9) within group (order by to_alert) as p90_to_alert,
                percentile_cont(0.5) within group (order by to_acknowledge) as median_to_acknowledge,
                percentile_cont(0.9) within group (order by to_acknowledge) as p90_to_acknowledge
           from timed group by is_now",
    )
    .bind(org)
    .bind(&sites.ids)
    .bind(&sites.before)
    .bind(&sites.since)
    .bind(&sites.until)
    .bind(sites.home)
    .bind(assistant)
    .bind(sites.first.to_sqlx())
    .bind(sites.last.to_sqlx())
    .fetch_all(tx)
    .await
}

/// Booked as `/leads/outcomes` has it: in the call, or by its contact or number within the hours that a caller has.
pub(in crate::analytics) async fn hot(
    tx: &mut PgConnection,
    org: OrgId,
    sites: &Sites,
    assistant: Option<AssistantId>,
    (now, hours_to_book): (Timestamp, i32),
) -> sqlx::Result<Vec<HotRow>> {
    sql_as(
        "with site as materialized (
           select s.* from unnest($2::uuid[], $3::timestamptz[], $4::timestamptz[], $5::timestamptz[]) s (id, before, since, until))
         select c.created_at >= s.since as is_now, count(*) as calls, count(*) filter (where b.booked) as booked
           from counted_calls c
           left join assistants n on n.org_id = c.org_id and n.platform = c.platform and n.platform_assistant_id = c.assistant_ref
           join site s on s.id = coalesce(n.location_id, $6)
          cross join lateral (
            select exists (select from appointments a where a.org_id = c.org_id and a.call_id = c.id)
                or exists (select from appointments a where a.org_id = c.org_id and a.contact_id = c.contact_id
                             and a.created_at >= c.created_at and a.created_at < c.created_at + make_interval(hours => $11))
                or exists (select from appointments a where a.org_id = c.org_id and a.customer_phone = c.caller_phone
                             and a.created_at >= c.created_at and a.created_at < c.created_at + make_interval(hours => $11)) as booked) b
          where c.org_id = $1 and c.scored_at is not null and c.temperature = 'hot'
            and c.created_at >= $8 and c.created_at < least($9, $10::timestamptz - make_interval(hours => $11))
            and c.created_at >= s.before and c.created_at < s.until and ($7::uuid is null or n.id = $7)
          group by 1",
    )
    .bind(org)
    .bind(&sites.ids)
    .bind(&sites.before)
    .bind(&sites.since)
    .bind(&sites.until)
    .bind(sites.home)
    .bind(assistant)
    .bind(sites.first.to_sqlx())
    .bind(sites.last.to_sqlx())
    .bind(now.to_sqlx())
    .bind(hours_to_book)
    .fetch_all(tx)
    .await
}

/// Texts to people and to staff, by the first site's days; those that only tried the way out are none, nor are those of test
/// calls. What is not asked of one site or assistant need not look up whose each is.
pub(in crate::analytics) async fn all_texts(
    tx: &mut PgConnection,
    org: OrgId,
    sites: &Sites,
) -> sqlx::Result<Vec<TextRow>> {
    sql_as(
        "select t.queued_at >= $3 as is_now,
                count(*) filter (where t.state in ('sent', 'delivered', 'undelivered')) as sent,
                count(*) filter (where t.state = 'delivered') as delivered,
                count(*) filter (where t.state in ('failed', 'undelivered')) as failed
           from texts t
          where t.org_id = $1 and t.queued_at >= $2 and t.queued_at < $4 and t.kind <> 'test_alert'
            and (t.call_id is null or t.call_id not in (select x.id from calls x where x.org_id = $1 and x.is_test))
            and (t.appointment_id is null or t.appointment_id not in (
              select a.id from calls x join appointments a on a.org_id = x.org_id and a.call_id = x.id where x.org_id = $1 and x.is_test))
          group by 1",
    )
    .bind(org)
    .bind(sites.before.first().copied())
    .bind(sites.since.first().copied())
    .bind(sites.until.first().copied())
    .fetch_all(tx)
    .await
}

/// The same of one site or assistant: a text belongs to the site of its visit, else of its call, else to the first.
pub(in crate::analytics) async fn texts(
    tx: &mut PgConnection,
    org: OrgId,
    sites: &Sites,
    assistant: Option<AssistantId>,
) -> sqlx::Result<Vec<TextRow>> {
    sql_as(
        "with site as materialized (
           select s.* from unnest($2::uuid[], $3::timestamptz[], $4::timestamptz[], $5::timestamptz[]) s (id, before, since, until))
         select t.queued_at >= s.since as is_now,
                count(*) filter (where t.state in ('sent', 'delivered', 'undelivered')) as sent,
                count(*) filter (where t.state = 'delivered') as delivered,
                count(*) filter (where t.state in ('failed', 'undelivered')) as failed
           from texts t
           left join appointments a on a.org_id = t.org_id and a.id = t.appointment_id
           left join counted_calls c on c.org_id = t.org_id and c.id = coalesce(t.call_id, a.call_id)
           left join assistants n on n.org_id = c.org_id and n.platform = c.platform and n.platform_assistant_id = c.assistant_ref
           join site s on s.id = coalesce(a.location_id, n.location_id, $6)
          where t.org_id = $1 and t.queued_at >= $8 and t.queued_at < $9 and t.queued_at >= s.before and t.queued_at < s.until
            and t.kind <> 'test_alert' and (coalesce(t.call_id, a.call_id) is null or c.id is not null)
            and ($7::uuid is null or n.id = $7)
          group by 1",
    )
    .bind(org)
    .bind(&sites.ids)
    .bind(&sites.before)
    .bind(&sites.since)
    .bind(&sites.until)
    .bind(sites.home)
    .bind(assistant)
    .bind(sites.first.to_sqlx())
    .bind(sites.last.to_sqlx())
    .fetch_all(tx)
    .await
}
