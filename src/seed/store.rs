//! All SQL of the demo clinics: the rules of scheduling, which only an operator's page will write otherwise.

pub(super) mod past;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff_sqlx::ToSqlx as _;
use uuid::Uuid;

use super::clinic::{LatePolicy, Person, Shift, Site, Treatment};
use crate::platform::db::{PgConnection, sql};
use crate::platform::ids::{LocationId, OrgId};

/// A row of `resources`.
pub(super) struct Resource<'a> {
    pub id: Uuid,
    pub location: LocationId,
    pub kind: &'a str,
    pub name: &'a str,
    pub lanes: i16,
    pub position: i16,
}

/// Rows of `weekly_hours`, of a location or of somebody there.
pub(super) struct Hours<'a> {
    pub location: LocationId,
    pub practitioner: Option<Uuid>,
    pub shift: &'a Shift,
    pub effective_from: Option<Date>,
}

pub(super) async fn insert_hours(
    tx: &mut PgConnection,
    org: OrgId,
    row: &Hours<'_>,
    new_id: impl Fn() -> Uuid,
) -> sqlx::Result<()> {
    for weekday in row.shift.weekdays {
        sql("insert into weekly_hours (org_id, id, location_id, practitioner_id, weekday, opens_minute, closes_minute, kind, effective_from)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9)")
        .bind(org)
        .bind(new_id())
        .bind(row.location)
        .bind(row.practitioner)
        .bind(weekday)
        .bind(row.shift.opens_minute)
        .bind(row.shift.closes_minute)
        .bind(row.shift.kind)
        .bind(row.effective_from.map(jiff_sqlx::ToSqlx::to_sqlx))
        .execute(&mut *tx)
        .await?;
    }
    Ok(())
}

pub(super) async fn insert_location(
    tx: &mut PgConnection,
    org: OrgId,
    id: LocationId,
    site: &Site,
) -> sqlx::Result<()> {
    sql("insert into locations (org_id, id, name, time_zone, address, parking, human_phone) values ($1, $2, $3, $4, $5, $6, $7)")
        .bind(org)
        .bind(id)
        .bind(site.name)
        .bind(site.time_zone)
        .bind(site.address)
        .bind(site.parking)
        .bind(site.human_phone)
        .execute(tx)
        .await?;
    Ok(())
}

pub(super) async fn set_parking(
    tx: &mut PgConnection,
    org: OrgId,
    location: LocationId,
    parking: &str,
) -> sqlx::Result<()> {
    sql("update locations set parking = $3 where org_id = $1 and id = $2")
        .bind(org)
        .bind(location)
        .bind(parking)
        .execute(tx)
        .await?;
    Ok(())
}

pub(super) async fn insert_policy(
    tx: &mut PgConnection,
    org: OrgId,
    policy: &LatePolicy,
    now: Timestamp,
) -> sqlx::Result<()> {
    sql("insert into booking_policies (org_id, version, notice_minutes, fee_cents, created_at) values ($1, 1, $2, $3, $4)")
        .bind(org)
        .bind(policy.notice_minutes)
        .bind(policy.fee_cents)
        .bind(now.to_sqlx())
        .execute(tx)
        .await?;
    Ok(())
}

/// The whole clinic is closed on a day.
pub(super) async fn insert_closure(
    tx: &mut PgConnection,
    org: OrgId,
    id: Uuid,
    date: Date,
    reason: &str,
) -> sqlx::Result<()> {
    sql("insert into closures (org_id, id, local_date, reason) values ($1, $2, $3, $4)")
        .bind(org)
        .bind(id)
        .bind(date.to_sqlx())
        .bind(reason)
        .execute(tx)
        .await?;
    Ok(())
}

pub(super) async fn insert_time_off(
    tx: &mut PgConnection,
    org: OrgId,
    (id, practitioner): (Uuid, Uuid),
    (starts_at, ends_at): (Timestamp, Timestamp),
) -> sqlx::Result<()> {
    sql("insert into time_off (org_id, id, practitioner_id, starts_at, ends_at, reason) values ($1, $2, $3, $4, $5, 'Vacation')")
        .bind(org)
        .bind(id)
        .bind(practitioner)
        .bind(starts_at.to_sqlx())
        .bind(ends_at.to_sqlx())
        .execute(tx)
        .await?;
    Ok(())
}

pub(super) async fn insert_resource(
    tx: &mut PgConnection,
    org: OrgId,
    row: &Resource<'_>,
) -> sqlx::Result<()> {
    sql("insert into resources (org_id, id, location_id, kind, name, lanes, position) values ($1, $2, $3, $4, $5, $6, $7)")
        .bind(org)
        .bind(row.id)
        .bind(row.location)
        .bind(row.kind)
        .bind(row.name)
        .bind(row.lanes)
        .bind(row.position)
        .execute(tx)
        .await?;
    Ok(())
}

pub(super) async fn insert_practitioner(
    tx: &mut PgConnection,
    org: OrgId,
    id: Uuid,
    person: &Person,
    licence_expires_on: Option<Date>,
) -> sqlx::Result<()> {
    sql("insert into practitioners (org_id, id, title, own_hours, supervises, daily_cap, licence_expires_on)
         values ($1, $2, $3, $4, $5, $6, $7)")
    .bind(org)
    .bind(id)
    .bind(person.title)
    .bind(!person.hours.is_empty())
    .bind(person.supervises)
    .bind(person.daily_cap)
    .bind(licence_expires_on.map(jiff_sqlx::ToSqlx::to_sqlx))
    .execute(tx)
    .await?;
    Ok(())
}

pub(super) async fn insert_service(
    tx: &mut PgConnection,
    org: OrgId,
    id: Uuid,
    treatment: &Treatment,
    position: i16,
) -> sqlx::Result<()> {
    sql("insert into services (org_id, id, name, aliases, duration_minutes, buffer_after_minutes, grid_minutes, price_cents,
                lead_value, daily_cap, assignment, supervised, licensed, preparation, is_other, position)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, case when $11 then 'round_robin' else 'preferred' end, $12, $13, $14,
                $3 = 'Other', $15)")
    .bind(org)
    .bind(id)
    .bind(treatment.name)
    .bind(treatment.aliases)
    .bind(treatment.minutes)
    .bind(treatment.buffer_after_minutes)
    .bind(treatment.grid_minutes)
    .bind(treatment.price_cents)
    .bind(treatment.lead_value)
    .bind(treatment.daily_cap)
    .bind(treatment.is_in_turn)
    .bind(treatment.supervised)
    .bind(treatment.licensed)
    .bind(treatment.preparation)
    .bind(position)
    .execute(tx)
    .await?;
    Ok(())
}

/// What comes before the first of these services.
pub(super) async fn require(
    tx: &mut PgConnection,
    org: OrgId,
    services: &[Uuid],
    required: Uuid,
    valid_days: i16,
) -> sqlx::Result<()> {
    sql("insert into service_prerequisites (org_id, service_id, required_service_id, valid_days, first_time_only)
         select $1, unnest($2::uuid[]), $3, $4, true")
    .bind(org)
    .bind(services)
    .bind(required)
    .bind(valid_days)
    .execute(tx)
    .await?;
    Ok(())
}
