//! Where a person's calendar and our visits disagree.

use jiff::Timestamp;
use jiff_sqlx::ToSqlx as _;
use sqlx::FromRow;

use crate::platform::db::{PgConnection, sql, sql_as, sql_scalar};
use crate::platform::ids::{AppointmentId, CalendarId, ConflictId, ConnectionId, OrgId};

/// A disagreement to write down.
pub(in super::super) struct NewConflict<'a> {
    pub id: ConflictId,
    pub appointment: AppointmentId,
    pub calendar: CalendarId,
    pub kind: &'static str,
    pub event_ref: &'a str,
    pub etag: Option<&'a str>,
    pub theirs: Option<(Timestamp, Timestamp)>,
}

/// Writes it down; an open one about the same event is brought up to date. Says which it is, and whether it is new.
pub(in super::super) async fn keep_conflict(
    tx: &mut PgConnection,
    org: OrgId,
    new: &NewConflict<'_>,
    now: Timestamp,
) -> sqlx::Result<(ConflictId, bool)> {
    let id: ConflictId = sql_scalar(
        "insert into calendar_conflicts (org_id, id, appointment_id, calendar_id, event_ref, kind, etag, their_starts_at, their_ends_at, found_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
         on conflict (org_id, appointment_id, calendar_id, event_ref) where resolved_at is null do update set
                kind = excluded.kind, etag = excluded.etag, their_starts_at = excluded.their_starts_at, their_ends_at = excluded.their_ends_at
         returning id",
    )
    .bind(org)
    .bind(new.id)
    .bind(new.appointment)
    .bind(new.calendar)
    .bind(new.event_ref)
    .bind(new.kind)
    .bind(new.etag)
    .bind(new.theirs.map(|(from, _)| from.to_sqlx()))
    .bind(new.theirs.map(|(_, to)| to.to_sqlx()))
    .bind(now.to_sqlx())
    .fetch_one(tx)
    .await?;
    Ok((id, id == new.id))
}

#[derive(Debug, FromRow)]
pub(in super::super) struct ConflictRow {
    pub id: ConflictId,
    pub appointment_id: AppointmentId,
    pub calendar_id: CalendarId,
    pub calendar_name: String,
    pub kind: String,
    pub event_ref: String,
    pub etag: Option<String>,
    pub their_starts_at: Option<jiff_sqlx::Timestamp>,
    pub their_ends_at: Option<jiff_sqlx::Timestamp>,
    pub starts_at: jiff_sqlx::Timestamp,
    pub ends_at: jiff_sqlx::Timestamp,
    pub status: String,
    pub time_zone: String,
    pub found_at: jiff_sqlx::Timestamp,
    pub resolved_at: Option<jiff_sqlx::Timestamp>,
    pub resolution: Option<String>,
    pub resolved_by: Option<String>,
}

/// Which of them, latest first.
#[derive(Debug, Clone, Copy, Default)]
pub(in super::super) struct Which {
    pub only: Option<ConflictId>,
    pub open_only: bool,
    pub before: Option<(Timestamp, ConflictId)>,
    pub limit: i64,
}

pub(in super::super) async fn conflicts(
    tx: &mut PgConnection,
    org: OrgId,
    which: Which,
) -> sqlx::Result<Vec<ConflictRow>> {
    sql_as(
        "select f.id, f.appointment_id, f.calendar_id, c.name as calendar_name, f.kind, f.event_ref, f.etag, f.their_starts_at, f.their_ends_at,
                a.starts_at, a.ends_at, a.status::text, a.time_zone, f.found_at, f.resolved_at, f.resolution, f.resolved_by
           from calendar_conflicts f
           join appointments a on a.org_id = f.org_id and a.id = f.appointment_id
           join calendars c on c.org_id = f.org_id and c.id = f.calendar_id
          where f.org_id = $1 and (not $2 or f.resolved_at is null)
            and ($3::timestamptz is null or (f.found_at, f.id) < ($3, $4::uuid)) and ($6::uuid is null or f.id = $6)
          order by f.found_at desc, f.id desc limit $5",
    )
    .bind(org)
    .bind(which.open_only)
    .bind(which.before.map(|(at, _)| at.to_sqlx()))
    .bind(which.before.map(|(_, id)| id))
    .bind(which.limit)
    .bind(which.only)
    .fetch_all(tx)
    .await
}

/// One of them, locked.
pub(in super::super) async fn conflict(
    tx: &mut PgConnection,
    org: OrgId,
    id: ConflictId,
) -> sqlx::Result<Option<ConflictRow>> {
    sql("select from calendar_conflicts where org_id = $1 and id = $2 for update")
        .bind(org)
        .bind(id)
        .execute(&mut *tx)
        .await?;
    let which = Which { only: Some(id), limit: 1, ..Which::default() };
    Ok(conflicts(tx, org, which).await?.pop())
}

/// The event it is about.
#[derive(Debug, FromRow)]
pub(in super::super) struct AboutRow {
    pub appointment_id: AppointmentId,
    pub calendar_id: CalendarId,
}

pub(in super::super) async fn conflict_about(
    tx: &mut PgConnection,
    org: OrgId,
    id: ConflictId,
) -> sqlx::Result<Option<AboutRow>> {
    sql_as("select appointment_id, calendar_id from calendar_conflicts where org_id = $1 and id = $2")
        .bind(org)
        .bind(id)
        .fetch_optional(tx)
        .await
}

/// Settles it; false when it was settled before.
pub(in super::super) async fn resolve(
    tx: &mut PgConnection,
    org: OrgId,
    id: ConflictId,
    (resolution, by): (&str, &str),
    now: Timestamp,
) -> sqlx::Result<bool> {
    let resolved = sql("update calendar_conflicts set resolved_at = $3, resolution = $4, resolved_by = $5
          where org_id = $1 and id = $2 and resolved_at is null")
    .bind(org)
    .bind(id)
    .bind(now.to_sqlx())
    .bind(resolution)
    .bind(by)
    .execute(tx)
    .await?;
    Ok(resolved.rows_affected() > 0)
}

/// Open ones about an event that agrees with its visit again.
pub(in super::super) async fn open_about(
    tx: &mut PgConnection,
    org: OrgId,
    calendar: CalendarId,
    event_ref: &str,
) -> sqlx::Result<Vec<ConflictId>> {
    sql_scalar("select id from calendar_conflicts where org_id = $1 and calendar_id = $2 and event_ref = $3 and resolved_at is null")
        .bind(org)
        .bind(calendar)
        .bind(event_ref)
        .fetch_all(tx)
        .await
}

/// Open ones in an account's calendars.
pub(in super::super) async fn open_in(
    tx: &mut PgConnection,
    org: OrgId,
    connection: ConnectionId,
) -> sqlx::Result<Vec<ConflictId>> {
    sql_scalar(
        "select f.id from calendar_conflicts f join calendars c on c.org_id = f.org_id and c.id = f.calendar_id
          where f.org_id = $1 and c.connection_id = $2 and f.resolved_at is null order by f.id",
    )
    .bind(org)
    .bind(connection)
    .fetch_all(tx)
    .await
}

/// Open overlaps in a calendar that are none any more: their event went away or elsewhere, or the visit did.
pub(in super::super) async fn overlaps_over(
    tx: &mut PgConnection,
    org: OrgId,
    calendar: CalendarId,
) -> sqlx::Result<Vec<ConflictId>> {
    sql_scalar(
        "select f.id from calendar_conflicts f
           join appointments a on a.org_id = f.org_id and a.id = f.appointment_id
          where f.org_id = $1 and f.calendar_id = $2 and f.kind = 'overlap' and f.resolved_at is null
            and (a.status not in ('pending', 'scheduled') or not exists (
                  select from external_busy b where b.org_id = f.org_id and b.calendar_id = f.calendar_id and b.event_ref = f.event_ref
                     and b.starts_at < a.ends_at and b.ends_at > a.starts_at))",
    )
    .bind(org)
    .bind(calendar)
    .fetch_all(tx)
    .await
}

/// How many are open in an account's calendars.
pub(in super::super) async fn open_conflicts(
    tx: &mut PgConnection,
    org: OrgId,
    connection: ConnectionId,
) -> sqlx::Result<i64> {
    sql_scalar(
        "select count(*) from calendar_conflicts f join calendars c on c.org_id = f.org_id and c.id = f.calendar_id
          where f.org_id = $1 and c.connection_id = $2 and f.resolved_at is null",
    )
    .bind(org)
    .bind(connection)
    .fetch_one(tx)
    .await
}
