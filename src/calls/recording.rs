//! Where a call's recording is, for whoever may hear it.

use super::note_read::{Part, note_read};
use super::store::detail;
use crate::platform::app::App;
use crate::platform::db::PgConnection;
use crate::platform::ids::{CallId, OrgId};

/// Where the voice platform keeps the recording; `None` when there is no call or no recording. That `actor` heard it is in
/// the audit log, in the same transaction.
pub async fn recording(
    app: &App,
    tx: &mut PgConnection,
    org: OrgId,
    (id, actor): (CallId, &str),
) -> Result<Option<String>, sqlx::Error> {
    let Some(url) = detail::recording_url(tx, org, id).await?.flatten() else { return Ok(None) };
    note_read(app, tx, org, (id, actor, Part::Recording)).await?;
    Ok(Some(url))
}
