//! Records how far a call has come.

use voxanne_vapi::CallRef;

use super::store::{self, Kind, Step};
use crate::platform::app::App;
use crate::platform::db::PgConnection;
use crate::platform::ids::OrgId;

/// Creates the call's record or moves it forward. Statuses in any order, any number of times, end the same.
pub async fn record_status(
    app: &App,
    tx: &mut PgConnection,
    org: OrgId,
    call: &CallRef,
    status: &str,
    ended_reason: Option<&str>,
) -> Result<(), sqlx::Error> {
    let Some(call_ref) = call.id.as_deref() else { return Ok(()) };
    let now = app.clock.now();
    let state = match status {
        "in-progress" => "in_progress",
        "forwarding" => "forwarding",
        "ended" | "not-found" | "deletion-failed" => "ended",
        _ => "ringing",
    };
    let id = store::ensure(tx, org, app.new_id(), call_ref, call.caller_number.as_deref(), now).await?;
    let has_ended = state == "ended";
    let step = Step {
        kind: Kind::of(call),
        state,
        assistant_ref: call.assistant_id.as_deref(),
        ended_reason,
        started_at: call.started_at.or((state == "in_progress").then_some(now)),
        ended_at: has_ended.then(|| call.ended_at.unwrap_or(now)),
    };
    store::step(tx, org, id, &step).await?;
    if let Some(phone) = &call.caller_number {
        store::link_contact(tx, org, id, phone).await?;
    }
    Ok(())
}
