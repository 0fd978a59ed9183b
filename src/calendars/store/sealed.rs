//! What lets us into accounts, as it is kept. What an account that has to be connected again has left lets nobody in.

use sqlx::FromRow;

use crate::platform::db::{PgConnection, sql, sql_as, sql_scalar};
use crate::platform::ids::{ConnectionId, OrgId};

/// A connected account's sealed secrets.
#[derive(FromRow, Clone, PartialEq, Eq)]
pub(in super::super) struct SealedAccount {
    pub id: ConnectionId,
    pub secret_sealed: Option<Vec<u8>>,
    pub access_token_sealed: Option<Vec<u8>>,
}

pub(in super::super) async fn sealed_accounts(
    tx: &mut PgConnection,
    org: OrgId,
) -> sqlx::Result<Vec<SealedAccount>> {
    sql_as(
        "select id, secret_sealed, access_token_sealed from calendar_connections
          where org_id = $1 and state = 'connected'",
    )
    .bind(org)
    .fetch_all(tx)
    .await
}

pub(in super::super) async fn connected_ids(
    tx: &mut PgConnection,
    org: OrgId,
) -> sqlx::Result<Vec<ConnectionId>> {
    sql_scalar("select id from calendar_connections where org_id = $1 and state = 'connected' order by id")
        .bind(org)
        .fetch_all(tx)
        .await
}

/// A connected account's secrets, which nobody else changes for the rest of the transaction.
pub(in super::super) async fn lock_sealed_account(
    tx: &mut PgConnection,
    org: OrgId,
    id: ConnectionId,
) -> sqlx::Result<Option<SealedAccount>> {
    sql_as(
        "select id, secret_sealed, access_token_sealed from calendar_connections
          where org_id = $1 and id = $2 and state = 'connected' for update",
    )
    .bind(org)
    .bind(id)
    .fetch_optional(tx)
    .await
}

/// Another sealed form of the same secret.
pub(in super::super) async fn replace_secret(
    tx: &mut PgConnection,
    org: OrgId,
    id: ConnectionId,
    sealed: &[u8],
) -> sqlx::Result<()> {
    sql("update calendar_connections set secret_sealed = $3 where org_id = $1 and id = $2")
        .bind(org)
        .bind(id)
        .bind(sealed)
        .execute(tx)
        .await?;
    Ok(())
}

/// Whoever needs a token next asks for a new one.
pub(in super::super) async fn forget_access(
    tx: &mut PgConnection,
    org: OrgId,
    id: ConnectionId,
) -> sqlx::Result<()> {
    sql("update calendar_connections set access_token_sealed = null, access_expires_at = null where org_id = $1 and id = $2")
        .bind(org)
        .bind(id)
        .execute(tx)
        .await?;
    Ok(())
}
