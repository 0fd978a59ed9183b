//! A person of the clinic ends a run.

use serde_json::json;

use super::end::take_back;
use super::sequence::StopReason;
use super::store::{self, Listed};
use crate::accounts::{self, Act};
use crate::platform::app::App;
use crate::platform::db::PgConnection;
use crate::platform::ids::{OrgId, SequenceRunId};

/// Ends it if it is running, and shows it; `None` when there is none. Twice is once.
pub async fn stop_run(
    app: &App,
    tx: &mut PgConnection,
    org: OrgId,
    (id, by): (SequenceRunId, &str),
) -> Result<Option<Listed>, sqlx::Error> {
    let ended = store::stop(tx, org, id, StopReason::Staff.as_str(), app.clock.now()).await?;
    take_back(app, tx, org, ended.as_slice()).await?;
    let run = store::list_runs(tx, org, (None, Some(id)), (None, None), 1).await?.pop();
    if run.is_some() {
        let act =
            Act { actor: by, action: "sequence_run.stop", subject: Some(id.to_string()), detail: json!({}) };
        accounts::record_act(app, tx, org, &act).await?;
    }
    Ok(run)
}
