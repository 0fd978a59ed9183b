//! All SQL of the slice: answers that are kept for requests that come again.

use jiff::Timestamp;
use jiff_sqlx::ToSqlx as _;
use sqlx::FromRow;
use uuid::Uuid;

use crate::platform::db::{PgConnection, sql, sql_as};
use crate::platform::ids::OrgId;

/// Whose request it is, by which key or person, under which name.
pub(super) type Named<'a> = (OrgId, Uuid, &'a str);

/// What a request that names itself is.
pub(super) enum Claim {
    /// New: it may act.
    First,
    /// One that was answered.
    Answered(KeptAnswer),
    /// Another one than came under this name.
    AnotherRequest,
}

/// An answer as it is kept.
#[derive(Debug, FromRow)]
pub(super) struct KeptAnswer {
    /// A `smallint`, read and written as this.
    pub status: i32,
    pub headers: serde_json::Value,
    pub body: String,
}

#[derive(FromRow)]
struct ClaimRow {
    request_digest: Vec<u8>,
    #[sqlx(flatten)]
    answer: KeptAnswer,
}

/// Claims the name for the transaction. Whoever claimed it before is waited for.
pub(super) async fn claim(
    tx: &mut PgConnection,
    (org, caller, key): Named<'_>,
    digest: &[u8],
    now: Timestamp,
) -> sqlx::Result<Claim> {
    let done = sql("insert into idempotent_requests (org_id, key, api_key_id, request_digest, created_at) values ($1, $2, $3, $4, $5)
         on conflict (org_id, api_key_id, key) do nothing")
    .bind(org)
    .bind(key)
    .bind(caller)
    .bind(digest)
    .bind(now.to_sqlx())
    .execute(&mut *tx)
    .await?;
    if done.rows_affected() == 1 {
        return Ok(Claim::First);
    }
    let row: ClaimRow = sql_as(
        "select request_digest, status::int as status, headers, body from idempotent_requests
          where org_id = $1 and api_key_id = $2 and key = $3",
    )
    .bind(org)
    .bind(caller)
    .bind(key)
    .fetch_one(tx)
    .await?;
    Ok(if row.request_digest == digest { Claim::Answered(row.answer) } else { Claim::AnotherRequest })
}

pub(super) async fn keep_answer(
    tx: &mut PgConnection,
    (org, caller, key): Named<'_>,
    answer: &KeptAnswer,
) -> sqlx::Result<()> {
    sql("update idempotent_requests set status = $4::int, headers = $5, body = $6 where org_id = $1 and api_key_id = $2 and key = $3")
        .bind(org)
        .bind(caller)
        .bind(key)
        .bind(answer.status)
        .bind(&answer.headers)
        .bind(&answer.body)
        .execute(tx)
        .await?;
    Ok(())
}

pub(super) async fn forget_before(tx: &mut PgConnection, org: OrgId, before: Timestamp) -> sqlx::Result<u64> {
    let done = sql("delete from idempotent_requests where org_id = $1 and created_at < $2")
        .bind(org)
        .bind(before.to_sqlx())
        .execute(tx)
        .await?;
    Ok(done.rows_affected())
}

/// Nobody else counts what the org has of something until this transaction ends.
pub(super) async fn count_alone(tx: &mut PgConnection, org: OrgId) -> sqlx::Result<()> {
    sql("select pg_advisory_xact_lock(hashtextextended('few:' || $1::uuid, 0))")
        .bind(org)
        .execute(tx)
        .await?;
    Ok(())
}
