//! What a morning's summary is made of. Reads what other slices wrote: counts alone, and of tasks their kind and day.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff_sqlx::ToSqlx as _;
use sqlx::FromRow;

use crate::mail::wording::{Numbers, OpenTask};
use crate::platform::db::{PgConnection, sql, sql_as, sql_scalar};
use crate::platform::ids::OrgId;

/// When the next summary is due, and the last one was.
pub(in crate::mail) struct Morning {
    pub clinic_name: String,
    pub hour: i8,
    pub time_zone: String,
    pub last: Option<Date>,
}

/// `None` when the org wants none, or nobody there does.
pub(in crate::mail) async fn next_morning(
    tx: &mut PgConnection,
    org: OrgId,
) -> sqlx::Result<Option<Morning>> {
    let row: Option<(String, i16, Option<String>, Option<jiff_sqlx::Date>)> = sql_as(
        "select o.name, s.summary_hour,
                (select l.time_zone from locations l where l.org_id = s.org_id order by l.position limit 1),
                (select max(d.local_date) from daily_summaries d where d.org_id = s.org_id)
           from integration_settings s join orgs o on o.org_id = s.org_id
          where s.org_id = $1 and s.summary_hour is not null
            and exists (select from email_recipients r where r.org_id = s.org_id and r.wants_summary)",
    )
    .bind(org)
    .fetch_optional(tx)
    .await?;
    Ok(row.map(|(clinic_name, hour, time_zone, last)| Morning {
        clinic_name,
        hour: i8::try_from(hour).unwrap_or(0),
        time_zone: time_zone.unwrap_or_else(|| "UTC".into()),
        last: last.map(jiff_sqlx::Date::to_jiff),
    }))
}

/// False when that day has its summary; then it has been committed.
pub(in crate::mail) async fn claim_morning(
    tx: &mut PgConnection,
    org: OrgId,
    day: Date,
    now: Timestamp,
) -> sqlx::Result<bool> {
    let done = sql("insert into daily_summaries (org_id, local_date, queued_at) values ($1, $2, $3) on conflict do nothing")
        .bind(org)
        .bind(day.to_sqlx())
        .bind(now.to_sqlx())
        .execute(tx)
        .await?;
    Ok(done.rows_affected() == 1)
}

/// A day, and the end of the next.
pub(in crate::mail) struct Span {
    pub from: Timestamp,
    pub until: Timestamp,
    pub today_until: Timestamp,
}

#[derive(FromRow)]
struct NumbersRow {
    calls: i64,
    booked: i64,
    hot_leads: i64,
    undelivered: i64,
    visits_today: i64,
    open_tasks: i64,
}

pub(in crate::mail) async fn numbers(
    tx: &mut PgConnection,
    org: OrgId,
    span: &Span,
) -> sqlx::Result<Numbers> {
    let row: NumbersRow = sql_as(
        "select (select count(*) from calls
                  where org_id = $1 and created_at >= $2 and created_at < $3 and started_at is not null) as calls,
                (select count(*) from appointments
                  where org_id = $1 and created_at >= $2 and created_at < $3 and status <> 'cancelled') as booked,
                (select count(*) from hot_lead_alerts where org_id = $1 and created_at >= $2 and created_at < $3) as hot_leads,
                (select count(*) from texts
                  where org_id = $1 and queued_at >= $2 and queued_at < $3
                    and state in ('undelivered', 'failed', 'unknown')) as undelivered,
                (select count(*) from appointments
                  where org_id = $1 and starts_at >= $3 and starts_at < $4
                    and status not in ('cancelled', 'no_show')) as visits_today,
                (select count(*) from tasks where org_id = $1 and done_at is null) as open_tasks",
    )
    .bind(org)
    .bind(span.from.to_sqlx())
    .bind(span.until.to_sqlx())
    .bind(span.today_until.to_sqlx())
    .fetch_one(tx)
    .await?;
    Ok(Numbers {
        calls: row.calls,
        booked: row.booked,
        hot_leads: row.hot_leads,
        undelivered: row.undelivered,
        visits_today: row.visits_today,
        open_tasks: row.open_tasks,
    })
}

/// The open tasks that wait longest.
pub(in crate::mail) async fn oldest_tasks(
    tx: &mut PgConnection,
    org: OrgId,
    zone: &TimeZone,
    limit: i64,
) -> sqlx::Result<Vec<OpenTask>> {
    let rows: Vec<(String, jiff_sqlx::Timestamp)> = sql_as(
        "select kind, created_at from tasks where org_id = $1 and done_at is null order by created_at, id limit $2",
    )
    .bind(org)
    .bind(limit)
    .fetch_all(tx)
    .await?;
    let since = |at: jiff_sqlx::Timestamp| at.to_jiff().to_zoned(zone.clone()).date();
    Ok(rows.into_iter().map(|(kind, at)| OpenTask { kind, since: since(at) }).collect())
}

/// From which hour of the day the summary is sent; `None` is never.
pub async fn summary_hour(tx: &mut PgConnection, org: OrgId) -> sqlx::Result<Option<i16>> {
    sql_scalar("select summary_hour from integration_settings where org_id = $1")
        .bind(org)
        .fetch_one(tx)
        .await
}
