//! Records what was just said, for the live view.

use jiff::Timestamp;
use voxanne_vapi::{CallRef, Role, Transcript};

use super::store;
use crate::platform::app::App;
use crate::platform::db::PgConnection;
use crate::platform::ids::OrgId;

/// Stores a settled utterance; partial ones are replaced by the next message and not kept.
pub async fn record_transcript(
    app: &App,
    tx: &mut PgConnection,
    org: OrgId,
    call: &CallRef,
    transcript: &Transcript,
    said_at: Option<Timestamp>,
) -> Result<(), sqlx::Error> {
    let (Some(call_ref), Some(role)) = (call.id.as_deref(), transcript.role) else { return Ok(()) };
    if !transcript.is_final {
        return Ok(());
    }
    let now = app.clock.now();
    let id = store::ensure(tx, org, app.new_id(), call_ref, call.caller_number.as_deref(), now).await?;
    let role = if role == Role::User { "user" } else { "assistant" };
    store::insert_utterance(tx, org, (app.new_id(), id), role, &transcript.text, said_at.unwrap_or(now)).await
}
