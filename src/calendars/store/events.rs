//! Our visits in outside calendars.

use jiff::Timestamp;
use jiff_sqlx::ToSqlx as _;
use sqlx::FromRow;
use uuid::Uuid;

use crate::platform::db::{PgConnection, sql, sql_as, sql_scalar};
use crate::platform::ids::{AppointmentId, CalendarId, ConnectionId, OrgId};

/// Leaves a job for each calendar that has to agree with the visit: the one that takes the practitioner's, or else the
/// clinic's, visits, and those where it is written already. One round trip, and none of them when nothing is connected.
pub(in super::super) async fn write_later(
    tx: &mut PgConnection,
    org: OrgId,
    appointment: AppointmentId,
    practitioner: Uuid,
) -> sqlx::Result<()> {
    sql("select from (
           (select c.id from calendars c join calendar_connections k on k.org_id = c.org_id and k.id = c.connection_id
             where c.org_id = $1 and c.takes_events and k.state = 'connected' and (k.practitioner_id = $3 or k.practitioner_id is null)
             order by k.practitioner_id nulls last limit 1)
           union
           select e.calendar_id from calendar_events e where e.org_id = $1 and e.appointment_id = $2 and e.state <> 'gone') t,
         lateral graphile_worker.add_job('write_event',
           payload := json_build_object('org', $1::uuid, 'appointment', $2::uuid, 'calendar', t.id),
           queue_name := 'calendar:' || t.id || ':' || $1::uuid, max_attempts := 25, job_key := 'write_event:' || $2::uuid || ':' || t.id)")
    .bind(org)
    .bind(appointment)
    .bind(practitioner)
    .execute(tx)
    .await?;
    Ok(())
}

/// A visit as its event should tell it.
#[derive(Debug, FromRow)]
pub(in super::super) struct VisitRow {
    pub status: String,
    pub starts_at: jiff_sqlx::Timestamp,
    pub ends_at: jiff_sqlx::Timestamp,
    pub time_zone: String,
    pub version: i32,
    pub service: String,
    pub customer_name: Option<String>,
    pub place: String,
    pub address: Option<String>,
    /// The calendar that takes it now.
    pub target: Option<CalendarId>,
    /// Its name at the provider.
    pub target_external_id: Option<String>,
}

pub(in super::super) async fn visit(
    tx: &mut PgConnection,
    org: OrgId,
    id: AppointmentId,
) -> sqlx::Result<Option<VisitRow>> {
    sql_as(
        "select a.status::text, a.starts_at, a.ends_at, a.time_zone, a.version, coalesce(a.service_said, s.name) as service,
                a.customer_name, l.name as place, l.address, t.id as target, t.external_id as target_external_id
           from appointments a join services s on s.org_id = a.org_id and s.id = a.service_id
           join locations l on l.org_id = a.org_id and l.id = a.location_id
           left join lateral (
             select c.id, c.external_id from calendars c join calendar_connections k on k.org_id = c.org_id and k.id = c.connection_id
              where c.org_id = a.org_id and c.takes_events and k.state <> 'disconnected'
                and (k.practitioner_id = a.practitioner_id or k.practitioner_id is null)
              order by k.practitioner_id nulls last limit 1) t on true
          where a.org_id = $1 and a.id = $2",
    )
    .bind(org)
    .bind(id)
    .fetch_optional(tx)
    .await
}

/// What we know of a visit's event in one calendar.
#[derive(Debug, Clone, FromRow)]
pub(in super::super) struct EventRow {
    pub appointment_id: AppointmentId,
    pub event_ref: String,
    pub etag: Option<String>,
    pub state: String,
    pub version: i32,
    pub starts_at: Option<jiff_sqlx::Timestamp>,
    pub ends_at: Option<jiff_sqlx::Timestamp>,
}

pub(in super::super) async fn event(
    tx: &mut PgConnection,
    org: OrgId,
    appointment: AppointmentId,
    calendar: CalendarId,
) -> sqlx::Result<Option<EventRow>> {
    sql_as(
        "select appointment_id, event_ref, etag, state, version, starts_at, ends_at
           from calendar_events where org_id = $1 and appointment_id = $2 and calendar_id = $3 for update",
    )
    .bind(org)
    .bind(appointment)
    .bind(calendar)
    .fetch_optional(tx)
    .await
}

/// An event that says of itself that we wrote it.
pub(in super::super) struct Adopted<'a> {
    pub appointment: AppointmentId,
    pub event_ref: &'a str,
    pub etag: &'a str,
    /// The time that we gave it.
    pub span: (Timestamp, Timestamp),
}

/// Writes down those that are not known, as written for no version that is: the next round makes them agree.
pub(in super::super) async fn adopt(
    tx: &mut PgConnection,
    org: OrgId,
    calendar: CalendarId,
    found: &[Adopted<'_>],
) -> sqlx::Result<()> {
    if found.is_empty() {
        return Ok(());
    }
    sql("insert into calendar_events (org_id, appointment_id, calendar_id, event_ref, etag, state, version, starts_at, ends_at)
         select $1, a.id, $2, n.event_ref, n.etag, 'written', 0, n.starts_at, n.ends_at
           from unnest($3::uuid[], $4::text[], $5::text[], $6::timestamptz[], $7::timestamptz[]) n (id, event_ref, etag, starts_at, ends_at)
           join appointments a on a.org_id = $1 and a.id = n.id
         on conflict do nothing")
    .bind(org)
    .bind(calendar)
    .bind(found.iter().map(|event| event.appointment.0).collect::<Vec<_>>())
    .bind(found.iter().map(|event| event.event_ref).collect::<Vec<_>>())
    .bind(found.iter().map(|event| event.etag).collect::<Vec<_>>())
    .bind(found.iter().map(|event| event.span.0.to_sqlx()).collect::<Vec<_>>())
    .bind(found.iter().map(|event| event.span.1.to_sqlx()).collect::<Vec<_>>())
    .execute(tx)
    .await?;
    Ok(())
}

/// Those of our events in a calendar that have one of these names.
pub(in super::super) async fn own_events(
    tx: &mut PgConnection,
    org: OrgId,
    calendar: CalendarId,
    refs: &[&str],
) -> sqlx::Result<Vec<EventRow>> {
    sql_as(
        "select appointment_id, event_ref, etag, state, version, starts_at, ends_at
           from calendar_events where org_id = $1 and calendar_id = $2 and event_ref = any ($3)",
    )
    .bind(org)
    .bind(calendar)
    .bind(refs)
    .fetch_all(tx)
    .await
}

/// Those of our events of visits ahead that should be in a calendar, or were when a person moved them: after a full look,
/// one that was not seen is gone.
pub(in super::super) async fn own_events_ahead(
    tx: &mut PgConnection,
    org: OrgId,
    calendar: CalendarId,
    now: Timestamp,
) -> sqlx::Result<Vec<EventRow>> {
    sql_as(
        "select e.appointment_id, e.event_ref, e.etag, e.state, e.version, e.starts_at, e.ends_at
           from calendar_events e
          where e.org_id = $1 and e.calendar_id = $2 and e.state in ('written', 'conflict') and e.ends_at > $3",
    )
    .bind(org)
    .bind(calendar)
    .bind(now.to_sqlx())
    .fetch_all(tx)
    .await
}

/// Written down before the provider is asked: whatever comes of it, the event is known to be ours.
pub(in super::super) async fn begin_writing(
    tx: &mut PgConnection,
    org: OrgId,
    (appointment, calendar, event_ref): (AppointmentId, CalendarId, &str),
    (starts_at, ends_at): (Timestamp, Timestamp),
    now: Timestamp,
) -> sqlx::Result<()> {
    sql("insert into calendar_events (org_id, appointment_id, calendar_id, event_ref, state, starts_at, ends_at, tried_at)
         values ($1, $2, $3, $4, 'writing', $5, $6, $7)
         on conflict (org_id, appointment_id, calendar_id) do update set
                state = case when calendar_events.state in ('gone', 'reviving') then 'reviving' else 'writing' end, starts_at = excluded.starts_at,
                ends_at = excluded.ends_at, tried_at = excluded.tried_at")
    .bind(org)
    .bind(appointment)
    .bind(calendar)
    .bind(event_ref)
    .bind(starts_at.to_sqlx())
    .bind(ends_at.to_sqlx())
    .bind(now.to_sqlx())
    .execute(tx)
    .await?;
    Ok(())
}

/// How an event stands now.
#[derive(Debug, Clone, Copy)]
pub(in super::super) struct Standing<'a> {
    pub state: &'static str,
    pub etag: Option<&'a str>,
    pub version: i32,
}

pub(in super::super) async fn set_event(
    tx: &mut PgConnection,
    org: OrgId,
    (appointment, calendar): (AppointmentId, CalendarId),
    standing: Standing<'_>,
) -> sqlx::Result<()> {
    sql("update calendar_events set state = $4, etag = coalesce($5, etag), version = $6
          where org_id = $1 and appointment_id = $2 and calendar_id = $3")
    .bind(org)
    .bind(appointment)
    .bind(calendar)
    .bind(standing.state)
    .bind(standing.etag)
    .bind(standing.version)
    .execute(tx)
    .await?;
    Ok(())
}

/// Visit and calendar that should agree and do not, and were not tried since `before`.
#[derive(Debug, FromRow)]
pub(in super::super) struct Unwritten {
    pub appointment_id: AppointmentId,
    pub calendar_id: CalendarId,
}

/// Visits ahead whose event is missing, old, or where it should not be, or about whose event somebody is asked although
/// the two may agree by now. A few hundred at a time: the next round has the rest.
pub(in super::super) async fn unwritten(
    tx: &mut PgConnection,
    org: OrgId,
    before: Timestamp,
    now: Timestamp,
) -> sqlx::Result<Vec<Unwritten>> {
    sql_as(
        "with target as (
           select a.id, a.version, a.status, a.starts_at, a.ends_at,
                  (select c.id from calendars c join calendar_connections k on k.org_id = c.org_id and k.id = c.connection_id
                    where c.org_id = a.org_id and c.takes_events and k.state <> 'disconnected'
                      and (k.practitioner_id = a.practitioner_id or k.practitioner_id is null)
                    order by k.practitioner_id nulls last limit 1) as calendar_id
             from appointments a
            where a.org_id = $1 and a.starts_at > $3::timestamptz - interval '24 hours' and a.ends_at > $3)
         select t.id as appointment_id, t.calendar_id
           from target t join calendars c on c.org_id = $1 and c.id = t.calendar_id
           -- One that has to be connected again waits for that: the clinic's does not take its visits meanwhile.
           join calendar_connections k on k.org_id = $1 and k.id = c.connection_id and k.state = 'connected'
           left join calendar_events e on e.org_id = $1 and e.appointment_id = t.id and e.calendar_id = t.calendar_id
          where t.status <> 'cancelled' and (c.paused_until is null or c.paused_until <= $3)
            and (e.state is null or e.state in ('writing', 'reviving', 'gone') or e.state = 'written' and e.version <> t.version)
            and (e.tried_at is null or e.tried_at < $2)
         union all
         select e.appointment_id, e.calendar_id
           from target t join calendar_events e on e.org_id = $1 and e.appointment_id = t.id
           join calendars c on c.org_id = $1 and c.id = e.calendar_id
           join calendar_connections k on k.org_id = $1 and k.id = c.connection_id and k.state = 'connected'
          where e.state in ('writing', 'reviving', 'written') and (e.tried_at is null or e.tried_at < $2)
            and (t.status = 'cancelled' or e.calendar_id is distinct from t.calendar_id)
         union all
         select e.appointment_id, e.calendar_id
           from target t join calendar_events e on e.org_id = $1 and e.appointment_id = t.id and e.state = 'conflict'
           join calendars c on c.org_id = $1 and c.id = e.calendar_id
           join calendar_connections k on k.org_id = $1 and k.id = c.connection_id and k.state = 'connected'
           left join calendar_conflicts f on f.org_id = $1 and f.appointment_id = t.id and f.calendar_id = c.id
                and f.event_ref = e.event_ref and f.resolved_at is null
          where e.version <> t.version
             or f.kind = 'deleted' and (t.status = 'cancelled' or e.calendar_id is distinct from t.calendar_id)
             or f.kind = 'moved' and t.status <> 'cancelled' and e.calendar_id = t.calendar_id
                and f.their_starts_at = t.starts_at and f.their_ends_at = t.ends_at
          limit 300",
    )
    .bind(org)
    .bind(before.to_sqlx())
    .bind(now.to_sqlx())
    .fetch_all(tx)
    .await
}

/// How many visits ahead a calendar does not tell rightly yet.
pub(in super::super) async fn backlog(
    tx: &mut PgConnection,
    org: OrgId,
    connection: ConnectionId,
    now: Timestamp,
) -> sqlx::Result<i64> {
    sql_scalar(
        "select count(*) from appointments a
           join calendar_connections own on own.org_id = a.org_id and own.id = $2
           join calendars c on c.org_id = a.org_id and c.connection_id = $2 and c.takes_events
           left join calendar_events e on e.org_id = a.org_id and e.appointment_id = a.id and e.calendar_id = c.id
          where a.org_id = $1 and a.starts_at > $3::timestamptz - interval '24 hours' and a.ends_at > $3 and a.status <> 'cancelled'
            and (own.practitioner_id = a.practitioner_id or own.practitioner_id is null and not exists (
                  select from calendar_connections k join calendars x on x.org_id = k.org_id and x.connection_id = k.id and x.takes_events
                   where k.org_id = a.org_id and k.practitioner_id = a.practitioner_id and k.state <> 'disconnected'))
            and (e.state is null or e.state in ('writing', 'reviving', 'gone') or e.state = 'written' and e.version <> a.version)",
    )
    .bind(org)
    .bind(connection)
    .bind(now.to_sqlx())
    .fetch_one(tx)
    .await
}
