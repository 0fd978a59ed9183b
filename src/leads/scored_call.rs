//! Shows a scored call with all that was said, and writes down who looked.

use super::store;
use super::store::list::LeadWithEvidence;
use crate::calls;
use crate::platform::app::App;
use crate::platform::db::PgConnection;
use crate::platform::ids::{CallId, OrgId};

/// The call with its evidence and its transcript. That `actor` read it is in the audit log, in the same transaction.
pub async fn scored_call(
    app: &App,
    tx: &mut PgConnection,
    org: OrgId,
    (call, actor): (CallId, &str),
) -> Result<Option<LeadWithEvidence>, sqlx::Error> {
    let Some(found) = store::list::lead(tx, org, call).await? else { return Ok(None) };
    calls::note_read(app, tx, org, (call, actor, calls::Part::Transcript)).await?;
    Ok(Some(found))
}
