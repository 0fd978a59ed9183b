//! SQL of booking policies.

use jiff::Timestamp;
use jiff_sqlx::ToSqlx as _;
use sqlx::FromRow;

use super::super::policy::{Policy, PolicyFields};
use super::json;
use crate::platform::bounded::Instant;
use crate::platform::db::{PgConnection, sql, sql_as};
use crate::platform::ids::OrgId;

#[derive(FromRow)]
struct PolicyRow {
    #[sqlx(flatten)]
    policy: Policy,
    created_at: jiff_sqlx::Timestamp,
}

pub(in super::super) async fn current(tx: &mut PgConnection, org: OrgId) -> sqlx::Result<Option<Policy>> {
    let row: Option<PolicyRow> = sql_as(
        "select version, notice_minutes, notice_counts, fee_cents, fee_sentence, created_at from booking_policies
          where org_id = $1 order by version desc limit 1",
    )
    .bind(org)
    .fetch_optional(tx)
    .await?;
    Ok(row.map(|row| Policy { created_at: Some(Instant(row.created_at.to_jiff())), ..row.policy }))
}

pub(in super::super) async fn insert(
    tx: &mut PgConnection,
    org: OrgId,
    new: &PolicyFields,
    now: Timestamp,
) -> sqlx::Result<()> {
    sql("insert into booking_policies (org_id, version, notice_minutes, notice_counts, fee_cents, fee_sentence, created_at)
         select $1, coalesce((select max(version) from booking_policies where org_id = $1), 0) + 1,
                n.notice_minutes, n.notice_counts, n.fee_cents, n.fee_sentence, $3
           from jsonb_populate_record(null::booking_policies, $2) n")
    .bind(org)
    .bind(json(new)?)
    .bind(now.to_sqlx())
    .execute(tx)
    .await?;
    Ok(())
}
