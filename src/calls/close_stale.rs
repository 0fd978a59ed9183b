//! Closes calls that never ended as far as we heard.

use jiff::SignedDuration;

use super::store;
use crate::platform::app::App;
use crate::platform::ids::OrgId;

/// Ends calls older than the longest a call can be, with the reason `stale`. A report that comes later still counts.
pub async fn close_stale(app: &App, org: OrgId) -> Result<u64, sqlx::Error> {
    let now = app.clock.now();
    let longest = SignedDuration::from_mins(app.config.voice.stale_call_minutes);
    let mut tx = app.begin(org).await?;
    let closed = store::close_open_since(&mut tx, org, now.checked_sub(longest).unwrap_or(now), now).await?;
    tx.commit().await?;
    if closed > 0 {
        tracing::warn!(org.id = %org, calls = closed, "Closed calls whose end was never reported");
        metrics::counter!("voxanne_calls_closed_stale_total").increment(closed);
    }
    Ok(closed)
}
