//! SQL of absences.

use super::super::entry::{Change, Wanted};
use super::super::time_off::{TimeOff, TimeOffFields};
use super::select_wanted;
use crate::platform::bounded::Text;
use crate::platform::db::{PgConnection, sql};
use crate::platform::ids::{OrgId, TimeOffId};

pub(in super::super) async fn select(
    tx: &mut PgConnection,
    org: OrgId,
    wanted: &Wanted,
) -> sqlx::Result<Vec<TimeOff>> {
    // Days are those of the location where they work.
    const STATEMENT: &str = "select t.id, t.practitioner_id, t.starts_at, t.ends_at, t.reason
           from time_off t
           join resources r on r.org_id = t.org_id and r.id = t.practitioner_id
           join locations l on l.org_id = r.org_id and l.id = r.location_id
          where t.org_id = $1 and ($2::uuid is null or t.id = $2)
            and ($3::text is null or (t.starts_at, t.id) > ($3::timestamptz, $4::uuid))
            and ($7::date is null or t.ends_at at time zone l.time_zone > $7::date)
            and ($8::date is null or t.starts_at at time zone l.time_zone < $8::date + 1)
            and $6::boolean is null
          order by t.starts_at, t.id limit $5";
    select_wanted(tx, STATEMENT, org, wanted).await
}

pub(in super::super) async fn save(
    tx: &mut PgConnection,
    change: Change<TimeOffId>,
    fields: &TimeOffFields,
) -> sqlx::Result<()> {
    sql("insert into time_off (org_id, id, practitioner_id, starts_at, ends_at, reason) values ($1, $2, $3, $4, $5, $6)
         on conflict (org_id, id) do update set (practitioner_id, starts_at, ends_at, reason) =
                (excluded.practitioner_id, excluded.starts_at, excluded.ends_at, excluded.reason)")
    .bind(change.org)
    .bind(change.id)
    .bind(fields.practitioner_id)
    .bind(jiff_sqlx::Timestamp::from(fields.starts_at.0))
    .bind(jiff_sqlx::Timestamp::from(fields.ends_at.0))
    .bind(fields.reason.as_ref().map(Text::as_str))
    .execute(tx)
    .await?;
    Ok(())
}

pub(in super::super) async fn delete(tx: &mut PgConnection, org: OrgId, id: TimeOffId) -> sqlx::Result<bool> {
    let done =
        sql("delete from time_off where org_id = $1 and id = $2").bind(org).bind(id).execute(tx).await?;
    Ok(done.rows_affected() == 1)
}
