//! Deletions that a list tells: believed once the event itself says so. Lists have been seen to call events deleted that
//! are there, and a time that is wrongly free is a time that two people get.

use super::ask::AskError;
use super::connection::Calendar;
use super::event::SeenEvent;
use super::provider::Provider;
use super::store;
use crate::platform::app::App;
use crate::platform::ids::OrgId;

/// Asked about one by one. More at once is a series that ends, or a calendar that is cleared: free/busy tells soon whether
/// that is so.
const ASKED_MAX: usize = 25;

/// Asks for each event that keeps time in the mirror and is told to be gone, and puts what is true in its place.
pub(super) async fn confirm(
    app: &App,
    org: OrgId,
    (provider, calendar): (&Provider<'_>, &Calendar),
    events: &mut [SeenEvent],
) -> Result<(), AskError> {
    // Where there is no list but a comparison of what is there, nothing lags.
    if !matches!(provider, Provider::Google(_)) {
        return Ok(());
    }
    let gone: Vec<&str> = events.iter().filter(|e| e.is_gone).map(|e| e.event_ref.as_str()).collect();
    if gone.is_empty() {
        return Ok(());
    }
    let mut tx = app.begin(org).await?;
    let kept = store::mirrored_among(&mut tx, org, calendar.id, &gone).await?;
    tx.commit().await?;
    if kept.len() > ASKED_MAX {
        return Ok(());
    }
    for event in events.iter_mut().filter(|event| event.is_gone && kept.contains(&event.event_ref)) {
        if let Some(there) = provider.event(calendar, &event.event_ref).await?.filter(|there| !there.is_gone)
        {
            *event = there;
        }
    }
    Ok(())
}
