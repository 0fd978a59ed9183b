//! SQL of what changes a visit: read under lock, versioned, never deleted.

use jiff::{Timestamp, Zoned};
use jiff_sqlx::ToSqlx as _;
use serde_json::{Map, Value};
use sqlx::FromRow;
use uuid::Uuid;
use voxanne_slots::Fit;

use super::super::appointment::Status;
use super::super::policy::Policy;
use super::super::reminder_times::Planned;
use super::{Reason, plan_rows, reserve};
use crate::platform::db::{PgConnection, sql, sql_as, sql_scalar};
use crate::platform::ids::{
    AppointmentId, CallId, ContactId, LocationId, OrgId, ResourceId, SeriesId, ServiceId,
};

#[derive(FromRow)]
pub(in super::super) struct VisitRow {
    pub id: AppointmentId,
    pub location_id: LocationId,
    pub location_name: String,
    pub service_id: ServiceId,
    pub service_name: String,
    pub service_said: Option<String>,
    pub practitioner_id: Uuid,
    pub contact_id: Option<ContactId>,
    pub language: Option<String>,
    pub call_id: Option<CallId>,
    pub status: String,
    pub starts_at: jiff_sqlx::Timestamp,
    pub ends_at: jiff_sqlx::Timestamp,
    pub time_zone: String,
    pub customer_name: Option<String>,
    pub customer_phone: Option<String>,
    pub customer_email: Option<String>,
    pub notes: Option<String>,
    pub confirmation_said: String,
    pub version: i32,
    pub series_id: Option<SeriesId>,
    pub booked_by: String,
    pub is_in_turn: bool,
    pub created_at: jiff_sqlx::Timestamp,
    pub attendance_asked_at: Option<jiff_sqlx::Timestamp>,
    pub attendance_confirmed_at: Option<jiff_sqlx::Timestamp>,
}

/// The columns of [`VisitRow`]; readers add their own conditions.
macro_rules! visit {
    ($rest:literal) => {
        concat!(
            "select a.id, a.location_id, l.name as location_name, a.service_id, s.name as service_name, a.service_said, a.practitioner_id, a.contact_id, c.language, a.call_id,
                    a.status::text as status, a.starts_at, a.ends_at, a.time_zone, a.customer_name, a.customer_phone, a.customer_email, a.notes,
                    a.confirmation_said, a.version, a.series_id, a.booked_by, a.is_in_turn, a.created_at,
                    a.attendance_asked_at, a.attendance_confirmed_at
               from appointments a join services s on s.org_id = a.org_id and s.id = a.service_id
                    join locations l on l.org_id = a.org_id and l.id = a.location_id
                    left join contacts c on c.org_id = a.org_id and c.id = a.contact_id
              where a.org_id = $1 ",
            $rest
        )
    };
}

pub(in super::super) async fn find(
    tx: &mut PgConnection,
    org: OrgId,
    id: AppointmentId,
) -> sqlx::Result<Option<VisitRow>> {
    sql_as(visit!("and a.id = $2")).bind(org).bind(id).fetch_optional(tx).await
}

/// The same, and nobody else changes it until the transaction ends.
pub(in super::super) async fn lock(
    tx: &mut PgConnection,
    org: OrgId,
    id: AppointmentId,
) -> sqlx::Result<Option<VisitRow>> {
    sql_as(visit!("and a.id = $2 for no key update of a")).bind(org).bind(id).fetch_optional(tx).await
}

/// The same, but nothing while somebody else has it.
pub(in super::super) async fn lock_unless_busy(
    tx: &mut PgConnection,
    org: OrgId,
    id: AppointmentId,
) -> sqlx::Result<Option<VisitRow>> {
    sql_as(visit!("and a.id = $2 for no key update of a skip locked"))
        .bind(org)
        .bind(id)
        .fetch_optional(tx)
        .await
}

/// A page of visits by start and id.
pub(in super::super) struct Page<'a> {
    pub from: jiff_sqlx::Timestamp,
    pub until: Option<jiff_sqlx::Timestamp>,
    pub location: Option<LocationId>,
    pub practitioner: Option<ResourceId>,
    pub phone: Option<&'a str>,
    pub status: Option<&'static str>,
    pub attendance: Option<&'static str>,
    pub now: jiff_sqlx::Timestamp,
    pub after: Option<(jiff_sqlx::Timestamp, AppointmentId)>,
    pub limit: i64,
}

pub(in super::super) async fn page(
    tx: &mut PgConnection,
    org: OrgId,
    page: &Page<'_>,
) -> sqlx::Result<Vec<VisitRow>> {
    let (after_start, after_id) = page.after.unzip();
    sql_as(visit!(
        "and a.starts_at >= $2 and ($3::timestamptz is null or a.starts_at < $3)
                and ($4::uuid is null or a.location_id = $4) and ($5::uuid is null or a.practitioner_id = $5)
                and ($6::text is null or a.customer_phone = $6) and ($7::text is null or a.status = $7::appointment_status)
                and ($8::timestamptz is null or a.starts_at >= $8 and (a.starts_at, a.id) > ($8, $9::uuid))
                -- The same rule as Attendance::when.
                and ($11::text is null or $11 = case when a.attendance_confirmed_at is not null then 'confirmed'
                  when a.attendance_asked_at is null then 'not_asked'
                  when a.starts_at <= $12 + interval '24 hours'
                   and a.attendance_asked_at + least(interval '4 hours', (a.starts_at - a.attendance_asked_at) / 2) <= $12 then 'no_answer'
                  else 'asked' end)
              order by a.starts_at, a.id limit $10"
    ))
    .bind(org)
    .bind(page.from)
    .bind(page.until)
    .bind(page.location)
    .bind(page.practitioner)
    .bind(page.phone)
    .bind(page.status)
    .bind(after_start)
    .bind(after_id)
    .bind(page.limit)
    .bind(page.attendance)
    .bind(page.now)
    .fetch_all(tx)
    .await
}

/// How a visit became what it is.
#[derive(FromRow)]
pub(in super::super) struct ChangeRow {
    pub version: i32,
    pub actor: String,
    pub action: String,
    pub changed: Value,
    pub reason: Option<String>,
    pub late: bool,
    pub at: jiff_sqlx::Timestamp,
}

pub(in super::super) async fn history(
    tx: &mut PgConnection,
    org: OrgId,
    id: AppointmentId,
) -> sqlx::Result<Vec<ChangeRow>> {
    sql_as("select version, actor, action, changed, reason, late, at from appointment_changes where org_id = $1 and appointment_id = $2 order by version limit 500")
        .bind(org)
        .bind(id)
        .fetch_all(tx)
        .await
}

/// Visits ahead that were booked from this number, soonest first.
pub(in super::super) async fn ahead_of_phone(
    tx: &mut PgConnection,
    org: OrgId,
    phone: &str,
    now: Timestamp,
) -> sqlx::Result<Vec<VisitRow>> {
    sql_as(visit!(
        "and a.customer_phone = $2 and a.starts_at > $3 and a.status in ('pending', 'scheduled') order by a.starts_at, a.id limit 20"
    ))
    .bind(org)
    .bind(phone)
    .bind(now.to_sqlx())
    .fetch_all(tx)
    .await
}

/// Visits of this number that were called off since, latest first.
pub(in super::super) async fn called_off_by_phone(
    tx: &mut PgConnection,
    org: OrgId,
    phone: &str,
    since: Timestamp,
) -> sqlx::Result<Vec<VisitRow>> {
    sql_as(visit!(
        "and a.customer_phone = $2 and a.starts_at > $3 and a.status = 'cancelled' and a.updated_at >= $3 order by a.updated_at desc limit 5"
    ))
    .bind(org)
    .bind(phone)
    .bind(since.to_sqlx())
    .fetch_all(tx)
    .await
}

/// What it holds of the ledger: resource and start of each claim.
pub(in super::super) async fn claims(
    tx: &mut PgConnection,
    org: OrgId,
    id: AppointmentId,
) -> sqlx::Result<Vec<(Uuid, Timestamp)>> {
    let rows: Vec<(Uuid, jiff_sqlx::Timestamp)> =
        sql_as("select resource_id, starts_at from reservations where org_id = $1 and appointment_id = $2 order by 1, 2")
            .bind(org)
            .bind(id)
            .fetch_all(tx)
            .await?;
    Ok(rows.into_iter().map(|(resource, at)| (resource, at.to_jiff())).collect())
}

pub(in super::super) async fn release(
    tx: &mut PgConnection,
    org: OrgId,
    id: AppointmentId,
) -> sqlx::Result<u64> {
    let done = sql("delete from reservations where org_id = $1 and appointment_id = $2")
        .bind(org)
        .bind(id)
        .execute(tx)
        .await?;
    Ok(done.rows_affected())
}

/// The old claims of a visit go and the new ones come, or neither.
pub(in super::super) async fn swap_claims(
    tx: &mut PgConnection,
    org: OrgId,
    id: AppointmentId,
    fitted: &Fit,
) -> sqlx::Result<bool> {
    sql("savepoint moving").execute(&mut *tx).await?;
    release(tx, org, id).await?;
    let is_reserved = reserve(tx, org, fitted, Reason::Appointment(id)).await?;
    if !is_reserved {
        sql("rollback to savepoint moving").execute(&mut *tx).await?;
    }
    Ok(is_reserved)
}

/// The policy a visit was booked under.
pub(in super::super) async fn policy(
    tx: &mut PgConnection,
    org: OrgId,
    id: AppointmentId,
) -> sqlx::Result<Option<Policy>> {
    sql_as(
        "select p.version, p.notice_minutes, p.notice_counts, p.fee_cents, p.fee_sentence
           from appointments a join booking_policies p on p.org_id = a.org_id and p.version = a.policy_version
          where a.org_id = $1 and a.id = $2",
    )
    .bind(org)
    .bind(id)
    .fetch_optional(tx)
    .await
}

/// A new version of a visit, and how it came about.
pub(in super::super) struct NewVersion<'a> {
    pub id: AppointmentId,
    pub version: i32,
    pub actor: &'a str,
    pub action: &'static str,
    pub changed: Map<String, Value>,
    pub reason: Option<&'a str>,
    pub late: bool,
}

pub(in super::super) async fn insert_change(
    tx: &mut PgConnection,
    org: OrgId,
    new: &NewVersion<'_>,
    now: Timestamp,
) -> sqlx::Result<()> {
    sql("insert into appointment_changes (org_id, appointment_id, version, actor, action, changed, reason, late, at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)")
    .bind(org)
    .bind(new.id)
    .bind(new.version)
    .bind(new.actor)
    .bind(new.action)
    .bind(Value::Object(new.changed.clone()))
    .bind(new.reason)
    .bind(new.late)
    .bind(now.to_sqlx())
    .execute(tx)
    .await?;
    Ok(())
}

/// Where a visit moves.
pub(in super::super) struct MovedTo<'a> {
    pub starts_at: &'a Zoned,
    pub ends_at: Timestamp,
    pub practitioner: Uuid,
    pub status: Status,
    pub said: &'a str,
    pub reminders: &'a [Planned],
}

pub(in super::super) async fn move_to(
    tx: &mut PgConnection,
    org: OrgId,
    id: AppointmentId,
    target: &MovedTo<'_>,
    now: Timestamp,
) -> sqlx::Result<()> {
    sql("with moved as (
         update appointments set starts_at = $3, ends_at = $4, time_zone = $5, local_starts_at = $6, practitioner_id = $7,
            confirmation_said = $8, version = version + 1, updated_at = $9, status = $10::text::appointment_status,
            attendance_asked_at = case when starts_at = $3 then attendance_asked_at end,
            attendance_confirmed_at = case when starts_at = $3 then attendance_confirmed_at end,
            attendance_confirmed_by = case when starts_at = $3 then attendance_confirmed_by end
          where org_id = $1 and id = $2),
         gone as (
         update reminders set state = 'dropped', reason = 'moved', settled_at = $9
          where org_id = $1 and appointment_id = $2 and state = 'planned' and starts_at <> $3)
         insert into reminders as r (org_id, appointment_id, starts_at, offset_minutes, due_at, state, reason, settled_at)
         select $1, $2, $3, p.o, p.d, case when p.s is null then 'planned' else 'skipped' end, p.s, case when p.s is not null then $9 end
           from jsonb_to_recordset($11) as p (o integer, d timestamptz, s text)
         on conflict (org_id, appointment_id, starts_at, offset_minutes) do update
            set due_at = excluded.due_at, state = excluded.state, reason = excluded.reason, settled_at = excluded.settled_at
          where r.state in ('planned', 'dropped')")
    .bind(org)
    .bind(id)
    .bind(target.starts_at.timestamp().to_sqlx())
    .bind(target.ends_at.to_sqlx())
    .bind(target.starts_at.time_zone().iana_name().unwrap_or("UTC"))
    .bind(target.starts_at.datetime().to_sqlx())
    .bind(target.practitioner)
    .bind(target.said)
    .bind(now.to_sqlx())
    .bind(target.status.as_str())
    .bind(plan_rows(target.reminders))
    .execute(tx)
    .await?;
    Ok(())
}

pub(in super::super) async fn set_status(
    tx: &mut PgConnection,
    org: OrgId,
    id: AppointmentId,
    status: Status,
    said: Option<&str>,
    now: Timestamp,
) -> sqlx::Result<()> {
    sql("with gone as (
         update reminders set state = 'dropped', reason = $3, settled_at = $5
          where org_id = $1 and appointment_id = $2 and state = 'planned' and $3 not in ('pending', 'scheduled'))
         update appointments set status = $3::text::appointment_status, confirmation_said = coalesce($4, confirmation_said),
            version = version + 1, updated_at = $5
          where org_id = $1 and id = $2")
    .bind(org)
    .bind(id)
    .bind(status.as_str())
    .bind(said)
    .bind(now.to_sqlx())
    .execute(tx)
    .await?;
    Ok(())
}

/// What changed after `version`, oldest first.
pub(in super::super) async fn changes_since(
    tx: &mut PgConnection,
    org: OrgId,
    id: AppointmentId,
    version: i32,
) -> sqlx::Result<Vec<Value>> {
    sql_scalar("select changed from appointment_changes where org_id = $1 and appointment_id = $2 and version > $3 order by version")
        .bind(org)
        .bind(id)
        .bind(version)
        .fetch_all(tx)
        .await
}
