//! Scores calls of a past that is written down at once, as the demo's is.
//!
//! **Invariant.** Nobody is told of what was: no alert, no text, no task, whatever it is.

use jiff::Timestamp;

use super::rules::in_force;
use super::score_call::ScoreError;
use super::scoring::{Scorer, Turn};
use super::store;
use super::verdict::{stored, turn};
use crate::calls;
use crate::orgs;
use crate::platform::app::App;
use crate::platform::db::PgConnection;
use crate::platform::ids::{CallId, OrgId};

/// Scores each of the calls by the rules in force, as at its moment.
pub async fn score_past(
    app: &App,
    tx: &mut PgConnection,
    org: OrgId,
    past: impl Iterator<Item = (CallId, Timestamp)>,
) -> Result<(), ScoreError> {
    store::rules::keep_version(tx, org).await?;
    let settings = orgs::settings(tx, &app.keys, org).await?;
    let by = in_force(tx, org, &settings).await?;
    let rules = by.own.with_catalogue(&by.services);
    let scorer = Scorer::new(&rules);
    for (call, at) in past {
        let Some(record) = calls::find(tx, org, call).await? else { continue };
        let turns: Vec<Turn> = record.turns.iter().map(turn).collect();
        let row = stored(&turns, &scorer.score(&turns, None), &by)?;
        calls::record_score(tx, org, record.id, &row, at).await?;
    }
    Ok(())
}
