//! Writes down who did what, beside what was done.

use serde_json::Value;

use super::store::audit;
use crate::platform::app::App;
use crate::platform::db::PgConnection;
use crate::platform::ids::OrgId;

/// Something that somebody did and that has to be found again.
#[derive(Debug, Clone)]
pub struct Act<'a> {
    /// Who, such as `api:key_…`.
    pub actor: &'a str,
    /// What, such as `text_template.write`.
    pub action: &'static str,
    /// To what.
    pub subject: Option<String>,
    /// Particulars, without personal data.
    pub detail: Value,
}

/// Adds it to the audit log; it commits with what was done.
pub async fn record_act(
    app: &App,
    tx: &mut PgConnection,
    org: OrgId,
    act: &Act<'_>,
) -> Result<(), sqlx::Error> {
    audit::insert_act(tx, org, app.new_id(), act, app.clock.now()).await
}
