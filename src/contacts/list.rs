//! Lists the people of an org, and shows one.

use jiff::Timestamp;
use sqlx::postgres::PgRow;
use sqlx::{FromRow, Row as _};

use super::store::language;
use crate::language::Language;
use crate::platform::db::{PgConnection, sql_as};
use crate::platform::ids::{ContactId, OrgId};

/// Which contacts.
#[derive(Debug, Default)]
#[expect(missing_docs, reason = "self-explaining")]
pub struct Listing<'a> {
    pub id: Option<ContactId>,
    /// E.164.
    pub phone: Option<&'a str>,
    /// Those made after this one.
    pub after: Option<(Timestamp, ContactId)>,
    pub limit: i64,
}

/// A person as they are kept. No `Debug`: names and numbers are nobody else's.
#[expect(missing_docs, reason = "named after the columns they come from")]
pub struct Listed {
    pub id: ContactId,
    pub phone: String,
    pub name: Option<String>,
    pub email: Option<String>,
    pub language: Option<Language>,
    pub created_at: Timestamp,
}

impl FromRow<'_, PgRow> for Listed {
    fn from_row(row: &PgRow) -> sqlx::Result<Self> {
        Ok(Self {
            id: row.try_get("id")?,
            phone: row.try_get("phone")?,
            name: row.try_get("name")?,
            email: row.try_get("email")?,
            language: language(row)?,
            created_at: row.try_get::<jiff_sqlx::Timestamp, _>("created_at")?.to_jiff(),
        })
    }
}

/// The org's contacts, oldest first.
pub async fn list(tx: &mut PgConnection, org: OrgId, listing: &Listing<'_>) -> sqlx::Result<Vec<Listed>> {
    let (after_at, after_id) = listing.after.unzip();
    sql_as(
        "select id, phone, name, email, language, created_at from contacts
          where org_id = $1 and ($2::uuid is null or id = $2) and ($3::text is null or phone = $3)
            and ($4::timestamptz is null or (created_at, id) > ($4, $5))
          order by created_at, id limit $6",
    )
    .bind(org)
    .bind(listing.id)
    .bind(listing.phone)
    .bind(after_at.map(jiff_sqlx::ToSqlx::to_sqlx))
    .bind(after_id)
    .bind(listing.limit)
    .fetch_all(tx)
    .await
}

/// The org's contacts, the newest first, before one or from the top.
pub async fn newest(
    tx: &mut PgConnection,
    org: OrgId,
    (before, limit): (Option<(Timestamp, ContactId)>, i64),
) -> sqlx::Result<Vec<Listed>> {
    let (before_at, before_id) = before.unzip();
    sql_as(
        "select id, phone, name, email, language, created_at from contacts
          where org_id = $1 and ($2::timestamptz is null or (created_at, id) < ($2, $3))
          order by created_at desc, id desc limit $4",
    )
    .bind(org)
    .bind(before_at.map(jiff_sqlx::ToSqlx::to_sqlx))
    .bind(before_id)
    .bind(limit)
    .fetch_all(tx)
    .await
}
