//! Keeps the voice platform's management key of an org.

use secrecy::{ExposeSecret as _, SecretString};

use super::create::CreateError;
use super::settings::VAPI_KEY;
use super::store;
use crate::platform::app::App;
use crate::platform::db::PgConnection;
use crate::platform::ids::OrgId;

/// From now on the platform is asked with `key`: for reports that never came, and whether the assistant points to us. `None`
/// forgets it.
pub async fn connect_platform(
    app: &App,
    tx: &mut PgConnection,
    org: OrgId,
    key: Option<&SecretString>,
) -> Result<(), CreateError> {
    let sealed = key.map(|key| app.keys.seal(org, VAPI_KEY, key.expose_secret())).transpose()?;
    store::set_vapi_key(tx, org, sealed, app.clock.now()).await?;
    Ok(())
}
