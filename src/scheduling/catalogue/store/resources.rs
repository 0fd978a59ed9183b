//! SQL of rooms and devices.

use jiff_sqlx::ToSqlx as _;
use sqlx::FromRow;

use super::super::entry::{Change, Wanted};
use super::super::resource::{Resource, ResourceFields};
use super::{json, select_wanted};
use crate::platform::db::{PgConnection, sql, sql_as, sql_scalar};
use crate::platform::ids::{LocationId, OrgId, ResourceId};

/// What visits to come take of a resource.
#[derive(FromRow)]
pub(in super::super) struct InUse {
    /// The highest lane that is taken; 0 when none is.
    pub lane: i32,
    /// True when something is taken, and the resource stands at another location than the one asked about.
    pub is_elsewhere: bool,
}

pub(in super::super) async fn select(
    tx: &mut PgConnection,
    org: OrgId,
    wanted: &Wanted,
) -> sqlx::Result<Vec<Resource>> {
    const STATEMENT: &str = "select id, location_id, kind, name, lanes, active, position from resources
          where org_id = $1 and kind in ('room', 'device') and ($2::uuid is null or id = $2)
            and ($3::text is null or (position, id) > ($3::smallint, $4::uuid))
            and ($6::boolean is null or active = $6) and $7::date is null and $8::date is null
          order by position, id limit $5";
    select_wanted(tx, STATEMENT, org, wanted).await
}

pub(in super::super) async fn save(
    tx: &mut PgConnection,
    change: Change<ResourceId>,
    fields: &ResourceFields,
) -> sqlx::Result<()> {
    sql("insert into resources (org_id, id, location_id, kind, name, lanes, active, position)
         select $1, $2, $3, n.kind, n.name, n.lanes, n.active,
                coalesce(n.position, (select least(coalesce(max(position) + 1, 0), 30000) from resources where org_id = $1))
           from jsonb_populate_record(null::resources, $4::jsonb - 'location_id') n
         on conflict (org_id, id) do update set (location_id, kind, name, lanes, active, position) =
                (excluded.location_id, excluded.kind, excluded.name, excluded.lanes, excluded.active, excluded.position)")
    .bind(change.org)
    .bind(change.id)
    .bind(fields.location_id)
    .bind(json(fields)?)
    .execute(tx)
    .await?;
    Ok(())
}

/// What visits and holds to come take of a room, device or practitioner, compared with a location.
pub(in super::super) async fn in_use(
    tx: &mut PgConnection,
    change: Change<ResourceId>,
    location: LocationId,
) -> sqlx::Result<InUse> {
    sql_as(
        "select coalesce(max(x.lane), 0)::int as lane, coalesce(bool_or(r.location_id <> $3), false) as is_elsewhere
           from reservations x join resources r on r.org_id = x.org_id and r.id = x.resource_id
          where x.org_id = $1 and x.resource_id = $2 and x.ends_at > $4 and (x.hold_expires_at is null or x.hold_expires_at > $4)",
    )
    .bind(change.org)
    .bind(change.id)
    .bind(location)
    .bind(change.at.to_sqlx())
    .fetch_one(tx)
    .await
}

/// Whether a service takes it: without it, the service would be booked without one.
pub(in super::super) async fn is_needed(
    tx: &mut PgConnection,
    org: OrgId,
    id: ResourceId,
) -> sqlx::Result<bool> {
    sql_scalar("select exists (select from service_needs where org_id = $1 and resource_id = $2)")
        .bind(org)
        .bind(id)
        .fetch_one(tx)
        .await
}

pub(in super::super) async fn delete(
    tx: &mut PgConnection,
    org: OrgId,
    id: ResourceId,
) -> sqlx::Result<bool> {
    let done = sql("delete from resources where org_id = $1 and id = $2 and kind <> 'practitioner'")
        .bind(org)
        .bind(id)
        .execute(tx)
        .await?;
    Ok(done.rows_affected() == 1)
}
