//! Texts that people sent us.

use jiff::Timestamp;
use jiff_sqlx::ToSqlx as _;
use sqlx::FromRow;

use crate::messaging::meaning::Meaning;
use crate::platform::db::{PgConnection, sql, sql_as, sql_scalar};
use crate::platform::ids::{AppointmentId, ContactId, InboundTextId, OrgId};

/// A text to keep.
pub(in crate::messaging) struct NewInbound<'a> {
    pub id: InboundTextId,
    pub sid: &'a str,
    pub repeat_token: Option<&'a str>,
    pub from: &'a str,
    pub body: &'a str,
    pub media_count: i16,
    pub meaning: Meaning,
    pub contact: Option<ContactId>,
    /// Nobody has to read it.
    pub is_read: bool,
}

/// False when the message was kept before.
pub(in crate::messaging) async fn insert_inbound(
    tx: &mut PgConnection,
    org: OrgId,
    new: &NewInbound<'_>,
    now: Timestamp,
) -> sqlx::Result<bool> {
    let done = sql(
        "insert into inbound_texts (org_id, id, provider_sid, from_phone, body, meaning, contact_id, received_at, media_count, repeat_token,
            read_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, case when $11 then $8::timestamptz end) on conflict do nothing",
    )
    .bind(org)
    .bind(new.id)
    .bind(new.sid)
    .bind(new.from)
    .bind(new.body)
    .bind(new.meaning.as_str())
    .bind(new.contact)
    .bind(now.to_sqlx())
    .bind(new.media_count)
    .bind(new.repeat_token)
    .bind(new.is_read)
    .execute(tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// A text as it was kept.
#[derive(FromRow)]
pub(in crate::messaging) struct InboundRow {
    pub from_phone: String,
    pub body: String,
    pub meaning: String,
    pub contact_id: Option<ContactId>,
    pub is_answered: bool,
}

/// The text, locked: a second run of its job waits for the first.
pub(in crate::messaging) async fn inbound(
    tx: &mut PgConnection,
    org: OrgId,
    id: InboundTextId,
) -> sqlx::Result<Option<InboundRow>> {
    sql_as(
        "select from_phone, body, meaning, contact_id, answered_at is not null as is_answered
           from inbound_texts where org_id = $1 and id = $2 for update",
    )
    .bind(org)
    .bind(id)
    .fetch_optional(tx)
    .await
}

/// What the text asked is done; unread stays what a person has to read.
pub(in crate::messaging) async fn answered(
    tx: &mut PgConnection,
    org: OrgId,
    id: InboundTextId,
    is_for_staff: bool,
    now: Timestamp,
) -> sqlx::Result<()> {
    sql("update inbound_texts set answered_at = $3, read_at = case when $4 then read_at else coalesce(read_at, $3) end
          where org_id = $1 and id = $2")
    .bind(org)
    .bind(id)
    .bind(now.to_sqlx())
    .bind(is_for_staff)
    .execute(tx)
    .await?;
    Ok(())
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

/// What went to and fro of late.
#[derive(FromRow)]
pub(in crate::messaging) struct Lately {
    pub received: i64,
    pub received_alike: i64,
    pub answers: i64,
    pub last_kind: Option<String>,
    pub written_at: Option<jiff_sqlx::Timestamp>,
}

pub(in crate::messaging) async fn lately(
    tx: &mut PgConnection,
    org: OrgId,
    (phone, body): (&str, &str),
    since: Timestamp,
) -> sqlx::Result<Lately> {
    sql_as(
        "select i.received, i.received_alike,
                (select count(*) from texts where org_id = $1 and to_phone = $2 and queued_at > $4
                    and kind in ('reply', 'waitlist_reply')) as answers,
                (select kind from texts where org_id = $1 and to_phone = $2 and verdict not like 'denied: %'
                  order by queued_at desc limit 1) as last_kind,
                (select max(queued_at) from texts where org_id = $1 and to_phone = $2 and kind = 'message'
                    and verdict not like 'denied: %') as written_at
           from (select count(*) as received, count(*) filter (where body = $3) as received_alike
                   from inbound_texts where org_id = $1 and from_phone = $2 and received_at > $4) i",
    )
    .bind(org)
    .bind(phone)
    .bind(body)
    .bind(since.to_sqlx())
    .fetch_one(tx)
    .await
}

/// Visits whose time was texted to the number.
pub(in crate::messaging) async fn texted_visits(
    tx: &mut PgConnection,
    org: OrgId,
    phone: &str,
    among: &[AppointmentId],
) -> sqlx::Result<Vec<AppointmentId>> {
    sql_scalar(
        "select distinct appointment_id from texts
          where org_id = $1 and to_phone = $2 and appointment_id = any ($3)
            and kind in ('confirmation', 'pending', 'change', 'reminder', 'details_request') and verdict not like 'denied: %'",
    )
    .bind(org)
    .bind(phone)
    .bind(among)
    .fetch_all(tx)
    .await
}

/// The latest texts from there.
pub(in crate::messaging) async fn inbound_from(
    tx: &mut PgConnection,
    org: OrgId,
    phone: &str,
    max: i64,
) -> sqlx::Result<Vec<InboundTextId>> {
    sql_scalar(
        "select id from inbound_texts where org_id = $1 and from_phone = $2 order by received_at desc limit $3",
    )
    .bind(org)
    .bind(phone)
    .bind(max)
    .fetch_all(tx)
    .await
}
