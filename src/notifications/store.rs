//! All SQL of the slice.

use jiff::Timestamp;
use jiff_sqlx::ToSqlx as _;
use uuid::Uuid;

use super::NewNotification;
use crate::platform::db::{PgConnection, sql};
use crate::platform::ids::{NotificationId, OrgId};

pub(super) async fn insert(
    tx: &mut PgConnection,
    org: OrgId,
    id: Uuid,
    (new, audience): (&NewNotification, &str),
    now: Timestamp,
) -> sqlx::Result<bool> {
    let done = sql(
        "insert into notifications (org_id, id, kind, title, subject_kind, subject_id, dedupe_key, created_at, audience)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict on constraint notifications_once_per_reason do nothing",
    )
    .bind(org)
    .bind(id)
    .bind(new.kind)
    .bind(&new.title)
    .bind(new.subject.map(|(kind, _)| kind))
    .bind(new.subject.map(|(_, id)| id))
    .bind(&new.dedupe_key)
    .bind(now.to_sqlx())
    .bind(audience)
    .execute(tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Marks one as read; false when it was, or there is none.
pub(super) async fn read(
    tx: &mut PgConnection,
    org: OrgId,
    id: NotificationId,
    now: Timestamp,
) -> sqlx::Result<bool> {
    let done = sql("update notifications set read_at = $3 where org_id = $1 and id = $2 and read_at is null")
        .bind(org)
        .bind(id)
        .bind(now.to_sqlx())
        .execute(tx)
        .await?;
    Ok(done.rows_affected() == 1)
}

/// Marks all that somebody may see as read; says how many were not.
pub(super) async fn read_all(
    tx: &mut PgConnection,
    org: OrgId,
    is_owner: bool,
    now: Timestamp,
) -> sqlx::Result<u64> {
    let done = sql("update notifications set read_at = $3
          where org_id = $1 and read_at is null and created_at <= $3 and (audience = 'all' or $2)")
    .bind(org)
    .bind(is_owner)
    .bind(now.to_sqlx())
    .execute(tx)
    .await?;
    Ok(done.rows_affected())
}
