//! All SQL of the slice: orgs, locations' places in the directory, credentials and settings.

pub(super) mod lines;
mod sealed;

use jiff::Timestamp;
use jiff_sqlx::ToSqlx as _;
use sqlx::FromRow;
use uuid::Uuid;

pub(super) use lines::set_vapi_key;
pub(super) use sealed::*;

use super::create::{NewAssistant, NewOrg, NewPhoneNumber};
use crate::platform::db::{PgConnection, sql, sql_as, sql_scalar};
use crate::platform::ids::{LocationId, OrgId};

#[derive(FromRow)]
pub(super) struct SettingsRow {
    pub clinic_name: String,
    pub default_region: String,
    pub time_zone: Option<String>,
    pub human_phone: Option<String>,
    pub hot_lead_alert_phone: Option<String>,
    pub clinical_alert_phone: Option<String>,
    pub alert_rungs_minutes: Vec<i16>,
    pub alerts_wait_for_opening: bool,
    pub hot_threshold: i16,
    pub warm_threshold: i16,
    pub calendar_of_record: bool,
    pub text_regions: Vec<String>,
    pub texts_per_day_max: i32,
    pub texting_enabled: bool,
    pub quiet_until: i16,
    pub quiet_from: i16,
    pub keep_recordings: String,
    pub language: String,
    pub texts_name_treatments: bool,
    pub feed_names: bool,
    pub reminder_minutes: Vec<i32>,
    pub missed_call_text: bool,
    pub after_hours_offer: bool,
    pub requires_second_factor: bool,
    pub twilio_account_sid: Option<String>,
    pub twilio_auth_token_sealed: Option<Vec<u8>>,
    pub twilio_sender: Option<String>,
    pub twilio_api_key_sid: Option<String>,
    pub twilio_api_key_secret_sealed: Option<Vec<u8>>,
    pub vapi_private_key_sealed: Option<Vec<u8>>,
}

pub(super) async fn settings(tx: &mut PgConnection, org: OrgId) -> sqlx::Result<SettingsRow> {
    sql_as(
        "select o.name as clinic_name, o.default_region, l.time_zone, l.human_phone, s.hot_lead_alert_phone,
                s.clinical_alert_phone, s.alert_rungs_minutes, s.alerts_wait_for_opening, s.hot_threshold, s.warm_threshold, s.calendar_of_record, s.text_regions,
                s.texts_per_day_max, s.texting_enabled, s.quiet_until, s.quiet_from, s.keep_recordings, s.language,
                s.texts_name_treatments, s.feed_names, s.reminder_minutes, s.missed_call_text, s.after_hours_offer, s.requires_second_factor, s.twilio_account_sid,
                s.twilio_auth_token_sealed, s.twilio_sender, s.twilio_api_key_sid, s.twilio_api_key_secret_sealed,
                s.vapi_private_key_sealed
           from orgs o
           join integration_settings s on s.org_id = o.org_id
           left join lateral (select * from locations l where l.org_id = o.org_id order by l.position limit 1) l on true
          where o.org_id = $1",
    )
    .bind(org)
    .fetch_one(tx)
    .await
}

/// Changes named settings of the org; `changes` holds column names of `integration_settings` and their values.
pub async fn update_settings(
    tx: &mut PgConnection,
    org: OrgId,
    changes: &serde_json::Value,
    now: Timestamp,
) -> sqlx::Result<()> {
    sql("update integration_settings s set (hot_lead_alert_phone, clinical_alert_phone, hot_threshold, warm_threshold,
            calendar_of_record, text_regions, texts_per_day_max, texting_enabled, keep_recordings, language, texts_name_treatments,
            feed_names, quiet_until, quiet_from, reminder_minutes, missed_call_text, after_hours_offer, summary_hour,
            alerts_per_week_budget, precision_floor_percent,
            alert_rungs_minutes, alerts_wait_for_opening, requires_second_factor, updated_at) =
            (select n.hot_lead_alert_phone, n.clinical_alert_phone, n.hot_threshold, n.warm_threshold,
                    n.calendar_of_record, n.text_regions, n.texts_per_day_max, n.texting_enabled, n.keep_recordings,
                    n.language, n.texts_name_treatments, n.feed_names, n.quiet_until, n.quiet_from,
                    n.reminder_minutes, n.missed_call_text, n.after_hours_offer, n.summary_hour, n.alerts_per_week_budget, n.precision_floor_percent,
                    n.alert_rungs_minutes, n.alerts_wait_for_opening, n.requires_second_factor, $3
               from jsonb_populate_record(s, $2) n)
          where s.org_id = $1")
    .bind(org)
    .bind(changes)
    .bind(now.to_sqlx())
    .execute(tx)
    .await?;
    Ok(())
}

pub(super) async fn insert_org(tx: &mut PgConnection, new: &NewOrg, now: Timestamp) -> sqlx::Result<()> {
    sql("insert into orgs (org_id, name, default_region, created_at) values ($1, $2, $3, $4)")
        .bind(new.id)
        .bind(&new.name)
        .bind(&new.default_region)
        .bind(now.to_sqlx())
        .execute(&mut *tx)
        .await?;
    sql("insert into integration_settings (org_id, updated_at) values ($1, $2)")
        .bind(new.id)
        .bind(now.to_sqlx())
        .execute(&mut *tx)
        .await?;
    sql("insert into locations (org_id, id, name, time_zone, address, human_phone) values ($1, $2, $3, $4, $5, $6)")
        .bind(new.id)
        .bind(new.location)
        .bind(&new.location_name)
        .bind(&new.time_zone)
        .bind(&new.address)
        .bind(&new.human_phone)
        .execute(tx)
        .await?;
    Ok(())
}

/// Adds an assistant; refused by `directory_names_one_org` when another org has it.
pub async fn add_assistant(tx: &mut PgConnection, org: OrgId, new: &NewAssistant) -> sqlx::Result<()> {
    sql("insert into assistants (org_id, id, platform_assistant_id, location_id, name) values ($1, $2, $3, $4, $5)")
        .bind(org)
        .bind(new.id)
        .bind(&new.platform_assistant_id)
        .bind(new.location)
        .bind(&new.name)
        .execute(tx)
        .await?;
    Ok(())
}

/// Adds a number; refused by `directory_names_one_org` when another org has it.
pub async fn add_phone_number(tx: &mut PgConnection, org: OrgId, new: &NewPhoneNumber) -> sqlx::Result<()> {
    sql("insert into phone_numbers (org_id, id, platform_phone_number_id, number, location_id, assistant_id)
         values ($1, $2, $3, $4, $5, $6)")
    .bind(org)
    .bind(new.id)
    .bind(&new.platform_phone_number_id)
    .bind(&new.number)
    .bind(new.location)
    .bind(new.assistant)
    .execute(tx)
    .await?;
    Ok(())
}

pub(super) async fn insert_door_token(
    tx: &mut PgConnection,
    org: OrgId,
    id: Uuid,
    digest: Vec<u8>,
    now: Timestamp,
) -> sqlx::Result<()> {
    sql("insert into door_tokens (org_id, id, token_digest, created_at) values ($1, $2, $3, $4)")
        .bind(org)
        .bind(id)
        .bind(digest)
        .bind(now.to_sqlx())
        .execute(tx)
        .await?;
    Ok(())
}

/// A webhook secret as it is kept.
pub(super) struct SealedSecret {
    pub id: Uuid,
    pub scheme: serde_json::Value,
    pub sealed: Vec<u8>,
    pub digest: Vec<u8>,
}

pub(super) async fn insert_secret(
    tx: &mut PgConnection,
    org: OrgId,
    secret: SealedSecret,
    now: Timestamp,
) -> sqlx::Result<()> {
    sql("insert into webhook_credentials (org_id, id, scheme, secret_sealed, secret_digest, created_at) values ($1, $2, $3, $4, $5, $6)")
        .bind(org)
        .bind(secret.id)
        .bind(secret.scheme)
        .bind(secret.sealed)
        .bind(secret.digest)
        .bind(now.to_sqlx())
        .execute(tx)
        .await?;
    Ok(())
}

pub(super) async fn revoke_secret(
    tx: &mut PgConnection,
    org: OrgId,
    id: Uuid,
    now: Timestamp,
) -> sqlx::Result<bool> {
    let done = sql(
        "update webhook_credentials set revoked_at = $3 where org_id = $1 and id = $2 and revoked_at is null",
    )
    .bind(org)
    .bind(id)
    .bind(now.to_sqlx())
    .execute(tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

pub(super) async fn active_secrets(
    tx: &mut PgConnection,
    org: OrgId,
) -> sqlx::Result<Vec<(Uuid, serde_json::Value, Vec<u8>)>> {
    sql_as("select id, scheme, secret_sealed from webhook_credentials where org_id = $1 and revoked_at is null order by created_at")
        .bind(org)
        .fetch_all(tx)
        .await
}

/// One row of the directory: what kind of key, the key, whose it is, and the row that owns it.
pub(super) type DirectoryRow = (String, String, OrgId, Uuid);

pub(super) async fn resolve(
    conn: &mut PgConnection,
    kinds: &[&str],
    keys: &[String],
) -> sqlx::Result<Vec<DirectoryRow>> {
    sql_as("select kind, key, org_id, row_id from app_ctx.resolve($1, $2)")
        .bind(kinds)
        .bind(keys)
        .fetch_all(conn)
        .await
}

/// Every org's id, for schedules that visit each in turn.
pub async fn org_ids(conn: &mut PgConnection) -> sqlx::Result<Vec<OrgId>> {
    sql_scalar("select app_ctx.org_ids()").fetch_all(conn).await
}

/// Whether the transaction's org has an assistant and no active secret: its door is closed.
pub async fn is_closed_to_platform(tx: &mut PgConnection, org: OrgId) -> sqlx::Result<bool> {
    sql_scalar(
        "select exists (select from assistants where org_id = $1)
            and not exists (select from webhook_credentials where org_id = $1 and revoked_at is null)",
    )
    .bind(org)
    .fetch_one(tx)
    .await
}

pub(super) async fn location_of_assistant(
    tx: &mut PgConnection,
    org: OrgId,
    row: Uuid,
) -> sqlx::Result<Option<LocationId>> {
    sql_scalar(
        "select location_id from assistants where org_id = $1 and id = $2
                union all select location_id from phone_numbers where org_id = $1 and id = $2",
    )
    .bind(org)
    .bind(row)
    .fetch_optional(tx)
    .await
}

/// How many of the org's numbers name no assistant at a site that has several: people answer them.
pub async fn ambiguous_numbers(tx: &mut PgConnection, org: OrgId) -> sqlx::Result<i64> {
    sql_scalar(
        "select count(*) from phone_numbers n
          where n.org_id = $1 and n.assistant_id is null
            and (select count(*) from assistants a where a.org_id = n.org_id and a.location_id = n.location_id) > 1",
    )
    .bind(org)
    .fetch_one(tx)
    .await
}

/// The platform's id of the assistant that answers a ring: the dialled number's own, else the location's only one. G12: where
/// there are several, which of them is meant is not guessed.
pub async fn assistant_for_ring(
    tx: &mut PgConnection,
    org: OrgId,
    platform_phone_number_id: Option<&str>,
    location: LocationId,
) -> sqlx::Result<Option<String>> {
    sql_scalar(
        "select a.platform_assistant_id from assistants a
           left join phone_numbers n on n.org_id = a.org_id and n.assistant_id = a.id and n.platform_phone_number_id = $2
          where a.org_id = $1
            and (n.id is not null
                 or a.location_id = $3
                    and not exists (select from assistants o
                                     where o.org_id = a.org_id and o.location_id = a.location_id and o.id <> a.id))
          order by n.id is null limit 1",
    )
    .bind(org)
    .bind(platform_phone_number_id)
    .bind(location)
    .fetch_optional(tx)
    .await
}
