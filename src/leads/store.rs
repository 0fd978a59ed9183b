//! All SQL of the slice: alerts here; their ladders, who is told, rules, scores and what came of them in files of their own.

mod alerts;
pub(super) mod answers;
pub(super) mod escalations;
pub(super) mod list;
pub(super) mod of_call;
pub(super) mod recipients;
pub(super) mod rules;
pub(super) mod scores;
pub(super) mod tally;

pub use alerts::{AlertListing, AlertSummary, ListedAlert, ListedTelling, alert_summary, list_alerts};

use jiff::Timestamp;
use jiff_sqlx::ToSqlx as _;
use sqlx::FromRow;

use super::NewAlert;
use crate::platform::db::{PgConnection, sql, sql_as, sql_scalar};
use crate::platform::ids::{AlertId, CallId, ContactId, LocationId, OrgId, TextId};

/// False when the call has its alert; then that one has been committed.
pub(super) async fn insert(
    tx: &mut PgConnection,
    org: OrgId,
    id: AlertId,
    new: &NewAlert<'_>,
    now: Timestamp,
) -> sqlx::Result<bool> {
    let done = sql(
        "insert into hot_lead_alerts (org_id, id, call_ref, call_id, trigger, lead_name, lead_phone, interest, summary,
            urgency, score, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
         on conflict on constraint hot_lead_alerts_once_per_call do nothing",
    )
    .bind(org)
    .bind(id)
    .bind(new.call_ref)
    .bind(new.call)
    .bind(new.trigger.as_str())
    .bind(new.name)
    .bind(new.phone)
    .bind(new.interest)
    .bind(new.summary)
    .bind(new.urgency)
    .bind(new.score)
    .bind(now.to_sqlx())
    .execute(tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// The text that told the call's alert first.
pub(super) async fn set_text(
    tx: &mut PgConnection,
    org: OrgId,
    call_ref: &str,
    text: TextId,
) -> sqlx::Result<()> {
    sql("update hot_lead_alerts set text_id = $3 where org_id = $1 and call_ref = $2")
        .bind(org)
        .bind(call_ref)
        .bind(text)
        .execute(tx)
        .await?;
    Ok(())
}

/// What to know before calling back.
pub(super) async fn summary(
    tx: &mut PgConnection,
    org: OrgId,
    call_ref: &str,
) -> sqlx::Result<Option<String>> {
    sql_scalar("select summary from hot_lead_alerts where org_id = $1 and call_ref = $2")
        .bind(org)
        .bind(call_ref)
        .fetch_optional(tx)
        .await
        .map(Option::flatten)
}

/// Whether the call's alert went out as a text.
pub(super) async fn has_text(tx: &mut PgConnection, org: OrgId, call_ref: &str) -> sqlx::Result<bool> {
    sql_scalar("select exists (select from hot_lead_alerts where org_id = $1 and call_ref = $2 and text_id is not null)")
        .bind(org)
        .bind(call_ref)
        .fetch_one(tx)
        .await
}

/// What decides whether a caller is owed a word.
#[derive(Debug, FromRow)]
pub(super) struct MissedRow {
    pub phone: Option<String>,
    pub contact_id: Option<ContactId>,
    pub language: Option<String>,
    /// Where the assistant that answered belongs.
    pub location_id: Option<LocationId>,
    pub ended_reason: Option<String>,
    pub duration_seconds: Option<i32>,
    pub created_at: jiff_sqlx::Timestamp,
    pub caller_words: i64,
    pub answers: i64,
    pub wanted_to_book: bool,
    pub is_helped: bool,
    pub has_called_again: bool,
}

pub(super) async fn missed(
    tx: &mut PgConnection,
    org: OrgId,
    call: CallId,
) -> sqlx::Result<Option<MissedRow>> {
    sql_as(
        "select c.caller_phone as phone, c.contact_id, k.language, n.location_id, c.ended_reason, c.duration_seconds, c.created_at,
                (select coalesce(sum(cardinality(regexp_split_to_array(trim(t ->> 'text'), '\\s+'))), 0)
                   from jsonb_array_elements(case jsonb_typeof(c.turns) when 'array' then c.turns else '[]' end) t
                  where (t ->> 'is_caller')::boolean and trim(t ->> 'text') <> '') as caller_words,
                (select count(*) from tool_calls t
                  where t.org_id = c.org_id and t.call_ref = c.call_ref and t.answer is not null and not t.is_error) as answers,
                exists (select from tool_calls t
                         where t.org_id = c.org_id and t.call_ref = c.call_ref and lower(replace(t.name, '_', '')) = 'bookappointment')
                  as wanted_to_book,
                exists (select from appointments a where a.org_id = c.org_id and a.call_id = c.id)
                or exists (select from tasks t where t.org_id = c.org_id and t.call_id = c.id and t.kind <> 'text_not_sent')
                or exists (select from tool_calls t
                            where t.org_id = c.org_id and t.call_ref = c.call_ref and t.answer is not null and not t.is_error
                              and lower(replace(t.name, '_', '')) = 'requesthuman')
                or exists (select from waitlist_entries w where w.org_id = c.org_id and w.call_id = c.id)
                or exists (select from texts x where x.org_id = c.org_id and x.call_id = c.id and x.kind = 'times_offer' and x.state <> 'failed')
                or exists (select from appointments a
                             join appointment_changes h on h.org_id = a.org_id and h.appointment_id = a.id and h.at >= c.created_at
                            where a.org_id = c.org_id and a.customer_phone = c.caller_phone) as is_helped,
                exists (select from calls l
                         where l.org_id = c.org_id and l.caller_phone = c.caller_phone and l.created_at > c.created_at)
                  as has_called_again
           from calls c
           left join contacts k on k.org_id = c.org_id and k.id = c.contact_id
           left join assistants n on n.org_id = c.org_id and n.platform_assistant_id = c.assistant_ref
          where c.org_id = $1 and c.id = $2 and c.report_at is not null",
    )
    .bind(org)
    .bind(call)
    .fetch_optional(tx)
    .await
}
