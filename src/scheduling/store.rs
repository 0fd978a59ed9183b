//! All SQL of the slice.

pub(super) mod clinic_info;
pub(super) mod templates;

use jiff::Timestamp;
use jiff_sqlx::ToSqlx as _;
use sqlx::FromRow;
use uuid::Uuid;

use super::taken::{TakenRow, Window, Writer};
use crate::platform::db::{PgConnection, sql_as, sql_scalar};
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
    pub practitioner_ids: Vec<Uuid>,
}

#[derive(FromRow)]
pub(super) struct NeedRow {
    pub service_id: ServiceId,
    pub need: i16,
    pub resource_id: ResourceId,
    pub lanes: i16,
    pub cleanup_minutes: i16,
    pub location_id: LocationId,
}

#[derive(FromRow)]
pub(super) struct PractitionerRow {
    pub id: ResourceId,
    pub name: String,
    pub location_id: LocationId,
    pub own_hours: bool,
}

#[derive(FromRow)]
pub(super) struct HoursRow {
    pub location_id: Option<LocationId>,
    pub practitioner_id: Option<ResourceId>,
    pub weekday: i16,
    pub opens_minute: i16,
    pub closes_minute: i16,
}

#[derive(FromRow)]
pub(super) struct ClosureRow {
    pub location_id: Option<LocationId>,
    pub practitioner_id: Option<ResourceId>,
    pub local_date: jiff_sqlx::Date,
    pub opens_minute: Option<i16>,
    pub closes_minute: Option<i16>,
}

pub(super) struct Rows {
    pub version: i64,
    pub locations: Vec<LocationRow>,
    pub services: Vec<ServiceRow>,
    pub needs: Vec<NeedRow>,
    pub practitioners: Vec<PractitionerRow>,
    pub hours: Vec<HoursRow>,
    pub closures: Vec<ClosureRow>,
}

pub(super) async fn rows(tx: &mut PgConnection, org: OrgId) -> sqlx::Result<Rows> {
    let version =
        sql_scalar("select rules_version from orgs where org_id = $1").bind(org).fetch_one(&mut *tx).await?;
    let locations = sql_as("select id, name, time_zone, address, human_phone from locations where org_id = $1 order by position, id")
        .bind(org)
        .fetch_all(&mut *tx)
        .await?;
    let services = sql_as(
        "select s.id, s.name, s.aliases, s.duration_minutes, s.buffer_before_minutes, s.buffer_after_minutes,
                s.grid_minutes, s.minimum_notice_minutes, s.horizon_days, s.is_other,
                array(select sp.practitioner_id from service_practitioners sp
                        join resources r on r.org_id = sp.org_id and r.id = sp.practitioner_id
                       where sp.org_id = s.org_id and sp.service_id = s.id order by r.position, r.id) as practitioner_ids
           from services s where s.org_id = $1 order by s.position, s.id",
    )
    .bind(org)
    .fetch_all(&mut *tx)
    .await?;
    let needs = sql_as(
        "select n.service_id, n.need, n.resource_id, r.lanes, n.cleanup_minutes, r.location_id
           from service_needs n join resources r on r.org_id = n.org_id and r.id = n.resource_id
          where n.org_id = $1 order by n.service_id, n.need, r.position, r.id",
    )
    .bind(org)
    .fetch_all(&mut *tx)
    .await?;
    let practitioners = sql_as(
        "select r.id, r.name, r.location_id, p.own_hours
           from practitioners p join resources r on r.org_id = p.org_id and r.id = p.id
          where p.org_id = $1 order by r.position, r.id",
    )
    .bind(org)
    .fetch_all(&mut *tx)
    .await?;
    let hours = sql_as("select location_id, practitioner_id, weekday, opens_minute, closes_minute from weekly_hours where org_id = $1")
        .bind(org)
        .fetch_all(&mut *tx)
        .await?;
    let closures = sql_as("select location_id, practitioner_id, local_date, opens_minute, closes_minute from closures where org_id = $1")
        .bind(org)
        .fetch_all(&mut *tx)
        .await?;
    Ok(Rows { version, locations, services, needs, practitioners, hours, closures })
}

pub(super) async fn taken(
    conn: &mut PgConnection,
    org: OrgId,
    resources: &[Uuid],
    window: Window,
    now: Timestamp,
) -> sqlx::Result<Vec<TakenRow>> {
    sql_as("select kind, resource_id, lane, starts_at, ends_at, expires_at, rules_version from app_ctx.taken($1, $2, $3, $4, $5)")
        .bind(org)
        .bind(resources)
        .bind(window.since.to_sqlx())
        .bind(window.until.to_sqlx())
        .bind(now.to_sqlx())
        .fetch_all(conn)
        .await
}

/// The part of the ledger to open for a write, and the hold that may convert.
pub(super) struct Ledger<'a> {
    pub resources: &'a [Uuid],
    pub days: Vec<jiff_sqlx::Date>,
    pub window: Window,
    pub by: Writer<'a>,
    pub own_start: Timestamp,
}

pub(super) async fn open_ledger(
    tx: &mut PgConnection,
    org: OrgId,
    ledger: Ledger<'_>,
    now: Timestamp,
) -> sqlx::Result<Vec<TakenRow>> {
    sql_as(
        "select kind, resource_id, lane, starts_at, ends_at, expires_at, rules_version
           from app_ctx.open_ledger($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    )
    .bind(org)
    .bind(ledger.resources)
    .bind(ledger.days)
    .bind(ledger.window.since.to_sqlx())
    .bind(ledger.window.until.to_sqlx())
    .bind(now.to_sqlx())
    .bind(ledger.by.call_ref)
    .bind(ledger.own_start.to_sqlx())
    .bind(ledger.by.phone)
    .fetch_all(tx)
    .await
}

/// Every service's name, aliases and worth as a lead (`high`, `medium`, `low`).
pub async fn services_for_scoring(
    tx: &mut PgConnection,
    org: OrgId,
) -> sqlx::Result<Vec<(String, Vec<String>, String)>> {
    sql_as("select name, aliases, lead_value from services where org_id = $1 order by position, id")
        .bind(org)
        .fetch_all(tx)
        .await
}
