//! Gives an org its own Twilio account.

use jiff::Timestamp;
use secrecy::ExposeSecret;

use super::create::CreateError;
use super::settings::{TWILIO_TOKEN, TwilioAccount};
use super::store;
use crate::platform::db::PgConnection;
use crate::platform::ids::OrgId;
use crate::platform::secrets::Keys;

/// From now on the org's texts leave from `account`, whose token is sealed. Nothing is asked of Twilio here.
pub async fn connect_twilio(
    tx: &mut PgConnection,
    keys: &Keys,
    org: OrgId,
    account: &TwilioAccount,
    now: Timestamp,
) -> Result<(), CreateError> {
    let sealed = keys.seal(org, TWILIO_TOKEN, account.auth_token.expose_secret())?;
    store::set_twilio(tx, org, &account.account_sid, sealed, account.sender.as_deref(), now).await?;
    Ok(())
}
