//! Gives an org another Twilio account, and lets go what waited for it.

use super::provider::{self, Health};
use super::store;
use crate::orgs::{self, CreateError, TwilioAccount};
use crate::platform::app::App;
use crate::platform::db::PgConnection;
use crate::platform::ids::OrgId;

/// From now on the org's texts leave from `account`. Those that were held leave at once; nobody has to reconnect any more.
pub async fn connect_twilio(
    app: &App,
    tx: &mut PgConnection,
    org: OrgId,
    account: &TwilioAccount,
) -> Result<(), CreateError> {
    orgs::connect_twilio(tx, &app.keys, org, account, app.clock.now()).await?;
    let before = store::lock_health(tx, org).await?;
    if before != Health::default() {
        provider::recover(app, tx, org, &before).await?;
        store::set_health(tx, org, &Health::default()).await?;
    }
    Ok(())
}
