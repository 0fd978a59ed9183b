//! Assistants and numbers that callers reach, and what the voice platform is let in by.

use jiff::Timestamp;
use jiff_sqlx::ToSqlx as _;
use sqlx::FromRow;

use crate::platform::db::{PgConnection, sql, sql_as, sql_scalar};
use crate::platform::ids::{AssistantId, DoorId, LocationId, OrgId, PhoneNumberId, WebhookSecretId};

/// An agent of the voice platform.
#[derive(Debug, Clone, FromRow)]
pub struct Assistant {
    /// Ours.
    pub id: AssistantId,
    /// The platform's.
    pub platform_assistant_id: String,
    /// Where it answers.
    pub location_id: LocationId,
    /// What staff call it.
    pub name: String,
}

/// A number that callers dial.
#[derive(Debug, Clone, FromRow)]
pub struct DialledNumber {
    /// Ours.
    pub id: PhoneNumberId,
    /// The platform's, when it has one.
    pub platform_phone_number_id: Option<String>,
    /// E.164.
    pub number: String,
    /// Which site is called.
    pub location_id: LocationId,
    /// The assistant that answers; `None` where each ring asks us.
    pub assistant_id: Option<AssistantId>,
}

/// A secret of the voice platform, without it.
#[derive(Debug, Clone, FromRow)]
pub struct ListedSecret {
    /// Which.
    pub id: WebhookSecretId,
    /// How it is proved.
    pub scheme: serde_json::Value,
    /// When it was issued.
    pub created_at: jiff_sqlx::Timestamp,
}

/// An address of the org's own, without its token.
#[derive(Debug, Clone, FromRow)]
pub struct ListedDoor {
    /// Which.
    pub id: DoorId,
    /// When it was opened.
    pub created_at: jiff_sqlx::Timestamp,
}

/// The org's assistants in the order of their ids; `id` alone when it is given.
pub async fn assistants(
    tx: &mut PgConnection,
    org: OrgId,
    (id, after, limit): (Option<AssistantId>, Option<AssistantId>, i64),
) -> sqlx::Result<Vec<Assistant>> {
    sql_as(
        "select id, platform_assistant_id, location_id, name from assistants
          where org_id = $1 and ($2::uuid is null or id = $2) and ($3::uuid is null or id > $3) order by id limit $4",
    )
    .bind(org)
    .bind(id)
    .bind(after)
    .bind(limit)
    .fetch_all(tx)
    .await
}

/// Changes an assistant; refused by `directory_names_one_org` when another org has its id.
pub async fn update_assistant(tx: &mut PgConnection, org: OrgId, new: &Assistant) -> sqlx::Result<()> {
    sql("update assistants set platform_assistant_id = $3, location_id = $4, name = $5 where org_id = $1 and id = $2")
        .bind(org)
        .bind(new.id)
        .bind(&new.platform_assistant_id)
        .bind(new.location_id)
        .bind(&new.name)
        .execute(tx)
        .await?;
    Ok(())
}

/// Takes an assistant away. False when the org has none such; refused while a number is answered by it.
pub async fn remove_assistant(tx: &mut PgConnection, org: OrgId, id: AssistantId) -> sqlx::Result<bool> {
    let done =
        sql("delete from assistants where org_id = $1 and id = $2").bind(org).bind(id).execute(tx).await?;
    Ok(done.rows_affected() == 1)
}

/// The org's numbers in the order of their ids; `id` alone when it is given.
pub async fn phone_numbers(
    tx: &mut PgConnection,
    org: OrgId,
    (id, after, limit): (Option<PhoneNumberId>, Option<PhoneNumberId>, i64),
) -> sqlx::Result<Vec<DialledNumber>> {
    sql_as(
        "select id, platform_phone_number_id, number, location_id, assistant_id from phone_numbers
          where org_id = $1 and ($2::uuid is null or id = $2) and ($3::uuid is null or id > $3) order by id limit $4",
    )
    .bind(org)
    .bind(id)
    .bind(after)
    .bind(limit)
    .fetch_all(tx)
    .await
}

/// Changes a number; refused by `directory_names_one_org` when another org has it.
pub async fn update_phone_number(tx: &mut PgConnection, org: OrgId, new: &DialledNumber) -> sqlx::Result<()> {
    sql("update phone_numbers set platform_phone_number_id = $3, number = $4, location_id = $5, assistant_id = $6
          where org_id = $1 and id = $2")
    .bind(org)
    .bind(new.id)
    .bind(&new.platform_phone_number_id)
    .bind(&new.number)
    .bind(new.location_id)
    .bind(new.assistant_id)
    .execute(tx)
    .await?;
    Ok(())
}

/// Takes a number away. False when the org has none such.
pub async fn remove_phone_number(tx: &mut PgConnection, org: OrgId, id: PhoneNumberId) -> sqlx::Result<bool> {
    let done =
        sql("delete from phone_numbers where org_id = $1 and id = $2").bind(org).bind(id).execute(tx).await?;
    Ok(done.rows_affected() == 1)
}

/// The org's active secrets, oldest first.
pub async fn webhook_secrets(tx: &mut PgConnection, org: OrgId) -> sqlx::Result<Vec<ListedSecret>> {
    sql_as(
        "select id, scheme, created_at from webhook_credentials where org_id = $1 and revoked_at is null
          order by created_at, id",
    )
    .bind(org)
    .fetch_all(tx)
    .await
}

/// The org's own addresses, oldest first.
pub async fn doors(tx: &mut PgConnection, org: OrgId) -> sqlx::Result<Vec<ListedDoor>> {
    sql_as(
        "select id, created_at from door_tokens where org_id = $1 and revoked_at is null order by created_at, id",
    )
    .bind(org)
    .fetch_all(tx)
    .await
}

/// Closes an address. Replicas forget it within seconds. False when the org has none such.
pub async fn close_door(tx: &mut PgConnection, org: OrgId, id: DoorId, now: Timestamp) -> sqlx::Result<bool> {
    let done =
        sql("update door_tokens set revoked_at = $3 where org_id = $1 and id = $2 and revoked_at is null")
            .bind(org)
            .bind(id)
            .bind(now.to_sqlx())
            .execute(tx)
            .await?;
    Ok(done.rows_affected() == 1)
}

/// The org's name, and the region in which numbers without `+` are read.
pub async fn name_and_region(tx: &mut PgConnection, org: OrgId) -> sqlx::Result<(String, String)> {
    sql_as("select name, default_region from orgs where org_id = $1").bind(org).fetch_one(tx).await
}

/// Calls the org otherwise.
pub async fn rename(
    tx: &mut PgConnection,
    org: OrgId,
    (name, default_region): (&str, &str),
) -> sqlx::Result<()> {
    sql(
        "update orgs set name = $2, default_region = $3, rules_version = rules_version + 1 where org_id = $1",
    )
    .bind(org)
    .bind(name)
    .bind(default_region)
    .execute(tx)
    .await?;
    Ok(())
}

/// Keeps the voice platform's management key, or forgets it.
pub(in crate::orgs) async fn set_vapi_key(
    tx: &mut PgConnection,
    org: OrgId,
    sealed: Option<Vec<u8>>,
    now: Timestamp,
) -> sqlx::Result<()> {
    sql("update integration_settings set vapi_private_key_sealed = $2, updated_at = $3 where org_id = $1")
        .bind(org)
        .bind(sealed)
        .bind(now.to_sqlx())
        .execute(tx)
        .await?;
    Ok(())
}

/// Whether the org keeps an account of its own is over: the installation's sends its texts, if there is one.
pub async fn disconnect_twilio(tx: &mut PgConnection, org: OrgId, now: Timestamp) -> sqlx::Result<bool> {
    sql_scalar(
        "with there as (select twilio_account_sid is not null as own from integration_settings where org_id = $1 for update),
              gone as (update integration_settings set twilio_account_sid = null, twilio_auth_token_sealed = null, twilio_sender = null,
                              twilio_api_key_sid = null, twilio_api_key_secret_sealed = null, updated_at = $2 where org_id = $1)
         select own from there",
    )
    .bind(org)
    .bind(now.to_sqlx())
    .fetch_one(tx)
    .await
}
