//! Accounts and what lets us into them.

use jiff::Timestamp;
use jiff_sqlx::ToSqlx as _;
use sqlx::FromRow;
use uuid::Uuid;

use super::calendars::lock_calendars_of;
use crate::platform::db::{PgConnection, sql, sql_as, sql_scalar};
use crate::platform::ids::{ConnectionId, OrgId};

#[derive(Debug, FromRow)]
pub(in super::super) struct ConnectionRow {
    pub id: ConnectionId,
    pub practitioner_id: Option<Uuid>,
    pub provider: String,
    pub state: String,
    pub account: Option<String>,
    pub server_url: Option<String>,
    pub secret_sealed: Option<Vec<u8>>,
}

const COLUMNS_OF_ONE: &str = "select id, practitioner_id, provider, state, account, server_url, secret_sealed
       from calendar_connections where org_id = $1 and id = $2";

pub(in super::super) async fn connection(
    tx: &mut PgConnection,
    org: OrgId,
    id: ConnectionId,
) -> sqlx::Result<Option<ConnectionRow>> {
    sql_as(COLUMNS_OF_ONE).bind(org).bind(id).fetch_optional(tx).await
}

/// The account of this practitioner, or the clinic's; locked. What was revoked is none.
pub(in super::super) async fn connection_of(
    tx: &mut PgConnection,
    org: OrgId,
    practitioner: Option<Uuid>,
) -> sqlx::Result<Option<ConnectionRow>> {
    sql_as(
        "select id, practitioner_id, provider, state, account, server_url, secret_sealed
           from calendar_connections
          where org_id = $1 and coalesce(practitioner_id, org_id) = coalesce($2, $1) and state <> 'disconnected' for update",
    )
    .bind(org)
    .bind(practitioner)
    .fetch_optional(tx)
    .await
}

/// An account that can be used from now on.
pub(in super::super) struct Connected<'a> {
    pub id: ConnectionId,
    pub practitioner: Option<Uuid>,
    pub provider: &'static str,
    pub account: &'a str,
    pub server_url: Option<&'a str>,
    pub secret_sealed: &'a [u8],
    pub access: Option<(&'a [u8], Timestamp)>,
    pub scopes: &'a [String],
}

/// Writes a new account, or what lets us into a known one.
pub(in super::super) async fn connect(
    tx: &mut PgConnection,
    org: OrgId,
    new: &Connected<'_>,
    now: Timestamp,
) -> sqlx::Result<()> {
    sql("insert into calendar_connections (org_id, id, practitioner_id, provider, state, account, server_url, secret_sealed,
                access_token_sealed, access_expires_at, scopes, created_at)
         values ($1, $2, $3, $4, 'connected', $5, $6, $7, $8, $9, $10, $11)
         on conflict (org_id, id) do update set state = 'connected', account = excluded.account, server_url = excluded.server_url,
                secret_sealed = excluded.secret_sealed, access_token_sealed = excluded.access_token_sealed,
                access_expires_at = excluded.access_expires_at, scopes = excluded.scopes, refreshing_until = null")
    .bind(org)
    .bind(new.id)
    .bind(new.practitioner)
    .bind(new.provider)
    .bind(new.account)
    .bind(new.server_url)
    .bind(new.secret_sealed)
    .bind(new.access.map(|(sealed, _)| sealed))
    .bind(new.access.map(|(_, until)| until.to_sqlx()))
    .bind(new.scopes)
    .bind(now.to_sqlx())
    .execute(tx)
    .await?;
    Ok(())
}

#[derive(Debug, FromRow)]
pub(in super::super) struct TokenRow {
    pub state: String,
    pub secret_sealed: Option<Vec<u8>>,
    pub access_token_sealed: Option<Vec<u8>>,
    pub access_expires_at: Option<jiff_sqlx::Timestamp>,
}

pub(in super::super) async fn token(
    tx: &mut PgConnection,
    org: OrgId,
    id: ConnectionId,
) -> sqlx::Result<Option<TokenRow>> {
    sql_as(
        "select state, secret_sealed, access_token_sealed, access_expires_at from calendar_connections where org_id = $1 and id = $2",
    )
    .bind(org)
    .bind(id)
    .fetch_optional(tx)
    .await
}

/// Takes the right to ask for a new token until `until`; false while another process has it, or when the token is no
/// longer the one that ran out.
pub(in super::super) async fn begin_refresh(
    tx: &mut PgConnection,
    org: OrgId,
    id: ConnectionId,
    used: Option<&[u8]>,
    (now, until): (Timestamp, Timestamp),
) -> sqlx::Result<bool> {
    let taken = sql(
        "update calendar_connections set refreshing_until = $4
          where org_id = $1 and id = $2 and state = 'connected' and access_token_sealed is not distinct from $5
            and (refreshing_until is null or refreshing_until <= $3)",
    )
    .bind(org)
    .bind(id)
    .bind(now.to_sqlx())
    .bind(until.to_sqlx())
    .bind(used)
    .execute(tx)
    .await?;
    Ok(taken.rows_affected() == 1)
}

/// Keeps the new token, and the new secret if the provider gave one; nothing when the account was connected anew meanwhile,
/// which ends the right to ask.
pub(in super::super) async fn end_refresh(
    tx: &mut PgConnection,
    org: OrgId,
    id: ConnectionId,
    (access, until): (&[u8], Timestamp),
    secret: Option<&[u8]>,
) -> sqlx::Result<()> {
    sql("update calendar_connections set access_token_sealed = $3, access_expires_at = $4, refreshing_until = null,
                secret_sealed = coalesce($5, secret_sealed)
          where org_id = $1 and id = $2 and state = 'connected' and refreshing_until is not null")
    .bind(org)
    .bind(id)
    .bind(access)
    .bind(until.to_sqlx())
    .bind(secret)
    .execute(tx)
    .await?;
    Ok(())
}

/// Lets the next one ask.
pub(in super::super) async fn give_up_refresh(
    tx: &mut PgConnection,
    org: OrgId,
    id: ConnectionId,
) -> sqlx::Result<()> {
    sql("update calendar_connections set refreshing_until = null where org_id = $1 and id = $2")
        .bind(org)
        .bind(id)
        .execute(tx)
        .await?;
    Ok(())
}

/// False when that was known before, or the secret is no longer the refused one.
pub(in super::super) async fn mark_needs_reconnect(
    tx: &mut PgConnection,
    org: OrgId,
    id: ConnectionId,
    refused: Option<&[u8]>,
) -> sqlx::Result<bool> {
    let marked = sql("update calendar_connections set state = 'needs_reconnect', refreshing_until = null
          where org_id = $1 and id = $2 and state = 'connected' and secret_sealed is not distinct from $3")
    .bind(org)
    .bind(id)
    .bind(refused)
    .execute(tx)
    .await?;
    Ok(marked.rows_affected() == 1)
}

/// Erases what lets us in, and all that was known through it. The row stays, and what was written there.
pub(in super::super) async fn disconnect(
    tx: &mut PgConnection,
    org: OrgId,
    id: ConnectionId,
) -> sqlx::Result<()> {
    sql("update calendar_connections set state = 'disconnected', secret_sealed = null, access_token_sealed = null,
                access_expires_at = null, refreshing_until = null, scopes = '{}'
          where org_id = $1 and id = $2")
    .bind(org)
    .bind(id)
    .execute(&mut *tx)
    .await?;
    lock_calendars_of(tx, org, id).await?;
    sql("delete from external_busy b using calendars c
          where b.org_id = $1 and c.org_id = $1 and c.connection_id = $2 and b.calendar_id = c.id")
    .bind(org)
    .bind(id)
    .execute(&mut *tx)
    .await?;
    sql("update calendars set blocks = false, takes_events = false, sync_token = null, synced_at = null, synced_until = null,
                checked_at = null, checked_from = null, checked_until = null, failing_since = null, failure = null, failures = 0,
                writes_paused_until = null, refused_since = null, refusal = null,
                paused_until = null, channel_id = null, channel_resource = null, channel_expires_at = null
          where org_id = $1 and connection_id = $2")
    .bind(org)
    .bind(id)
    .execute(tx)
    .await?;
    Ok(())
}

/// Whether an account of this name is connected at Google.
pub(in super::super) async fn is_account_in_use(
    tx: &mut PgConnection,
    org: OrgId,
    account: Option<&str>,
) -> sqlx::Result<bool> {
    sql_scalar(
        "select exists (select from calendar_connections where org_id = $1 and account = $2 and provider = 'google' and state = 'connected')",
    )
    .bind(org)
    .bind(account)
    .fetch_one(tx)
    .await
}

/// Whether the practitioner is one of the org's.
pub(in super::super) async fn has_practitioner(
    tx: &mut PgConnection,
    org: OrgId,
    id: Uuid,
) -> sqlx::Result<bool> {
    sql_scalar("select exists (select from practitioners where org_id = $1 and id = $2)")
        .bind(org)
        .bind(id)
        .fetch_one(tx)
        .await
}
