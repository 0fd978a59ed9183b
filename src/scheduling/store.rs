//! All SQL that the rules and looks at the ledger are read with. What writes is in the files beside.

pub(super) mod clinic_info;
pub(super) mod templates;

use jiff::Timestamp;
use jiff_sqlx::ToSqlx as _;
use serde_json::Value;
use sqlx::FromRow;
use uuid::Uuid;

use super::taken::{Window, Writer};
use super::understood::LookRow;
use crate::platform::db::{PgConnection, sql, sql_as};
use crate::platform::ids::{LocationId, OrgId, ResourceId, ServiceId};

#[derive(FromRow)]
pub(super) struct LocationRow {
    pub id: LocationId,
    pub name: String,
    pub time_zone: String,
    pub address: Option<String>,
    pub human_phone: Option<String>,
}

#[derive(FromRow)]
pub(super) struct ServiceRow {
    pub id: ServiceId,
    pub name: String,
    pub aliases: Vec<String>,
    pub duration_minutes: i16,
    pub buffer_before_minutes: i16,
    pub buffer_after_minutes: i16,
    pub grid_minutes: i16,
    pub minimum_notice_minutes: i32,
    pub horizon_days: i16,
    pub is_other: bool,
    pub daily_cap: Option<i16>,
    pub assignment: String,
    pub supervised: bool,
    pub licensed: bool,
    pub practitioner_ids: Vec<Uuid>,
}

#[derive(FromRow)]
pub(super) struct NeedRow {
    pub service_id: ServiceId,
    pub need: i16,
    pub resource_id: ResourceId,
    pub lanes: i16,
    pub active: bool,
    pub cleanup_minutes: i16,
    pub location_id: LocationId,
}

#[derive(FromRow)]
pub(super) struct PractitionerRow {
    pub id: ResourceId,
    pub name: String,
    pub location_id: LocationId,
    pub own_hours: bool,
    pub supervises: bool,
    pub licence_expires_on: Option<jiff_sqlx::Date>,
    pub daily_cap: Option<i16>,
}

#[derive(FromRow)]
pub(super) struct HoursRow {
    pub location_id: LocationId,
    pub practitioner_id: Option<ResourceId>,
    pub kind: String,
    pub weekday: i16,
    pub opens_minute: i16,
    pub closes_minute: i16,
    pub effective_from: Option<jiff_sqlx::Date>,
    pub effective_to: Option<jiff_sqlx::Date>,
}

#[derive(FromRow)]
pub(super) struct ClosureRow {
    pub location_id: Option<LocationId>,
    pub practitioner_id: Option<ResourceId>,
    pub local_date: jiff_sqlx::Date,
    pub local_until: Option<jiff_sqlx::Date>,
    pub opens_minute: Option<i16>,
    pub closes_minute: Option<i16>,
}

#[derive(FromRow)]
pub(super) struct TimeOffRow {
    pub practitioner_id: ResourceId,
    pub starts_at: jiff_sqlx::Timestamp,
    pub ends_at: jiff_sqlx::Timestamp,
}

#[derive(FromRow)]
pub(super) struct PrerequisiteRow {
    pub service_id: ServiceId,
    pub required_service_id: ServiceId,
    pub valid_days: Option<i16>,
    pub first_time_only: bool,
}

#[derive(FromRow)]
pub(super) struct SpacingRow {
    pub service_id: ServiceId,
    pub other_service_id: ServiceId,
    pub days: i16,
}

pub(super) struct Rows {
    pub version: i64,
    pub policy_version: Option<i32>,
    pub locations: Vec<LocationRow>,
    pub services: Vec<ServiceRow>,
    pub needs: Vec<NeedRow>,
    pub practitioners: Vec<PractitionerRow>,
    pub things: Vec<(ResourceId, String)>,
    pub hours: Vec<HoursRow>,
    pub closures: Vec<ClosureRow>,
    pub time_off: Vec<TimeOffRow>,
    pub prerequisites: Vec<PrerequisiteRow>,
    pub spacings: Vec<SpacingRow>,
}

/// What is in use; of days that differ and time off only what is not over at `now`.
pub(super) async fn rows(tx: &mut PgConnection, org: OrgId, now: Timestamp) -> sqlx::Result<Rows> {
    let (version, policy_version) = sql_as(
        "select o.rules_version, (select max(p.version) from booking_policies p where p.org_id = o.org_id) from orgs o where o.org_id = $1",
    )
    .bind(org)
    .fetch_one(&mut *tx)
    .await?;
    Ok(Rows {
        version,
        policy_version,
        locations: all(tx, org, "select id, name, time_zone, address, human_phone from locations where org_id = $1 and active order by position, id").await?,
        services: all(tx, org, SERVICES).await?,
        needs: all(tx, org, NEEDS).await?,
        practitioners: all(tx, org, PRACTITIONERS).await?,
        things: all(tx, org, "select id, name from resources where org_id = $1 and kind <> 'practitioner'").await?,
        hours: all(tx, org, "select location_id, practitioner_id, kind, weekday, opens_minute, closes_minute, effective_from, effective_to from weekly_hours where org_id = $1").await?,
        closures: sql_as(CLOSURES).bind(org).bind(now.to_sqlx()).fetch_all(&mut *tx).await?,
        time_off: sql_as("select practitioner_id, starts_at, ends_at from time_off where org_id = $1 and ends_at > $2")
            .bind(org)
            .bind(now.to_sqlx())
            .fetch_all(&mut *tx)
            .await?,
        prerequisites: all(tx, org, "select service_id, required_service_id, valid_days, first_time_only from service_prerequisites where org_id = $1").await?,
        spacings: all(tx, org, "select service_id, other_service_id, days from service_spacings where org_id = $1").await?,
    })
}

const SERVICES: &str =
    "select s.id, s.name, s.aliases, s.duration_minutes, s.buffer_before_minutes, s.buffer_after_minutes,
            s.grid_minutes, s.minimum_notice_minutes, s.horizon_days, s.is_other, s.daily_cap, s.assignment, s.supervised, s.licensed,
            array(select sp.practitioner_id from service_practitioners sp
                    join resources r on r.org_id = sp.org_id and r.id = sp.practitioner_id
                   where sp.org_id = s.org_id and sp.service_id = s.id order by r.position, r.id) as practitioner_ids
       from services s where s.org_id = $1 and s.active order by s.position, s.id";

const NEEDS: &str =
    "select n.service_id, n.need, n.resource_id, r.lanes, r.active, n.cleanup_minutes, r.location_id
       from service_needs n join resources r on r.org_id = n.org_id and r.id = n.resource_id
      where n.org_id = $1 order by n.service_id, n.need, r.position, r.id";

const PRACTITIONERS: &str =
    "select r.id, r.name, r.location_id, p.own_hours, p.supervises, p.licence_expires_on, p.daily_cap
       from practitioners p join resources r on r.org_id = p.org_id and r.id = p.id
      where p.org_id = $1 and r.active order by r.position, r.id";

/// Sites and the hours of them: of all, also of those that are closed for good, with days that differed since `since`.
pub(super) async fn hours_of_sites(
    tx: &mut PgConnection,
    org: OrgId,
    since: Timestamp,
) -> sqlx::Result<(Vec<LocationRow>, Vec<HoursRow>, Vec<ClosureRow>)> {
    Ok((
        all(tx, org, "select id, name, time_zone, address, human_phone from locations where org_id = $1 order by position, id").await?,
        all(tx, org, "select location_id, practitioner_id, kind, weekday, opens_minute, closes_minute, effective_from, effective_to
                        from weekly_hours where org_id = $1 and practitioner_id is null").await?,
        sql_as(CLOSURES).bind(org).bind(since.to_sqlx()).fetch_all(tx).await?,
    ))
}

/// Two days of grace: a civil day is over everywhere by then.
const CLOSURES: &str = "select location_id, practitioner_id, local_date, local_until, opens_minute, closes_minute
       from closures where org_id = $1 and coalesce(local_until, local_date) >= ($2::timestamptz at time zone 'UTC')::date - 2";

async fn all<T>(tx: &mut PgConnection, org: OrgId, query: &'static str) -> sqlx::Result<Vec<T>>
where
    T: for<'r> FromRow<'r, sqlx::postgres::PgRow> + Send + Unpin,
{
    sql_as(query).bind(org).fetch_all(tx).await
}

/// What is asked of one look.
pub(super) struct Looked<'a> {
    pub resources: &'a [Uuid],
    pub window: Window,
    pub question: &'a Value,
}

pub(super) async fn look(
    conn: &mut PgConnection,
    org: OrgId,
    looked: &Looked<'_>,
    now: Timestamp,
) -> sqlx::Result<Vec<LookRow>> {
    sql_as("select kind, resource_id, lane, starts_at, ends_at, expires_at, local_date, n from app_ctx.look($1, $2, $3, $4, $5, $6)")
        .bind(org)
        .bind(looked.resources)
        .bind(looked.window.since.to_sqlx())
        .bind(looked.window.until.to_sqlx())
        .bind(now.to_sqlx())
        .bind(looked.question)
        .fetch_all(conn)
        .await
}

/// The part of the ledger to open for a write, and the holds that convert.
pub(super) struct Ledger<'a> {
    pub looked: Looked<'a>,
    pub days: Vec<jiff_sqlx::Date>,
    pub own_keys: &'a [String],
    pub by: &'a Writer<'a>,
    pub own_start: Timestamp,
}

pub(super) async fn open_ledger(
    tx: &mut PgConnection,
    org: OrgId,
    ledger: Ledger<'_>,
    now: Timestamp,
) -> sqlx::Result<Vec<LookRow>> {
    sql_as(
        "select kind, resource_id, lane, starts_at, ends_at, expires_at, local_date, n
           from app_ctx.open_ledger($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
    )
    .bind(org)
    .bind(ledger.looked.resources)
    .bind(ledger.days)
    .bind(ledger.own_keys)
    .bind(ledger.looked.window.since.to_sqlx())
    .bind(ledger.looked.window.until.to_sqlx())
    .bind(now.to_sqlx())
    .bind(ledger.by.call_ref)
    .bind(ledger.own_start.to_sqlx())
    .bind(ledger.by.hold)
    .bind(ledger.looked.question)
    .fetch_all(tx)
    .await
}

pub(super) async fn lock_ledger(
    tx: &mut PgConnection,
    org: OrgId,
    resources: &[Uuid],
    days: Vec<jiff_sqlx::Date>,
) -> sqlx::Result<()> {
    sql("select from app_ctx.lock_ledger($1, $2, $3, '{}')")
        .bind(org)
        .bind(resources)
        .bind(days)
        .execute(tx)
        .await?;
    Ok(())
}

/// Lets practitioners who had no turn yet begin where the least of the others is.
pub(super) async fn begin_turns(
    tx: &mut PgConnection,
    org: OrgId,
    service: ServiceId,
    newcomers: &[Uuid],
    least: i64,
) -> sqlx::Result<()> {
    sql("insert into practitioner_turns (org_id, service_id, practitioner_id, turns)
         select $1, $2, id, $4 from unnest($3::uuid[]) id on conflict do nothing")
    .bind(org)
    .bind(service)
    .bind(newcomers)
    .bind(least)
    .execute(tx)
    .await?;
    Ok(())
}

/// Gives a practitioner a turn, or takes it back (`by` -1).
pub async fn count_turn(
    tx: &mut PgConnection,
    org: OrgId,
    service: ServiceId,
    practitioner: Uuid,
    by: i64,
) -> sqlx::Result<()> {
    sql("insert into practitioner_turns as t (org_id, service_id, practitioner_id, turns) values ($1, $2, $3, greatest($4, 0))
         on conflict (org_id, service_id, practitioner_id) do update set turns = greatest(t.turns + $4, 0)")
    .bind(org)
    .bind(service)
    .bind(practitioner)
    .bind(by)
    .execute(tx)
    .await?;
    Ok(())
}

/// A service as scoring sees it.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct ScoredService {
    /// Its id.
    pub id: ServiceId,
    /// What it is called.
    pub name: String,
    /// What else callers call it.
    pub aliases: Vec<String>,
    /// What it is worth as a lead: `high`, `medium` or `low`.
    pub lead_value: String,
    /// What it costs now.
    pub price_cents: Option<i32>,
}

/// Every service that a caller could mean, in order. Of two with one name, the one that is booked comes first.
pub async fn services_for_scoring(tx: &mut PgConnection, org: OrgId) -> sqlx::Result<Vec<ScoredService>> {
    sql_as(
        "select id, name, aliases, lead_value, price_cents from services
          where org_id = $1 and not is_other order by active desc, position, id",
    )
    .bind(org)
    .fetch_all(tx)
    .await
}
