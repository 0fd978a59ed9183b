//! SQL of reminders, and of what people say to them.

use jiff::Timestamp;
use jiff_sqlx::ToSqlx as _;
use serde_json::{Value, json};
use sqlx::FromRow;

use super::super::reminder_times::Planned;
use crate::platform::db::{PgConnection, sql, sql_as};
use crate::platform::ids::{AppointmentId, LocationId, OrgId, TextId};

/// As `jsonb_to_recordset (…) as p (o integer, d timestamptz, s text)` reads them.
pub(in super::super) fn plan_rows(planned: &[Planned]) -> Value {
    let row = |one: &Planned| json!({"o": one.offset_minutes, "d": one.due_at, "s": one.skipped});
    planned.iter().map(row).collect()
}

/// A visit ahead, with what its reminders rest on.
#[derive(Debug, FromRow)]
pub(in super::super) struct Ahead {
    pub id: AppointmentId,
    pub starts_at: jiff_sqlx::Timestamp,
    pub time_zone: String,
    /// The wall time that was confirmed.
    pub local_starts_at: jiff_sqlx::DateTime,
    pub has_phone: bool,
    pub has_reminders: bool,
    /// When its person was last told of it.
    pub told_at: jiff_sqlx::Timestamp,
}

pub(in super::super) async fn ahead(
    tx: &mut PgConnection,
    org: OrgId,
    now: Timestamp,
) -> sqlx::Result<Vec<Ahead>> {
    sql_as(
        "select a.id, a.starts_at, a.time_zone, a.local_starts_at, a.customer_phone is not null as has_phone,
                exists (select from reminders r where r.org_id = a.org_id and r.appointment_id = a.id and r.starts_at = a.starts_at)
                  as has_reminders,
                coalesce(a.updated_at, a.created_at) as told_at
           from appointments a
          where a.org_id = $1 and a.starts_at > $2 and a.status in ('pending', 'scheduled') order by a.starts_at",
    )
    .bind(org)
    .bind(now.to_sqlx())
    .fetch_all(tx)
    .await
}

/// Plans anew for each of `visits` that has not moved or been called off meanwhile. Those that left stay; those that no
/// offset of the org asks for any more are dropped. One statement, however many there are.
pub(in super::super) async fn plan_anew(
    tx: &mut PgConnection,
    org: OrgId,
    visits: &[(AppointmentId, Timestamp, Vec<Planned>)],
    offsets: &[i32],
    now: Timestamp,
) -> sqlx::Result<u64> {
    let ids: Vec<AppointmentId> = visits.iter().map(|(id, ..)| *id).collect();
    let rows: Vec<Value> = visits
        .iter()
        .flat_map(|(id, starts_at, planned)| planned.iter().map(move |one| (id, starts_at, one)))
        .map(|(id, at, one)| {
            json!({"a": id, "at": at, "o": one.offset_minutes, "d": one.due_at, "s": one.skipped})
        })
        .collect();
    let done = sql(
        "with wanted as materialized (
           select p.* from jsonb_to_recordset($2) as p (a uuid, at timestamptz, o integer, d timestamptz, s text)
             join appointments v on v.org_id = $1 and v.id = p.a and v.starts_at = p.at and v.status in ('pending', 'scheduled')),
         gone as (
           update reminders r set state = 'dropped', reason = 'offsets_changed', settled_at = $3
            where r.org_id = $1 and r.appointment_id = any ($4) and r.state = 'planned' and r.offset_minutes <> all ($5))
         insert into reminders as r (org_id, appointment_id, starts_at, offset_minutes, due_at, state, reason, settled_at)
         select $1, w.a, w.at, w.o, w.d, case when w.s is null then 'planned' else 'skipped' end, w.s, case when w.s is not null then $3 end
           from wanted w
         on conflict (org_id, appointment_id, starts_at, offset_minutes) do update
            set due_at = excluded.due_at, state = excluded.state, reason = excluded.reason, settled_at = excluded.settled_at
          where r.state in ('planned', 'dropped') and (r.state, r.due_at) is distinct from (excluded.state, excluded.due_at)",
    )
    .bind(org)
    .bind(Value::from(rows))
    .bind(now.to_sqlx())
    .bind(ids)
    .bind(offsets)
    .execute(tx)
    .await?;
    Ok(done.rows_affected())
}

/// Visits that have a reminder due, the longest waiting first.
pub(in super::super) async fn visits_due(
    tx: &mut PgConnection,
    org: OrgId,
    now: Timestamp,
) -> sqlx::Result<Vec<AppointmentId>> {
    let rows: Vec<(AppointmentId,)> = sql_as(
        "select appointment_id from reminders where org_id = $1 and state = 'planned' and due_at <= $2
          group by appointment_id order by min(due_at) limit 500",
    )
    .bind(org)
    .bind(now.to_sqlx())
    .fetch_all(tx)
    .await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// What is planned for a visit.
#[derive(Debug, Clone, Copy, FromRow)]
pub(in super::super) struct PlannedRow {
    pub starts_at: jiff_sqlx::Timestamp,
    pub offset_minutes: i32,
    pub due_at: jiff_sqlx::Timestamp,
}

pub(in super::super) async fn planned_of(
    tx: &mut PgConnection,
    org: OrgId,
    id: AppointmentId,
) -> sqlx::Result<Vec<PlannedRow>> {
    sql_as(
        "select starts_at, offset_minutes, due_at from reminders
          where org_id = $1 and appointment_id = $2 and state = 'planned' order by due_at",
    )
    .bind(org)
    .bind(id)
    .fetch_all(tx)
    .await
}

/// A reminder as staff see it.
#[derive(Debug, FromRow)]
pub(in super::super) struct ReminderRow {
    pub starts_at: jiff_sqlx::Timestamp,
    pub offset_minutes: i32,
    pub due_at: jiff_sqlx::Timestamp,
    pub state: String,
    pub reason: Option<String>,
    pub text_id: Option<TextId>,
}

/// All of a visit.
pub(in super::super) async fn reminders_of(
    tx: &mut PgConnection,
    org: OrgId,
    id: AppointmentId,
) -> sqlx::Result<Vec<ReminderRow>> {
    sql_as(
        "select starts_at, offset_minutes, due_at, state, reason, text_id from reminders
          where org_id = $1 and appointment_id = $2 order by due_at, offset_minutes desc limit 500",
    )
    .bind(org)
    .bind(id)
    .fetch_all(tx)
    .await
}

/// What became of a reminder.
#[derive(Debug, Clone, Copy)]
pub(in super::super) struct Settled<'a> {
    pub starts_at: Timestamp,
    pub offset_minutes: i32,
    pub state: &'static str,
    pub reason: Option<&'a str>,
    pub text: Option<TextId>,
}

pub(in super::super) async fn settle_reminder(
    tx: &mut PgConnection,
    org: OrgId,
    id: AppointmentId,
    settled: &Settled<'_>,
    now: Timestamp,
) -> sqlx::Result<()> {
    sql("update reminders set state = $5, reason = $6, text_id = $7, settled_at = $8
          where org_id = $1 and appointment_id = $2 and starts_at = $3 and offset_minutes = $4 and state = 'planned'")
    .bind(org)
    .bind(id)
    .bind(settled.starts_at.to_sqlx())
    .bind(settled.offset_minutes)
    .bind(settled.state)
    .bind(settled.reason)
    .bind(settled.text)
    .bind(now.to_sqlx())
    .execute(tx)
    .await?;
    Ok(())
}

pub(in super::super) async fn put_reminder_off(
    tx: &mut PgConnection,
    org: OrgId,
    id: AppointmentId,
    (starts_at, offset_minutes): (Timestamp, i32),
    due_at: Timestamp,
) -> sqlx::Result<()> {
    sql("update reminders set due_at = $5
          where org_id = $1 and appointment_id = $2 and starts_at = $3 and offset_minutes = $4 and state = 'planned'")
    .bind(org)
    .bind(id)
    .bind(starts_at.to_sqlx())
    .bind(offset_minutes)
    .bind(due_at.to_sqlx())
    .execute(tx)
    .await?;
    Ok(())
}

/// Notes that the person was asked whether they come; the first time counts.
pub(in super::super) async fn mark_asked(
    tx: &mut PgConnection,
    org: OrgId,
    id: AppointmentId,
    now: Timestamp,
) -> sqlx::Result<()> {
    sql("update appointments set attendance_asked_at = coalesce(attendance_asked_at, $3) where org_id = $1 and id = $2")
        .bind(org)
        .bind(id)
        .bind(now.to_sqlx())
        .execute(tx)
        .await?;
    Ok(())
}

pub(in super::super) async fn confirm_attendance(
    tx: &mut PgConnection,
    org: OrgId,
    id: AppointmentId,
    by: &str,
    now: Timestamp,
) -> sqlx::Result<()> {
    sql("update appointments set attendance_confirmed_at = $4, attendance_confirmed_by = $3
          where org_id = $1 and id = $2 and attendance_confirmed_at is null")
    .bind(org)
    .bind(id)
    .bind(by)
    .bind(now.to_sqlx())
    .execute(tx)
    .await?;
    Ok(())
}

/// Visits there between two instants whose people were asked and have not said that they come: start, and when asked.
pub(in super::super) async fn unconfirmed(
    tx: &mut PgConnection,
    org: OrgId,
    location: LocationId,
    (from, until): (Timestamp, Timestamp),
) -> sqlx::Result<Vec<(Timestamp, Timestamp)>> {
    let rows: Vec<(jiff_sqlx::Timestamp, jiff_sqlx::Timestamp)> = sql_as(
        "select starts_at, attendance_asked_at from appointments
          where org_id = $1 and starts_at >= $3 and starts_at < $4 and location_id = $2 and status = 'scheduled'
            and attendance_asked_at is not null and attendance_confirmed_at is null",
    )
    .bind(org)
    .bind(location)
    .bind(from.to_sqlx())
    .bind(until.to_sqlx())
    .fetch_all(tx)
    .await?;
    Ok(rows.into_iter().map(|(starts_at, asked_at)| (starts_at.to_jiff(), asked_at.to_jiff())).collect())
}
