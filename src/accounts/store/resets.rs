//! SQL of links by which a forgotten password is replaced.

use jiff::Timestamp;
use jiff_sqlx::ToSqlx as _;

use crate::platform::db::{PgConnection, sql, sql_scalar};
use crate::platform::ids::{ResetId, UserId};

/// A link to replace a password by. Those before it work as well: whoever asks for another may be a stranger.
pub(in crate::accounts) async fn insert(
    tx: &mut PgConnection,
    user: UserId,
    (id, digest): (ResetId, &[u8]),
    (now, expires_at): (Timestamp, Timestamp),
) -> sqlx::Result<()> {
    sql("insert into password_resets (user_id, id, token_digest, created_at, expires_at) values ($1, $2, $3, $4, $5)")
        .bind(user)
        .bind(id)
        .bind(digest)
        .bind(now.to_sqlx())
        .bind(expires_at.to_sqlx())
        .execute(tx)
        .await?;
    Ok(())
}

/// How many links the person was mailed since then.
pub(in crate::accounts) async fn since(
    tx: &mut PgConnection,
    user: UserId,
    since: Timestamp,
) -> sqlx::Result<i64> {
    sql_scalar("select count(*) from password_resets where user_id = $1 and created_at > $2")
        .bind(user)
        .bind(since.to_sqlx())
        .fetch_one(tx)
        .await
}

/// Whose password a link resets, while it was not used.
pub(in crate::accounts) async fn of_token(
    tx: &mut PgConnection,
    digest: &[u8],
) -> sqlx::Result<Option<UserId>> {
    sql_scalar("select app_ctx.user_of_reset($1)").bind(digest).fetch_one(tx).await
}

/// Whether the link of the transaction's person still works.
pub(in crate::accounts) async fn holds(
    tx: &mut PgConnection,
    user: UserId,
    digest: &[u8],
    now: Timestamp,
) -> sqlx::Result<bool> {
    sql_scalar(
        "select exists (select from password_resets where user_id = $1 and token_digest = $2 and used_at is null and expires_at > $3)",
    )
    .bind(user)
    .bind(digest)
    .bind(now.to_sqlx())
    .fetch_one(tx)
    .await
}

/// The person's password is another by now: no link replaces it any more.
pub(in crate::accounts) async fn end_all(
    tx: &mut PgConnection,
    user: UserId,
    now: Timestamp,
) -> sqlx::Result<()> {
    sql("update password_resets set used_at = $2 where user_id = $1 and used_at is null")
        .bind(user)
        .bind(now.to_sqlx())
        .execute(tx)
        .await?;
    Ok(())
}

/// Uses the link up; false when it was, or its time is over.
pub(in crate::accounts) async fn use_up(
    tx: &mut PgConnection,
    user: UserId,
    digest: &[u8],
    now: Timestamp,
) -> sqlx::Result<bool> {
    let done = sql("update password_resets set used_at = $3
          where user_id = $1 and token_digest = $2 and used_at is null and expires_at > $3")
    .bind(user)
    .bind(digest)
    .bind(now.to_sqlx())
    .execute(tx)
    .await?;
    Ok(done.rows_affected() == 1)
}
