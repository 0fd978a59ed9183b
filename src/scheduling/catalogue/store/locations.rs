//! SQL of sites.

use super::super::entry::{Change, Wanted};
use super::super::location::{Location, LocationFields};
use super::{json, select_wanted};
use crate::platform::db::{PgConnection, sql, sql_scalar};
use crate::platform::ids::{LocationId, OrgId};
use jiff_sqlx::ToSqlx as _;

pub(in super::super) async fn select(
    tx: &mut PgConnection,
    org: OrgId,
    wanted: &Wanted,
) -> sqlx::Result<Vec<Location>> {
    const STATEMENT: &str =
        "select id, name, time_zone, address, human_phone, parking, active, position from locations
          where org_id = $1 and ($2::uuid is null or id = $2)
            and ($3::text is null or (position, id) > ($3::smallint, $4::uuid))
            and ($6::boolean is null or active = $6) and $7::date is null and $8::date is null
          order by position, id limit $5";
    select_wanted(tx, STATEMENT, org, wanted).await
}

pub(in super::super) async fn save(
    tx: &mut PgConnection,
    change: Change<LocationId>,
    fields: &LocationFields,
) -> sqlx::Result<()> {
    sql("insert into locations (org_id, id, name, time_zone, address, human_phone, parking, active, position)
         select $1, $2, n.name, n.time_zone, n.address, n.human_phone, n.parking, n.active,
                coalesce(n.position, (select least(coalesce(max(position) + 1, 0), 30000) from locations where org_id = $1))
           from jsonb_populate_record(null::locations, $3) n
         on conflict (org_id, id) do update set (name, time_zone, address, human_phone, parking, active, position) =
                (excluded.name, excluded.time_zone, excluded.address, excluded.human_phone, excluded.parking,
                 excluded.active, excluded.position)")
    .bind(change.org)
    .bind(change.id)
    .bind(json(fields)?)
    .execute(tx)
    .await?;
    Ok(())
}

/// Whether visits are still to come that were booked under another zone.
pub(in super::super) async fn moves_visits(
    tx: &mut PgConnection,
    change: Change<LocationId>,
    time_zone: &str,
) -> sqlx::Result<bool> {
    sql_scalar(
        "select exists (select from locations where org_id = $1 and id = $2 and time_zone <> $3)
            and exists (select from appointments where org_id = $1 and location_id = $2 and ends_at > $4
                           and status in ('pending', 'scheduled', 'arrived'))",
    )
    .bind(change.org)
    .bind(change.id)
    .bind(time_zone)
    .bind(change.at.to_sqlx())
    .fetch_one(tx)
    .await
}
