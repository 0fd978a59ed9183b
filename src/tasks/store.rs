//! All SQL of the slice.

use jiff::Timestamp;
use jiff_sqlx::ToSqlx as _;
use uuid::Uuid;

use super::NewTask;
use crate::platform::db::{PgConnection, sql, sql_scalar};
use crate::platform::ids::{InboundTextId, OrgId};

pub(super) async fn insert(
    tx: &mut PgConnection,
    org: OrgId,
    id: Uuid,
    new: &NewTask,
    now: Timestamp,
) -> sqlx::Result<bool> {
    let done = sql(
        "insert into tasks (org_id, id, kind, title, call_id, appointment_id, text_id, dedupe_key, created_at, inbound_text_id,
            detail)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) on conflict on constraint tasks_once_per_reason do nothing",
    )
    .bind(org)
    .bind(id)
    .bind(new.kind)
    .bind(&new.title)
    .bind(new.call)
    .bind(new.appointment)
    .bind(new.text)
    .bind(&new.dedupe_key)
    .bind(now.to_sqlx())
    .bind(new.inbound_text)
    .bind(&new.detail)
    .execute(tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

pub(super) async fn finish(
    tx: &mut PgConnection,
    org: OrgId,
    dedupe_key: &str,
    now: Timestamp,
) -> sqlx::Result<bool> {
    let done = sql("update tasks set done_at = $3 where org_id = $1 and dedupe_key = $2 and done_at is null")
        .bind(org)
        .bind(dedupe_key)
        .bind(now.to_sqlx())
        .execute(tx)
        .await?;
    Ok(done.rows_affected() == 1)
}

pub(super) async fn reword(
    tx: &mut PgConnection,
    org: OrgId,
    dedupe_key: &str,
    title: &str,
) -> sqlx::Result<bool> {
    let done = sql("update tasks set title = $3 where org_id = $1 and dedupe_key = $2 and done_at is null and title <> $3")
        .bind(org)
        .bind(dedupe_key)
        .bind(title)
        .execute(tx)
        .await?;
    Ok(done.rows_affected() == 1)
}

pub(super) async fn is_open_for(
    tx: &mut PgConnection,
    org: OrgId,
    kind: &str,
    texts: &[InboundTextId],
) -> sqlx::Result<bool> {
    sql_scalar(
        "select exists (select from tasks where org_id = $1 and kind = $2 and done_at is null and inbound_text_id = any ($3))",
    )
    .bind(org)
    .bind(kind)
    .bind(texts)
    .fetch_one(tx)
    .await
}

pub(super) async fn finish_for(
    tx: &mut PgConnection,
    org: OrgId,
    (kind, texts): (&str, &[InboundTextId]),
    now: Timestamp,
) -> sqlx::Result<u64> {
    let done = sql("update tasks set done_at = $4 where org_id = $1 and kind = $2 and done_at is null and inbound_text_id = any ($3)")
        .bind(org)
        .bind(kind)
        .bind(texts)
        .bind(now.to_sqlx())
        .execute(tx)
        .await?;
    Ok(done.rows_affected())
}
