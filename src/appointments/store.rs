//! All SQL of appointments, holds and reservations.

mod changes;
mod reminders;
mod series;

use jiff::{Timestamp, Zoned};
use jiff_sqlx::ToSqlx as _;
use serde_json::json;
use sqlx::FromRow;
use uuid::Uuid;
use voxanne_slots::{Fit, LaneMove};

pub(super) use changes::*;
pub(super) use reminders::*;
pub(super) use series::*;

use super::appointment::Status;
use super::reminder_times::Planned;
use crate::platform::db::{PgConnection, sql, sql_as};
use crate::platform::ids::{
    AppointmentId, CallId, ContactId, HoldId, LocationId, OrgId, SeriesId, ServiceId,
};

/// What a reservation is for.
#[derive(Debug, Clone, Copy)]
pub(super) enum Reason {
    Appointment(AppointmentId),
    Hold(HoldId, Timestamp),
}

/// Writes what a fit claims, sorted; false when any of it is taken, and then none stays. Claims of others that have to
/// change lanes do so first.
pub(super) async fn reserve(
    tx: &mut PgConnection,
    org: OrgId,
    fitted: &Fit,
    reason: Reason,
) -> sqlx::Result<bool> {
    if !fitted.moves.is_empty() {
        change_lanes(tx, org, &fitted.moves).await?;
    }
    let rows: Vec<_> = fitted
        .claims
        .iter()
        .map(|c| json!({"r": c.resource, "l": c.lane, "s": c.starts_at.to_string(), "e": c.ends_at.to_string()}))
        .collect();
    let (appointment, hold, expires_at) = match reason {
        Reason::Appointment(id) => (Some(id), None, None),
        Reason::Hold(id, expires_at) => (None, Some(id), Some(expires_at.to_sqlx())),
    };
    let written = sql(
        "insert into reservations (org_id, resource_id, lane, starts_at, ends_at, appointment_id, hold_id, hold_expires_at)
         select $1, c.r, c.l, c.s, c.e, $3, $4, $5
           from jsonb_to_recordset($2) as c (r uuid, l smallint, s timestamptz, e timestamptz) order by c.r, c.l, c.s
         on conflict do nothing",
    )
    .bind(org)
    .bind(serde_json::Value::from(rows))
    .bind(appointment)
    .bind(hold)
    .bind(expires_at)
    .execute(&mut *tx)
    .await?;
    if written.rows_affected() == fitted.claims.len() as u64 {
        return Ok(true);
    }
    sql("delete from reservations where org_id = $1 and (appointment_id = $2 or hold_id = $3)")
        .bind(org)
        .bind(appointment)
        .bind(hold)
        .execute(tx)
        .await?;
    Ok(false)
}

#[derive(FromRow)]
struct Moved {
    resource_id: Uuid,
    lane: i16,
    starts_at: jiff_sqlx::Timestamp,
    ends_at: jiff_sqlx::Timestamp,
    appointment_id: Option<AppointmentId>,
    hold_id: Option<HoldId>,
    hold_expires_at: Option<jiff_sqlx::Timestamp>,
}

/// Away with all of them before any comes back: two that swap lanes would meet otherwise.
async fn change_lanes(tx: &mut PgConnection, org: OrgId, moves: &[LaneMove]) -> sqlx::Result<()> {
    let named: Vec<_> = moves
        .iter()
        .map(|m| json!({"r": m.resource, "l": m.from_lane, "s": m.starts_at.to_string()}))
        .collect();
    let gone: Vec<Moved> = sql_as(
        "delete from reservations x using jsonb_to_recordset($2) as m (r uuid, l smallint, s timestamptz)
          where x.org_id = $1 and x.resource_id = m.r and x.lane = m.l and x.starts_at = m.s
         returning x.resource_id, x.lane, x.starts_at, x.ends_at, x.appointment_id, x.hold_id, x.hold_expires_at",
    )
    .bind(org)
    .bind(serde_json::Value::from(named))
    .fetch_all(&mut *tx)
    .await?;
    for claim in gone {
        let goes = moves.iter().find(|m| {
            m.resource == claim.resource_id
                && i64::from(m.from_lane) == i64::from(claim.lane)
                && m.starts_at == claim.starts_at.to_jiff()
        });
        let lane = goes.map_or(claim.lane, |m| i16::try_from(m.to_lane).unwrap_or(claim.lane));
        sql("insert into reservations (org_id, resource_id, lane, starts_at, ends_at, appointment_id, hold_id, hold_expires_at)
             values ($1, $2, $3, $4, $5, $6, $7, $8)")
        .bind(org)
        .bind(claim.resource_id)
        .bind(lane)
        .bind(claim.starts_at)
        .bind(claim.ends_at)
        .bind(claim.appointment_id)
        .bind(claim.hold_id)
        .bind(claim.hold_expires_at)
        .execute(&mut *tx)
        .await?;
    }
    Ok(())
}

/// An appointment to insert.
#[derive(Debug)]
pub(super) struct NewAppointment<'a> {
    pub id: AppointmentId,
    pub location: LocationId,
    pub service: ServiceId,
    pub service_said: Option<&'a str>,
    pub practitioner: Uuid,
    pub contact: Option<ContactId>,
    pub call: Option<CallId>,
    pub status: Status,
    pub starts_at: &'a Zoned,
    pub ends_at: Timestamp,
    pub customer_name: Option<&'a str>,
    pub customer_phone: Option<&'a str>,
    pub said_phone: Option<&'a str>,
    pub customer_email: Option<&'a str>,
    pub notes: Option<&'a str>,
    pub said: &'a str,
    pub policy_version: Option<i32>,
    pub series: Option<SeriesId>,
    pub booked_by: &'a str,
    pub is_in_turn: bool,
    pub reminders: &'a [Planned],
}

/// The visit, its first version, and its reminders.
pub(super) async fn insert(
    tx: &mut PgConnection,
    org: OrgId,
    new: &NewAppointment<'_>,
    now: Timestamp,
) -> sqlx::Result<()> {
    sql("with booked as (
           insert into appointments (org_id, id, location_id, service_id, service_said, practitioner_id, contact_id, call_id, status,
              starts_at, ends_at, time_zone, local_starts_at, customer_name, customer_phone, said_phone, customer_email, notes,
              confirmation_said, created_at, policy_version, series_id, booked_by, is_in_turn)
           values ($1, $2, $3, $4, $5, $6, $7, $8, $9::text::appointment_status, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20,
              $21, $22, $23, $24)
           returning org_id, id, version, booked_by, created_at, starts_at),
         planned as (
           insert into reminders (org_id, appointment_id, starts_at, offset_minutes, due_at, state, reason, settled_at)
           select b.org_id, b.id, b.starts_at, p.o, p.d, case when p.s is null then 'planned' else 'skipped' end, p.s,
                  case when p.s is not null then b.created_at end
             from booked b cross join jsonb_to_recordset($25) as p (o integer, d timestamptz, s text))
         insert into appointment_changes (org_id, appointment_id, version, actor, action, changed, at)
         select org_id, id, version, booked_by, 'booked', '{}', created_at from booked")
    .bind(org)
    .bind(new.id)
    .bind(new.location)
    .bind(new.service)
    .bind(new.service_said)
    .bind(new.practitioner)
    .bind(new.contact)
    .bind(new.call)
    .bind(new.status.as_str())
    .bind(new.starts_at.timestamp().to_sqlx())
    .bind(new.ends_at.to_sqlx())
    .bind(new.starts_at.time_zone().iana_name().unwrap_or("UTC"))
    .bind(new.starts_at.datetime().to_sqlx())
    .bind(new.customer_name)
    .bind(new.customer_phone)
    .bind(new.said_phone)
    .bind(new.customer_email)
    .bind(new.notes)
    .bind(new.said)
    .bind(now.to_sqlx())
    .bind(new.policy_version)
    .bind(new.series)
    .bind(new.booked_by)
    .bind(new.is_in_turn)
    .bind(plan_rows(new.reminders))
    .execute(tx)
    .await?;
    Ok(())
}

/// What is known before a booking: active visits of the caller that it may repeat or collide with, and what this call
/// has booked.
#[derive(Debug, FromRow)]
pub(super) struct Earlier {
    pub id: AppointmentId,
    pub is_same_visit: bool,
    pub overlaps: bool,
    pub is_this_call: bool,
    pub practitioner_id: Uuid,
    pub service_said: Option<String>,
    pub customer_name: Option<String>,
    pub said_phone: Option<String>,
    pub confirmation_said: String,
}

/// The question a booking asks about earlier ones.
#[derive(Debug)]
pub(super) struct EarlierQuery<'a> {
    pub starts_at: Timestamp,
    pub ends_at: Timestamp,
    pub service: ServiceId,
    pub call_ref: Option<&'a str>,
    pub phone: Option<&'a str>,
}

pub(super) async fn earlier(
    tx: &mut PgConnection,
    org: OrgId,
    query: &EarlierQuery<'_>,
) -> sqlx::Result<Vec<Earlier>> {
    sql_as(
        "with this_call as (select id from calls where org_id = $1 and platform = 'vapi' and call_ref = $4),
              candidates as (
                -- No visit is longer than a day: the index on starts_at bounds both halves.
                select * from appointments
                 where org_id = $1 and starts_at > $2 - interval '24 hours' and starts_at < $6 and ends_at > $2 and customer_phone = $5
                union
                select * from appointments where org_id = $1 and call_id = (select id from this_call))
         select id, starts_at = $2 and service_id = $3 as is_same_visit, starts_at < $6 and ends_at > $2 as overlaps,
                coalesce(call_id = (select id from this_call), false) as is_this_call,
                practitioner_id, service_said, customer_name, said_phone, confirmation_said
           from candidates where status in ('pending', 'scheduled', 'arrived') order by created_at",
    )
    .bind(org)
    .bind(query.starts_at.to_sqlx())
    .bind(query.service)
    .bind(query.call_ref)
    .bind(query.phone)
    .bind(query.ends_at.to_sqlx())
    .fetch_all(tx)
    .await
}

/// A hold to insert.
#[derive(Debug)]
pub(super) struct NewHold<'a> {
    pub id: HoldId,
    pub call_ref: Option<&'a str>,
    pub held_by: &'a str,
    pub location: LocationId,
    pub service: ServiceId,
    pub practitioner: Uuid,
    pub starts_at: Timestamp,
    pub ends_at: Timestamp,
    pub expires_at: Timestamp,
}

pub(super) async fn insert_hold(
    tx: &mut PgConnection,
    org: OrgId,
    new: &NewHold<'_>,
    now: Timestamp,
) -> sqlx::Result<()> {
    sql("insert into holds (org_id, id, call_ref, location_id, service_id, practitioner_id, starts_at, ends_at, expires_at, created_at, held_by)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)")
    .bind(org)
    .bind(new.id)
    .bind(new.call_ref)
    .bind(new.location)
    .bind(new.service)
    .bind(new.practitioner)
    .bind(new.starts_at.to_sqlx())
    .bind(new.ends_at.to_sqlx())
    .bind(new.expires_at.to_sqlx())
    .bind(now.to_sqlx())
    .bind(new.held_by)
    .execute(tx)
    .await?;
    Ok(())
}

/// All of a call's holds but one.
pub(super) async fn delete_holds_of_call(
    tx: &mut PgConnection,
    org: OrgId,
    call_ref: &str,
    keep: Option<HoldId>,
) -> sqlx::Result<u64> {
    let done = sql("delete from holds where org_id = $1 and call_ref = $2 and id is distinct from $3")
        .bind(org)
        .bind(call_ref)
        .bind(keep)
        .execute(tx)
        .await?;
    Ok(done.rows_affected())
}

pub(super) async fn delete_hold(
    tx: &mut PgConnection,
    org: OrgId,
    id: HoldId,
    held_by: &str,
) -> sqlx::Result<bool> {
    let done = sql("delete from holds where org_id = $1 and id = $2 and starts_with(held_by, $3)")
        .bind(org)
        .bind(id)
        .bind(held_by)
        .execute(tx)
        .await?;
    Ok(done.rows_affected() == 1)
}

/// A contact's next visit.
#[derive(Debug, FromRow)]
pub struct Upcoming {
    /// When.
    pub starts_at: jiff_sqlx::Timestamp,
    /// In which zone.
    pub time_zone: String,
    /// What, as the clinic calls it.
    pub service_name: String,
}

/// The contact's next active visit after `now`.
pub async fn next_of_contact(
    tx: &mut PgConnection,
    org: OrgId,
    contact: ContactId,
    now: Timestamp,
) -> sqlx::Result<Option<Upcoming>> {
    sql_as(
        "select a.starts_at, a.time_zone, s.name as service_name
           from appointments a join services s on s.org_id = a.org_id and s.id = a.service_id
          where a.org_id = $1 and a.contact_id = $2 and a.starts_at > $3 and a.status in ('pending', 'scheduled')
          order by a.starts_at limit 1",
    )
    .bind(org)
    .bind(contact)
    .bind(now.to_sqlx())
    .fetch_optional(tx)
    .await
}
