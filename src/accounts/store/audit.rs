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
