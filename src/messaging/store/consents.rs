//! The consent ledger, and the opt-outs that stand.

use jiff::Timestamp;
use jiff_sqlx::ToSqlx as _;
use sqlx::FromRow;

use crate::platform::db::{PgConnection, sql, sql_as, sql_scalar};
use crate::platform::ids::{ContactId, OrgId, TextConsentId};

/// A line of the ledger to write. Holds a number: deliberately no `Debug`.
pub(in crate::messaging) struct NewRow<'a> {
    pub id: TextConsentId,
    pub phone: &'a str,
    pub contact: Option<ContactId>,
    pub purpose: &'a str,
    pub given: bool,
    pub source: &'a str,
    pub note: Option<&'a str>,
    pub recorded_by: &'a str,
}

pub(in crate::messaging) async fn insert_consent(
    tx: &mut PgConnection,
    org: OrgId,
    new: &NewRow<'_>,
    now: Timestamp,
) -> sqlx::Result<()> {
    sql("insert into consents (org_id, id, phone, contact_id, purpose, given, source, note, recorded_by, recorded_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)")
    .bind(org)
    .bind(new.id)
    .bind(new.phone)
    .bind(new.contact)
    .bind(new.purpose)
    .bind(new.given)
    .bind(new.source)
    .bind(new.note)
    .bind(new.recorded_by)
    .bind(now.to_sqlx())
    .execute(tx)
    .await?;
    Ok(())
}

/// Records that a number wants no more texts. False when that was known. Its own word takes the place of what others wrote down
/// for it: only it takes that back.
pub(in crate::messaging) async fn opt_out(
    tx: &mut PgConnection,
    org: OrgId,
    phone: &str,
    source: &str,
    now: Timestamp,
) -> sqlx::Result<bool> {
    let done = sql("insert into opt_outs as o (org_id, phone, source, opted_out_at) values ($1, $2, $3, $4)
         on conflict (org_id, phone) do update set source = excluded.source, opted_out_at = excluded.opted_out_at
          where excluded.source in ('reply', 'provider') and o.source not in ('reply', 'provider')")
        .bind(org)
        .bind(phone)
        .bind(source)
        .bind(now.to_sqlx())
        .execute(tx)
        .await?;
    Ok(done.rows_affected() == 1)
}

/// Records that a number wants texts again. False when it never wanted none.
pub(in crate::messaging) async fn opt_in(
    tx: &mut PgConnection,
    org: OrgId,
    phone: &str,
) -> sqlx::Result<bool> {
    let done = sql("delete from opt_outs where org_id = $1 and phone = $2")
        .bind(org)
        .bind(phone)
        .execute(tx)
        .await?;
    Ok(done.rows_affected() == 1)
}

/// How the number's standing opt-out came.
pub(in crate::messaging) async fn opt_out_source(
    tx: &mut PgConnection,
    org: OrgId,
    phone: &str,
) -> sqlx::Result<Option<String>> {
    sql_scalar("select source from opt_outs where org_id = $1 and phone = $2")
        .bind(org)
        .bind(phone)
        .fetch_optional(tx)
        .await
}

/// Whether the number's last word on a purpose is a yes. A no to all texts is one to marketing too.
pub(in crate::messaging) async fn consent_given(
    tx: &mut PgConnection,
    org: OrgId,
    phone: &str,
    purpose: &str,
) -> sqlx::Result<bool> {
    let last: Option<bool> = sql_scalar(
        "select purpose = $3 and given from consents
          where org_id = $1 and phone = $2 and (purpose = $3 or not given) order by position desc limit 1",
    )
    .bind(org)
    .bind(phone)
    .bind(purpose)
    .fetch_optional(tx)
    .await?;
    Ok(last.unwrap_or(false))
}

/// A line of the ledger.
#[derive(FromRow)]
#[expect(missing_docs, reason = "named after the columns they come from")]
pub struct Consent {
    pub id: TextConsentId,
    pub phone: String,
    pub contact_id: Option<ContactId>,
    pub purpose: String,
    pub given: bool,
    pub source: String,
    pub note: Option<String>,
    pub recorded_by: String,
    pub recorded_at: jiff_sqlx::Timestamp,
}

/// The ledger, newest first: of one number or all, before a line or from the top.
pub async fn consents(
    tx: &mut PgConnection,
    org: OrgId,
    phone: Option<&str>,
    before: Option<TextConsentId>,
    limit: i64,
) -> sqlx::Result<Vec<Consent>> {
    sql_as(
        "select id, phone, contact_id, purpose, given, source, note, recorded_by, recorded_at from consents
          where org_id = $1 and ($2::text is null or phone = $2) and ($3::uuid is null or id < $3)
          order by id desc limit $4",
    )
    .bind(org)
    .bind(phone)
    .bind(before)
    .bind(limit)
    .fetch_all(tx)
    .await
}
