//! Calendars of an account, and how each is doing.

use jiff::Timestamp;
use jiff_sqlx::ToSqlx as _;
use sqlx::FromRow;
use uuid::Uuid;

use super::super::choose::Choice;
use crate::platform::db::{PgConnection, sql, sql_as, sql_scalar};
use crate::platform::ids::{CalendarId, ConnectionId, OrgId};

#[derive(Debug, FromRow)]
pub(in super::super) struct CalendarRow {
    pub id: CalendarId,
    pub connection_id: ConnectionId,
    pub external_id: String,
    pub time_zone: Option<String>,
    pub blocks: bool,
    pub takes_events: bool,
    pub tentative_blocks: bool,
    pub all_day_blocks: bool,
    pub sync_token: Option<String>,
    pub synced_until: Option<jiff_sqlx::Timestamp>,
    pub failures: i32,
    pub paused_until: Option<jiff_sqlx::Timestamp>,
    pub writes_paused_until: Option<jiff_sqlx::Timestamp>,
    pub channel_id: Option<Uuid>,
    pub channel_resource: Option<String>,
    pub channel_expires_at: Option<jiff_sqlx::Timestamp>,
}

pub(in super::super) async fn calendar(
    tx: &mut PgConnection,
    org: OrgId,
    id: CalendarId,
) -> sqlx::Result<Option<CalendarRow>> {
    sql_as(
        "select id, connection_id, external_id, time_zone, blocks, takes_events, tentative_blocks, all_day_blocks, sync_token,
                synced_until, failures, paused_until, writes_paused_until, channel_id, channel_resource, channel_expires_at
           from calendars where org_id = $1 and id = $2",
    )
    .bind(org)
    .bind(id)
    .fetch_optional(tx)
    .await
}

/// The zone of the clinic's first location.
pub(in super::super) async fn clinic_zone(tx: &mut PgConnection, org: OrgId) -> sqlx::Result<Option<String>> {
    sql_scalar("select time_zone from locations where org_id = $1 and active order by position, id limit 1")
        .bind(org)
        .fetch_optional(tx)
        .await
}

/// A calendar as the provider lists it.
pub(in super::super) struct Offered<'a> {
    pub id: CalendarId,
    pub external_id: &'a str,
    pub name: &'a str,
    pub time_zone: Option<&'a str>,
    /// The choice for one that is new: it blocks, and takes visits.
    pub is_main: bool,
}

pub(in super::super) async fn offer_calendar(
    tx: &mut PgConnection,
    org: OrgId,
    connection: ConnectionId,
    new: &Offered<'_>,
) -> sqlx::Result<()> {
    sql("insert into calendars (org_id, id, connection_id, external_id, name, time_zone, blocks, takes_events)
         values ($1, $2, $3, $4, $5, $6, $7, $7)
         on conflict (org_id, connection_id, external_id) do update set name = excluded.name, time_zone = excluded.time_zone,
                paused_until = null, failures = 0, failing_since = null, failure = null,
                writes_paused_until = null, refused_since = null, refusal = null")
    .bind(org)
    .bind(new.id)
    .bind(connection)
    .bind(new.external_id)
    .bind(new.name)
    .bind(new.time_zone)
    .bind(new.is_main)
    .execute(tx)
    .await?;
    Ok(())
}

/// Calendars before what the mirror has of them: everybody who changes both locks in this order.
pub(in super::super) async fn lock_calendars_of(
    tx: &mut PgConnection,
    org: OrgId,
    connection: ConnectionId,
) -> sqlx::Result<()> {
    sql("select from calendars where org_id = $1 and connection_id = $2 order by id for no key update")
        .bind(org)
        .bind(connection)
        .execute(tx)
        .await?;
    Ok(())
}

/// What staff decided about a calendar.
#[derive(Debug, Clone, Copy)]
pub(in super::super) struct Chosen {
    pub blocks: bool,
    pub takes_events: bool,
    pub tentative_blocks: bool,
    pub all_day_blocks: bool,
}

/// Writes the choice; `None` when there is no such calendar in use. What it blocks is asked for anew, and not known before
/// where more of it blocks than until now; where visits go,
/// no other calendar of the account takes them any more.
pub(in super::super) async fn choose(
    tx: &mut PgConnection,
    org: OrgId,
    id: CalendarId,
    chosen: Chosen,
) -> sqlx::Result<Option<ConnectionId>> {
    let connection: Option<ConnectionId> = sql_scalar(
        "select c.connection_id from calendars c join calendar_connections k on k.org_id = c.org_id and k.id = c.connection_id
          where c.org_id = $1 and c.id = $2 and k.state <> 'disconnected' for update of k",
    )
    .bind(org)
    .bind(id)
    .fetch_optional(&mut *tx)
    .await?;
    let Some(connection) = connection else { return Ok(None) };
    lock_calendars_of(tx, org, connection).await?;
    if chosen.takes_events {
        sql("update calendars set takes_events = false where org_id = $1 and connection_id = $2 and takes_events and id <> $3")
            .bind(org)
            .bind(connection)
            .bind(id)
            .execute(&mut *tx)
            .await?;
    }
    if !chosen.blocks {
        sql("delete from external_busy where org_id = $1 and calendar_id = $2")
            .bind(org)
            .bind(id)
            .execute(&mut *tx)
            .await?;
    }
    sql("update calendars set blocks = $3, takes_events = $4, tentative_blocks = $5, all_day_blocks = $6, sync_token = null,
                writes_paused_until = null,
                synced_at = case when blocks and $3 and (tentative_blocks or not $5) and (all_day_blocks or not $6) then synced_at end,
                checked_at = null
          where org_id = $1 and id = $2")
    .bind(org)
    .bind(id)
    .bind(chosen.blocks)
    .bind(chosen.takes_events)
    .bind(chosen.tentative_blocks)
    .bind(chosen.all_day_blocks)
    .execute(tx)
    .await?;
    Ok(Some(connection))
}

/// Whether anything was ever connected.
pub(in super::super) async fn has_calendars(tx: &mut PgConnection, org: OrgId) -> sqlx::Result<bool> {
    sql_scalar("select exists (select from calendar_connections where org_id = $1)")
        .bind(org)
        .fetch_one(tx)
        .await
}

/// Calendars in use that nobody has looked at since `before`.
pub(in super::super) async fn due_calendars(
    tx: &mut PgConnection,
    org: OrgId,
    before: Timestamp,
    now: Timestamp,
) -> sqlx::Result<Vec<CalendarId>> {
    sql_scalar(
        "select c.id from calendars c join calendar_connections k on k.org_id = c.org_id and k.id = c.connection_id
          where c.org_id = $1 and (c.blocks or c.takes_events) and k.state = 'connected'
            and (c.synced_at is null or c.synced_at < $2 or c.synced_at > $3)
            and (c.paused_until is null or c.paused_until <= $3)
          order by c.synced_at nulls first",
    )
    .bind(org)
    .bind(before.to_sqlx())
    .bind(now.to_sqlx())
    .fetch_all(tx)
    .await
}

/// Google's calendars that are mirrored.
pub(in super::super) async fn mirrors(tx: &mut PgConnection, org: OrgId) -> sqlx::Result<Vec<CalendarId>> {
    sql_scalar(
        "select c.id from calendars c join calendar_connections k on k.org_id = c.org_id and k.id = c.connection_id
          where c.org_id = $1 and c.blocks and c.sync_token is not null and k.state = 'connected' and k.provider = 'google'",
    )
    .bind(org)
    .fetch_all(tx)
    .await
}

/// Calendars of an account that are in use.
pub(in super::super) async fn calendars_in_use(
    tx: &mut PgConnection,
    org: OrgId,
    connection: ConnectionId,
) -> sqlx::Result<Vec<CalendarId>> {
    sql_scalar(
        "select id from calendars where org_id = $1 and connection_id = $2 and (blocks or takes_events) order by id",
    )
    .bind(org)
    .bind(connection)
    .fetch_all(tx)
    .await
}

/// Where pushes come from until `until`; without one, when to ask for one again.
pub(in super::super) async fn set_channel(
    tx: &mut PgConnection,
    org: OrgId,
    id: CalendarId,
    channel: Option<(Uuid, &str)>,
    until: Timestamp,
) -> sqlx::Result<()> {
    sql("update calendars set channel_id = $3, channel_resource = $4, channel_expires_at = $5 where org_id = $1 and id = $2")
        .bind(org)
        .bind(id)
        .bind(channel.map(|(id, _)| id))
        .bind(channel.map(|(_, resource)| resource))
        .bind(until.to_sqlx())
        .execute(tx)
        .await?;
    Ok(())
}

/// Whether the calendar is pushed to this channel.
pub(in super::super) async fn is_channel_of(
    tx: &mut PgConnection,
    org: OrgId,
    calendar: CalendarId,
    channel: Uuid,
) -> sqlx::Result<bool> {
    sql_scalar("select exists (select from calendars where org_id = $1 and id = $2 and channel_id = $3)")
        .bind(org)
        .bind(calendar)
        .bind(channel)
        .fetch_one(tx)
        .await
}

/// What may have changed while a provider was asked.
#[derive(Debug, FromRow)]
pub(in super::super) struct LockedCalendar {
    pub sync_token: Option<String>,
    pub blocks: bool,
    pub takes_events: bool,
    pub tentative_blocks: bool,
    pub all_day_blocks: bool,
}

impl LockedCalendar {
    pub const fn choice(&self) -> Choice {
        Choice {
            blocks: self.blocks,
            takes_events: self.takes_events,
            tentative_blocks: self.tentative_blocks,
            all_day_blocks: self.all_day_blocks,
        }
    }
}

/// Nobody else writes the calendar's mirror until the transaction ends. `None` for one that is not connected any more.
pub(in super::super) async fn lock_calendar(
    tx: &mut PgConnection,
    org: OrgId,
    id: CalendarId,
) -> sqlx::Result<Option<LockedCalendar>> {
    sql_as(
        "select c.sync_token, c.blocks, c.takes_events, c.tentative_blocks, c.all_day_blocks
           from calendars c join calendar_connections k on k.org_id = c.org_id and k.id = c.connection_id
          where c.org_id = $1 and c.id = $2 and k.state <> 'disconnected' for update of c",
    )
    .bind(org)
    .bind(id)
    .fetch_optional(tx)
    .await
}

/// An account as staff see it.
#[derive(Debug, FromRow)]
pub(in super::super) struct ListedRow {
    pub connection_id: ConnectionId,
    pub practitioner_id: Option<Uuid>,
    pub practitioner: Option<String>,
    pub provider: String,
    pub state: String,
    pub account: Option<String>,
    pub calendar_id: Option<CalendarId>,
    pub external_id: Option<String>,
    pub name: Option<String>,
    pub blocks: Option<bool>,
    pub takes_events: Option<bool>,
    pub tentative_blocks: Option<bool>,
    pub all_day_blocks: Option<bool>,
    pub synced_at: Option<jiff_sqlx::Timestamp>,
    pub failing_since: Option<jiff_sqlx::Timestamp>,
    pub failure: Option<String>,
    pub channel_expires_at: Option<jiff_sqlx::Timestamp>,
    pub is_pushed: Option<bool>,
}

/// Accounts with their calendars; the clinic's first, revoked ones left out.
pub(in super::super) async fn listed(tx: &mut PgConnection, org: OrgId) -> sqlx::Result<Vec<ListedRow>> {
    sql_as(
        "select k.id as connection_id, k.practitioner_id, r.name as practitioner, k.provider, k.state, k.account,
                c.id as calendar_id, c.external_id, c.name, c.blocks, c.takes_events, c.tentative_blocks, c.all_day_blocks,
                c.synced_at, coalesce(c.failing_since, c.refused_since) as failing_since,
                case when c.failing_since is null then c.refusal else c.failure end as failure, c.channel_expires_at, c.channel_id is not null as is_pushed
           from calendar_connections k
           left join calendars c on c.org_id = k.org_id and c.connection_id = k.id
           left join resources r on r.org_id = k.org_id and r.id = k.practitioner_id
          where k.org_id = $1 and k.state <> 'disconnected'
          order by k.practitioner_id nulls first, k.id, c.takes_events desc nulls last, c.name, c.id",
    )
    .bind(org)
    .fetch_all(tx)
    .await
}
