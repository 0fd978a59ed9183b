//! What `/calls/{id}` answers: what was said with its evidence, what was asked with its answers, what came of it.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::calls::{Call, speaker};
use crate::calls;
use crate::platform::bounded::Instant;
use crate::platform::ids::{AppointmentId, EscalationId, TaskId};
use crate::platform::public::Public;

/// A call in full.
#[derive(Serialize, ToSchema)]
pub(super) struct CallInFull {
    call: Call,
    #[schema(inline)]
    scored_at: Option<Instant>,
    /// The mood that counted: `positive`, `neutral` or `negative`.
    sentiment: Option<String>,
    /// Of a clinical urgency: `urgent` or `emergency`.
    danger: Option<String>,
    /// What the service that they want cost when the call was scored.
    value_cents: Option<i64>,
    /// The voice platform's own judgement.
    success_evaluation: Option<String>,
    /// Whether the caller agreed to be recorded; null when they were not asked.
    recording_consent: Option<bool>,
    /// What was said, in order; while it runs, what was heard so far.
    turns: Vec<CallTurn>,
    /// What the assistant asked and was told, in order.
    tool_calls: Vec<CallTool>,
    alerts: Vec<CallAlertInFull>,
    appointments: Vec<CallVisit>,
    /// Work that it left, false promises among it.
    tasks: Vec<CallTask>,
}

/// One utterance.
#[derive(Serialize, ToSchema)]
struct CallTurn {
    /// `caller` or `assistant`.
    speaker: &'static str,
    text: String,
    /// Seconds since the call began; null when it is not known.
    after_seconds: Option<f64>,
    /// What scoring found in it.
    evidence: Vec<CallEvidence>,
}

/// Words that scoring found.
#[derive(Serialize, ToSchema)]
struct CallEvidence {
    /// `high_value`, `medium`, `positive`, `urgency`, or a sign of a class.
    rule: String,
    /// First character of it in the turn's text.
    start: i64,
    /// One past its last.
    end: i64,
    words: String,
    /// 0 when it does not count, or its weight was given before.
    points: i64,
    /// `affirmed`, or why it does not count: `negated`, `other_person`, `past`, `quoted`, `hypothetical`, `question`, `receptionist`, `off_topic`.
    polarity: String,
}

/// Something that the assistant asked.
#[derive(Serialize, ToSchema)]
struct CallTool {
    id: String,
    name: String,
    /// As they came, secrets redacted.
    #[schema(value_type = Object)]
    arguments: Option<Value>,
    answer: Option<String>,
    /// `answered`, `error` (the assistant was told that it is no result) or `unanswered`.
    outcome: &'static str,
    #[schema(inline)]
    asked_at: Instant,
    /// Seconds since the call began.
    after_seconds: f64,
    /// Until the answer was ready.
    milliseconds: Option<f64>,
}

/// An alert that it raised.
#[derive(Serialize, ToSchema)]
struct CallAlertInFull {
    #[schema(inline)]
    id: Public<EscalationId>,
    /// `hot_lead` or `clinical`.
    kind: String,
    about: Option<String>,
    #[schema(inline)]
    raised_at: Instant,
    #[schema(inline)]
    acknowledged_at: Option<Instant>,
    acknowledged_by: Option<String>,
    /// `text`, `api`, `called_back`, `texted_back` or `booked`; `clinical` or `no_lead` when there was no lead.
    acknowledged_via: Option<String>,
    #[schema(inline)]
    closed_at: Option<Instant>,
}

/// A visit that was booked in it.
#[derive(Serialize, ToSchema)]
struct CallVisit {
    #[schema(inline)]
    id: Public<AppointmentId>,
    status: String,
    #[schema(inline)]
    starts_at: Instant,
    time_zone: String,
    service: String,
    practitioner: String,
}

/// A task that it left.
#[derive(Serialize, ToSchema)]
struct CallTask {
    #[schema(inline)]
    id: Public<TaskId>,
    kind: String,
    title: String,
    detail: Option<String>,
    #[schema(inline)]
    created_at: Instant,
    #[schema(inline)]
    done_at: Option<Instant>,
}

/// A piece of evidence as it is kept beside the call.
#[derive(Deserialize)]
struct Kept {
    rule: String,
    turn: usize,
    start: i64,
    end: i64,
    words: String,
    points: i64,
    #[serde(default = "affirmed")]
    polarity: String,
}

/// What an earlier release kept counted.
fn affirmed() -> String {
    "affirmed".to_owned()
}

impl From<calls::CallInFull> for CallInFull {
    fn from(found: calls::CallInFull) -> Self {
        let began = found.call.started_at.unwrap_or(found.call.created_at).to_jiff();
        let after = |at: jiff_sqlx::Timestamp| rounded(at.to_jiff().duration_since(began).as_secs_f64());
        let turns = turns(&found, after);
        let transcript = found.transcript;
        Self {
            turns,
            tool_calls: found.tool_calls.into_iter().map(|made| tool(made, after)).collect(),
            alerts: found.alerts.into_iter().map(CallAlertInFull::from).collect(),
            appointments: found.visits.into_iter().map(CallVisit::from).collect(),
            tasks: found.tasks.into_iter().map(CallTask::from).collect(),
            call: Call::from(found.call),
            scored_at: transcript.scored_at.map(Instant::from),
            sentiment: transcript.sentiment,
            danger: transcript.danger,
            value_cents: transcript.value_cents,
            success_evaluation: transcript.success_evaluation,
            recording_consent: transcript.recording_consent,
        }
    }
}

/// To the tenth of a second: more is noise.
fn rounded(seconds: f64) -> f64 {
    (seconds * 10.0).round() / 10.0
}

fn turns(found: &calls::CallInFull, after: impl Fn(jiff_sqlx::Timestamp) -> f64) -> Vec<CallTurn> {
    let of_report = found.transcript.turns.iter().flat_map(|turns| turns.0.iter());
    let mut turns: Vec<CallTurn> = of_report
        .map(|turn| CallTurn {
            speaker: speaker(turn.is_caller),
            text: turn.text.clone(),
            after_seconds: turn
                .after_ms
                .map(|ms| rounded(std::time::Duration::from_millis(ms.unsigned_abs()).as_secs_f64())),
            evidence: Vec::new(),
        })
        .collect();
    turns.extend(found.utterances.iter().map(|said| CallTurn {
        speaker: speaker(said.is_caller),
        text: said.said.clone(),
        after_seconds: Some(after(said.said_at)),
        evidence: Vec::new(),
    }));
    let kept =
        found.transcript.evidence.clone().and_then(|kept| serde_json::from_value::<Vec<Kept>>(kept).ok());
    for piece in kept.unwrap_or_default() {
        let Some(turn) = turns.get_mut(piece.turn) else { continue };
        let Kept { rule, start, end, words, points, polarity, .. } = piece;
        turn.evidence.push(CallEvidence { rule, start, end, words, points, polarity });
    }
    turns
}

fn tool(made: calls::ToolCallMade, after: impl Fn(jiff_sqlx::Timestamp) -> f64) -> CallTool {
    let outcome = match (&made.answer, made.is_error) {
        (None, _) => "unanswered",
        (Some(_), true) => "error",
        (Some(_), false) => "answered",
    };
    let micros = made.micros.map(|micros| std::time::Duration::from_micros(micros.unsigned_abs()));
    CallTool {
        id: made.tool_call_id,
        name: made.name,
        arguments: made.arguments,
        answer: made.answer,
        outcome,
        asked_at: made.asked_at.into(),
        after_seconds: after(made.asked_at),
        milliseconds: micros.map(|micros| rounded(micros.as_secs_f64() * 1000.0)),
    }
}

impl From<calls::AlertRaised> for CallAlertInFull {
    fn from(alert: calls::AlertRaised) -> Self {
        Self {
            id: Public(alert.id),
            kind: alert.kind,
            about: alert.about,
            raised_at: alert.raised_at.into(),
            acknowledged_at: alert.acknowledged_at.map(Instant::from),
            acknowledged_by: alert.acknowledged_by,
            acknowledged_via: alert.acknowledged_via,
            closed_at: alert.closed_at.map(Instant::from),
        }
    }
}

impl From<calls::VisitMade> for CallVisit {
    fn from(visit: calls::VisitMade) -> Self {
        let calls::VisitMade { id, status, starts_at, time_zone, service, practitioner } = visit;
        Self { id: Public(id), status, starts_at: starts_at.into(), time_zone, service, practitioner }
    }
}

impl From<calls::TaskLeft> for CallTask {
    fn from(task: calls::TaskLeft) -> Self {
        Self {
            id: Public(task.id),
            kind: task.kind,
            title: task.title,
            detail: task.detail,
            created_at: task.created_at.into(),
            done_at: task.done_at.map(Instant::from),
        }
    }
}
