//! What the Today page shows.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff_sqlx::ToSqlx as _;
use sqlx::FromRow;

use crate::platform::db::{PgConnection, sql_as};
use crate::platform::ids::{AppointmentId, CallId, EscalationId, OrgId};
use crate::tasks::{self, WantedTasks};

/// More than fits beside the rest; the pages of their own show all.
const SHOWN: i64 = 8;
/// Alerts above the rest.
const ALERTS: i64 = 20;
/// A call without a word for so long has ended without telling us.
const RUNNING_HOURS: i64 = 4;

/// The day in figures. All but what waits and the last are what Analytics counts for this one day (`docs/analytics.md`), and a test holds them
/// to that.
#[derive(Debug, Clone, Copy, Default, FromRow)]
pub(in crate::dashboard) struct Figures {
    pub calls: i64,
    /// Of new leads and existing patients, those scored hot.
    pub hot: i64,
    /// Alerts of hot leads that nobody has taken, of whatever day.
    pub hot_waiting: i64,
    /// Visits that were made in today's calls, whenever they are and whatever became of them.
    pub booked: i64,
    /// What those cost, by the catalogue.
    pub booked_cents: i64,
    /// Visits that are today, however they were booked.
    pub visits: i64,
}

/// A call that runs.
#[derive(FromRow)]
pub(in crate::dashboard) struct RunningCall {
    pub id: CallId,
    pub caller_phone: Option<String>,
    /// Of the contact, else as an alert of the call has it.
    pub contact_name: Option<String>,
    pub seconds: i64,
    /// What was said last, and whether the caller said it.
    pub last_words: Option<String>,
    pub is_callers: Option<bool>,
    pub is_test: bool,
}

/// An alert that nobody has taken.
#[derive(FromRow)]
pub(in crate::dashboard) struct OpenAlert {
    pub id: EscalationId,
    pub kind: String,
    pub call_id: Option<CallId>,
    /// Of the contact, else as the alert has it.
    pub lead_name: Option<String>,
    pub lead_phone: Option<String>,
    pub about: Option<String>,
    pub raised_at: jiff_sqlx::Timestamp,
    /// It was a clinic's own try.
    pub is_test: bool,
    /// How many there are, those that are not shown among them.
    pub of: i64,
}

impl OpenAlert {
    /// How many are open beside `shown`; `None`: all are shown.
    pub fn not_shown(shown: &[Self]) -> Option<i64> {
        let count = i64::try_from(shown.len()).ok()?;
        shown.first().map(|first| first.of - count).filter(|more| *more > 0)
    }
}

/// A visit of today that is still to come or has just begun.
#[derive(FromRow)]
pub(in crate::dashboard) struct NextVisit {
    pub id: AppointmentId,
    pub starts_at: jiff_sqlx::Timestamp,
    pub time_zone: String,
    pub status: String,
    pub person: Option<String>,
    pub service: String,
    pub practitioner: String,
}

/// A call that is over.
#[derive(FromRow)]
pub(in crate::dashboard) struct EndedCall {
    pub id: CallId,
    pub created_at: jiff_sqlx::Timestamp,
    pub caller_phone: Option<String>,
    /// Of the contact, else as an alert of the call has it.
    pub contact_name: Option<String>,
    pub temperature: Option<String>,
    pub class: Option<String>,
    pub has_booked: bool,
}

/// A day's bounds.
#[derive(Debug, Clone, Copy)]
pub(in crate::dashboard) struct Day {
    /// Its first instant.
    pub from: Timestamp,
    /// The first of the next day.
    pub until: Timestamp,
}

/// Calls by the calendar of their site, as Analytics has it: `today` is the clinic's civil day. Visits within the clinic's `day`.
pub(in crate::dashboard) async fn figures(
    tx: &mut PgConnection,
    org: OrgId,
    today: Date,
    day: Day,
) -> sqlx::Result<Figures> {
    sql_as(
        "with site as materialized (
           select l.id, $2::date::timestamp at time zone l.time_zone as since, ($2::date + 1)::timestamp at time zone l.time_zone as until,
                  row_number() over (order by l.position, l.id) = 1 as is_home
             from locations l where l.org_id = $1),
         called as materialized (
           select c.id, c.class in ('new_lead', 'existing_patient') and c.temperature = 'hot' as is_hot
             from counted_calls c
             left join assistants n on n.org_id = c.org_id and n.platform = c.platform and n.platform_assistant_id = c.assistant_ref
             join site s on case when n.location_id is null then s.is_home else s.id = n.location_id end
            where c.org_id = $1 and c.created_at >= (select min(since) from site) and c.created_at < (select max(until) from site)
              and c.created_at >= s.since and c.created_at < s.until and not c.is_outbound)
         select (select count(*) from called) as calls, (select count(*) from called where is_hot) as hot,
                (select count(*) from escalations e left join calls c on c.org_id = e.org_id and c.call_ref = e.call_ref
                  where e.org_id = $1 and e.kind = 'hot_lead' and e.closed_at is null and c.is_test is not true) as hot_waiting,
                b.booked, b.booked_cents,
                (select count(*) from appointments a left join counted_calls c on c.org_id = a.org_id and c.id = a.call_id
                  where a.org_id = $1 and a.starts_at >= $3 and a.starts_at < $4 and a.status <> 'cancelled'
                    and (a.call_id is null or c.id is not null)) as visits
           from (select count(*) as booked, coalesce(sum(s.price_cents), 0)::bigint as booked_cents
                   from called k join appointments a on a.org_id = $1 and a.call_id = k.id
                   join services s on s.org_id = a.org_id and s.id = a.service_id) b",
    )
    .bind(org)
    .bind(today.to_sqlx())
    .bind(day.from.to_sqlx())
    .bind(day.until.to_sqlx())
    .fetch_one(tx)
    .await
}

pub(in crate::dashboard) async fn running_calls(
    tx: &mut PgConnection,
    org: OrgId,
    now: Timestamp,
) -> sqlx::Result<Vec<RunningCall>> {
    sql_as(
        "select c.id, c.caller_phone,
                coalesce(k.name, (select max(e.lead_name) from escalations e where e.org_id = c.org_id and e.kind in ('clinical', 'hot_lead')
                  and e.call_ref = c.call_ref)) as contact_name,
                greatest(0, extract(epoch from $2 - coalesce(c.started_at, c.created_at)))::bigint as seconds,
                u.said as last_words, u.role = 'user' as is_callers, c.is_test
           from calls c
           left join contacts k on k.org_id = c.org_id and k.id = c.contact_id
           left join lateral (select said, role from utterances u where u.org_id = c.org_id and u.call_id = c.id
                               order by said_at desc limit 1) u on true
          where c.org_id = $1 and c.report_at is null and c.state <> 'ended'
            and c.created_at > $2 - make_interval(hours => $3)
          order by c.created_at desc limit 20",
    )
    .bind(org)
    .bind(now.to_sqlx())
    .bind(i32::try_from(RUNNING_HOURS).unwrap_or(4))
    .fetch_all(tx)
    .await
}

pub(in crate::dashboard) async fn open_alerts(
    tx: &mut PgConnection,
    org: OrgId,
) -> sqlx::Result<Vec<OpenAlert>> {
    sql_as(
        "select e.id, e.kind, e.call_id, coalesce(k.name, e.lead_name) as lead_name, e.lead_phone, e.about, e.raised_at,
                c.is_test is true as is_test, count(*) over () as of
           from escalations e
           left join calls c on c.org_id = e.org_id and c.call_ref = e.call_ref
           left join contacts k on k.org_id = c.org_id and k.id = c.contact_id
          where e.org_id = $1 and e.closed_at is null order by e.kind, e.raised_at limit $2",
    )
    .bind(org)
    .bind(ALERTS)
    .fetch_all(tx)
    .await
}

pub(in crate::dashboard) async fn next_visits(
    tx: &mut PgConnection,
    org: OrgId,
    day: Day,
    now: Timestamp,
) -> sqlx::Result<Vec<NextVisit>> {
    sql_as(
        "select a.id, a.starts_at, a.time_zone, a.status::text as status, coalesce(k.name, a.customer_name) as person,
                s.name as service, r.name as practitioner
           from appointments a
           join services s on s.org_id = a.org_id and s.id = a.service_id
           join resources r on r.org_id = a.org_id and r.id = a.practitioner_id
           left join contacts k on k.org_id = a.org_id and k.id = a.contact_id
          where a.org_id = $1 and a.starts_at >= $2 and a.starts_at < $3 and a.ends_at > $4
            and a.status in ('pending', 'scheduled', 'arrived')
          order by a.starts_at, a.id limit $5",
    )
    .bind(org)
    .bind(day.from.to_sqlx())
    .bind(day.until.to_sqlx())
    .bind(now.to_sqlx())
    .bind(SHOWN)
    .fetch_all(tx)
    .await
}

/// The first of those that the page of tasks lists.
pub(in crate::dashboard) async fn open_tasks(
    tx: &mut PgConnection,
    org: OrgId,
) -> sqlx::Result<Vec<tasks::Listed>> {
    let wanted = WantedTasks { limit: SHOWN, ..WantedTasks::default() };
    tasks::list_open(tx, org, &wanted, None).await
}

pub(in crate::dashboard) async fn ended_calls(
    tx: &mut PgConnection,
    org: OrgId,
    day: Day,
) -> sqlx::Result<Vec<EndedCall>> {
    sql_as(
        "select c.id, c.created_at, c.caller_phone, c.temperature, c.class,
                coalesce(k.name, (select max(e.lead_name) from escalations e where e.org_id = c.org_id and e.kind in ('clinical', 'hot_lead')
                  and e.call_ref = c.call_ref)) as contact_name,
                exists (select from appointments a where a.org_id = c.org_id and a.call_id = c.id) as has_booked
           from calls c left join contacts k on k.org_id = c.org_id and k.id = c.contact_id
          where c.org_id = $1 and c.created_at >= $2 and c.created_at < $3 and app_ctx.shows_call(c.is_test, 'left_out') and (c.report_at is not null or c.state = 'ended')
          order by c.created_at desc limit $4",
    )
    .bind(org)
    .bind(day.from.to_sqlx())
    .bind(day.until.to_sqlx())
    .bind(SHOWN)
    .fetch_all(tx)
    .await
}
