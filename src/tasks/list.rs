//! Tasks as staff list them: what is open by how much it can wait and how long it has waited, what is done by when.

use jiff::Timestamp;
use sqlx::FromRow;

use super::kind::{self, Urgency};
use crate::platform::db::{PgConnection, sql_as, sql_scalar};
use crate::platform::ids::{AppointmentId, CallId, ContactId, InboundTextId, OrgId, TaskId, TextId, UserId};

/// A task in a list. Names a person: deliberately no `Debug`.
#[derive(FromRow)]
#[expect(missing_docs, reason = "named after the columns they come from")]
pub struct Listed {
    pub id: TaskId,
    pub kind: String,
    pub title: String,
    /// What it rests on, line by line; may quote people.
    pub detail: Option<String>,
    pub note: Option<String>,
    pub assignee_user_id: Option<UserId>,
    pub raised_by: Option<String>,
    pub created_at: jiff_sqlx::Timestamp,
    pub done_at: Option<jiff_sqlx::Timestamp>,
    pub done_by: Option<String>,
    pub call_id: Option<CallId>,
    pub appointment_id: Option<AppointmentId>,
    pub text_id: Option<TextId>,
    pub inbound_text_id: Option<InboundTextId>,
    /// Whom it is about, through whatever it is about.
    pub contact_id: Option<ContactId>,
    /// As they are called now (G2).
    pub contact_name: Option<String>,
    pub phone: Option<String>,
}

/// Which tasks.
#[derive(Debug, Default, Clone)]
#[expect(missing_docs, reason = "self-explaining")]
pub struct WantedTasks<'a> {
    pub id: Option<TaskId>,
    pub kind: Option<&'a str>,
    /// Only what this person has in hand.
    pub assignee: Option<UserId>,
    /// Only what nobody has in hand.
    pub is_free: bool,
    pub limit: i64,
}

/// The place of an open task: how much it can wait, and since when it has.
pub type OpenPlace = (i16, Timestamp, TaskId);

macro_rules! tasks_that {
    ($place:literal) => {
        concat!(
            "select t.id, t.kind, t.title, t.detail, t.note, t.assignee_user_id, t.raised_by, t.created_at, t.done_at, t.done_by,
                    t.call_id, t.appointment_id, t.text_id, t.inbound_text_id,
                    k.id as contact_id, k.name as contact_name, coalesce(k.phone, p.phone) as phone
               from tasks t
               left join lateral (
                 select coalesce(t.contact_id, a.contact_id, c.contact_id, x.contact_id, i.contact_id) as contact_id,
                        coalesce(a.customer_phone, c.caller_phone, x.to_phone, i.from_phone) as phone
                   from (select) one
                   left join appointments a on a.org_id = t.org_id and a.id = t.appointment_id
                   left join calls c on c.org_id = t.org_id and c.id = t.call_id
                   left join texts x on x.org_id = t.org_id and x.id = t.text_id
                   left join inbound_texts i on i.org_id = t.org_id and i.id = t.inbound_text_id) p on true
               left join contacts k on k.org_id = t.org_id and k.id = p.contact_id
              where t.org_id = $1 and ($2::text is null or t.kind = $2) and ($3::uuid is null or t.assignee_user_id = $3)
                and (not $4 or t.assignee_user_id is null) and ",
            $place
        )
    };
}

const OPEN: &str = tasks_that!(
    "t.done_at is null
     and ($6::smallint is null
          or (case when t.kind = any ($9) then 0 when t.kind = any ($10) then 1 else 2 end, t.created_at, t.id) > ($6, $7, $8))
   order by case when t.kind = any ($9) then 0 when t.kind = any ($10) then 1 else 2 end, t.created_at, t.id limit $5"
);
const DONE: &str = tasks_that!(
    "t.done_at is not null and ($6::timestamptz is null or (t.done_at, t.id) < ($6, $7))
   order by t.done_at desc, t.id desc limit $5"
);
const ONE: &str = tasks_that!("t.id = $6 limit $5");

/// What is open: what can wait least first, then what has waited longest.
pub async fn list_open(
    tx: &mut PgConnection,
    org: OrgId,
    wanted: &WantedTasks<'_>,
    after: Option<OpenPlace>,
) -> sqlx::Result<Vec<Listed>> {
    sql_as(OPEN)
        .bind(org)
        .bind(wanted.kind)
        .bind(wanted.assignee)
        .bind(wanted.is_free)
        .bind(wanted.limit)
        .bind(after.map(|place| place.0))
        .bind(after.map(|place| jiff_sqlx::Timestamp::from(place.1)))
        .bind(after.map(|place| place.2))
        .bind(kind::kinds_of(Urgency::Now))
        .bind(kind::kinds_of(Urgency::Today))
        .fetch_all(tx)
        .await
}

/// What is done, the latest first.
pub async fn list_done(
    tx: &mut PgConnection,
    org: OrgId,
    wanted: &WantedTasks<'_>,
    after: Option<(Timestamp, TaskId)>,
) -> sqlx::Result<Vec<Listed>> {
    sql_as(DONE)
        .bind(org)
        .bind(wanted.kind)
        .bind(wanted.assignee)
        .bind(wanted.is_free)
        .bind(wanted.limit)
        .bind(after.map(|place| jiff_sqlx::Timestamp::from(place.0)))
        .bind(after.map(|place| place.1))
        .fetch_all(tx)
        .await
}

/// A task, open or done.
pub async fn one(tx: &mut PgConnection, org: OrgId, id: TaskId) -> sqlx::Result<Option<Listed>> {
    sql_as(ONE)
        .bind(org)
        .bind(None::<&str>)
        .bind(None::<UserId>)
        .bind(false)
        .bind(1_i64)
        .bind(id)
        .fetch_optional(tx)
        .await
}

/// How many are open, by kind.
pub async fn open_by_kind(tx: &mut PgConnection, org: OrgId) -> sqlx::Result<Vec<(String, i64)>> {
    sql_as(
        "select kind, count(*) from tasks where org_id = $1 and done_at is null group by kind order by kind",
    )
    .bind(org)
    .fetch_all(tx)
    .await
}

/// How many are open.
pub async fn open_count(tx: &mut PgConnection, org: OrgId) -> sqlx::Result<i64> {
    sql_scalar("select count(*) from tasks where org_id = $1 and done_at is null")
        .bind(org)
        .fetch_one(tx)
        .await
}
