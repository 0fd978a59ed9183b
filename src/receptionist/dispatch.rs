//! What each kind of message does, and what goes back.

use std::time::Instant;

use futures::future::join_all;
use serde_json::Value;
use voxanne_vapi::{CallRef, Event, Message, Role, ToolCall, answer};

use super::answer_ring::{answer_ring, answer_transfer};
use super::receive::{ReceiveError, new_message, new_tool_call};
use super::recorder::{Entry, record};
use super::store;
use crate::after_hours;
use crate::appointments;
use crate::calls::{self, RecordError};
use crate::leads::{self, Heard, Trigger};
use crate::phone::Phone;
use crate::platform::app::App;
use crate::platform::db::{Class, PgConnection, is_contended, is_disconnected};
use crate::platform::ids::{InboxId, OrgId};
use crate::platform::telemetry::chain;
use crate::tools::{self, Answer, Caller, ToolName};

/// Answers a message of an org that is known and agrees with its credential.
pub(super) async fn dispatch(app: &App, caller: &Caller, message: Message) -> Result<Value, ReceiveError> {
    match &message.event {
        Event::ToolCalls { calls } => {
            let answers = answer_tools(app, caller, &message, calls).await;
            let results: Vec<_> =
                calls.iter().zip(answers).map(|(call, a)| answer::ToolResult::of(call, outcome(a))).collect();
            Ok(answer::tool_results(&results))
        }
        Event::FunctionCall(call) => {
            let answers = answer_tools(app, caller, &message, std::slice::from_ref(call)).await;
            let said = answers.into_iter().next().map_or_else(String::new, |a| a.text);
            Ok(answer::function_result(&said))
        }
        Event::StatusUpdate { .. } | Event::EndOfCallReport(_) => take(app, caller.org, &message).await,
        Event::Transcript(said) if said.is_final => take(app, caller.org, &message).await,
        Event::AssistantRequest => {
            record(app, caller.org, Entry::Message(new_message(app, &message)));
            Ok(answer_ring(app, caller, message.call.phone_number_id.as_deref()).await)
        }
        Event::TransferDestinationRequest => {
            record(app, caller.org, Entry::Message(new_message(app, &message)));
            Ok(answer_transfer(app, caller).await)
        }
        _ => {
            if matches!(message.event, Event::Hang) {
                metrics::counter!("voxanne_hangs_total").increment(1);
            }
            record(app, caller.org, Entry::Message(new_message(app, &message)));
            Ok(answer::neutral(message.kind))
        }
    }
}

fn outcome(answer: Answer) -> Result<String, String> {
    if answer.is_error { Err(answer.text) } else { Ok(answer.text) }
}

/// Runs the calls of one message side by side; one answer each, in their order, whatever becomes of the others.
async fn answer_tools(app: &App, caller: &Caller, message: &Message, asked: &[ToolCall]) -> Vec<Answer> {
    let acts = |call: &ToolCall| {
        call.arguments.is_ok() && ToolName::parse(&call.name).is_some_and(ToolName::has_effect)
    };
    let stored = if asked.iter().any(acts) {
        match store_first(app, caller.org, message).await {
            Ok(id) => Some(id),
            // Nothing was kept, so nothing may act. The caller is told; a status code would reach nobody.
            Err(error) => {
                tracing::error!(org.id = %caller.org, error = chain(&error), "Could not store a tool call");
                return asked.iter().map(|_| Answer::unavailable()).collect();
            }
        }
    } else {
        None
    };
    let answers = join_all(asked.iter().map(|call| async move {
        let (started, asked_at) = (Instant::now(), app.clock.now());
        let call_record = new_tool_call(caller, call);
        let answer = tools::run(app, caller, call, &call_record).await;
        if !acts(call) {
            let micros = i64::try_from(started.elapsed().as_micros()).unwrap_or(i64::MAX);
            let answer = answer.clone();
            record(app, caller.org, Entry::Asked { call: call_record, asked_at, answer, micros });
        }
        answer
    }))
    .await;
    record(
        app,
        caller.org,
        match stored {
            Some(id) => Entry::Done(id),
            None => Entry::Message(new_message(app, message)),
        },
    );
    answers
}

/// A tool message that will act is kept before it acts. Its own transaction, and durable no later than the booking:
/// the write-ahead log is one sequence, so whatever commits after it carries it along.
async fn store_first(app: &App, org: OrgId, message: &Message) -> Result<InboxId, sqlx::Error> {
    let mut tx = app.db.begin_unsynced(Class::Live, org).await?;
    let stored = store::store(&mut tx, org, &new_message(app, message), app.clock.now()).await?;
    tx.commit().await?;
    Ok(stored.id)
}

/// Stores a message for good, then processes it. Once it is stored the sender has our word: a failure is ours to repair.
async fn take(app: &App, org: OrgId, message: &Message) -> Result<Value, ReceiveError> {
    let mut tx = app.begin_live(org).await?;
    let stored = store::store(&mut tx, org, &new_message(app, message), app.clock.now()).await?;
    tx.commit().await?;
    if !stored.is_done {
        process_stored(app, org, stored.id, message).await;
    }
    Ok(answer::neutral(message.kind))
}

/// Why a stored message could not be processed.
#[derive(Debug, thiserror::Error)]
pub(super) enum ProcessError {
    #[error("the message cannot be recorded")]
    Record(#[from] RecordError),
    #[error("the database refused")]
    Database(#[from] sqlx::Error),
}

impl ProcessError {
    /// Worth repeating as it is: the database was away or busy.
    fn is_passing(&self) -> bool {
        let (Self::Database(error) | Self::Record(RecordError::Database(error))) = self else { return false };
        is_disconnected(error) || is_contended(error) || matches!(error, sqlx::Error::PoolTimedOut)
    }
}

/// Processes a stored message once; what fails for good becomes a dead letter, what may pass waits for the next round.
pub(super) async fn process_stored(app: &App, org: OrgId, id: InboxId, message: &Message) {
    let Err(error) = process_once(app, org, id, message).await else { return };
    let failure = chain(&error);
    tracing::error!(org.id = %org, message.id = %id, error = failure, "Could not process a message; it is kept");
    if error.is_passing() {
        return;
    }
    metrics::counter!("voxanne_messages_dead_total").increment(1);
    let marked = async {
        let mut tx = app.begin(org).await?;
        store::mark_dead(&mut tx, org, id, &failure, app.clock.now()).await?;
        tx.commit().await
    };
    if let Err(error) = marked.await {
        tracing::error!(org.id = %org, message.id = %id, %error, "Could not mark a dead letter; it is tried again");
    }
}

async fn process_once(app: &App, org: OrgId, id: InboxId, message: &Message) -> Result<(), ProcessError> {
    let mut tx = app.begin_live(org).await?;
    if store::lock(&mut tx, org, id).await? {
        return Ok(());
    }
    process(app, &mut tx, org, message).await?;
    store::mark_done(&mut tx, org, &[id], app.clock.now()).await?;
    tx.commit().await?;
    Ok(())
}

async fn process(
    app: &App,
    tx: &mut PgConnection,
    org: OrgId,
    message: &Message,
) -> Result<(), ProcessError> {
    let call = &message.call;
    match &message.event {
        Event::StatusUpdate { status, ended_reason, .. } => {
            calls::record_status(app, tx, org, call, status, ended_reason.as_deref()).await?;
            if status == "in-progress" {
                call_back(app, tx, org, call).await?;
            }
            if status == "ended" {
                release_holds(tx, org, call.id.as_deref()).await?;
            }
            if let Some(phone) = call.caller_number.as_deref().filter(|_| status == "in-progress") {
                after_hours::give_way(app, tx, org, phone).await?;
            }
        }
        Event::EndOfCallReport(report) => {
            calls::record_end(app, tx, org, call, report).await?;
            if report.duration_seconds.is_some_and(|seconds| seconds > 0) {
                call_back(app, tx, org, call).await?;
            }
            release_holds(tx, org, call.id.as_deref()).await?;
        }
        Event::Transcript(said) => {
            calls::record_transcript(app, tx, org, call, said, message.timestamp).await?;
            if said.is_final && said.role == Some(Role::User) {
                hear_danger(app, tx, org, call, &said.text).await?;
            }
        }
        _ => {}
    }
    Ok(())
}

/// A call of ours that was answered: somebody who waited for it was called back.
async fn call_back(app: &App, tx: &mut PgConnection, org: OrgId, call: &CallRef) -> Result<(), sqlx::Error> {
    let is_ours = call.call_type.as_deref().is_some_and(|kind| kind.starts_with("outbound"));
    let phone = call.caller_number.as_deref().and_then(|number| Phone::parse_e164(number).ok());
    if let (true, Some(phone), Some(call_ref)) = (is_ours, phone, call.id.as_deref()) {
        leads::called_back(app, tx, org, (&phone, call_ref)).await?;
    }
    Ok(())
}

/// A symptom is alerted as soon as it is said, not when the call is over.
async fn hear_danger(
    app: &App,
    tx: &mut PgConnection,
    org: OrgId,
    call: &CallRef,
    said: &str,
) -> Result<(), sqlx::Error> {
    let Some(call_ref) = call.id.as_deref() else { return Ok(()) };
    let caller_id = call.caller_number.as_deref();
    let heard = Heard {
        call_ref: Some(call_ref),
        otherwise: call_ref,
        caller_id,
        phone: caller_id,
        said: &[said.to_owned()],
        trigger: Trigger::Transcript,
    };
    leads::hear_danger(app, tx, org, &heard).await?;
    Ok(())
}

async fn release_holds(tx: &mut PgConnection, org: OrgId, call_ref: Option<&str>) -> Result<(), sqlx::Error> {
    if let Some(call_ref) = call_ref {
        appointments::release_holds(tx, org, call_ref).await?;
    }
    Ok(())
}
