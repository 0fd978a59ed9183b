//! Work about a thread of texts: one piece of it, however many texts there are.

use super::raise::{NewTask, raise};
use super::store;
use crate::platform::app::App;
use crate::platform::db::PgConnection;
use crate::platform::ids::{InboundTextId, OrgId};

/// Leaves the task with the caller's transaction, unless one of this kind about one of these texts is open.
pub async fn raise_for_thread(
    app: &App,
    tx: &mut PgConnection,
    org: OrgId,
    new: &NewTask,
    thread: &[InboundTextId],
) -> Result<bool, sqlx::Error> {
    if store::is_open_for(tx, org, new.kind, thread).await? {
        return Ok(false);
    }
    raise(app, tx, org, new).await
}

/// Finishes what is open of this kind about these texts; says how many tasks that were.
pub async fn finish_for_thread(
    app: &App,
    tx: &mut PgConnection,
    org: OrgId,
    kind: &str,
    thread: &[InboundTextId],
) -> Result<u64, sqlx::Error> {
    store::finish_for(tx, org, (kind, thread), app.clock.now()).await
}
