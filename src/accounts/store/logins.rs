//! SQL of who people are to another issuer of tokens.

use jiff::Timestamp;
use jiff_sqlx::ToSqlx as _;

use crate::platform::db::{PgConnection, sql, sql_scalar};
use crate::platform::ids::UserId;

/// What came of remembering who somebody is to another issuer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::accounts) enum Linked {
    /// From now on.
    Now,
    /// Somebody else has just remembered the same.
    Already,
    /// The issuer knows the person as somebody else.
    Otherwise,
}

/// Who somebody is to another issuer.
pub(in crate::accounts) async fn of_login(
    tx: &mut PgConnection,
    issuer: &str,
    subject: &str,
) -> sqlx::Result<Option<UserId>> {
    sql_scalar("select app_ctx.user_of_login($1, $2)").bind(issuer).bind(subject).fetch_one(tx).await
}

/// Remembers who the transaction's person is to another issuer.
pub(in crate::accounts) async fn link_login(
    tx: &mut PgConnection,
    user: UserId,
    (issuer, subject): (&str, &str),
    now: Timestamp,
) -> sqlx::Result<Linked> {
    let done = sql(
        "insert into user_logins (user_id, issuer, subject, linked_at) values ($1, $2, $3, $4) on conflict do nothing",
    )
    .bind(user)
    .bind(issuer)
    .bind(subject)
    .bind(now.to_sqlx())
    .execute(&mut *tx)
    .await?;
    if done.rows_affected() == 1 {
        return Ok(Linked::Now);
    }
    let is_same: bool = sql_scalar(
        "select exists (select from user_logins where user_id = $1 and issuer = $2 and subject = $3)",
    )
    .bind(user)
    .bind(issuer)
    .bind(subject)
    .fetch_one(tx)
    .await?;
    Ok(if is_same { Linked::Already } else { Linked::Otherwise })
}
