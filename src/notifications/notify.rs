//! Tells staff that something happened.

use uuid::Uuid;

use super::store;
use crate::platform::app::App;
use crate::platform::db::PgConnection;
use crate::platform::ids::OrgId;

/// Something staff should see on the dashboard.
#[derive(Debug, Clone)]
pub struct NewNotification {
    /// What happened, for the dashboard's icon: `hot_lead`, `clinical_urgency`, …
    pub kind: &'static str,
    /// One line for people.
    pub title: String,
    /// The kind and id of what it is about.
    pub subject: Option<(&'static str, Uuid)>,
    /// The reason; a second notification for one reason is none.
    pub dedupe_key: String,
}

/// Leaves the notification with the caller's transaction. False when this reason was told before.
pub async fn notify(
    app: &App,
    tx: &mut PgConnection,
    org: OrgId,
    new: &NewNotification,
) -> Result<bool, sqlx::Error> {
    store::insert(tx, org, app.new_id(), (new, "all"), app.clock.now()).await
}

/// The same for what only owners are to see.
pub async fn notify_owners(
    app: &App,
    tx: &mut PgConnection,
    org: OrgId,
    new: &NewNotification,
) -> Result<bool, sqlx::Error> {
    store::insert(tx, org, app.new_id(), (new, "owners"), app.clock.now()).await
}
