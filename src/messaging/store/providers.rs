//! How an org's account at the provider is doing.

use jiff::Timestamp;
use jiff_sqlx::ToSqlx as _;
use sqlx::FromRow;

use crate::messaging::provider::Health;
use crate::platform::db::{PgConnection, sql, sql_as};
use crate::platform::ids::OrgId;

#[derive(FromRow)]
struct Row {
    failures: i32,
    failing_since: Option<jiff_sqlx::Timestamp>,
    trouble: Option<String>,
    code: Option<i32>,
    paused_until: Option<jiff_sqlx::Timestamp>,
    held_until: Option<jiff_sqlx::Timestamp>,
    refused_account: Option<String>,
    refused_at: Option<jiff_sqlx::Timestamp>,
}

impl From<Row> for Health {
    fn from(row: Row) -> Self {
        let at = |at: Option<jiff_sqlx::Timestamp>| at.map(jiff_sqlx::Timestamp::to_jiff);
        Self {
            failures: row.failures,
            failing_since: at(row.failing_since),
            trouble: row.trouble,
            code: row.code.and_then(|code| u32::try_from(code).ok()),
            paused_until: at(row.paused_until),
            held_until: at(row.held_until),
            refused: row.refused_account.zip(at(row.refused_at)),
        }
    }
}

/// The account's health, which nobody else changes for the rest of the transaction; well when there never was trouble.
pub(in crate::messaging) async fn lock_health(tx: &mut PgConnection, org: OrgId) -> sqlx::Result<Health> {
    let row: Option<Row> = sql_as(
        "select failures, failing_since, trouble, code, paused_until, held_until, refused_account, refused_at
           from text_providers where org_id = $1 and provider = 'twilio' for update",
    )
    .bind(org)
    .fetch_optional(tx)
    .await?;
    Ok(row.map_or_else(Health::default, Health::from))
}

/// The account's health, for looking.
pub(in crate::messaging) async fn health(tx: &mut PgConnection, org: OrgId) -> sqlx::Result<Health> {
    let row: Option<Row> = sql_as(
        "select failures, failing_since, trouble, code, paused_until, held_until, refused_account, refused_at
           from text_providers where org_id = $1 and provider = 'twilio'",
    )
    .bind(org)
    .fetch_optional(tx)
    .await?;
    Ok(row.map_or_else(Health::default, Health::from))
}

/// Writes down how it is doing, but for how long jobs are held.
pub(in crate::messaging) async fn set_health(
    tx: &mut PgConnection,
    org: OrgId,
    health: &Health,
) -> sqlx::Result<()> {
    sql("insert into text_providers as p (org_id, provider, failures, failing_since, trouble, code, paused_until, refused_account, refused_at)
         values ($1, 'twilio', $2, $3, $4, $5, $6, $7, $8)
         on conflict (org_id, provider) do update set (failures, failing_since, trouble, code, paused_until, refused_account, refused_at) =
           (excluded.failures, excluded.failing_since, excluded.trouble, excluded.code, excluded.paused_until, excluded.refused_account, excluded.refused_at)")
        .bind(org)
        .bind(health.failures)
        .bind(health.failing_since.map(jiff_sqlx::ToSqlx::to_sqlx))
        .bind(health.trouble.as_deref())
        .bind(health.code.and_then(|code| i32::try_from(code).ok()))
        .bind(health.paused_until.map(jiff_sqlx::ToSqlx::to_sqlx))
        .bind(health.refused.as_ref().map(|(account, _)| account))
        .bind(health.refused.as_ref().map(|(_, at)| at.to_sqlx()))
        .execute(tx)
        .await?;
    Ok(())
}

/// Until when waiting jobs are put off, by the database's clock: `seconds` from now, or as long as others are already.
pub(in crate::messaging) async fn hold_until(
    tx: &mut PgConnection,
    org: OrgId,
    seconds: f64,
) -> sqlx::Result<Timestamp> {
    let (until,): (jiff_sqlx::Timestamp,) = sql_as(
        "insert into text_providers as p (org_id, provider, held_until) values ($1, 'twilio', now() + make_interval(secs => $2))
         on conflict (org_id, provider) do update
           set held_until = case when p.held_until > now() then p.held_until else excluded.held_until end
         returning held_until",
    )
    .bind(org)
    .bind(seconds)
    .fetch_one(tx)
    .await?;
    Ok(until.to_jiff())
}

/// Nothing is held any more.
pub(in crate::messaging) async fn hold_no_more(tx: &mut PgConnection, org: OrgId) -> sqlx::Result<()> {
    sql("update text_providers set held_until = null where org_id = $1 and provider = 'twilio'")
        .bind(org)
        .execute(tx)
        .await?;
    Ok(())
}
