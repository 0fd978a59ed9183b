//! When outside calendars are busy.

use jiff::Timestamp;
use jiff_sqlx::ToSqlx as _;
use sqlx::FromRow;
use uuid::Uuid;

use super::super::event::{SeenEvent, Span, pieces, within};
use crate::platform::db::{PgConnection, sql, sql_as, sql_scalar};
use crate::platform::ids::{AppointmentId, CalendarId, ConnectionId, OrgId};

/// Forgets all that the mirror has of a calendar.
pub(in super::super) async fn empty_mirror(
    tx: &mut PgConnection,
    org: OrgId,
    calendar: CalendarId,
) -> sqlx::Result<()> {
    sql("delete from external_busy where org_id = $1 and calendar_id = $2")
        .bind(org)
        .bind(calendar)
        .execute(tx)
        .await?;
    Ok(())
}

/// Replaces what the mirror has of these events by what they keep now, as far as it reaches. A recurring event that is gone takes its
/// instances along.
pub(in super::super) async fn mirror(
    tx: &mut PgConnection,
    org: OrgId,
    calendar: CalendarId,
    events: &[&SeenEvent],
    reach: Span,
) -> sqlx::Result<()> {
    let refs: Vec<&str> = events.iter().map(|e| e.event_ref.as_str()).collect();
    let gone: Vec<&str> = events.iter().filter(|e| e.is_gone).map(|e| e.event_ref.as_str()).collect();
    sql("delete from external_busy where org_id = $1 and calendar_id = $2 and event_ref = any ($3)")
        .bind(org)
        .bind(calendar)
        .bind(&refs)
        .execute(&mut *tx)
        .await?;
    if !gone.is_empty() {
        sql("delete from external_busy where org_id = $1 and calendar_id = $2 and series_ref = any ($3)")
            .bind(org)
            .bind(calendar)
            .bind(&gone)
            .execute(&mut *tx)
            .await?;
    }
    let mut rows = Rows::default();
    for event in events {
        for span in within(&event.busy, reach) {
            rows.add(&event.event_ref, event.series_ref.as_deref(), span);
        }
    }
    rows.insert(tx, org, calendar).await
}

/// Those of these events that keep time ahead in the mirror; all of them when `refs` is `None`.
pub(in super::super) async fn events_ahead(
    tx: &mut PgConnection,
    org: OrgId,
    calendar: CalendarId,
    refs: Option<&[&str]>,
    now: Timestamp,
) -> sqlx::Result<Vec<String>> {
    sql_scalar(
        "select distinct event_ref from external_busy
          where org_id = $1 and calendar_id = $2 and event_ref <> '' and ends_at > $4 and ($3::text[] is null or event_ref = any ($3))",
    )
    .bind(org)
    .bind(calendar)
    .bind(refs)
    .bind(now.to_sqlx())
    .fetch_all(tx)
    .await
}

#[derive(Default)]
struct Rows<'a> {
    refs: Vec<&'a str>,
    series: Vec<Option<&'a str>>,
    starts: Vec<jiff_sqlx::Timestamp>,
    ends: Vec<jiff_sqlx::Timestamp>,
}

impl<'a> Rows<'a> {
    fn add(&mut self, event_ref: &'a str, series: Option<&'a str>, span: Span) {
        for (from, to) in pieces(span) {
            self.refs.push(event_ref);
            self.series.push(series);
            self.starts.push(from.to_sqlx());
            self.ends.push(to.to_sqlx());
        }
    }

    async fn insert(self, tx: &mut PgConnection, org: OrgId, calendar: CalendarId) -> sqlx::Result<()> {
        if self.refs.is_empty() {
            return Ok(());
        }
        sql("insert into external_busy (org_id, id, calendar_id, event_ref, series_ref, starts_at, ends_at)
             select $1, gen_random_uuid(), $2, b.event_ref, b.series_ref, b.starts_at, b.ends_at
               from unnest($3::text[], $4::text[], $5::timestamptz[], $6::timestamptz[]) b (event_ref, series_ref, starts_at, ends_at)")
        .bind(org)
        .bind(calendar)
        .bind(self.refs)
        .bind(self.series)
        .bind(self.starts)
        .bind(self.ends)
        .execute(tx)
        .await?;
        Ok(())
    }
}

/// Writes down how far the mirror reaches, and forgets answers of free/busy: it knows better now.
pub(in super::super) async fn mark_synced(
    tx: &mut PgConnection,
    org: OrgId,
    calendar: CalendarId,
    sync_token: &str,
    (at, until): (Timestamp, Option<Timestamp>),
) -> sqlx::Result<()> {
    sql("delete from external_busy where org_id = $1 and calendar_id = $2 and event_ref = ''")
        .bind(org)
        .bind(calendar)
        .execute(&mut *tx)
        .await?;
    sql("update calendars set sync_token = $3, synced_at = $4, synced_until = coalesce($5, synced_until),
                checked_at = null, checked_from = null, checked_until = null
          where org_id = $1 and id = $2")
    .bind(org)
    .bind(calendar)
    .bind(sync_token)
    .bind(at.to_sqlx())
    .bind(until.map(jiff_sqlx::ToSqlx::to_sqlx))
    .execute(tx)
    .await?;
    Ok(())
}

/// Forgets what the mirror has of one event.
pub(in super::super) async fn forget_event(
    tx: &mut PgConnection,
    org: OrgId,
    calendar: CalendarId,
    event_ref: &str,
) -> sqlx::Result<()> {
    sql("delete from external_busy where org_id = $1 and calendar_id = $2 and event_ref = $3")
        .bind(org)
        .bind(calendar)
        .bind(event_ref)
        .execute(tx)
        .await?;
    Ok(())
}

/// The next look asks for everything.
pub(in super::super) async fn forget_sync_token(
    tx: &mut PgConnection,
    org: OrgId,
    calendar: CalendarId,
) -> sqlx::Result<()> {
    sql("update calendars set sync_token = null where org_id = $1 and id = $2")
        .bind(org)
        .bind(calendar)
        .execute(tx)
        .await?;
    Ok(())
}

/// Keeps an answer of free/busy beside the mirror, unless a later one is there, or the calendar blocks no more.
pub(in super::super) async fn check(
    tx: &mut PgConnection,
    org: OrgId,
    calendar: CalendarId,
    (from, until): Span,
    busy: &[Span],
    at: Timestamp,
) -> sqlx::Result<()> {
    // The calendar before its mirror, as everybody who changes both.
    let kept = sql("update calendars set checked_at = $3, checked_from = $4, checked_until = $5
          where org_id = $1 and id = $2 and blocks and (checked_at is null or checked_at <= $3)")
    .bind(org)
    .bind(calendar)
    .bind(at.to_sqlx())
    .bind(from.to_sqlx())
    .bind(until.to_sqlx())
    .execute(&mut *tx)
    .await?;
    if kept.rows_affected() == 0 {
        return Ok(());
    }
    sql("delete from external_busy where org_id = $1 and calendar_id = $2 and event_ref = ''")
        .bind(org)
        .bind(calendar)
        .execute(&mut *tx)
        .await?;
    let mut rows = Rows::default();
    for span in busy {
        rows.add("", None, *span);
    }
    rows.insert(tx, org, calendar).await
}

#[derive(Debug, FromRow)]
pub(in super::super) struct StaleRow {
    pub id: CalendarId,
    pub connection_id: ConnectionId,
    pub external_id: String,
}

/// Calendars that block and whose state is not known as of `fresh_since` for the whole stretch, without those that asked
/// for a pause.
pub(in super::super) async fn stale_calendars(
    tx: &mut PgConnection,
    org: OrgId,
    (from, until): Span,
    (fresh_since, now): (Timestamp, Timestamp),
) -> sqlx::Result<Vec<StaleRow>> {
    sql_as(
        "select c.id, c.connection_id, c.external_id
           from calendars c join calendar_connections k on k.org_id = c.org_id and k.id = c.connection_id
          where c.org_id = $1 and c.blocks and k.state = 'connected'
            and (c.synced_at is null or c.synced_at < $4)
            and (c.paused_until is null or c.paused_until <= $5)
            and not coalesce(c.checked_at >= $4 and c.checked_from <= $2 and c.checked_until >= $3, false)
          order by c.connection_id, c.id",
    )
    .bind(org)
    .bind(from.to_sqlx())
    .bind(until.to_sqlx())
    .bind(fresh_since.to_sqlx())
    .bind(now.to_sqlx())
    .fetch_all(tx)
    .await
}

#[derive(Debug, FromRow)]
struct SpanRow {
    starts_at: jiff_sqlx::Timestamp,
    ends_at: jiff_sqlx::Timestamp,
}

impl From<SpanRow> for Span {
    fn from(row: SpanRow) -> Self {
        (row.starts_at.to_jiff(), row.ends_at.to_jiff())
    }
}

/// What the mirror has between two instants.
pub(in super::super) async fn mirrored(
    tx: &mut PgConnection,
    org: OrgId,
    calendar: CalendarId,
    (from, until): Span,
) -> sqlx::Result<Vec<Span>> {
    let rows: Vec<SpanRow> = sql_as(
        "select starts_at, ends_at from external_busy
          where org_id = $1 and calendar_id = $2 and event_ref <> '' and starts_at < $4
            and starts_at >= $3::timestamptz - interval '24 hours' and ends_at > $3",
    )
    .bind(org)
    .bind(calendar)
    .bind(from.to_sqlx())
    .bind(until.to_sqlx())
    .fetch_all(tx)
    .await?;
    Ok(rows.into_iter().map(Span::from).collect())
}

/// When our own events are in a calendar, as far as we know.
pub(in super::super) async fn own_spans(
    tx: &mut PgConnection,
    org: OrgId,
    calendar: CalendarId,
    (from, until): Span,
) -> sqlx::Result<Vec<Span>> {
    let rows: Vec<SpanRow> = sql_as(
        "select starts_at, ends_at from calendar_events
          where org_id = $1 and calendar_id = $2 and state in ('writing', 'reviving', 'written') and starts_at < $4 and ends_at > $3",
    )
    .bind(org)
    .bind(calendar)
    .bind(from.to_sqlx())
    .bind(until.to_sqlx())
    .fetch_all(tx)
    .await?;
    Ok(rows.into_iter().map(Span::from).collect())
}

/// A visit ahead at whose time something of theirs is.
#[derive(Debug, FromRow)]
pub(in super::super) struct OverlapRow {
    pub appointment_id: AppointmentId,
    pub event_ref: String,
    pub starts_at: jiff_sqlx::Timestamp,
    pub ends_at: jiff_sqlx::Timestamp,
}

/// What calendars that block a visit's practitioner keep at its time.
#[derive(Debug, FromRow)]
pub(in super::super) struct InTheWayRow {
    pub calendar_id: CalendarId,
    pub event_ref: String,
    pub starts_at: jiff_sqlx::Timestamp,
    pub ends_at: jiff_sqlx::Timestamp,
}

/// Foreign events at the time of a visit ahead: it was held before they came, or booked while they were not known. Without
/// those that staff decided to keep beside it as it is now.
pub(in super::super) async fn in_the_way(
    tx: &mut PgConnection,
    org: OrgId,
    appointment: AppointmentId,
    now: Timestamp,
) -> sqlx::Result<Vec<InTheWayRow>> {
    sql_as(
        "select b.calendar_id, b.event_ref, min(b.starts_at) as starts_at, max(b.ends_at) as ends_at
           from appointments a
           join calendar_connections k on k.org_id = a.org_id and (k.practitioner_id = a.practitioner_id or k.practitioner_id is null)
           join calendars c on c.org_id = a.org_id and c.connection_id = k.id and c.blocks
           join external_busy b on b.org_id = a.org_id and b.calendar_id = c.id and b.starts_at < a.ends_at and b.ends_at > a.starts_at
            and b.starts_at > a.starts_at - interval '24 hours'
          where a.org_id = $1 and a.id = $2 and a.status in ('pending', 'scheduled') and a.ends_at > $3 and b.event_ref <> ''
            and not exists (select from calendar_events e where e.org_id = b.org_id and e.appointment_id = a.id
                  and e.calendar_id = b.calendar_id and e.event_ref = b.event_ref)
            and not exists (select from calendar_conflicts f where f.org_id = b.org_id and f.appointment_id = a.id
                  and f.calendar_id = b.calendar_id and f.event_ref = b.event_ref and f.kind = 'overlap' and f.resolution = 'ours'
                  and f.resolved_at >= coalesce(a.updated_at, a.created_at))
          group by b.calendar_id, b.event_ref",
    )
    .bind(org)
    .bind(appointment)
    .bind(now.to_sqlx())
    .fetch_all(tx)
    .await
}

/// Visits ahead that overlap what the mirror has of these events; of all of them when `refs` is `None`. Without what staff
/// decided to keep both of.
pub(in super::super) async fn overlaps(
    tx: &mut PgConnection,
    org: OrgId,
    (calendar, practitioner): (CalendarId, Option<Uuid>),
    refs: Option<&[&str]>,
    now: Timestamp,
) -> sqlx::Result<Vec<OverlapRow>> {
    sql_as(
        "select o.appointment_id, o.event_ref, o.starts_at, o.ends_at from (
         select a.id as appointment_id, b.event_ref, min(b.starts_at) as starts_at, max(b.ends_at) as ends_at
           from external_busy b join appointments a on a.org_id = b.org_id
            and a.starts_at < b.ends_at and a.ends_at > b.starts_at and a.starts_at > b.starts_at - interval '24 hours'
          where b.org_id = $1 and b.calendar_id = $2 and b.event_ref <> '' and ($4::text[] is null or b.event_ref = any ($4))
            and b.ends_at > $5 and a.ends_at > $5 and a.status in ('pending', 'scheduled')
            and ($3::uuid is null or a.practitioner_id = $3)
            and not exists (select from calendar_events e where e.org_id = b.org_id and e.appointment_id = a.id
                  and e.calendar_id = b.calendar_id and e.event_ref = b.event_ref)
          group by a.id, b.event_ref) o
          where not exists (select from calendar_conflicts f
                  where f.org_id = $1 and f.appointment_id = o.appointment_id and f.calendar_id = $2 and f.event_ref = o.event_ref
                    and f.kind = 'overlap' and f.resolution = 'ours' and f.their_starts_at = o.starts_at and f.their_ends_at = o.ends_at
                    and not exists (select from appointment_changes c where c.org_id = $1 and c.appointment_id = o.appointment_id
                          and c.action = 'moved' and c.at > f.resolved_at))",
    )
    .bind(org)
    .bind(calendar)
    .bind(practitioner)
    .bind(refs)
    .bind(now.to_sqlx())
    .fetch_all(tx)
    .await
}
