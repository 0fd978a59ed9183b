//! One call in full, for whoever looks at it afterwards.

use serde_json::Value;
use sqlx::FromRow;
use sqlx::types::Json;

use crate::calls::store::Turn;
use crate::platform::db::{PgConnection, sql_as, sql_scalar};
use crate::platform::ids::{AppointmentId, CallId, EscalationId, OrgId, TaskId};

/// What a list does not have of a call. Quotes a caller: deliberately no `Debug`.
#[derive(FromRow)]
#[expect(missing_docs, reason = "named after the columns they come from")]
pub struct Transcript {
    /// The platform's.
    pub call_ref: String,
    pub turns: Option<Json<Vec<Turn>>>,
    /// As scoring keeps it: rule, speaker, turn, start, end, words, points and polarity of each piece.
    pub evidence: Option<Value>,
    pub scored_at: Option<jiff_sqlx::Timestamp>,
    pub sentiment: Option<String>,
    pub danger: Option<String>,
    pub success_evaluation: Option<String>,
    pub recording_consent: Option<bool>,
    pub value_cents: Option<i64>,
}

/// Something that was said while the call ran.
#[derive(FromRow)]
#[expect(missing_docs, reason = "named after the columns they come from")]
pub struct Utterance {
    pub is_caller: bool,
    pub said: String,
    pub said_at: jiff_sqlx::Timestamp,
}

/// What the assistant asked and was told.
#[derive(FromRow)]
#[expect(missing_docs, reason = "named after the columns they come from")]
pub struct ToolCallMade {
    pub tool_call_id: String,
    pub name: String,
    pub arguments: Option<Value>,
    /// Null when it never got one.
    pub answer: Option<String>,
    pub is_error: bool,
    pub asked_at: jiff_sqlx::Timestamp,
    pub micros: Option<i64>,
}

/// An alert that the call raised.
#[derive(FromRow)]
#[expect(missing_docs, reason = "named after the columns they come from")]
pub struct AlertRaised {
    pub id: EscalationId,
    /// `hot_lead` or `clinical`.
    pub kind: String,
    pub about: Option<String>,
    pub raised_at: jiff_sqlx::Timestamp,
    pub acknowledged_at: Option<jiff_sqlx::Timestamp>,
    pub acknowledged_by: Option<String>,
    pub acknowledged_via: Option<String>,
    pub closed_at: Option<jiff_sqlx::Timestamp>,
}

/// A visit that was booked in the call.
#[derive(FromRow)]
#[expect(missing_docs, reason = "named after the columns they come from")]
pub struct VisitMade {
    pub id: AppointmentId,
    pub status: String,
    pub starts_at: jiff_sqlx::Timestamp,
    pub time_zone: String,
    pub service: String,
    pub practitioner: String,
}

/// Work that the call left.
#[derive(FromRow)]
#[expect(missing_docs, reason = "named after the columns they come from")]
pub struct TaskLeft {
    pub id: TaskId,
    pub kind: String,
    pub title: String,
    pub detail: Option<String>,
    pub created_at: jiff_sqlx::Timestamp,
    pub done_at: Option<jiff_sqlx::Timestamp>,
}

pub(in crate::calls) async fn transcript(
    tx: &mut PgConnection,
    org: OrgId,
    id: CallId,
) -> sqlx::Result<Option<Transcript>> {
    sql_as(
        "select call_ref, turns, evidence, scored_at, sentiment_taken as sentiment, danger, success_evaluation, recording_consent,
                value_cents
           from calls where org_id = $1 and id = $2",
    )
    .bind(org)
    .bind(id)
    .fetch_optional(tx)
    .await
}

pub(in crate::calls) async fn utterances(
    tx: &mut PgConnection,
    org: OrgId,
    id: CallId,
) -> sqlx::Result<Vec<Utterance>> {
    sql_as(
        "select role = 'user' as is_caller, said, said_at from utterances where org_id = $1 and call_id = $2 order by said_at, id",
    )
    .bind(org)
    .bind(id)
    .fetch_all(tx)
    .await
}

pub(in crate::calls) async fn tool_calls(
    tx: &mut PgConnection,
    org: OrgId,
    call_ref: &str,
) -> sqlx::Result<Vec<ToolCallMade>> {
    sql_as(
        "select tool_call_id, name, arguments, answer, is_error, asked_at, micros from tool_calls
          where org_id = $1 and call_ref = $2 order by asked_at, tool_call_id",
    )
    .bind(org)
    .bind(call_ref)
    .fetch_all(tx)
    .await
}

pub(in crate::calls) async fn alerts(
    tx: &mut PgConnection,
    org: OrgId,
    call_ref: &str,
) -> sqlx::Result<Vec<AlertRaised>> {
    sql_as(
        "select id, kind, about, raised_at, acknowledged_at, acknowledged_by, acknowledged_via, closed_at from escalations
          where org_id = $1 and kind in ('clinical', 'hot_lead') and call_ref = $2 order by kind",
    )
    .bind(org)
    .bind(call_ref)
    .fetch_all(tx)
    .await
}

pub(in crate::calls) async fn visits(
    tx: &mut PgConnection,
    org: OrgId,
    id: CallId,
) -> sqlx::Result<Vec<VisitMade>> {
    sql_as(
        "select a.id, a.status::text as status, a.starts_at, a.time_zone, s.name as service, r.name as practitioner
           from appointments a
           join services s on s.org_id = a.org_id and s.id = a.service_id
           join resources r on r.org_id = a.org_id and r.id = a.practitioner_id
          where a.org_id = $1 and a.call_id = $2 order by a.starts_at, a.id",
    )
    .bind(org)
    .bind(id)
    .fetch_all(tx)
    .await
}

pub(in crate::calls) async fn tasks(
    tx: &mut PgConnection,
    org: OrgId,
    id: CallId,
) -> sqlx::Result<Vec<TaskLeft>> {
    sql_as(
        "select id, kind, title, detail, created_at, done_at from tasks where org_id = $1 and call_id = $2 order by created_at, id",
    )
    .bind(org)
    .bind(id)
    .fetch_all(tx)
    .await
}

/// Where the platform keeps the recording; `None` within when it was not kept.
pub(in crate::calls) async fn recording_url(
    tx: &mut PgConnection,
    org: OrgId,
    id: CallId,
) -> sqlx::Result<Option<Option<String>>> {
    sql_scalar("select recording_url from calls where org_id = $1 and id = $2")
        .bind(org)
        .bind(id)
        .fetch_optional(tx)
        .await
}
