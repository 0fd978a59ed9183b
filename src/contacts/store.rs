//! All SQL of the slice.

use jiff::Timestamp;
use jiff_sqlx::ToSqlx as _;
use sqlx::FromRow;

use crate::platform::db::{PgConnection, sql_as, sql_scalar};
use crate::platform::ids::{ContactId, OrgId};

#[expect(clippy::too_many_arguments, reason = "one per column")]
pub(super) async fn upsert(
    tx: &mut PgConnection,
    org: OrgId,
    id: ContactId,
    phone: &str,
    name: Option<&str>,
    email: Option<&str>,
    now: Timestamp,
) -> sqlx::Result<ContactId> {
    sql_scalar(
        "insert into contacts as c (org_id, id, phone, name, email, created_at) values ($1, $2, $3, $4, $5, $6)
         on conflict on constraint contacts_once_per_phone do update
            set name = coalesce(c.name, excluded.name), email = coalesce(c.email, excluded.email)
         returning id",
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

/// What is known of a caller before a word is said.
#[derive(Debug, Clone, FromRow)]
pub struct Known {
    /// The contact.
    pub id: ContactId,
    /// As it was given at the first booking.
    pub name: Option<String>,
}

/// The contact with this number, if any.
pub async fn known(tx: &mut PgConnection, org: OrgId, phone: &str) -> sqlx::Result<Option<Known>> {
    sql_as("select id, name from contacts where org_id = $1 and phone = $2")
        .bind(org)
        .bind(phone)
        .fetch_optional(tx)
        .await
}
