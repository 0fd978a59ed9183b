//! SQL that adds services from templates.

use sqlx::FromRow;
use uuid::Uuid;

use crate::platform::db::{PgConnection, sql, sql_as, sql_scalar};
use crate::platform::ids::{LocationId, OrgId, ServiceId};
use crate::scheduling::templates::{Requirement, Template};

#[derive(FromRow)]
pub(in crate::scheduling) struct KnownRow {
    pub id: ServiceId,
    pub name: String,
    pub aliases: Vec<String>,
}

#[derive(FromRow)]
pub(in crate::scheduling) struct ThingRow {
    pub id: Uuid,
    pub kind: String,
    pub name: String,
}

pub(in crate::scheduling) async fn known(tx: &mut PgConnection, org: OrgId) -> sqlx::Result<Vec<KnownRow>> {
    sql_as("select id, name, aliases from services where org_id = $1 order by position, id")
        .bind(org)
        .fetch_all(tx)
        .await
}

pub(in crate::scheduling) async fn things_at(
    tx: &mut PgConnection,
    org: OrgId,
    location: LocationId,
) -> sqlx::Result<Vec<ThingRow>> {
    sql_as("select id, kind, name from resources where org_id = $1 and location_id = $2 and active order by position, id")
        .bind(org)
        .bind(location)
        .fetch_all(tx)
        .await
}

/// Whether anybody's presence lets others give supervised services there.
pub(in crate::scheduling) async fn has_supervisor(
    tx: &mut PgConnection,
    org: OrgId,
    location: LocationId,
) -> sqlx::Result<bool> {
    sql_scalar(
        "select exists (select from practitioners p join resources r on r.org_id = p.org_id and r.id = p.id
                         where p.org_id = $1 and p.supervises and r.location_id = $2 and r.active)",
    )
    .bind(org)
    .bind(location)
    .fetch_one(tx)
    .await
}

/// Behind every service that is there; false when the name was taken meanwhile.
pub(in crate::scheduling) async fn insert(
    tx: &mut PgConnection,
    org: OrgId,
    (id, price_cents): (ServiceId, Option<i32>),
    template: &Template,
    (aliases, is_other): (&[&str], bool),
) -> sqlx::Result<bool> {
    let done = sql(
        "insert into services (org_id, id, name, aliases, duration_minutes, buffer_before_minutes, buffer_after_minutes, grid_minutes,
                minimum_notice_minutes, lead_value, supervised, licensed, preparation, is_other, price_cents, position)
         select $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15,
                (select coalesce(max(position) + 1, 0) from services where org_id = $1)
         on conflict on constraint services_once_per_name do nothing",
    )
    .bind(org)
    .bind(id)
    .bind(template.name)
    .bind(aliases)
    .bind(template.duration_minutes)
    .bind(template.buffer_before_minutes)
    .bind(template.buffer_after_minutes)
    .bind(template.grid_minutes)
    .bind(template.minimum_notice_minutes)
    .bind(template.lead_value)
    .bind(template.supervised)
    .bind(template.licensed)
    .bind(template.preparation)
    .bind(is_other)
    .bind(price_cents)
    .execute(tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Number `need` of the service is met by any of these things.
pub async fn need_one_of(
    tx: &mut PgConnection,
    org: OrgId,
    service: ServiceId,
    (need, cleanup_minutes): (i16, i16),
    things: &[Uuid],
) -> sqlx::Result<()> {
    sql("insert into service_needs (org_id, service_id, need, resource_id, cleanup_minutes)
         select $1, $2, $3, unnest($4::uuid[]), $5")
    .bind(org)
    .bind(service)
    .bind(need)
    .bind(things)
    .bind(cleanup_minutes)
    .execute(tx)
    .await?;
    Ok(())
}

/// These people give the service.
pub async fn allow(
    tx: &mut PgConnection,
    org: OrgId,
    service: ServiceId,
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

/// Days between two of one person.
pub async fn space(tx: &mut PgConnection, org: OrgId, service: ServiceId, days: i16) -> sqlx::Result<()> {
    sql("insert into service_spacings (org_id, service_id, other_service_id, days) values ($1, $2, $2, $3)")
        .bind(org)
        .bind(service)
        .bind(days)
        .execute(tx)
        .await?;
    Ok(())
}

pub(in crate::scheduling) async fn require(
    tx: &mut PgConnection,
    org: OrgId,
    service: ServiceId,
    first: ServiceId,
    requirement: &Requirement,
) -> sqlx::Result<()> {
    sql("insert into service_prerequisites (org_id, service_id, required_service_id, valid_days, first_time_only)
         values ($1, $2, $3, $4, $5)")
    .bind(org)
    .bind(service)
    .bind(first)
    .bind(requirement.valid_days)
    .bind(requirement.first_time_only)
    .execute(tx)
    .await?;
    Ok(())
}
