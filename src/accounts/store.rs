//! All SQL of the slice.

pub(super) mod audit;
pub(super) mod logins;
pub(super) mod members;
pub(super) mod resets;
pub(super) mod sessions;
pub(super) mod users;

use jiff::Timestamp;
use jiff_sqlx::ToSqlx as _;
use sqlx::FromRow;

use crate::platform::db::{PgConnection, sql, sql_as, sql_scalar};
use crate::platform::ids::{ApiKeyId, OrgId};

/// A key without the key.
#[derive(Debug, Clone, FromRow)]
pub struct KeyRow {
    /// Which.
    pub id: ApiKeyId,
    /// What staff call it.
    pub name: String,
    /// What it may do, as stored.
    pub scopes: Vec<String>,
    /// From then on it is refused.
    pub expires_at: Option<jiff_sqlx::Timestamp>,
    /// Who made it, as the audit log names them; `None` where that is not known.
    pub created_by: Option<String>,
}

pub(super) struct NewKeyRow<'a> {
    pub id: ApiKeyId,
    pub name: &'a str,
    pub digest: Vec<u8>,
    pub scopes: Vec<&'static str>,
    pub expires_at: Option<Timestamp>,
    pub created_by: Option<&'a str>,
}

pub(super) async fn insert_key(
    tx: &mut PgConnection,
    org: OrgId,
    new: &NewKeyRow<'_>,
    now: Timestamp,
) -> sqlx::Result<()> {
    sql("insert into api_keys (org_id, id, name, key_digest, scopes, created_at, expires_at, created_by)
         values ($1, $2, $3, $4, $5, $6, $7, $8)")
    .bind(org)
    .bind(new.id)
    .bind(new.name)
    .bind(&new.digest)
    .bind(&new.scopes)
    .bind(now.to_sqlx())
    .bind(new.expires_at.map(jiff_sqlx::Timestamp::from))
    .bind(new.created_by)
    .execute(tx)
    .await?;
    Ok(())
}

/// The key with this digest, unless it was revoked.
pub(super) async fn active_key(
    tx: &mut PgConnection,
    org: OrgId,
    digest: Vec<u8>,
) -> sqlx::Result<Option<KeyRow>> {
    sql_as("select id, name, scopes, expires_at, created_by from api_keys where org_id = $1 and key_digest = $2 and revoked_at is null")
        .bind(org)
        .bind(digest)
        .fetch_optional(tx)
        .await
}

/// The org's keys that were not revoked, oldest first; expired ones among them.
pub async fn list_keys(tx: &mut PgConnection, org: OrgId) -> sqlx::Result<Vec<KeyRow>> {
    sql_as("select id, name, scopes, expires_at, created_by from api_keys where org_id = $1 and revoked_at is null order by id")
        .bind(org)
        .fetch_all(tx)
        .await
}

/// A key that was not revoked, and the person behind it.
#[derive(Debug, Clone, FromRow)]
pub struct KeyFrom {
    /// Who made it, or made the key that it was made with, as the audit log names them.
    pub maker: String,
    /// The key.
    #[sqlx(flatten)]
    pub key: KeyRow,
}

/// The org's keys behind which a person stands, `maker` alone where one is given; also through keys that were revoked since.
pub async fn keys_from(tx: &mut PgConnection, org: OrgId, maker: Option<&str>) -> sqlx::Result<Vec<KeyFrom>> {
    sql_as(
        "with recursive made as (
           select id, created_by as maker from api_keys where org_id = $1 and created_by like 'staff:%' and ($2::text is null or created_by = $2)
           union all
           select k.id, m.maker from api_keys k join made m on k.created_by = 'api:key_' || translate(m.id::text, '-', '') where k.org_id = $1)
         select m.maker, k.id, k.name, k.scopes, k.expires_at, k.created_by from made m join api_keys k on k.org_id = $1 and k.id = m.id
          where k.revoked_at is null order by k.name, k.id",
    )
    .bind(org)
    .bind(maker)
    .fetch_all(tx)
    .await
}

/// Every key behind which `maker` stands, those that were revoked among them.
pub(super) async fn keys_ever_from(
    tx: &mut PgConnection,
    org: OrgId,
    maker: &str,
) -> sqlx::Result<Vec<ApiKeyId>> {
    sql_scalar(
        "with recursive made as (
           select id from api_keys where org_id = $1 and created_by = $2
           union all
           select k.id from api_keys k join made m on k.created_by = 'api:key_' || translate(m.id::text, '-', '') where k.org_id = $1)
         select id from made",
    )
    .bind(org)
    .bind(maker)
    .fetch_all(tx)
    .await
}

/// Ends a key. Replicas forget it within seconds. False when the org has no such active key.
pub async fn revoke_key(
    tx: &mut PgConnection,
    org: OrgId,
    id: ApiKeyId,
    now: Timestamp,
) -> sqlx::Result<bool> {
    let done =
        sql("update api_keys set revoked_at = $3 where org_id = $1 and id = $2 and revoked_at is null")
            .bind(org)
            .bind(id)
            .bind(now.to_sqlx())
            .execute(tx)
            .await?;
    Ok(done.rows_affected() == 1)
}
