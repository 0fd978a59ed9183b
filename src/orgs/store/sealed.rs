//! What is sealed, as it is kept.

use jiff::Timestamp;
use jiff_sqlx::ToSqlx as _;
use sqlx::FromRow;
use uuid::Uuid;

use crate::platform::db::{PgConnection, sql, sql_as, sql_scalar};
use crate::platform::ids::OrgId;

/// A webhook secret as it stands.
#[derive(FromRow, Clone, PartialEq, Eq)]
pub(in crate::orgs) struct StandingSecret {
    pub secret_sealed: Vec<u8>,
    pub secret_digest: Vec<u8>,
    pub is_active: bool,
}

#[derive(FromRow)]
struct ActiveSecret {
    id: Uuid,
    #[sqlx(flatten)]
    secret: StandingSecret,
}

/// Every webhook secret that the org ever had.
pub(in crate::orgs) async fn secret_ids(tx: &mut PgConnection, org: OrgId) -> sqlx::Result<Vec<Uuid>> {
    sql_scalar("select id from webhook_credentials where org_id = $1 order by id")
        .bind(org)
        .fetch_all(tx)
        .await
}

/// The active secrets as they stand.
pub(in crate::orgs) async fn standing_secrets(
    tx: &mut PgConnection,
    org: OrgId,
) -> sqlx::Result<Vec<(Uuid, StandingSecret)>> {
    let rows: Vec<ActiveSecret> = sql_as(
        "select id, secret_sealed, secret_digest, true as is_active from webhook_credentials
          where org_id = $1 and revoked_at is null",
    )
    .bind(org)
    .fetch_all(tx)
    .await?;
    Ok(rows.into_iter().map(|row| (row.id, row.secret)).collect())
}

/// A webhook secret that nobody else changes for the rest of the transaction.
pub(in crate::orgs) async fn lock_secret(
    tx: &mut PgConnection,
    org: OrgId,
    id: Uuid,
) -> sqlx::Result<Option<StandingSecret>> {
    sql_as(
        "select secret_sealed, secret_digest, revoked_at is null as is_active from webhook_credentials
          where org_id = $1 and id = $2 for update",
    )
    .bind(org)
    .bind(id)
    .fetch_optional(tx)
    .await
}

/// Sealed form and digest of the same secret.
pub(in crate::orgs) async fn replace_secret(
    tx: &mut PgConnection,
    org: OrgId,
    id: Uuid,
    secret: StandingSecret,
) -> sqlx::Result<()> {
    sql(
        "update webhook_credentials set secret_sealed = $3, secret_digest = $4 where org_id = $1 and id = $2",
    )
    .bind(org)
    .bind(id)
    .bind(secret.secret_sealed)
    .bind(secret.secret_digest)
    .execute(tx)
    .await?;
    Ok(())
}

/// The org's sealed settings.
#[derive(FromRow, Clone, PartialEq, Eq)]
#[expect(clippy::struct_field_names, reason = "named after the columns they come from")]
pub(in crate::orgs) struct SealedSettings {
    pub twilio_auth_token_sealed: Option<Vec<u8>>,
    pub twilio_api_key_secret_sealed: Option<Vec<u8>>,
    pub vapi_private_key_sealed: Option<Vec<u8>>,
}

/// The sealed settings, which nobody else changes for the rest of the transaction.
pub(in crate::orgs) async fn lock_sealed_settings(
    tx: &mut PgConnection,
    org: OrgId,
) -> sqlx::Result<SealedSettings> {
    sql_as(
        "select twilio_auth_token_sealed, twilio_api_key_secret_sealed, vapi_private_key_sealed from integration_settings
          where org_id = $1 for update",
    )
    .bind(org)
    .fetch_one(tx)
    .await
}

pub(in crate::orgs) async fn replace_sealed_settings(
    tx: &mut PgConnection,
    org: OrgId,
    sealed: SealedSettings,
) -> sqlx::Result<()> {
    sql(
        "update integration_settings set twilio_auth_token_sealed = $2, twilio_api_key_secret_sealed = $3, vapi_private_key_sealed = $4
          where org_id = $1",
    )
    .bind(org)
    .bind(sealed.twilio_auth_token_sealed)
    .bind(sealed.twilio_api_key_secret_sealed)
    .bind(sealed.vapi_private_key_sealed)
    .execute(tx)
    .await?;
    Ok(())
}

/// An org's own Twilio account as it is kept.
pub(in crate::orgs) struct SealedTwilio<'a> {
    pub account_sid: &'a str,
    pub token_sealed: Vec<u8>,
    pub sender: Option<&'a str>,
    pub key_sid: Option<&'a str>,
    pub key_secret_sealed: Option<Vec<u8>>,
}

/// Takes the place of the account before, key and all.
pub(in crate::orgs) async fn set_twilio(
    tx: &mut PgConnection,
    org: OrgId,
    account: SealedTwilio<'_>,
    now: Timestamp,
) -> sqlx::Result<()> {
    sql(
        "update integration_settings set twilio_account_sid = $2, twilio_auth_token_sealed = $3, twilio_sender = $4,
                twilio_api_key_sid = $5, twilio_api_key_secret_sealed = $6, updated_at = $7
          where org_id = $1",
    )
    .bind(org)
    .bind(account.account_sid)
    .bind(account.token_sealed)
    .bind(account.sender)
    .bind(account.key_sid)
    .bind(account.key_secret_sealed)
    .bind(now.to_sqlx())
    .execute(tx)
    .await?;
    Ok(())
}
