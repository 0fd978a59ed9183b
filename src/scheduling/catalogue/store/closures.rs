//! SQL of closures.

use super::super::closure::{Closure, ClosureFields};
use super::super::entry::{Change, Wanted};
use super::super::local_time::LocalTime;
use super::select_wanted;
use crate::platform::bounded::Text;
use crate::platform::db::{PgConnection, sql};
use crate::platform::ids::{ClosureId, OrgId};

pub(in super::super) async fn select(
    tx: &mut PgConnection,
    org: OrgId,
    wanted: &Wanted,
) -> sqlx::Result<Vec<Closure>> {
    const STATEMENT: &str = "select id, location_id, practitioner_id, local_date::text as local_date, local_until::text as local_until,
                opens_minute as opens, closes_minute as closes, reason
           from closures
          where org_id = $1 and ($2::uuid is null or id = $2)
            and ($3::text is null or (local_date, id) > ($3::date, $4::uuid))
            and ($7::date is null or coalesce(local_until, local_date) >= $7) and ($8::date is null or local_date <= $8)
            and $6::boolean is null
          order by closures.local_date, id limit $5";
    select_wanted(tx, STATEMENT, org, wanted).await
}

pub(in super::super) async fn save(
    tx: &mut PgConnection,
    change: Change<ClosureId>,
    fields: &ClosureFields,
) -> sqlx::Result<()> {
    sql("insert into closures (org_id, id, location_id, practitioner_id, local_date, local_until, opens_minute, closes_minute, reason)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
         on conflict (org_id, id) do update set
                (location_id, practitioner_id, local_date, local_until, opens_minute, closes_minute, reason) =
                (excluded.location_id, excluded.practitioner_id, excluded.local_date, excluded.local_until,
                 excluded.opens_minute, excluded.closes_minute, excluded.reason)")
    .bind(change.org)
    .bind(change.id)
    .bind(fields.location_id)
    .bind(fields.practitioner_id)
    .bind(jiff_sqlx::Date::from(fields.local_date.0))
    .bind(fields.local_until.map(|day| jiff_sqlx::Date::from(day.0)))
    .bind(fields.opens.map(LocalTime::minute))
    .bind(fields.closes.map(LocalTime::minute))
    .bind(fields.reason.as_ref().map(Text::as_str))
    .execute(tx)
    .await?;
    Ok(())
}

pub(in super::super) async fn delete(tx: &mut PgConnection, org: OrgId, id: ClosureId) -> sqlx::Result<bool> {
    let done =
        sql("delete from closures where org_id = $1 and id = $2").bind(org).bind(id).execute(tx).await?;
    Ok(done.rows_affected() == 1)
}
