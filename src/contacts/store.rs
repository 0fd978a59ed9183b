//! All SQL of the slice.

use jiff::Timestamp;
use jiff_sqlx::ToSqlx as _;
use sqlx::postgres::PgRow;
use sqlx::{FromRow, Row as _};

use super::update::Change;
use crate::language::Language;
use crate::platform::db::{PgConnection, sql, sql_as};
use crate::platform::ids::{ContactId, OrgId};
use crate::spoken_name::SpokenName;

#[expect(clippy::too_many_arguments, reason = "one per column")]
pub(super) async fn upsert(
    tx: &mut PgConnection,
    org: OrgId,
    id: ContactId,
    phone: &str,
    name: Option<&str>,
    email: Option<&str>,
    now: Timestamp,
) -> sqlx::Result<Contact> {
    sql_as(
        "insert into contacts as c (org_id, id, phone, name, email, created_at) values ($1, $2, $3, $4, $5, $6)
         on conflict on constraint contacts_once_per_phone do update
            set name = coalesce(c.name, excluded.name), email = coalesce(c.email, excluded.email)
         returning id, language",
    )
    .bind(org)
    .bind(id)
    .bind(phone)
    .bind(name)
    .bind(email)
    .bind(now.to_sqlx())
    .fetch_one(tx)
    .await
}

/// Who is texted, and in which language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Contact {
    /// The contact.
    pub id: ContactId,
    /// Theirs, where it is known.
    pub language: Option<Language>,
}

impl FromRow<'_, PgRow> for Contact {
    fn from_row(row: &PgRow) -> sqlx::Result<Self> {
        Ok(Self { id: row.try_get("id")?, language: language(row)? })
    }
}

/// A word that this version does not know is none.
pub(super) fn language(row: &PgRow) -> sqlx::Result<Option<Language>> {
    Ok(row.try_get::<Option<String>, _>("language")?.and_then(|language| language.parse().ok()))
}

/// What is known of a caller before a word is said.
#[derive(Debug, Clone)]
pub struct Known {
    /// The contact.
    pub id: ContactId,
    /// As it was given at the first booking.
    pub name: Option<String>,
    /// Theirs, where it is known.
    pub language: Option<Language>,
}

impl FromRow<'_, PgRow> for Known {
    fn from_row(row: &PgRow) -> sqlx::Result<Self> {
        Ok(Self { id: row.try_get("id")?, name: row.try_get("name")?, language: language(row)? })
    }
}

/// The contact with this number, if any.
pub async fn known(tx: &mut PgConnection, org: OrgId, phone: &str) -> sqlx::Result<Option<Known>> {
    sql_as("select id, name, language from contacts where org_id = $1 and phone = $2")
        .bind(org)
        .bind(phone)
        .fetch_optional(tx)
        .await
}

/// Waits for the contact's other writers: what is read now stays so until the transaction ends.
pub async fn lock(tx: &mut PgConnection, org: OrgId, id: ContactId) -> sqlx::Result<()> {
    sql("select from contacts where org_id = $1 and id = $2 for no key update")
        .bind(org)
        .bind(id)
        .execute(tx)
        .await?;
    Ok(())
}

pub(super) async fn learn_language(
    tx: &mut PgConnection,
    org: OrgId,
    id: ContactId,
    language: Language,
) -> sqlx::Result<()> {
    sql("update contacts set language = $3 where org_id = $1 and id = $2 and language is null")
        .bind(org)
        .bind(id)
        .bind(language.as_str())
        .execute(tx)
        .await?;
    Ok(())
}

pub(super) async fn update(
    tx: &mut PgConnection,
    org: OrgId,
    id: ContactId,
    change: &Change<'_>,
) -> sqlx::Result<bool> {
    let done = sql(
        "update contacts set name = case when $3 then $4 else name end, language = $5, email = case when $6 then $7 else email end
          where org_id = $1 and id = $2",
    )
    .bind(org)
    .bind(id)
    .bind(change.renames)
    .bind(change.name.map(SpokenName::as_str))
    .bind(change.language.map(Language::as_str))
    .bind(change.readdresses)
    .bind(change.email)
    .execute(tx)
    .await?;
    Ok(done.rows_affected() == 1)
}
