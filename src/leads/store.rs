//! All SQL of the slice.

use jiff::Timestamp;
use jiff_sqlx::ToSqlx as _;

use super::NewAlert;
use crate::platform::db::{PgConnection, sql, sql_scalar};
use crate::platform::ids::{AlertId, OrgId, TextId};

/// False when the call has its alert; then that one has been committed.
pub(super) async fn insert(
    tx: &mut PgConnection,
    org: OrgId,
    id: AlertId,
    new: &NewAlert<'_>,
    now: Timestamp,
) -> sqlx::Result<bool> {
    let done = sql(
        "insert into hot_lead_alerts (org_id, id, call_ref, call_id, trigger, lead_name, lead_phone, interest, summary,
            urgency, score, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
         on conflict on constraint hot_lead_alerts_once_per_call do nothing",
    )
    .bind(org)
    .bind(id)
    .bind(new.call_ref)
    .bind(new.call)
    .bind(new.trigger.as_str())
    .bind(new.name)
    .bind(new.phone)
    .bind(new.interest)
    .bind(new.summary)
    .bind(new.urgency)
    .bind(new.score)
    .bind(now.to_sqlx())
    .execute(tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

pub(super) async fn set_text(
    tx: &mut PgConnection,
    org: OrgId,
    id: AlertId,
    text: TextId,
) -> sqlx::Result<()> {
    sql("update hot_lead_alerts set text_id = $3 where org_id = $1 and id = $2")
        .bind(org)
        .bind(id)
        .bind(text)
        .execute(tx)
        .await?;
    Ok(())
}

/// Whether the call's alert went out as a text.
pub(super) async fn has_text(tx: &mut PgConnection, org: OrgId, call_ref: &str) -> sqlx::Result<bool> {
    sql_scalar("select exists (select from hot_lead_alerts where org_id = $1 and call_ref = $2 and text_id is not null)")
        .bind(org)
        .bind(call_ref)
        .fetch_one(tx)
        .await
}
