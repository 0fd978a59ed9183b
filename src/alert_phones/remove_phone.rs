//! Leaves an org without an alert phone of a kind.

use super::change::{self, Asker};
use super::store;
use crate::messaging::wording::PhonePurpose;
use crate::orgs;
use crate::platform::app::App;
use crate::platform::db::PgConnection;
use crate::platform::ids::OrgId;

/// From now on nobody but the list is told; the number before hears of it. Whatever code was waited for counts no more.
pub async fn remove_phone(
    app: &App,
    tx: &mut PgConnection,
    org: OrgId,
    purpose: PhonePurpose,
    asker: Asker<'_>,
) -> Result<(), sqlx::Error> {
    store::lock(tx, org).await?;
    let now = app.clock.now();
    if let Some(open) = store::open_change(tx, org, purpose).await? {
        store::close(tx, org, open.id, ("withdrawn", asker.actor), now).await?;
    }
    let settings = orgs::settings(tx, &app.keys, org).await?;
    let (Some(column), Some(_)) = (change::column(purpose), change::in_force(&settings, purpose)) else {
        return Ok(());
    };
    change::text_notice(app, tx, (org, &settings), (purpose, None), asker).await?;
    orgs::update_settings(tx, org, &serde_json::json!({ column: null }), now).await?;
    change::write_down(app, tx, org, ("alert_phone.remove", purpose), asker).await
}
