//! All SQL of the slice: e-mails here, recipients and summaries in files of their own.

mod recipients;
mod summary;

use jiff::Timestamp;
use jiff_sqlx::ToSqlx as _;
use sqlx::FromRow;
use uuid::Uuid;

use super::deliver::DELIVER_EMAIL_TASK;
use super::email::{EmailState, Kind, UnknownWord};
use super::wording::Words;
use crate::platform::db::{PgConnection, sql, sql_as, sql_scalar};
use crate::platform::ids::{CallId, EmailId, OrgId};

pub(super) use recipients::{Wish, recipients_who_want, upsert_recipient};
pub use recipients::{list_recipients, remove_recipient};
pub use summary::summary_hour;
pub(super) use summary::{Span, claim_morning, next_morning, numbers, oldest_tasks};

/// An e-mail about to be queued.
pub(super) struct NewRow<'a> {
    pub id: EmailId,
    pub kind: Kind,
    pub dedupe_key: &'a str,
    pub recipient: Uuid,
    pub to: &'a str,
    pub words: &'a Words,
    pub call: Option<CallId>,
}

/// False when an e-mail for this reason exists; then it has been committed.
pub(super) async fn insert(
    tx: &mut PgConnection,
    org: OrgId,
    new: &NewRow<'_>,
    now: Timestamp,
) -> sqlx::Result<bool> {
    let done = sql(
        "insert into emails (org_id, id, kind, dedupe_key, recipient_id, to_address, subject, body, call_id, queued_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) on conflict on constraint emails_once_per_reason do nothing",
    )
    .bind(org)
    .bind(new.id)
    .bind(new.kind.as_str())
    .bind(new.dedupe_key)
    .bind(new.recipient)
    .bind(new.to)
    .bind(&new.words.subject)
    .bind(&new.words.body)
    .bind(new.call)
    .bind(now.to_sqlx())
    .execute(tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// An e-mail as a worker sees it. Holds an address and words: deliberately no `Debug`.
pub(super) struct Email {
    pub id: EmailId,
    pub kind: Kind,
    pub to: String,
    pub words: Words,
    pub state: EmailState,
    /// Times it was handed over although the server may have had it.
    pub doubts: i16,
    pub queued_at: Timestamp,
    /// While `sending`: since when a worker may be handing it over; `None` when it surely has not left.
    pub leased_at: Option<Timestamp>,
    pub call: Option<CallId>,
    /// Who gets it; the invitation or reset that its link is of.
    pub recipient: Uuid,
    /// SMTP's code of the last try that was put off.
    pub last_code: Option<u16>,
    /// Whether the recipient is still one.
    pub is_wanted: bool,
}

#[derive(FromRow)]
struct Row {
    id: EmailId,
    kind: String,
    to_address: String,
    subject: String,
    body: String,
    state: String,
    doubts: i16,
    queued_at: jiff_sqlx::Timestamp,
    sending_at: Option<jiff_sqlx::Timestamp>,
    call_id: Option<CallId>,
    recipient_id: Uuid,
    failure_code: Option<i32>,
    is_wanted: bool,
}

impl TryFrom<Row> for Email {
    type Error = UnknownWord;

    fn try_from(row: Row) -> Result<Self, UnknownWord> {
        Ok(Self {
            id: row.id,
            kind: row.kind.parse()?,
            to: row.to_address,
            words: Words { subject: row.subject, body: row.body },
            state: row.state.parse()?,
            doubts: row.doubts,
            queued_at: row.queued_at.to_jiff(),
            leased_at: row.sending_at.map(jiff_sqlx::Timestamp::to_jiff),
            call: row.call_id,
            recipient: row.recipient_id,
            last_code: row.failure_code.and_then(|code| u16::try_from(code).ok()),
            is_wanted: row.is_wanted,
        })
    }
}

/// The e-mail, locked until the transaction ends.
pub(super) async fn lock(tx: &mut PgConnection, org: OrgId, id: EmailId) -> sqlx::Result<Option<Email>> {
    let row: Option<Row> = sql_as(
        "select e.id, e.kind, e.to_address, e.subject, e.body, e.state, e.doubts, e.queued_at, e.sending_at, e.call_id,
                e.recipient_id, e.failure_code, case e.kind
                  when 'password_reset' then true
                  when 'invitation' then exists (select from invitations i where i.org_id = e.org_id and i.id = e.recipient_id
                                                    and i.accepted_at is null and i.revoked_at is null)
                  else exists (select from email_recipients r where r.org_id = e.org_id and r.id = e.recipient_id)
                end as is_wanted
           from emails e where e.org_id = $1 and e.id = $2 for update of e",
    )
    .bind(org)
    .bind(id)
    .fetch_optional(tx)
    .await?;
    row.map(Email::try_from).transpose().map_err(|e| sqlx::Error::Decode(Box::new(e)))
}

/// Marks the e-mail as being handed over from now on; again, when it was in doubt.
pub(super) async fn lease(
    tx: &mut PgConnection,
    org: OrgId,
    id: EmailId,
    is_again: bool,
    now: Timestamp,
) -> sqlx::Result<()> {
    sql("update emails set state = 'sending', sending_at = $4, attempts = attempts + 1, doubts = doubts + $3::int
          where org_id = $1 and id = $2 and state in ('queued', 'sending')")
    .bind(org)
    .bind(id)
    .bind(i32::from(is_again))
    .bind(now.to_sqlx())
    .execute(tx)
    .await?;
    Ok(())
}

/// The server surely does not have it; `code` is what it said, when it said anything.
pub(super) async fn release(
    tx: &mut PgConnection,
    org: OrgId,
    id: EmailId,
    code: Option<u16>,
) -> sqlx::Result<()> {
    sql("update emails set sending_at = null, failure_code = $3 where org_id = $1 and id = $2 and state = 'sending'")
        .bind(org)
        .bind(id)
        .bind(code.map(i32::from))
        .execute(tx)
        .await?;
    Ok(())
}

/// Ends a locked e-mail that has not ended. `why` is SMTP's code and our words, for one that failed.
pub(super) async fn settle(
    tx: &mut PgConnection,
    org: OrgId,
    id: EmailId,
    (state, why): (EmailState, Option<(Option<u16>, &str)>),
    now: Timestamp,
) -> sqlx::Result<()> {
    sql("update emails set state = $3, failure_code = $4, failure = $5, settled_at = $6
          where org_id = $1 and id = $2 and state in ('queued', 'sending')")
    .bind(org)
    .bind(id)
    .bind(state.as_str())
    .bind(why.and_then(|(code, _)| code).map(i32::from))
    .bind(why.map(|(_, words)| words))
    .bind(now.to_sqlx())
    .execute(tx)
    .await?;
    Ok(())
}

/// E-mails that should long have left and that no job is waiting to hand over.
pub(super) async fn forgotten(
    tx: &mut PgConnection,
    org: OrgId,
    before: Timestamp,
) -> sqlx::Result<Vec<(EmailId, Kind)>> {
    let rows: Vec<(EmailId, String)> = sql_as(
        "select e.id, e.kind from emails e
          where e.org_id = $1 and e.state in ('queued', 'sending') and coalesce(e.sending_at, e.queued_at) < $2
            and not exists (select from graphile_worker.jobs j
                             where j.key = $3 || ':' || e.id and j.attempts < j.max_attempts)
          order by e.queued_at limit 100",
    )
    .bind(org)
    .bind(before.to_sqlx())
    .bind(DELIVER_EMAIL_TASK)
    .fetch_all(tx)
    .await?;
    let known = |(id, kind): (EmailId, String)| Ok((id, kind.parse()?));
    rows.into_iter()
        .map(known)
        .collect::<Result<_, UnknownWord>>()
        .map_err(|e| sqlx::Error::Decode(Box::new(e)))
}

/// How many tests the org has had since then. Two who ask at once wait for each other.
pub(super) async fn tests_since(tx: &mut PgConnection, org: OrgId, since: Timestamp) -> sqlx::Result<i64> {
    sql("select pg_advisory_xact_lock(hashtextextended('test_emails:' || $1::uuid, 0))")
        .bind(org.0)
        .execute(&mut *tx)
        .await?;
    sql_scalar("select count(*) from emails where org_id = $1 and kind = 'test' and queued_at > $2")
        .bind(org)
        .bind(since.to_sqlx())
        .fetch_one(tx)
        .await
}

/// What the org is called.
pub(super) async fn clinic_name(tx: &mut PgConnection, org: OrgId) -> sqlx::Result<String> {
    sql_scalar("select name from orgs where org_id = $1").bind(org).fetch_one(tx).await
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A queued alert, for tests of the pure parts.
    pub fn an_email() -> Email {
        Email {
            id: EmailId(Uuid::nil()),
            kind: Kind::HotLeadAlert,
            to: "maria@glow.example".into(),
            words: Words { subject: "Hot lead".into(), body: "Call back".into() },
            state: EmailState::Queued,
            doubts: 0,
            queued_at: Timestamp::UNIX_EPOCH,
            leased_at: None,
            call: None,
            recipient: Uuid::nil(),
            last_code: None,
            is_wanted: true,
        }
    }
}
