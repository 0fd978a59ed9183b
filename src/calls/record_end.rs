//! Records a call's report, once, and leaves the jobs that score it and hold its promises against what was done.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use voxanne_vapi::{CallRef, Report};

use super::store;
use crate::orgs;
use crate::platform::app::App;
use crate::platform::db::PgConnection;
use crate::platform::ids::{CallId, OrgId};
use crate::platform::jobs::{NewJob, Priority, enqueue};

/// The task that scores a finished call.
pub const SCORE_TASK: &str = "score_call";

/// The task that compares what the assistant said with what the tools returned.
pub const PROMISES_TASK: &str = "check_promises";
/// What the assistant looked up is recorded off the caller's path, hence may come a little after the report.
const PROMISES_AFTER: Duration = Duration::from_secs(5);

/// What the scoring job needs to know.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[expect(missing_docs, reason = "ids")]
pub struct ScoreCall {
    pub org: OrgId,
    pub call: CallId,
}

/// What the job that checks promises needs to know.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[expect(missing_docs, reason = "ids")]
pub struct CheckPromises {
    pub org: OrgId,
    pub call: CallId,
}

/// Why a report was not recorded.
#[derive(Debug, thiserror::Error)]
pub enum RecordError {
    /// The message names no call.
    #[error("the report names no call")]
    NoCall,
    /// The database refused.
    #[error("the database refused")]
    Database(#[from] sqlx::Error),
}

/// Writes the report and enqueues what follows from it in the caller's transaction. A second delivery changes nothing.
pub async fn record_end(
    app: &App,
    tx: &mut PgConnection,
    org: OrgId,
    call: &CallRef,
    report: &Report,
) -> Result<bool, RecordError> {
    let call_ref = call.id.as_deref().ok_or(RecordError::NoCall)?;
    let now = app.clock.now();
    let id = store::ensure(tx, org, app.new_id(), call_ref, call.caller_number.as_deref(), now).await?;
    let keep = match orgs::settings(tx, &app.keys, org).await?.keep_recordings.as_str() {
        "always" => true,
        "with_consent" => report.recording_consent == Some(true),
        _ => false,
    };
    if !store::record_report(tx, org, (id, call), report, keep, now).await? {
        return Ok(false);
    }
    if let Some(phone) = &call.caller_number {
        store::link_contact(tx, org, id, phone).await?;
    }
    let job = NewJob {
        task: SCORE_TASK,
        queue: SCORE_TASK,
        payload: &ScoreCall { org, call: id },
        key: format!("{SCORE_TASK}:{}", id.0),
        after: Duration::ZERO,
        priority: Priority::Usual,
    };
    enqueue(tx, org, job).await?;
    let job = NewJob {
        task: PROMISES_TASK,
        queue: PROMISES_TASK,
        payload: &CheckPromises { org, call: id },
        key: format!("{PROMISES_TASK}:{}", id.0),
        after: PROMISES_AFTER,
        priority: Priority::Idle,
    };
    enqueue(tx, org, job).await?;
    Ok(true)
}
