//! Records a call's report, once, and leaves the job that scores it.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use voxanne_vapi::{CallRef, Report};

use super::store;
use crate::orgs;
use crate::platform::app::App;
use crate::platform::db::PgConnection;
use crate::platform::ids::{CallId, OrgId};
use crate::platform::jobs::{NewJob, enqueue};

/// The task that scores a finished call.
pub const SCORE_TASK: &str = "score_call";

/// What the scoring job needs to know.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[expect(missing_docs, reason = "ids")]
pub struct ScoreCall {
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

/// Writes the report and enqueues the score in the caller's transaction. A second delivery changes nothing.
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
    if !store::record_report(tx, org, id, report, keep, now).await? {
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
    };
    enqueue(tx, org, job).await?;
    Ok(true)
}
