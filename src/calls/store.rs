//! All SQL of calls and utterances; of tool calls in its own file.

pub(super) mod detail;
pub(super) mod marks;
pub(super) mod tool_calls;

use jiff::Timestamp;
use jiff_sqlx::ToSqlx as _;
use serde::{Deserialize, Serialize};
use sqlx::FromRow;
use uuid::Uuid;
use voxanne_vapi::{CallRef, Report, Role};

use crate::platform::db::{PgConnection, sql, sql_as, sql_scalar};
use crate::platform::ids::{CallId, OrgId, ServiceId};

/// One spoken turn.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Turn {
    /// True for the caller, false for the assistant.
    pub is_caller: bool,
    /// What was said.
    pub text: String,
    /// Milliseconds since the call began, where the platform told it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after_ms: Option<i64>,
}

/// A call as scoring sees it.
#[derive(Debug, Clone)]
pub struct CallRecord {
    /// Ours.
    pub id: CallId,
    /// The platform's.
    pub call_ref: String,
    /// The number that called.
    pub caller_phone: Option<String>,
    /// The name of the contact behind it.
    pub contact_name: Option<String>,
    /// What was said.
    pub turns: Vec<Turn>,
    /// Whether the report has come.
    pub has_report: bool,
    /// The platform's summary.
    pub summary: Option<String>,
    /// How the platform found the caller: `positive`, `neutral` or `negative`.
    pub platform_sentiment: Option<String>,
}

/// A finished score. Quotes a caller: deliberately no `Debug`.
#[derive(Clone)]
pub struct Score {
    /// The version of the org's rules that it was made by.
    pub rules_version: i32,
    /// What kind of call it was.
    pub class: String,
    /// 0 to 100.
    pub score: i16,
    /// `hot`, `warm` or `cold`.
    pub temperature: String,
    /// Rule, turn, span and points of each piece.
    pub evidence: serde_json::Value,
    /// The caller's mood by their own words.
    pub sentiment: &'static str,
    /// The mood that counted.
    pub sentiment_taken: &'static str,
    /// `urgent` or `emergency`, of a clinical urgency.
    pub danger: Option<String>,
    /// What the caller wants.
    pub interest: Option<Interest>,
}

/// What a caller wants, and what it is worth.
#[derive(Clone)]
pub struct Interest {
    /// As they said it.
    pub words: String,
    /// Where: `{"turn", "start", "end"}`.
    pub at: serde_json::Value,
    /// The same in the catalogue.
    pub service: Option<ServiceId>,
    /// Its price.
    pub value_cents: Option<i64>,
}

/// Finds the call or creates it in its first state. Callable in any order of messages.
pub async fn ensure(
    tx: &mut PgConnection,
    org: OrgId,
    id: CallId,
    call_ref: &str,
    caller_phone: Option<&str>,
    now: Timestamp,
) -> sqlx::Result<CallId> {
    sql_scalar(
        "insert into calls as c (org_id, id, call_ref, state, caller_phone, created_at, is_test)
         values ($1, $2, $3, 'ringing', $4, $5, app_ctx.is_own_phone($1, $4))
         on conflict on constraint calls_once_per_ref do update set
           is_test = c.is_test or (c.caller_phone is null and c.is_test_by is null and excluded.is_test),
           caller_phone = coalesce(c.caller_phone, excluded.caller_phone)
         returning id",
    )
    .bind(org)
    .bind(id)
    .bind(call_ref)
    .bind(caller_phone)
    .bind(now.to_sqlx())
    .fetch_one(tx)
    .await
}

/// What the platform calls a call that came by a browser: nobody reaches a clinic so but who tries its assistant out.
const WEB_CALL: &str = "webCall";
/// What it calls one that it made itself begins with this.
const OUTBOUND: &str = "outbound";

/// A step of a call. `None` leaves what is known.
pub(super) struct Step<'a> {
    pub kind: Kind,
    pub state: &'a str,
    pub assistant_ref: Option<&'a str>,
    pub ended_reason: Option<&'a str>,
    pub started_at: Option<Timestamp>,
    pub ended_at: Option<Timestamp>,
}

/// What the platform says a call is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Kind {
    is_web: bool,
    is_outbound: bool,
}

impl Kind {
    /// Of a call that a message is about.
    pub fn of(call: &CallRef) -> Self {
        let kind = call.call_type.as_deref().unwrap_or_default();
        Self { is_web: kind == WEB_CALL, is_outbound: kind.starts_with(OUTBOUND) }
    }
}

/// States only move forward: a late `in_progress` does not reopen a call that ended.
pub(super) async fn step(tx: &mut PgConnection, org: OrgId, id: CallId, step: &Step<'_>) -> sqlx::Result<()> {
    sql("update calls set state = greatest(state, $3::text::call_state), assistant_ref = coalesce($4, assistant_ref),
                ended_reason = coalesce(ended_reason, $5), started_at = coalesce(started_at, $6), ended_at = coalesce(ended_at, $7),
                is_test = is_test or ($8 and is_test_by is null), is_outbound = is_outbound or $9
          where org_id = $1 and id = $2")
    .bind(org)
    .bind(id)
    .bind(step.state)
    .bind(step.assistant_ref)
    .bind(step.ended_reason)
    .bind(step.started_at.map(jiff_sqlx::ToSqlx::to_sqlx))
    .bind(step.ended_at.map(jiff_sqlx::ToSqlx::to_sqlx))
    .bind(step.kind.is_web)
    .bind(step.kind.is_outbound)
    .execute(tx)
    .await?;
    Ok(())
}

/// Writes the report; true the first time.
pub(super) async fn record_report(
    tx: &mut PgConnection,
    org: OrgId,
    (id, call): (CallId, &CallRef),
    report: &Report,
    keep_recording: bool,
    now: Timestamp,
) -> sqlx::Result<bool> {
    let turn = |t: &voxanne_vapi::Turn| Turn {
        is_caller: t.role == Role::User,
        text: t.text.clone(),
        after_ms: t.seconds_from_start.and_then(millis),
    };
    let turns: Vec<Turn> = report.turns.iter().map(turn).collect();
    let spoke = turns.iter().any(|turn| turn.is_caller && !turn.text.trim().is_empty());
    let turns = serde_json::to_value(&turns).map_err(|e| sqlx::Error::Encode(Box::new(e)))?;
    let kind = Kind::of(call);
    let done = sql(
        "update calls set state = 'ended', ended_reason = coalesce($3, ended_reason), started_at = coalesce($4, started_at),
                ended_at = coalesce($5, ended_at, $13), duration_seconds = $6, cost_usd = $7, summary = $8, success_evaluation = $9,
                turns = $10, recording_url = case when $14 then $11 end, recording_consent = $12, report_at = $13, platform_sentiment = $15,
                assistant_ref = coalesce(assistant_ref, $16), is_test = is_test or ($17 and is_test_by is null),
                is_outbound = is_outbound or $18,
                caller_spoke = caller_spoke or $19 or exists (select from tool_calls t where t.org_id = $1 and t.call_ref = calls.call_ref)
          where org_id = $1 and id = $2 and report_at is null",
    )
    .bind(org)
    .bind(id)
    .bind(&report.ended_reason)
    .bind(report.started_at.map(jiff_sqlx::ToSqlx::to_sqlx))
    .bind(report.ended_at.map(jiff_sqlx::ToSqlx::to_sqlx))
    .bind(report.duration_seconds.and_then(|s| i32::try_from(s).ok()))
    .bind(report.cost_usd)
    .bind(&report.summary)
    .bind(&report.success_evaluation)
    .bind(turns)
    .bind(&report.recording_url)
    .bind(report.recording_consent)
    .bind(now.to_sqlx())
    .bind(keep_recording)
    .bind(report.sentiment().map(voxanne_vapi::Sentiment::as_str))
    .bind(&call.assistant_id)
    .bind(kind.is_web)
    .bind(kind.is_outbound)
    .bind(spoke)
    .execute(tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// A call is not as long as a number can be.
fn millis(seconds: f64) -> Option<i64> {
    let length = jiff::SignedDuration::try_from_secs_f64(seconds).ok()?;
    i64::try_from(length.as_millis()).ok().filter(|millis| *millis >= 0)
}

/// Links the call to the contact with this number, unless it is linked.
pub async fn link_contact(tx: &mut PgConnection, org: OrgId, id: CallId, phone: &str) -> sqlx::Result<()> {
    sql("update calls c set contact_id = k.id from contacts k
          where c.org_id = $1 and c.id = $2 and k.org_id = $1 and k.phone = $3 and c.contact_id is null")
    .bind(org)
    .bind(id)
    .bind(phone)
    .execute(tx)
    .await?;
    Ok(())
}

pub(super) async fn insert_utterance(
    tx: &mut PgConnection,
    org: OrgId,
    ids: (Uuid, CallId),
    role: &str,
    said: &str,
    said_at: Timestamp,
) -> sqlx::Result<()> {
    sql("with said as (
             insert into utterances (org_id, id, call_id, role, said, said_at) values ($1, $2, $3, $4, $5, $6))
         update calls set caller_spoke = true
          where org_id = $1 and id = $3 and $4 = 'user' and trim($5) <> '' and not caller_spoke")
        .bind(org)
        .bind(ids.0)
        .bind(ids.1)
        .bind(role)
        .bind(said)
        .bind(said_at.to_sqlx())
        .execute(tx)
        .await?;
    Ok(())
}

/// Calls that are not over although nothing was heard of them since `before`; closes them and says how many.
pub(super) async fn close_open_since(
    tx: &mut PgConnection,
    org: OrgId,
    before: Timestamp,
    now: Timestamp,
) -> sqlx::Result<u64> {
    let done = sql("update calls set state = 'ended', ended_at = $3, ended_reason = 'stale'
                     where org_id = $1 and state <> 'ended' and created_at < $2")
    .bind(org)
    .bind(before.to_sqlx())
    .bind(now.to_sqlx())
    .execute(tx)
    .await?;
    Ok(done.rows_affected())
}

/// References of calls that should have a report by now: `(created between, still without)`.
pub(super) async fn without_report(
    tx: &mut PgConnection,
    org: OrgId,
    since: Timestamp,
    before: Timestamp,
) -> sqlx::Result<Vec<String>> {
    sql_scalar(
        "select call_ref from calls where org_id = $1 and report_at is null and created_at between $2 and $3
            and coalesce(ended_at, created_at) < $3 order by created_at limit 100",
    )
    .bind(org)
    .bind(since.to_sqlx())
    .bind(before.to_sqlx())
    .fetch_all(tx)
    .await
}

/// How many calls there were since an instant.
pub(super) async fn count_since(tx: &mut PgConnection, org: OrgId, since: Timestamp) -> sqlx::Result<i64> {
    sql_scalar("select count(*) from calls where org_id = $1 and created_at >= $2")
        .bind(org)
        .bind(since.to_sqlx())
        .fetch_one(tx)
        .await
}

#[derive(FromRow)]
struct Row {
    id: CallId,
    call_ref: String,
    caller_phone: Option<String>,
    contact_name: Option<String>,
    turns: Option<serde_json::Value>,
    has_report: bool,
    summary: Option<String>,
    platform_sentiment: Option<String>,
}

/// The call with the contact's name as it is now.
pub async fn find(tx: &mut PgConnection, org: OrgId, id: CallId) -> sqlx::Result<Option<CallRecord>> {
    let row: Option<Row> = sql_as(
        "select c.id, c.call_ref, c.caller_phone, k.name as contact_name, c.turns, c.report_at is not null as has_report, c.summary,
                c.platform_sentiment
           from calls c left join contacts k on k.org_id = c.org_id and k.id = c.contact_id
          where c.org_id = $1 and c.id = $2",
    )
    .bind(org)
    .bind(id)
    .fetch_optional(tx)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let turns = match row.turns {
        Some(turns) => serde_json::from_value(turns).map_err(|e| sqlx::Error::Decode(Box::new(e)))?,
        None => Vec::new(),
    };
    Ok(Some(CallRecord {
        id: row.id,
        call_ref: row.call_ref,
        caller_phone: row.caller_phone,
        contact_name: row.contact_name,
        turns,
        has_report: row.has_report,
        summary: row.summary,
        platform_sentiment: row.platform_sentiment,
    }))
}

/// Writes the score beside the call. When it was scored first stays: who acts on new scores has acted on this one.
pub async fn record_score(
    tx: &mut PgConnection,
    org: OrgId,
    id: CallId,
    score: &Score,
    now: Timestamp,
) -> sqlx::Result<()> {
    let interest = score.interest.as_ref();
    sql("update calls set class = $3, score = $4, temperature = $5, evidence = $6, scored_at = coalesce(scored_at, $7),
                rules_version = $8, sentiment = $9, sentiment_taken = $10, danger = $11, interest = $12, interest_at = $13,
                interest_service_id = $14, value_cents = $15
          where org_id = $1 and id = $2")
    .bind(org)
    .bind(id)
    .bind(&score.class)
    .bind(score.score)
    .bind(&score.temperature)
    .bind(&score.evidence)
    .bind(now.to_sqlx())
    .bind(score.rules_version)
    .bind(score.sentiment)
    .bind(score.sentiment_taken)
    .bind(&score.danger)
    .bind(interest.map(|interest| &interest.words))
    .bind(interest.map(|interest| &interest.at))
    .bind(interest.and_then(|interest| interest.service))
    .bind(interest.and_then(|interest| interest.value_cents))
    .execute(tx)
    .await?;
    Ok(())
}
