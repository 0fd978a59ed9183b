//! All SQL of the slice.

use jiff::Timestamp;
use jiff_sqlx::ToSqlx as _;
use uuid::Uuid;

use super::NewNotification;
use crate::platform::db::{PgConnection, sql};
use crate::platform::ids::OrgId;

pub(super) async fn insert(
    tx: &mut PgConnection,
    org: OrgId,
    id: Uuid,
    new: &NewNotification,
    now: Timestamp,
) -> sqlx::Result<bool> {
    let done = sql(
        "insert into notifications (org_id, id, kind, title, subject_kind, subject_id, dedupe_key, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict on constraint notifications_once_per_reason do nothing",
    )
    .bind(org)
    .bind(id)
    .bind(new.kind)
    .bind(&new.title)
    .bind(new.subject.map(|(kind, _)| kind))
    .bind(new.subject.map(|(_, id)| id))
    .bind(&new.dedupe_key)
    .bind(now.to_sqlx())
    .execute(tx)
    .await?;
    Ok(done.rows_affected() == 1)
}
