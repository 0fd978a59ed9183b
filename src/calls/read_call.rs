//! Shows a call in full, and writes down who looked.

use super::list::{self, Listed, WantedCalls};
use super::note_read::{Part, note_read};
use super::store::detail::{self, AlertRaised, TaskLeft, ToolCallMade, Transcript, Utterance, VisitMade};
use super::test_calls::TestCalls;
use crate::platform::app::App;
use crate::platform::db::PgConnection;
use crate::platform::ids::{CallId, OrgId};

/// A call with all that was said and done in it. Quotes a caller: deliberately no `Debug`.
#[expect(missing_docs, reason = "self-explaining")]
pub struct CallInFull {
    pub call: Listed,
    pub transcript: Transcript,
    /// What was said while it ran: all there is of a call whose report has not come.
    pub utterances: Vec<Utterance>,
    pub tool_calls: Vec<ToolCallMade>,
    pub alerts: Vec<AlertRaised>,
    pub visits: Vec<VisitMade>,
    pub tasks: Vec<TaskLeft>,
}

/// The call with everything about it. That `actor` read it is in the audit log, in the same transaction.
pub async fn read_call(
    app: &App,
    tx: &mut PgConnection,
    org: OrgId,
    (id, actor): (CallId, &str),
) -> Result<Option<CallInFull>, sqlx::Error> {
    let Some(call) = list::one(tx, org, id).await? else { return Ok(None) };
    let Some(transcript) = detail::transcript(tx, org, id).await? else { return Ok(None) };
    let has_turns = transcript.turns.as_ref().is_some_and(|turns| !turns.0.is_empty());
    let utterances = if has_turns { Vec::new() } else { detail::utterances(tx, org, id).await? };
    let found = CallInFull {
        utterances,
        tool_calls: detail::tool_calls(tx, org, &transcript.call_ref).await?,
        alerts: detail::alerts(tx, org, &transcript.call_ref).await?,
        visits: detail::visits(tx, org, id).await?,
        tasks: detail::tasks(tx, org, id).await?,
        call,
        transcript,
    };
    note_read(app, tx, org, (id, actor, Part::Transcript)).await?;
    Ok(Some(found))
}

/// Calls that run now, the latest first, each with what was said last.
pub async fn running(
    tx: &mut PgConnection,
    org: OrgId,
    limit: i64,
) -> Result<Vec<(Listed, Option<list::LastSaid>)>, sqlx::Error> {
    let wanted =
        WantedCalls { is_running: Some(true), tests: TestCalls::With, limit, ..WantedCalls::default() };
    let calls = list::list(tx, org, &wanted).await?;
    let ids: Vec<CallId> = calls.iter().map(|call| call.id).collect();
    let mut said = list::last_said(tx, org, &ids).await?;
    let with_words = calls.into_iter().map(|call| {
        let at = said.iter().position(|said| said.call_id == call.id);
        (call, at.map(|at| said.swap_remove(at)))
    });
    Ok(with_words.collect())
}
