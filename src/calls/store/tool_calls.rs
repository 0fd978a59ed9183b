//! What the assistant asked: claimed before it acts, answered with what was committed, repeated word for word.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff_sqlx::ToSqlx as _;
use serde::Serialize;
use serde_json::Value;
use sqlx::FromRow;

use crate::platform::db::{PgConnection, sql, sql_as, sql_scalar};
use crate::platform::ids::{LocationId, OrgId, ServiceId};

/// Names one tool call: the platform's call and the id inside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// The platform's call; empty when it named none.
    pub call_ref: String,
    /// The id to echo; for a legacy call one made from what it asks.
    pub tool_call_id: String,
}

/// A tool call to record.
#[derive(Debug, Clone)]
pub struct NewToolCall {
    /// Which.
    pub asked: Asked,
    /// The tool.
    pub name: String,
    /// Its arguments as they came, secrets redacted.
    pub arguments: Value,
    /// Digest of name and arguments: the same id with another digest is a different question.
    pub digest: Vec<u8>,
}

/// What claiming a tool call found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Claim {
    /// Nobody asked this before: act.
    First {
        /// When the call ended, if it has.
        ended_at: Option<Timestamp>,
    },
    /// It was answered; say the same.
    Answered {
        /// The stored answer.
        answer: String,
        /// Whether it was an error.
        is_error: bool,
    },
    /// The id was used for a different question.
    Different,
}

/// Claims a tool call. A parallel delivery waits here for the first one's commit, and then finds its answer.
pub async fn claim(
    tx: &mut PgConnection,
    org: OrgId,
    call: &NewToolCall,
    now: Timestamp,
) -> Result<Claim, sqlx::Error> {
    let first: Option<Option<jiff_sqlx::Timestamp>> = sql_scalar(
        "with claimed as (
             insert into tool_calls (org_id, call_ref, tool_call_id, name, arguments, arguments_digest, asked_at)
             values ($1, $2, $3, $4, $5, $6, $7) on conflict do nothing returning 1)
         select (select c.ended_at from calls c where c.org_id = $1 and c.platform = 'vapi' and c.call_ref = $2 and c.state = 'ended')
           from claimed",
    )
    .bind(org)
    .bind(&call.asked.call_ref)
    .bind(&call.asked.tool_call_id)
    .bind(&call.name)
    .bind(&call.arguments)
    .bind(&call.digest)
    .bind(now.to_sqlx())
    .fetch_optional(&mut *tx)
    .await?;
    if let Some(ended_at) = first {
        return Ok(Claim::First { ended_at: ended_at.map(jiff_sqlx::Timestamp::to_jiff) });
    }
    let (digest, answer, is_error): (Vec<u8>, Option<String>, bool) = sql_as(
        "select arguments_digest, answer, is_error from tool_calls where org_id = $1 and call_ref = $2 and tool_call_id = $3",
    )
    .bind(org)
    .bind(&call.asked.call_ref)
    .bind(&call.asked.tool_call_id)
    .fetch_one(tx)
    .await?;
    Ok(match answer {
        _ if digest != call.digest => Claim::Different,
        Some(answer) => Claim::Answered { answer, is_error },
        // A claim commits only together with its answer.
        None => Claim::Different,
    })
}

/// A time that somebody asked for and could not have: what a clinic could sell and does not offer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Unmet {
    /// Of what.
    #[serde(rename = "unmet_service_id")]
    pub service: ServiceId,
    /// Where.
    #[serde(rename = "unmet_location_id")]
    pub location: LocationId,
    /// On which day of the site's calendar; a stretch of days is none.
    #[serde(rename = "unmet_on")]
    pub on: Option<Date>,
    /// In which part of it: `morning`, `afternoon`, `evening` or `any`.
    #[serde(rename = "unmet_part")]
    pub part: &'static str,
}

/// What a claimed call came to.
#[derive(Debug, Clone, Copy)]
pub struct Replied<'a> {
    /// The answer.
    pub text: &'a str,
    /// Whether it is an error.
    pub is_error: bool,
    /// What was asked for and could not be had.
    pub unmet: Option<Unmet>,
    /// How long it took.
    pub micros: i64,
}

/// Stores the answer of a claimed call, in the transaction that made it true.
pub async fn answer(
    tx: &mut PgConnection,
    org: OrgId,
    asked: &Asked,
    replied: &Replied<'_>,
) -> Result<(), sqlx::Error> {
    let unmet = replied.unmet;
    sql("update tool_calls set answer = $4, is_error = $5, micros = $6,
                unmet_service_id = $7, unmet_location_id = $8, unmet_on = $9, unmet_part = $10
          where org_id = $1 and call_ref = $2 and tool_call_id = $3")
    .bind(org)
    .bind(&asked.call_ref)
    .bind(&asked.tool_call_id)
    .bind(replied.text)
    .bind(replied.is_error)
    .bind(replied.micros)
    .bind(unmet.map(|unmet| unmet.service))
    .bind(unmet.map(|unmet| unmet.location))
    .bind(unmet.and_then(|unmet| unmet.on).map(jiff_sqlx::ToSqlx::to_sqlx))
    .bind(unmet.map(|unmet| unmet.part))
    .execute(tx)
    .await?;
    Ok(())
}

/// Whether something asked in this call of the platform was answered with exactly these words before.
pub async fn was_told(
    tx: &mut PgConnection,
    org: OrgId,
    call_ref: &str,
    text: &str,
) -> Result<bool, sqlx::Error> {
    sql_scalar(
        "select $2 <> '' and exists (select from tool_calls where org_id = $1 and call_ref = $2 and answer = $3)",
    )
    .bind(org)
    .bind(call_ref)
    .bind(text)
    .fetch_one(tx)
    .await
}

/// What the assistant asked in a call and was told, for whoever looks at it afterwards.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct Told {
    /// The tool.
    pub name: String,
    /// What it answered.
    pub answer: String,
    /// Whether that was an error.
    pub is_error: bool,
}

/// Everything that was asked in a call of the platform and answered, in its order.
pub async fn told_in(tx: &mut PgConnection, org: OrgId, call_ref: &str) -> Result<Vec<Told>, sqlx::Error> {
    sql_as(
        "select name, answer, is_error from tool_calls
          where org_id = $1 and call_ref = $2 and answer is not null order by asked_at, tool_call_id",
    )
    .bind(org)
    .bind(call_ref)
    .fetch_all(tx)
    .await
}

/// Records read-only calls, many at once and off the caller's path: a call may have ended meanwhile, and was answered for all that.
pub async fn record_read_only(tx: &mut PgConnection, org: OrgId, calls: &Value) -> Result<(), sqlx::Error> {
    sql("with asked as (
         insert into tool_calls (org_id, call_ref, tool_call_id, name, arguments, arguments_digest, answer, is_error, asked_at, micros,
                                 unmet_service_id, unmet_location_id, unmet_on, unmet_part)
         select $1, c.call_ref, c.tool_call_id, c.name, c.arguments, decode(c.digest, 'hex'), c.answer, c.is_error, c.asked_at, c.micros,
                u.unmet_service_id, u.unmet_location_id, u.unmet_on, u.unmet_part
           from jsonb_to_recordset($2) as c (call_ref text, tool_call_id text, name text, arguments jsonb, digest text,
                answer text, is_error boolean, asked_at timestamptz, micros bigint, unmet jsonb)
           left join lateral jsonb_to_record(c.unmet) as u (unmet_service_id uuid, unmet_location_id uuid, unmet_on date, unmet_part text)
             on true
         on conflict do nothing returning call_ref)
         update calls set caller_spoke = true
          where org_id = $1 and platform = 'vapi' and call_ref in (select call_ref from asked) and state = 'ended' and not caller_spoke")
    .bind(org)
    .bind(calls)
    .execute(tx)
    .await?;
    Ok(())
}
