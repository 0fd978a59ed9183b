//! All SQL of the slice: texts, opt-outs, and what was asked.

mod consents;
mod counts;
mod inbound;
mod providers;
mod questions;
mod templates;
mod threads;
mod unfinished;

use jiff::Timestamp;
use jiff_sqlx::ToSqlx as _;
use sqlx::FromRow;

use super::text::{Kind, TextState};
use crate::platform::db::{PgConnection, sql, sql_as, sql_scalar};
use crate::platform::ids::{AppointmentId, CallId, ContactId, OrgId, TextId};

pub use consents::{Consent, consents};
pub(super) use consents::{
    NewRow as NewConsentRow, consent_given, insert_consent, opt_in, opt_out, opt_out_source,
};
pub(super) use counts::{CountsQuery, counts, recent, withdraw};
pub(super) use inbound::{
    NewInbound, answered, has_opted_out, inbound, inbound_from, insert_inbound, lately, texted_visits,
};
pub(super) use providers::{health, hold_no_more, hold_until, lock_health, set_health};
pub(super) use questions::{close_about, close_of, close_question, insert_question, open_questions};
pub(super) use templates::{NewTemplateRow, insert_template};
pub use templates::{OwnTemplate, own_templates, templates};
pub use threads::{Before, Message, Thread};
pub(super) use threads::{messages, phone_of, read_all, thread, threads};
pub(super) use unfinished::{
    again_key, forgotten, is_superseded, mark_again, overdue, waiting, withdraw_again,
};

/// A text about to be queued.
pub(super) struct NewRow<'a> {
    pub id: TextId,
    pub kind: Kind,
    pub dedupe_key: &'a str,
    pub to: &'a str,
    pub body: &'a str,
    pub segments: i16,
    pub state: TextState,
    pub verdict: &'a str,
    pub failure: Option<&'a str>,
    pub contact: Option<ContactId>,
    pub appointment: Option<AppointmentId>,
    pub call: Option<CallId>,
    pub leave_after: Option<Timestamp>,
    pub leave_before: Option<Timestamp>,
    pub sent_by: Option<&'a str>,
}

/// False when a text for this reason exists; then it has been committed.
pub(super) async fn insert(
    tx: &mut PgConnection,
    org: OrgId,
    new: &NewRow<'_>,
    now: Timestamp,
) -> sqlx::Result<bool> {
    let done = sql(
        "insert into texts (org_id, id, kind, dedupe_key, to_phone, body, segments, verdict, contact_id, appointment_id, call_id, queued_at,
            leave_before, state, failure, leave_after, sent_by, settled_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14::text::text_state, $15, $16, $17,
            case when $14 = 'failed' then $12::timestamptz end) on conflict on constraint texts_once_per_reason do nothing",
    )
    .bind(org)
    .bind(new.id)
    .bind(new.kind.as_str())
    .bind(new.dedupe_key)
    .bind(new.to)
    .bind(new.body)
    .bind(new.segments)
    .bind(new.verdict)
    .bind(new.contact)
    .bind(new.appointment)
    .bind(new.call)
    .bind(now.to_sqlx())
    .bind(new.leave_before.map(jiff_sqlx::ToSqlx::to_sqlx))
    .bind(new.state.as_str())
    .bind(new.failure)
    .bind(new.leave_after.map(jiff_sqlx::ToSqlx::to_sqlx))
    .bind(new.sent_by)
    .execute(tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// The text for a reason.
pub(super) async fn by_reason(
    tx: &mut PgConnection,
    org: OrgId,
    dedupe_key: &str,
) -> sqlx::Result<Option<TextId>> {
    sql_scalar("select id from texts where org_id = $1 and dedupe_key = $2")
        .bind(org)
        .bind(dedupe_key)
        .fetch_optional(tx)
        .await
}

/// A text as a worker or callback sees it. Holds a number and words: deliberately no `Debug`.
pub(super) struct Text {
    pub id: TextId,
    pub kind: Kind,
    pub to: String,
    pub body: String,
    pub state: TextState,
    pub provider_sid: Option<String>,
    pub attempts: i16,
    pub queued_at: Timestamp,
    /// While `sending`: since when a worker may have handed it over; `None` when it surely has not.
    pub leased_at: Option<Timestamp>,
    pub opted_out: bool,
    pub contact: Option<ContactId>,
    pub consents: bool,
    pub appointment: Option<AppointmentId>,
    pub call: Option<CallId>,
    /// From then on it does not leave any more: as it was queued, else when the visit that was to come begins.
    pub leave_before: Option<Timestamp>,
    /// It reminds of a visit that has been moved or called off since.
    pub is_stale: bool,
    /// The text that it repeats, and for which time.
    pub again_of: Option<TextId>,
    pub again: i16,
}

#[derive(FromRow)]
struct Row {
    id: TextId,
    kind: String,
    to_phone: String,
    body: String,
    state: String,
    provider_sid: Option<String>,
    attempts: i16,
    queued_at: jiff_sqlx::Timestamp,
    sending_at: Option<jiff_sqlx::Timestamp>,
    opted_out: bool,
    contact_id: Option<ContactId>,
    consents: bool,
    appointment_id: Option<AppointmentId>,
    call_id: Option<CallId>,
    leave_before: Option<jiff_sqlx::Timestamp>,
    is_stale: bool,
    again_of: Option<TextId>,
    again: i16,
}

impl TryFrom<Row> for Text {
    type Error = sqlx::Error;

    fn try_from(row: Row) -> sqlx::Result<Self> {
        Ok(Self {
            id: row.id,
            kind: row.kind.parse().map_err(|e| sqlx::Error::Decode(Box::new(e)))?,
            to: row.to_phone,
            body: row.body,
            state: row.state.parse().map_err(|e| sqlx::Error::Decode(Box::new(e)))?,
            provider_sid: row.provider_sid,
            attempts: row.attempts,
            queued_at: row.queued_at.to_jiff(),
            leased_at: row.sending_at.map(jiff_sqlx::Timestamp::to_jiff),
            opted_out: row.opted_out,
            contact: row.contact_id,
            consents: row.consents,
            appointment: row.appointment_id,
            call: row.call_id,
            leave_before: row.leave_before.map(jiff_sqlx::Timestamp::to_jiff),
            is_stale: row.is_stale,
            again_of: row.again_of,
            again: row.again,
        })
    }
}

/// The text, locked until the transaction ends, with its recipient's opt-out and consent to marketing as they are now.
pub(super) async fn lock(tx: &mut PgConnection, org: OrgId, id: TextId) -> sqlx::Result<Option<Text>> {
    Ok(lock_all(tx, org, &[id]).await?.pop())
}

/// Those of the texts that there are, the same way, in the order of their ids.
pub(super) async fn lock_all(tx: &mut PgConnection, org: OrgId, ids: &[TextId]) -> sqlx::Result<Vec<Text>> {
    let rows: Vec<Row> = sql_as(
        "select t.id, t.kind, t.to_phone, t.body, t.state::text, t.provider_sid, t.attempts, t.queued_at, t.sending_at,
                exists (select from opt_outs o where o.org_id = t.org_id and o.phone = t.to_phone) as opted_out,
                t.kind = 'nurture' and coalesce((select c.purpose = 'marketing' and c.given from consents c
                  where c.org_id = t.org_id and c.phone = t.to_phone and (c.purpose = 'marketing' or not c.given)
                  order by c.position desc limit 1), false) as consents,
                t.contact_id, t.appointment_id, t.call_id, t.again_of, t.again,
                coalesce(t.leave_before, case when a.starts_at > t.queued_at then a.starts_at end) as leave_before,
                t.kind = 'reminder' and coalesce(a.status not in ('pending', 'scheduled') or a.starts_at <> t.leave_before, false) as is_stale
           from texts t left join appointments a on a.org_id = t.org_id and a.id = t.appointment_id
          where t.org_id = $1 and t.id = any ($2) order by t.id for update of t",
    )
    .bind(org)
    .bind(ids)
    .fetch_all(tx)
    .await?;
    rows.into_iter().map(Text::try_from).collect()
}

/// Marks the texts as being handed over from now on, each by its verdict.
pub(super) async fn lease(
    tx: &mut PgConnection,
    org: OrgId,
    texts: &[(TextId, String)],
    sender: &str,
    now: Timestamp,
) -> sqlx::Result<()> {
    let (ids, verdicts): (Vec<TextId>, Vec<&str>) =
        texts.iter().map(|(id, verdict)| (*id, verdict.as_str())).unzip();
    sql("update texts t set state = 'sending', sending_at = $4, sender = $3, verdict = w.verdict, attempts = attempts + 1
           from unnest($2::uuid[], $5::text[]) w (id, verdict)
          where t.org_id = $1 and t.id = w.id and t.state in ('queued', 'sending')")
    .bind(org)
    .bind(ids)
    .bind(sender)
    .bind(now.to_sqlx())
    .bind(verdicts)
    .execute(tx)
    .await?;
    Ok(())
}

/// The provider surely does not have it: it may be handed over again without a look-up.
pub(super) async fn release(tx: &mut PgConnection, org: OrgId, id: TextId) -> sqlx::Result<()> {
    sql("update texts set sending_at = null where org_id = $1 and id = $2 and state = 'sending'")
        .bind(org)
        .bind(id)
        .execute(tx)
        .await?;
    Ok(())
}

/// What is now known of a text.
pub(super) struct Progress<'a> {
    pub state: TextState,
    pub sid: Option<&'a str>,
    pub failure_code: Option<u32>,
    pub failure: Option<&'a str>,
}

/// Writes a state that [`TextState::advance`] allowed while the row was locked.
pub(super) async fn progress(
    tx: &mut PgConnection,
    org: OrgId,
    id: TextId,
    progress: &Progress<'_>,
    now: Timestamp,
) -> sqlx::Result<()> {
    sql("update texts set state = $3::text::text_state, provider_sid = coalesce(provider_sid, $4),
                failure_code = $5, failure = $6,
                sent_at = case when $8 then coalesce(sent_at, $7) else sent_at end,
                settled_at = case when $9 then $7 else settled_at end
          where org_id = $1 and id = $2")
    .bind(org)
    .bind(id)
    .bind(progress.state.as_str())
    .bind(progress.sid)
    .bind(progress.failure_code.and_then(|code| i32::try_from(code).ok()))
    .bind(progress.failure)
    .bind(now.to_sqlx())
    .bind(matches!(progress.state, TextState::Sent | TextState::Delivered | TextState::Undelivered))
    .bind(progress.state.is_final())
    .execute(tx)
    .await?;
    Ok(())
}

/// Those of `sids` that are known to be other texts of the org: the same words to the same number, sent twice on purpose.
pub(super) async fn claimed_sids(
    tx: &mut PgConnection,
    org: OrgId,
    id: TextId,
    sids: &[String],
) -> sqlx::Result<Vec<String>> {
    sql_scalar("select provider_sid from texts where org_id = $1 and id <> $2 and provider_sid = any ($3)")
        .bind(org)
        .bind(id)
        .bind(sids)
        .fetch_all(tx)
        .await
}

/// Keeps the verdict that holds a text back which the provider surely does not have, and until when if only for a while.
/// One that was handed over before keeps the verdict by which it was: should it have left after all, its report still counts.
pub(super) async fn hold_back(
    tx: &mut PgConnection,
    org: OrgId,
    id: TextId,
    verdict: &str,
    leave_after: Option<Timestamp>,
) -> sqlx::Result<()> {
    sql("update texts set verdict = case when $4::timestamptz is not null and attempts > 0 then verdict else $3 end,
            leave_after = coalesce($4, leave_after), sending_at = null where org_id = $1 and id = $2")
        .bind(org)
        .bind(id)
        .bind(verdict)
        .bind(leave_after.map(jiff_sqlx::ToSqlx::to_sqlx))
        .execute(tx)
        .await?;
    Ok(())
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A queued confirmation, for tests of the pure parts.
    pub fn a_text() -> Text {
        Text {
            id: TextId(uuid::Uuid::nil()),
            kind: Kind::Confirmation,
            to: "+13105550142".into(),
            body: "See you Thursday".into(),
            state: TextState::Queued,
            provider_sid: None,
            attempts: 0,
            queued_at: Timestamp::UNIX_EPOCH,
            leased_at: None,
            opted_out: false,
            contact: None,
            consents: false,
            appointment: None,
            call: None,
            leave_before: None,
            is_stale: false,
            again_of: None,
            again: 0,
        }
    }
}
