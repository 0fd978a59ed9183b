//! All SQL of the slice. Each kind is read by an index and limited before it is joined.

use sqlx::FromRow;

use crate::calls::TestCalls;
use crate::platform::db::{PgConnection, sql_as};
use crate::platform::ids::{AppointmentId, CallId, ContactId, OrgId, TaskId};

/// A person. No `Debug`: names and numbers are nobody else's.
#[derive(FromRow)]
#[expect(missing_docs, reason = "named after the columns they come from")]
pub struct ContactFound {
    pub id: ContactId,
    pub name: Option<String>,
    pub phone: String,
    pub email: Option<String>,
}

/// A call of one of them.
#[derive(FromRow)]
#[expect(missing_docs, reason = "named after the columns they come from")]
pub struct CallFound {
    pub id: CallId,
    pub created_at: jiff_sqlx::Timestamp,
    pub contact_name: Option<String>,
    /// As an alert of the call calls whoever called.
    pub lead_name: Option<String>,
    pub caller_phone: Option<String>,
    pub class: Option<String>,
    pub temperature: Option<String>,
    pub summary: Option<String>,
    pub is_test: bool,
}

/// A visit of one of them.
#[derive(FromRow)]
#[expect(missing_docs, reason = "named after the columns they come from")]
pub struct VisitFound {
    pub id: AppointmentId,
    pub starts_at: jiff_sqlx::Timestamp,
    pub time_zone: String,
    pub status: String,
    pub service: String,
    pub name: Option<String>,
}

/// What went to and fro with one of them.
#[derive(FromRow)]
#[expect(missing_docs, reason = "named after the columns they come from")]
pub struct ThreadFound {
    pub phone: String,
    pub contact_id: Option<ContactId>,
    pub contact_name: Option<String>,
    pub last_body: String,
    pub last_at: jiff_sqlx::Timestamp,
}

/// A task about one of them, or with the words in it.
#[derive(FromRow)]
#[expect(missing_docs, reason = "named after the columns they come from")]
pub struct TaskFound {
    pub id: TaskId,
    pub kind: String,
    pub title: String,
    pub created_at: jiff_sqlx::Timestamp,
    pub done_at: Option<jiff_sqlx::Timestamp>,
}

/// Those whose name, last name or e-mail address begins with `words`.
pub(super) async fn contacts_by_words(
    tx: &mut PgConnection,
    org: OrgId,
    words: &str,
) -> sqlx::Result<Vec<ContactFound>> {
    // What begins with a prefix lies between it and the same with the last of all characters.
    sql_as(
        "with w as (select app_ctx.folded($2) as low, app_ctx.folded($2) || chr(1114111) as high)
         select k.id, k.name, k.phone, k.email
           from (select id from (
                   (select c.id from contacts c where c.org_id = $1 and c.name is not null
                       and c.name_folded >= (select low from w) and c.name_folded < (select high from w) order by c.name_folded limit 8)
                   union
                   (select c.id from contacts c where c.org_id = $1 and c.name is not null
                       and c.last_name_folded >= (select low from w) and c.last_name_folded < (select high from w)
                     order by c.last_name_folded limit 8)
                   union
                   (select c.id from contacts c where c.org_id = $1 and c.email is not null
                       and c.email_folded >= (select low from w) and c.email_folded < (select high from w) order by c.email_folded limit 8)
                 ) u limit 24) f
           join contacts k on k.org_id = $1 and k.id = f.id
          order by k.name_folded nulls last, k.id limit 8",
    )
    .bind(org)
    .bind(words)
    .fetch_all(tx)
    .await
}

/// Those whose number ends or begins with `digits`, with or without the country's code of North America.
pub(super) async fn contacts_by_digits(
    tx: &mut PgConnection,
    org: OrgId,
    digits: &str,
) -> sqlx::Result<Vec<ContactFound>> {
    // After 9 comes the colon.
    let backwards: String = digits.chars().rev().collect();
    sql_as(
        "select k.id, k.name, k.phone, k.email
           from (select id from (
                   (select c.id from contacts c where c.org_id = $1
                       and c.phone_reversed >= $3 and c.phone_reversed < $3 || ':' limit 8)
                   union
                   (select c.id from contacts c where c.org_id = $1 and c.phone collate \"C\" >= '+' || $2
                       and c.phone collate \"C\" < '+' || $2 || ':' limit 8)
                   union
                   (select c.id from contacts c where c.org_id = $1 and c.phone collate \"C\" >= '+1' || $2
                       and c.phone collate \"C\" < '+1' || $2 || ':' limit 8)
                 ) u limit 24) f
           join contacts k on k.org_id = $1 and k.id = f.id
          order by k.name_folded nulls last, k.id limit 8",
    )
    .bind(org)
    .bind(digits)
    .bind(backwards)
    .fetch_all(tx)
    .await
}

/// Whose calls: people's, a number's, and of whoever an alert calls by a name that begins with these words.
pub(super) struct Callers<'a> {
    pub contacts: &'a [ContactId],
    pub number: Option<&'a str>,
    pub words: Option<&'a str>,
}

/// The latest calls of these callers.
pub(super) async fn calls(
    tx: &mut PgConnection,
    org: OrgId,
    of: &Callers<'_>,
    tests: TestCalls,
) -> sqlx::Result<Vec<CallFound>> {
    sql_as(
        "with w as (select app_ctx.folded($5::text) as low, app_ctx.folded($5) || chr(1114111) as high)
         select c.id, c.created_at, k.name as contact_name,
                (select max(e.lead_name) from escalations e
                  where e.org_id = c.org_id and e.kind in ('clinical', 'hot_lead') and e.call_ref = c.call_ref) as lead_name,
                c.caller_phone, c.class, c.temperature, c.summary, c.is_test
           from ((select l.id from unnest($2::uuid[]) w (id)
                   cross join lateral (select x.id from calls x where x.org_id = $1 and x.contact_id = w.id and app_ctx.shows_call(x.is_test, $4)
                                        order by x.created_at desc, x.id desc limit 8) l)
                 union
                 (select x.id from calls x where x.org_id = $1 and x.caller_phone = $3 and app_ctx.shows_call(x.is_test, $4) order by x.created_at desc limit 8)
                 union
                 (select x.id from (
                    (select e.call_id from escalations e where e.org_id = $1 and e.lead_name is not null
                        and e.lead_name_folded >= (select low from w) and e.lead_name_folded < (select high from w)
                      order by e.lead_name_folded limit 24)
                    union
                    (select e.call_id from escalations e where e.org_id = $1 and e.lead_name is not null
                        and e.lead_last_name_folded >= (select low from w) and e.lead_last_name_folded < (select high from w)
                      order by e.lead_last_name_folded limit 24)) n
                   join calls x on x.org_id = $1 and x.id = n.call_id
                  where app_ctx.shows_call(x.is_test, $4) limit 48)) f
           join calls c on c.org_id = $1 and c.id = f.id
           left join contacts k on k.org_id = $1 and k.id = c.contact_id
          order by c.created_at desc, c.id desc limit 8",
    )
    .bind(org)
    .bind(of.contacts)
    .bind(of.number)
    .bind(tests.as_str())
    .bind(of.words)
    .fetch_all(tx)
    .await
}

/// The latest visits of these people and of this number, those to come first.
pub(super) async fn visits(
    tx: &mut PgConnection,
    org: OrgId,
    contacts: &[ContactId],
    number: Option<&str>,
) -> sqlx::Result<Vec<VisitFound>> {
    sql_as(
        "select a.id, a.starts_at, a.time_zone, a.status::text as status, s.name as service, coalesce(k.name, a.customer_name) as name
           from ((select l.id from unnest($2::uuid[]) w (id)
                   cross join lateral (select x.id from appointments x where x.org_id = $1 and x.contact_id = w.id
                                        order by x.starts_at desc limit 8) l)
                 union
                 (select x.id from appointments x where x.org_id = $1 and x.customer_phone = $3 order by x.starts_at desc limit 8)) f
           join appointments a on a.org_id = $1 and a.id = f.id
           join services s on s.org_id = $1 and s.id = a.service_id
           left join contacts k on k.org_id = $1 and k.id = a.contact_id
          order by a.starts_at desc, a.id desc limit 8",
    )
    .bind(org)
    .bind(contacts)
    .bind(number)
    .fetch_all(tx)
    .await
}

/// The threads with these numbers, the one with the latest text first. Alerts to the clinic's own people are none.
pub(super) async fn threads(
    tx: &mut PgConnection,
    org: OrgId,
    phones: &[String],
) -> sqlx::Result<Vec<ThreadFound>> {
    sql_as(
        "select w.phone, k.id as contact_id, k.name as contact_name, m.body as last_body, m.at as last_at
           from unnest($2::text[]) w (phone)
          cross join lateral (
            select * from (
              (select t.body, t.queued_at as at from texts t
                where t.org_id = $1 and t.to_phone = w.phone and t.kind not in ('hot_lead_alert', 'clinical_alert', 'test_alert', 'phone_code', 'phone_notice')
                order by t.queued_at desc limit 1)
              union all
              (select i.body, i.received_at from inbound_texts i
                where i.org_id = $1 and i.from_phone = w.phone order by i.received_at desc limit 1)) both_ways
             order by at desc limit 1) m
           left join contacts k on k.org_id = $1 and k.phone = w.phone
          order by m.at desc limit 8",
    )
    .bind(org)
    .bind(phones)
    .fetch_all(tx)
    .await
}

/// Tasks about these people, calls and visits, and open ones with the words in them; open ones first. Of what is open, the
/// latest 500 are looked at.
pub(super) async fn tasks(
    tx: &mut PgConnection,
    org: OrgId,
    words: &str,
    (contacts, calls, visits): (&[ContactId], &[CallId], &[AppointmentId]),
) -> sqlx::Result<Vec<TaskFound>> {
    sql_as(
        "select t.id, t.kind, t.title, t.created_at, t.done_at
           from ((select x.id from tasks x where x.org_id = $1 and x.contact_id = any ($3) limit 24)
                 union (select x.id from tasks x where x.org_id = $1 and x.call_id = any ($4) limit 24)
                 union (select x.id from tasks x where x.org_id = $1 and x.appointment_id = any ($5) limit 24)
                 union (select o.id from (select x.id, x.title, x.note from tasks x where x.org_id = $1 and x.done_at is null
                                           order by x.created_at desc limit 500) o
                         where position(lower($2) in lower(o.title || ' ' || coalesce(o.note, ''))) > 0 limit 24)) f
           join tasks t on t.org_id = $1 and t.id = f.id
          order by t.done_at is not null, t.created_at desc, t.id limit 8",
    )
    .bind(org)
    .bind(words)
    .bind(contacts)
    .bind(calls)
    .bind(visits)
    .fetch_all(tx)
    .await
}
