//! SQL of people who can be booked: a row of `resources` and one of `practitioners` each.

use super::super::entry::{Change, Wanted};
use super::super::practitioner::{Practitioner, PractitionerFields};
use super::{json, select_wanted};
use crate::platform::db::{PgConnection, sql};
use crate::platform::ids::{OrgId, ResourceId, ServiceId};
use crate::platform::public::Public;

pub(in super::super) async fn select(
    tx: &mut PgConnection,
    org: OrgId,
    wanted: &Wanted,
) -> sqlx::Result<Vec<Practitioner>> {
    const STATEMENT: &str = "select r.id, r.location_id, r.name, p.title, p.own_hours, p.supervises,
                p.licence_expires_on::text as licence_expires_on, p.daily_cap, r.active, r.position,
                array(select sp.service_id from service_practitioners sp join services v on v.org_id = sp.org_id and v.id = sp.service_id
                       where sp.org_id = p.org_id and sp.practitioner_id = p.id order by v.position, v.id) as services
           from practitioners p join resources r on r.org_id = p.org_id and r.id = p.id
          where p.org_id = $1 and ($2::uuid is null or p.id = $2)
            and ($3::text is null or (r.position, r.id) > ($3::smallint, $4::uuid))
            and ($6::boolean is null or r.active = $6) and $7::date is null and $8::date is null
          order by r.position, r.id limit $5";
    select_wanted(tx, STATEMENT, org, wanted).await
}

pub(in super::super) async fn save(
    tx: &mut PgConnection,
    change: Change<ResourceId>,
    fields: &PractitionerFields,
) -> sqlx::Result<()> {
    let written = json(fields)?;
    sql("insert into resources (org_id, id, location_id, kind, name, lanes, active, position)
         select $1, $2, $3, 'practitioner', n.name, 1, n.active,
                coalesce(n.position, (select least(coalesce(max(position) + 1, 0), 30000) from resources where org_id = $1 and kind = 'practitioner'))
           from jsonb_populate_record(null::resources, $4::jsonb - 'location_id') n
         on conflict (org_id, id) do update set (location_id, name, active, position) =
                (excluded.location_id, excluded.name, excluded.active, excluded.position)")
    .bind(change.org)
    .bind(change.id)
    .bind(fields.location_id)
    .bind(&written)
    .execute(&mut *tx)
    .await?;
    sql("insert into practitioners (org_id, id, title, own_hours, supervises, licence_expires_on, daily_cap)
         select $1, $2, n.title, n.own_hours, n.supervises, n.licence_expires_on, n.daily_cap
           from jsonb_populate_record(null::practitioners, $3) n
         on conflict (org_id, id) do update set (title, own_hours, supervises, licence_expires_on, daily_cap) =
                (excluded.title, excluded.own_hours, excluded.supervises, excluded.licence_expires_on, excluded.daily_cap)")
    .bind(change.org)
    .bind(change.id)
    .bind(written)
    .execute(tx)
    .await?;
    Ok(())
}

/// What they may give, whole.
pub(in super::super) async fn set_services(
    tx: &mut PgConnection,
    change: Change<ResourceId>,
    services: &[Public<ServiceId>],
) -> sqlx::Result<()> {
    sql("delete from service_practitioners where org_id = $1 and practitioner_id = $2 and service_id <> all ($3)")
        .bind(change.org)
        .bind(change.id)
        .bind(services)
        .execute(&mut *tx)
        .await?;
    sql("insert into service_practitioners (org_id, service_id, practitioner_id)
         select $1, service_id, $2 from (select distinct unnest($3::uuid[]) as service_id) s
         on conflict on constraint service_practitioners_pkey do nothing")
    .bind(change.org)
    .bind(change.id)
    .bind(services)
    .execute(tx)
    .await?;
    Ok(())
}

/// With their hours, absences and services.
pub(in super::super) async fn delete(
    tx: &mut PgConnection,
    org: OrgId,
    id: ResourceId,
) -> sqlx::Result<bool> {
    let done = sql("delete from resources where org_id = $1 and id = $2 and kind = 'practitioner'")
        .bind(org)
        .bind(id)
        .execute(tx)
        .await?;
    Ok(done.rows_affected() == 1)
}
