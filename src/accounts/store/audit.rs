//! SQL of the log of who did what: its entries, and whether it is whole.

use jiff::Timestamp;
use jiff_sqlx::ToSqlx as _;
use sqlx::FromRow;
use uuid::Uuid;

use crate::accounts::record_act::Act;
use crate::platform::db::{PgConnection, sql, sql_as, sql_scalar};
use crate::platform::ids::OrgId;

pub(in crate::accounts) async fn insert_act(
    tx: &mut PgConnection,
    org: OrgId,
    id: Uuid,
    act: &Act<'_>,
    now: Timestamp,
) -> sqlx::Result<()> {
    sql("insert into audit_log (org_id, id, actor, action, subject, detail, at) values ($1, $2, $3, $4, $5, $6, $7)")
        .bind(org)
        .bind(id)
        .bind(act.actor)
        .bind(act.action)
        .bind(act.subject.as_deref())
        .bind(&act.detail)
        .bind(now.to_sqlx())
        .execute(tx)
        .await?;
    Ok(())
}

/// Entries at which the transaction's org's log does not go on from the one before, or end where it ended (W32): their numbers.
pub async fn audit_breaks(tx: &mut PgConnection) -> sqlx::Result<Vec<Option<i64>>> {
    sql_scalar("select link from app_ctx.audit_breaks()").fetch_all(tx).await
}

/// The same among so many of the latest entries.
pub(in crate::accounts) async fn late_audit_breaks(
    tx: &mut PgConnection,
    entries: i64,
) -> sqlx::Result<Vec<Option<i64>>> {
    sql_scalar("select link from app_ctx.late_audit_breaks($1)").bind(entries).fetch_all(tx).await
}

/// Where the org's log ends, and how far it was sealed.
#[derive(FromRow)]
pub(in crate::accounts) struct Head {
    pub link: i64,
    pub digest: Vec<u8>,
    pub sealed_link: Option<i64>,
    pub seal: Option<Vec<u8>>,
    sealed_at: Option<jiff_sqlx::Timestamp>,
    /// Of the entry with the sealed number, as it is now; null when there is none.
    pub sealed_digest: Option<Vec<u8>>,
}

impl Head {
    pub fn sealed_at(&self) -> Option<Timestamp> {
        self.sealed_at.map(jiff_sqlx::Timestamp::to_jiff)
    }
}

pub(in crate::accounts) async fn head(tx: &mut PgConnection, org: OrgId) -> sqlx::Result<Option<Head>> {
    sql_as(
        "select h.link, h.digest, h.sealed_link, h.seal, h.sealed_at, a.digest as sealed_digest
           from audit_heads h left join audit_log a on a.org_id = h.org_id and a.link = h.sealed_link
          where h.org_id = $1",
    )
    .bind(org)
    .fetch_optional(tx)
    .await
}

pub(in crate::accounts) async fn set_seal(
    tx: &mut PgConnection,
    org: OrgId,
    (link, seal): (i64, &[u8]),
    now: Timestamp,
) -> sqlx::Result<()> {
    sql("update audit_heads set sealed_link = $2, seal = $3, sealed_at = $4 where org_id = $1")
        .bind(org)
        .bind(link)
        .bind(seal)
        .bind(now.to_sqlx())
        .execute(tx)
        .await?;
    Ok(())
}

/// A part of the log that was looked at.
#[derive(FromRow)]
pub(in crate::accounts) struct Part {
    /// The number of its last entry; `None` when there was none.
    pub last: Option<i64>,
    /// Of the first that does not go on from the one before.
    pub broken: Option<i64>,
}

/// Looks at `entries` of the log's entries, from its beginning or on behind one.
pub(in crate::accounts) async fn part(
    tx: &mut PgConnection,
    (behind, entries): (Option<i64>, i64),
) -> sqlx::Result<Part> {
    sql_as("select last, broken from app_ctx.audit_part($1, $2)")
        .bind(behind)
        .bind(entries)
        .fetch_one(tx)
        .await
}

/// How far a look at the whole log has come, and what the last one found.
#[derive(FromRow)]
pub(in crate::accounts) struct CheckRow {
    pub is_running: bool,
    pub checked: i64,
    /// Where the log ends.
    pub of: i64,
    pub ended_at: Option<jiff_sqlx::Timestamp>,
    pub entries: Option<i64>,
    pub is_whole: Option<bool>,
    pub broken_link: Option<i64>,
}

pub(in crate::accounts) async fn check_row(tx: &mut PgConnection, org: OrgId) -> sqlx::Result<CheckRow> {
    sql_as(
        "select c.asked_at is not null as is_running, coalesce(c.checked, 0) as checked, coalesce(h.link, 0) as of,
                c.ended_at, c.entries, c.is_whole, c.broken_link
           from (select $1::uuid as org_id) o left join audit_checks c using (org_id) left join audit_heads h using (org_id)",
    )
    .bind(org)
    .fetch_one(tx)
    .await
}

/// Begins a look; false while one goes on that was asked for after `lost_before`.
pub(in crate::accounts) async fn begin_check(
    tx: &mut PgConnection,
    org: OrgId,
    (now, lost_before): (Timestamp, Timestamp),
) -> sqlx::Result<bool> {
    let done = sql("insert into audit_checks as c (org_id, asked_at) values ($1, $2)
         on conflict (org_id) do update set asked_at = excluded.asked_at, checked = 0
          where c.asked_at is null or c.asked_at <= $3")
    .bind(org)
    .bind(now.to_sqlx())
    .bind(lost_before.to_sqlx())
    .execute(tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// How far the look that goes on has come; it waits for whoever else takes it on.
pub(in crate::accounts) async fn lock_check(tx: &mut PgConnection, org: OrgId) -> sqlx::Result<Option<i64>> {
    sql_scalar("select checked from audit_checks where org_id = $1 and asked_at is not null for update")
        .bind(org)
        .fetch_optional(tx)
        .await
}

pub(in crate::accounts) async fn set_checked(
    tx: &mut PgConnection,
    org: OrgId,
    checked: i64,
) -> sqlx::Result<()> {
    sql("update audit_checks set checked = $2 where org_id = $1").bind(org).bind(checked).execute(tx).await?;
    Ok(())
}

pub(in crate::accounts) async fn end_check(
    tx: &mut PgConnection,
    org: OrgId,
    (now, entries): (Timestamp, i64),
    (is_whole, broken_link): (bool, Option<i64>),
) -> sqlx::Result<()> {
    sql("update audit_checks set asked_at = null, ended_at = $2, entries = $3, is_whole = $4, broken_link = $5 where org_id = $1")
        .bind(org)
        .bind(now.to_sqlx())
        .bind(entries)
        .bind(is_whole)
        .bind(broken_link)
        .execute(tx)
        .await?;
    Ok(())
}
