//! Threads: what went to and fro with one number, read from the texts themselves.
//!
//! There is no table of threads. A text that is sent or received costs no second write and no lock that two bookings of one
//! person, or a thousand reminders, would meet at; a list walks the latest texts backwards and skips those with a later one.
//! Of 140,000 texts with 6,000 numbers the first page takes 3 ms, the unread ones 8 ms; only the far end of the list, beyond which
//! nothing is latest, takes half a second.

use jiff::Timestamp;
use jiff_sqlx::ToSqlx as _;
use sqlx::FromRow;
use uuid::Uuid;

use crate::messaging::question::QuestionKind;
use crate::platform::db::{PgConnection, sql, sql_as, sql_scalar};
use crate::platform::ids::{ContactId, OrgId};

/// A thread in a list. Holds a number and words: deliberately no `Debug`.
#[derive(FromRow)]
#[expect(missing_docs, reason = "self-explaining")]
pub struct Thread {
    /// E.164, or a short code.
    pub phone: String,
    pub contact_id: Option<ContactId>,
    pub contact_name: Option<String>,
    /// What was written last.
    pub last_body: String,
    pub last_is_inbound: bool,
    pub last_at: jiff_sqlx::Timestamp,
    /// The id of that text: with its time the place in the list.
    pub last_id: Uuid,
    /// Texts from there that a person has to read.
    pub unread: i64,
    pub opted_out: bool,
    open_question: Option<String>,
}

impl Thread {
    /// What a short answer would answer.
    pub fn open_question(&self) -> Option<QuestionKind> {
        self.open_question.as_deref().and_then(|kind| kind.parse().ok())
    }
}

/// A text of a thread, either way. Holds words: deliberately no `Debug`.
#[derive(FromRow)]
#[expect(missing_docs, reason = "named after the columns they come from")]
pub struct Message {
    pub id: Uuid,
    pub is_inbound: bool,
    pub body: String,
    pub at: jiff_sqlx::Timestamp,
    /// The kind of a text of ours, or what theirs was understood as.
    pub kind: String,
    pub media_count: Option<i16>,
    pub is_read: Option<bool>,
    pub state: Option<String>,
    pub segments: Option<i16>,
    pub verdict: Option<String>,
    pub leave_after: Option<jiff_sqlx::Timestamp>,
    pub sent_at: Option<jiff_sqlx::Timestamp>,
    pub failure_code: Option<i32>,
    pub failure: Option<String>,
    pub sent_by: Option<String>,
}

/// The place in a list before which it goes on: the newest there can be, to begin with.
#[derive(Debug, Clone, Copy)]
pub struct Before(pub Timestamp, pub Uuid);

impl Before {
    /// Everything.
    pub const START: Self = Self(Timestamp::MAX, Uuid::max());
}

/// Alerts go to the clinic's own people.
macro_rules! to_people {
    () => {
        "kind not in ('hot_lead_alert', 'clinical_alert', 'test_alert', 'phone_code', 'phone_notice')"
    };
}

/// Who it is, and what waits there, of each row of `latest`.
macro_rules! described {
    () => {
        "select l.phone, c.id as contact_id, c.name as contact_name, l.body as last_body, l.is_inbound as last_is_inbound,
                l.at as last_at, l.id as last_id,
                (select count(*) from inbound_texts u where u.org_id = $1 and u.from_phone = l.phone and u.read_at is null) as unread,
                exists (select from opt_outs o where o.org_id = $1 and o.phone = l.phone) as opted_out,
                (select q.kind from questions q where q.org_id = $1 and q.phone = l.phone and q.closed_at is null and q.expires_at > $2
                  order by q.asked_at desc, q.id desc limit 1) as open_question
           from latest l left join contacts c on c.org_id = $1 and c.phone = l.phone
          order by l.at desc, l.id desc limit $5"
    };
}

/// Every thread, newest first. Among what came in, those that could be shown are as new as the last of what went out.
const ALL: &str = concat!(
    "with went_out as materialized (
        select t.to_phone as phone, t.queued_at as at, t.id, t.body, false as is_inbound from texts t
         where t.org_id = $1 and (t.queued_at, t.id) < ($3, $4) and t.",
    to_people!(),
    "
           and not exists (select from texts n where n.org_id = $1 and n.to_phone = t.to_phone and n.queued_at >= t.queued_at
                 and (n.queued_at, n.id) > (t.queued_at, t.id) and n.",
    to_people!(),
    ")
           and not exists (select from inbound_texts n where n.org_id = $1 and n.from_phone = t.to_phone
                 and n.received_at >= t.queued_at and (n.received_at, n.id) > (t.queued_at, t.id))
         order by t.queued_at desc, t.id desc limit $5),
     latest as (
       select * from went_out
       union all
       (select i.from_phone, i.received_at, i.id, i.body, true from inbound_texts i
         where i.org_id = $1 and (i.received_at, i.id) < ($3, $4)
           and i.received_at >= (select case when count(*) >= $5 then min(at) else '-infinity' end from went_out)
           and not exists (select from texts n where n.org_id = $1 and n.to_phone = i.from_phone and n.queued_at >= i.received_at
                 and (n.queued_at, n.id) > (i.received_at, i.id) and n.",
    to_people!(),
    ")
           and not exists (select from inbound_texts n where n.org_id = $1 and n.from_phone = i.from_phone
                 and n.received_at >= i.received_at and (n.received_at, n.id) > (i.received_at, i.id))
         order by i.received_at desc, i.id desc limit $5))
     ",
    described!()
);

/// Those of some numbers: `wanted` is a query of `phone`.
macro_rules! latest_of {
    ($wanted:literal) => {
        concat!(
            "with latest as (
               select w.phone, m.* from (",
            $wanted,
            ") w cross join lateral (
                 select * from (
                   (select t.queued_at as at, t.id, t.body, false as is_inbound from texts t
                     where t.org_id = $1 and t.to_phone = w.phone and t.",
            to_people!(),
            "
                     order by t.queued_at desc, t.id desc limit 1)
                   union all
                   (select i.received_at, i.id, i.body, true from inbound_texts i
                     where i.org_id = $1 and i.from_phone = w.phone order by i.received_at desc, i.id desc limit 1)) both_ways
                  order by at desc, id desc limit 1) m
              where (m.at, m.id) < ($3, $4))
             ",
            described!()
        )
    };
}

/// Those with something to read: as many numbers as wait, whatever else there is.
const UNREAD: &str = latest_of!(
    "select distinct u.from_phone as phone from inbound_texts u where u.org_id = $1 and u.read_at is null"
);
/// The one of a number.
const ONE: &str = latest_of!("select $6::text as phone");

pub(in crate::messaging) async fn threads(
    tx: &mut PgConnection,
    org: OrgId,
    (is_unread, before, limit): (bool, Before, i64),
    now: Timestamp,
) -> sqlx::Result<Vec<Thread>> {
    sql_as(if is_unread { UNREAD } else { ALL })
        .bind(org)
        .bind(now.to_sqlx())
        .bind(before.0.to_sqlx())
        .bind(before.1)
        .bind(limit)
        .fetch_all(tx)
        .await
}

pub(in crate::messaging) async fn thread(
    tx: &mut PgConnection,
    org: OrgId,
    phone: &str,
    now: Timestamp,
) -> sqlx::Result<Option<Thread>> {
    sql_as(ONE)
        .bind(org)
        .bind(now.to_sqlx())
        .bind(Before::START.0.to_sqlx())
        .bind(Before::START.1)
        .bind(1_i64)
        .bind(phone)
        .fetch_optional(tx)
        .await
}

pub(in crate::messaging) async fn messages(
    tx: &mut PgConnection,
    org: OrgId,
    phone: &str,
    (before, limit): (Before, i64),
) -> sqlx::Result<Vec<Message>> {
    sql_as(concat!(
        "select * from (
           (select t.id, false as is_inbound, t.body, t.queued_at as at, t.kind, null::smallint as media_count, null::boolean as is_read,
                   t.state::text as state, t.segments, t.verdict, t.leave_after, t.sent_at, t.failure_code, t.failure, t.sent_by
              from texts t where t.org_id = $1 and t.to_phone = $2 and (t.queued_at, t.id) < ($3, $4) and t.",
        to_people!(),
        "
             order by t.queued_at desc, t.id desc limit $5)
           union all
           (select i.id, true, i.body, i.received_at, i.meaning, i.media_count, i.read_at is not null,
                   null, null, null, null, null, null, null, null
              from inbound_texts i where i.org_id = $1 and i.from_phone = $2 and (i.received_at, i.id) < ($3, $4)
             order by i.received_at desc, i.id desc limit $5)) m
          order by m.at desc, m.id desc limit $5"
    ))
    .bind(org)
    .bind(phone)
    .bind(before.0.to_sqlx())
    .bind(before.1)
    .bind(limit)
    .fetch_all(tx)
    .await
}

/// How many were unread.
pub(in crate::messaging) async fn read_all(
    tx: &mut PgConnection,
    org: OrgId,
    phone: &str,
    now: Timestamp,
) -> sqlx::Result<u64> {
    let done = sql(
        "update inbound_texts set read_at = $3 where org_id = $1 and from_phone = $2 and read_at is null",
    )
    .bind(org)
    .bind(phone)
    .bind(now.to_sqlx())
    .execute(tx)
    .await?;
    Ok(done.rows_affected())
}

/// The number of a contact.
pub(in crate::messaging) async fn phone_of(
    tx: &mut PgConnection,
    org: OrgId,
    contact: ContactId,
) -> sqlx::Result<Option<String>> {
    sql_scalar("select phone from contacts where org_id = $1 and id = $2")
        .bind(org)
        .bind(contact)
        .fetch_optional(tx)
        .await
}
