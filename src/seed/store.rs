//! All SQL of the demo clinics: the rules of scheduling, which only an operator's page will write otherwise.

use uuid::Uuid;

use super::Treatment;
use crate::platform::db::{PgConnection, sql};
use crate::platform::ids::{LocationId, OrgId};

const EVERY_WEEKDAY: std::ops::RangeInclusive<i16> = 1..=7;

/// A row of `resources`.
pub(super) struct Resource<'a> {
    pub id: Uuid,
    pub location: LocationId,
    pub kind: &'a str,
    pub name: &'a str,
    pub lanes: i16,
    pub position: i16,
}

/// The same hours on every day of the week.
pub(super) async fn insert_daily_hours(
    tx: &mut PgConnection,
    org: OrgId,
    location: LocationId,
    (opens_minute, closes_minute): (i16, i16),
    new_id: impl Fn() -> Uuid,
) -> sqlx::Result<()> {
    for weekday in EVERY_WEEKDAY {
        sql("insert into weekly_hours (org_id, id, location_id, weekday, opens_minute, closes_minute)
             values ($1, $2, $3, $4, $5, $6)")
        .bind(org)
        .bind(new_id())
        .bind(location)
        .bind(weekday)
        .bind(opens_minute)
        .bind(closes_minute)
        .execute(&mut *tx)
        .await?;
    }
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
    title: &str,
) -> sqlx::Result<()> {
    sql("insert into practitioners (org_id, id, title) values ($1, $2, $3)")
        .bind(org)
        .bind(id)
        .bind(title)
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
    sql("insert into services (org_id, id, name, aliases, duration_minutes, price_cents, lead_value, is_other, position)
         values ($1, $2, $3, $4, $5, $6, $7, $3 = 'Other', $8)")
    .bind(org)
    .bind(id)
    .bind(treatment.name)
    .bind(treatment.aliases)
    .bind(treatment.minutes)
    .bind(treatment.price_cents)
    .bind(treatment.lead_value)
    .bind(position)
    .execute(tx)
    .await?;
    Ok(())
}

/// These people do the service.
pub(super) async fn allow(
    tx: &mut PgConnection,
    org: OrgId,
    service: Uuid,
    people: &[Uuid],
) -> sqlx::Result<()> {
    sql("insert into service_practitioners (org_id, service_id, practitioner_id) select $1, $2, unnest($3::uuid[])")
        .bind(org)
        .bind(service)
        .bind(people)
        .execute(tx)
        .await?;
    Ok(())
}

/// The service takes one of these things, and leaves it to be cleaned.
pub(super) async fn need_one_of(
    tx: &mut PgConnection,
    org: OrgId,
    service: Uuid,
    things: &[Uuid],
    cleanup_minutes: i16,
) -> sqlx::Result<()> {
    sql("insert into service_needs (org_id, service_id, need, resource_id, cleanup_minutes)
         select $1, $2, 1, unnest($3::uuid[]), $4")
    .bind(org)
    .bind(service)
    .bind(things)
    .bind(cleanup_minutes)
    .execute(tx)
    .await?;
    Ok(())
}
