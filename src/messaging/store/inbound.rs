//! Texts that people sent us.

use jiff::Timestamp;
use jiff_sqlx::ToSqlx as _;

use crate::messaging::meaning::Meaning;
use crate::platform::db::{PgConnection, sql, sql_as, sql_scalar};
use crate::platform::ids::{ContactId, InboundTextId, OrgId};

/// A text to keep.
pub(in crate::messaging) struct NewInbound<'a> {
    pub id: InboundTextId,
    pub sid: &'a str,
    pub from: &'a str,
    pub body: &'a str,
    pub meaning: Meaning,
    pub contact: Option<ContactId>,
}

/// False when the message was kept before.
pub(in crate::messaging) async fn insert_inbound(
    tx: &mut PgConnection,
    org: OrgId,
    new: &NewInbound<'_>,
    now: Timestamp,
) -> sqlx::Result<bool> {
    let done = sql(
        "insert into inbound_texts (org_id, id, provider_sid, from_phone, body, meaning, contact_id, received_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict on constraint inbound_texts_once_per_message do nothing",
    )
    .bind(org)
    .bind(new.id)
    .bind(new.sid)
    .bind(new.from)
    .bind(new.body)
    .bind(new.meaning.as_str())
    .bind(new.contact)
    .bind(now.to_sqlx())
    .execute(tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Who wrote, and what it was understood as.
pub(in crate::messaging) async fn inbound(
    tx: &mut PgConnection,
    org: OrgId,
    id: InboundTextId,
) -> sqlx::Result<Option<(String, String)>> {
    sql_as("select from_phone, meaning from inbound_texts where org_id = $1 and id = $2")
        .bind(org)
        .bind(id)
        .fetch_optional(tx)
        .await
}

pub(in crate::messaging) async fn has_opted_out(
    tx: &mut PgConnection,
    org: OrgId,
    phone: &str,
) -> sqlx::Result<bool> {
    sql_scalar("select exists (select from opt_outs where org_id = $1 and phone = $2)")
        .bind(org)
        .bind(phone)
        .fetch_one(tx)
        .await
}
