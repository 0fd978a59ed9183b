//! Says whether a call was a test: then no figure counts it.

use serde_json::json;

use super::store::marks;
use crate::accounts::{self, Act};
use crate::platform::app::App;
use crate::platform::db::PgConnection;
use crate::platform::ids::{CallId, OrgId};

/// Marks the call as a test, or as none. Whoever says so has the last word, and is in the audit log.
pub async fn mark_test(
    app: &App,
    tx: &mut PgConnection,
    org: OrgId,
    (call, actor): (CallId, &str),
    is_test: bool,
) -> Result<(), sqlx::Error> {
    marks::set_test(tx, org, call, (is_test, actor)).await?;
    let detail = json!({ "is_test": is_test });
    let act = Act { actor, action: "call.mark_test", subject: Some(call.to_string()), detail };
    accounts::record_act(app, tx, org, &act).await
}
