//! Versions of scoring rules.

use jiff::Timestamp;
use jiff_sqlx::ToSqlx as _;
use serde_json::Value;
use sqlx::FromRow;

use crate::platform::db::{PgConnection, sql, sql_as};
use crate::platform::ids::OrgId;

/// A version as it was saved.
#[derive(Debug, Clone, FromRow)]
pub struct RulesVersion {
    /// Counts up from 1.
    pub version: i32,
    /// What it decides.
    pub rules: Value,
    /// Why it was saved.
    pub note: Option<String>,
    /// When.
    pub created_at: jiff_sqlx::Timestamp,
    /// By whom.
    pub created_by: String,
}

/// Keeps a new version from being saved until the transaction ends: what it scores is then found by whoever scores again.
pub(in crate::leads) async fn keep_version(tx: &mut PgConnection, org: OrgId) -> sqlx::Result<()> {
    sql("select from pg_advisory_xact_lock_shared(hashtextextended('scoring_rules:' || $1::text, 0))")
        .bind(org)
        .execute(tx)
        .await?;
    Ok(())
}

/// Waits for those who score by the version in force, and for those who save another.
pub(in crate::leads) async fn lock_versions(tx: &mut PgConnection, org: OrgId) -> sqlx::Result<()> {
    sql("select from pg_advisory_xact_lock(hashtextextended('scoring_rules:' || $1::text, 0))")
        .bind(org)
        .execute(tx)
        .await?;
    Ok(())
}

/// Versions before `before`, the newest first.
pub(in crate::leads) async fn versions(
    tx: &mut PgConnection,
    org: OrgId,
    (before, limit): (Option<i32>, i64),
) -> sqlx::Result<Vec<RulesVersion>> {
    sql_as(
        "select version, rules, note, created_at, created_by from scoring_rules
          where org_id = $1 and ($2::integer is null or version < $2) order by version desc limit $3",
    )
    .bind(org)
    .bind(before)
    .bind(limit)
    .fetch_all(tx)
    .await
}

/// Under [`lock_versions`], or two writers would want one version.
pub(in crate::leads) async fn insert_version(
    tx: &mut PgConnection,
    org: OrgId,
    (version, rules): (i32, &Value),
    (note, by): (Option<&str>, &str),
    now: Timestamp,
) -> sqlx::Result<()> {
    sql("insert into scoring_rules (org_id, version, rules, note, created_at, created_by) values ($1, $2, $3, $4, $5, $6)")
        .bind(org)
        .bind(version)
        .bind(rules)
        .bind(note)
        .bind(now.to_sqlx())
        .bind(by)
        .execute(tx)
        .await?;
    Ok(())
}
