//! Takes back a change whose code was not entered.

use super::change::{self, Asker};
use super::store;
use crate::messaging::wording::PhonePurpose;
use crate::platform::app::App;
use crate::platform::db::PgConnection;
use crate::platform::ids::OrgId;

/// Its code counts no more. False when none is waited for.
pub async fn withdraw_change(
    app: &App,
    tx: &mut PgConnection,
    org: OrgId,
    purpose: PhonePurpose,
    asker: Asker<'_>,
) -> Result<bool, sqlx::Error> {
    store::lock(tx, org).await?;
    let Some(open) = store::open_change(tx, org, purpose).await? else { return Ok(false) };
    store::close(tx, org, open.id, ("withdrawn", asker.actor), app.clock.now()).await?;
    change::write_down(app, tx, org, ("alert_phone.withdraw", purpose), asker).await?;
    Ok(true)
}
