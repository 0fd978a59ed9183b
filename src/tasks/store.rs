//! All SQL of the slice.

use jiff::Timestamp;
use jiff_sqlx::ToSqlx as _;
use uuid::Uuid;

use super::{ByHand, Change, NewTask};
use crate::platform::db::{PgConnection, sql, sql_as, sql_scalar};
use crate::platform::ids::{InboundTextId, OrgId, TaskId};

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

pub(super) async fn is_open(tx: &mut PgConnection, org: OrgId, dedupe_key: &str) -> sqlx::Result<bool> {
    sql_scalar("select exists (select from tasks where org_id = $1 and dedupe_key = $2 and done_at is null)")
        .bind(org)
        .bind(dedupe_key)
        .fetch_one(tx)
        .await
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

/// Whether the org has the contact, visit and call that are named; what is not named is there.
pub(super) async fn has_subjects(
    tx: &mut PgConnection,
    org: OrgId,
    new: &ByHand<'_>,
) -> sqlx::Result<(bool, bool, bool)> {
    sql_as(
        "select $2::uuid is null or exists (select from contacts where org_id = $1 and id = $2),
                $3::uuid is null or exists (select from appointments where org_id = $1 and id = $3),
                $4::uuid is null or exists (select from calls where org_id = $1 and id = $4)",
    )
    .bind(org)
    .bind(new.contact)
    .bind(new.appointment)
    .bind(new.call)
    .fetch_one(tx)
    .await
}

/// Its own id is its reason: two people who write the same want it done twice.
pub(super) async fn insert_by_hand(
    tx: &mut PgConnection,
    org: OrgId,
    (id, kind): (TaskId, &str),
    new: &ByHand<'_>,
    now: Timestamp,
) -> sqlx::Result<()> {
    sql("insert into tasks (org_id, id, kind, title, note, contact_id, appointment_id, call_id, raised_by, dedupe_key, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $3 || ':' || $2::uuid, $10)")
    .bind(org)
    .bind(id)
    .bind(kind)
    .bind(new.title)
    .bind(new.note)
    .bind(new.contact)
    .bind(new.appointment)
    .bind(new.call)
    .bind(new.by)
    .bind(now.to_sqlx())
    .execute(tx)
    .await?;
    Ok(())
}

pub(super) async fn set_done(
    tx: &mut PgConnection,
    org: OrgId,
    id: TaskId,
    done: Option<(Timestamp, &str)>,
) -> sqlx::Result<bool> {
    let done = sql("update tasks set done_at = $3, done_by = $4
          where org_id = $1 and id = $2 and (done_at is null) = ($3::timestamptz is not null)")
    .bind(org)
    .bind(id)
    .bind(done.map(|(at, _)| at.to_sqlx()))
    .bind(done.map(|(_, by)| by))
    .execute(tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

pub(super) async fn change(
    tx: &mut PgConnection,
    org: OrgId,
    id: TaskId,
    change: &Change<'_>,
) -> sqlx::Result<bool> {
    let done = sql("update tasks set assignee_user_id = $3, note = $4 where org_id = $1 and id = $2")
        .bind(org)
        .bind(id)
        .bind(change.assignee)
        .bind(change.note)
        .execute(tx)
        .await?;
    Ok(done.rows_affected() == 1)
}
