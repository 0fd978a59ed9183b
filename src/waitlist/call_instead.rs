//! Has somebody on the list called whom no text can reach.

use crate::platform::app::App;
use crate::platform::db::PgConnection;
use crate::platform::ids::{CallId, EntryId, OrgId};
use crate::tasks::{self, NewTask};

/// Leaves staff a task, once per place on the list, in the caller's transaction.
pub async fn call_instead(
    app: &App,
    tx: &mut PgConnection,
    org: OrgId,
    (entry, call): (EntryId, Option<CallId>),
) -> Result<(), sqlx::Error> {
    let task = NewTask {
        kind: "waitlist_unreachable",
        title: "Somebody on the waitlist cannot be texted: call them when a time opens up".into(),
        call,
        dedupe_key: format!("waitlist_unreachable:{}", entry.0),
        ..NewTask::default()
    };
    tasks::raise(app, tx, org, &task).await?;
    Ok(())
}
