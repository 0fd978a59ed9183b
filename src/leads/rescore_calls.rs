//! Scores history again when the rules have changed.
//!
//! **Invariant.** What was scored before raises nothing: no alert, no text, no task, whatever it is now.

use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::rules::in_force;
use super::score_call::ScoreError;
use super::scoring::Scorer;
use super::store;
use super::verdict::stored;
use super::window::Window;
use crate::calls;
use crate::orgs;
use crate::platform::app::App;
use crate::platform::db::PgConnection;
use crate::platform::ids::OrgId;
use crate::platform::jobs::{self, NewJob, Priority};

/// The task that scores history again.
pub const RESCORE_TASK: &str = "rescore_calls";

/// How many of the clinic's days, the one that a version is saved on included. What would have changed is shown of as many.
pub const RESCORED_DAYS: i32 = 90;
/// Calls of one transaction: what whoever saves another version waits for.
const PAGE: i64 = 100;

/// Whose.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[expect(missing_docs, reason = "ids")]
pub struct RescoreCalls {
    pub org: OrgId,
}

/// From when on calls are scored by a version that was saved at `saved_at`.
pub(super) fn rescored_since(saved_at: Timestamp, time_zone: &str) -> Timestamp {
    Window::last(RESCORED_DAYS, time_zone, saved_at).since.0
}

/// Leaves the job with the transaction; one that waits already is the same.
pub(super) async fn rescore_later(tx: &mut PgConnection, org: OrgId) -> Result<(), sqlx::Error> {
    let new = NewJob {
        task: RESCORE_TASK,
        queue: RESCORE_TASK,
        payload: &RescoreCalls { org },
        key: format!("{RESCORE_TASK}:{}", org.0),
        after: Duration::ZERO,
        priority: Priority::Idle,
    };
    jobs::enqueue(tx, org, new).await
}

/// Scores a page of what other rules have scored by those in force, and comes again while there is more. Finds what is to do in
/// the rows: it may end anywhere, run twice, or meet a version that is newer than the one that called for it.
pub async fn rescore_calls(app: &App, job: RescoreCalls) -> Result<(), ScoreError> {
    let org = job.org;
    let mut tx = app.begin(org).await?;
    store::rules::keep_version(&mut tx, org).await?;
    let settings = orgs::settings(&mut tx, &app.keys, org).await?;
    let by = in_force(&mut tx, org, &settings).await?;
    let Some(saved_at) = by.saved_at else { return Ok(()) };
    let since = (rescored_since(saved_at, &settings.time_zone), by.version);
    let page = store::scores::lock_outdated(&mut tx, org, since, PAGE).await?;
    let rules = by.own.with_catalogue(&by.services);
    let scorer = Scorer::new(&rules);
    for call in &page {
        let turns = call.turns();
        let row = stored(&turns, &scorer.score(&turns, call.platform()), &by)?;
        calls::record_score(&mut tx, org, call.id, &row, app.clock.now()).await?;
    }
    if i64::try_from(page.len()).is_ok_and(|scored| scored == PAGE) {
        rescore_later(&mut tx, org).await?;
    }
    tx.commit().await?;
    metrics::counter!("voxanne_calls_rescored_total").increment(page.len() as u64);
    tracing::info!(org.id = %org, calls = page.len(), version = by.version, "Scored calls again by other rules");
    Ok(())
}
