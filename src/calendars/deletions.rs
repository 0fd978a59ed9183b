//! Deletions that a list tells: believed once the event itself says so. Lists have been seen to call events deleted that
//! are there, and a time that is wrongly free is a time that two people get.

use std::collections::BTreeSet;

use super::ask::AskError;
use super::connection::Calendar;
use super::event::SeenEvent;
use super::mirror::News;
use super::provider::Provider;
use super::store;
use crate::platform::app::App;
use crate::platform::ids::OrgId;

/// Asked about one by one. More at once is a series that ends, or a calendar that is cleared: free/busy tells soon whether
/// that is so.
const ASKED_MAX: usize = 25;

/// Asks for each event that keeps time in the mirror and is told to be gone, or is left out where everything is told, and
/// puts what is true in its place.
pub(super) async fn confirm(
    app: &App,
    org: OrgId,
    (provider, calendar): (&Provider<'_>, &Calendar),
    news: &mut News,
) -> Result<(), AskError> {
    // Where there is no list but a comparison of what is there, nothing lags.
    if !matches!(provider, Provider::Google(_)) {
        return Ok(());
    }
    let is_whole = news.whole_until.is_some();
    let (gone, there): (Vec<&SeenEvent>, Vec<&SeenEvent>) =
        news.events.iter().partition(|event| event.is_gone);
    let gone: Vec<&str> = gone.into_iter().map(|event| event.event_ref.as_str()).collect();
    if gone.is_empty() && !is_whole {
        return Ok(());
    }
    let there: BTreeSet<&str> = there.into_iter().map(|event| event.event_ref.as_str()).collect();
    let mut tx = app.begin(org).await?;
    let among = (!is_whole).then_some(gone.as_slice());
    let mut lost = store::events_ahead(&mut tx, org, calendar.id, among, app.clock.now()).await?;
    tx.commit().await?;
    lost.retain(|event_ref| !there.contains(event_ref.as_str()));
    if lost.len() > ASKED_MAX {
        return Ok(());
    }
    for event_ref in lost {
        if let Some(there) = provider.event(calendar, &event_ref).await?.filter(|there| !there.is_gone) {
            news.events.retain(|event| event.event_ref != event_ref);
            news.events.push(there);
        }
    }
    Ok(())
}
