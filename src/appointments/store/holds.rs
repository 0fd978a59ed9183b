//! SQL of the holds of one call.

use crate::platform::db::{PgConnection, sql};
use crate::platform::ids::{HoldId, OrgId};

pub(in crate::appointments) async fn delete_others_of_call(
    tx: &mut PgConnection,
    org: OrgId,
    call_ref: &str,
    keep: HoldId,
) -> sqlx::Result<()> {
    sql("delete from holds where org_id = $1 and call_ref = $2 and id <> $3")
        .bind(org)
        .bind(call_ref)
        .bind(keep)
        .execute(tx)
        .await?;
    Ok(())
}
