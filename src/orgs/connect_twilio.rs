//! Gives an org its own Twilio account.

use jiff::Timestamp;
use secrecy::ExposeSecret;

use super::create::CreateError;
use super::settings::{TWILIO_KEY_SECRET, TWILIO_TOKEN, TwilioAccount};
use super::store::{self, SealedTwilio};
use crate::platform::db::PgConnection;
use crate::platform::ids::OrgId;
use crate::platform::secrets::Keys;

/// From now on the org's texts leave from `account`, whose secrets are sealed. Nothing is asked of Twilio here.
///
/// Texts that wait for credentials leave by `messaging::connect_twilio`.
pub async fn connect_twilio(
    tx: &mut PgConnection,
    keys: &Keys,
    org: OrgId,
    account: &TwilioAccount,
    now: Timestamp,
) -> Result<(), CreateError> {
    let key = account.api_key.as_ref();
    let sealed = SealedTwilio {
        account_sid: &account.account_sid,
        token_sealed: keys.seal(org, TWILIO_TOKEN, account.auth_token.expose_secret())?,
        sender: account.sender.as_deref(),
        key_sid: key.map(|key| key.sid.as_str()),
        key_secret_sealed: key
            .map(|key| keys.seal(org, TWILIO_KEY_SECRET, key.secret.expose_secret()))
            .transpose()?,
    };
    store::set_twilio(tx, org, sealed, now).await?;
    Ok(())
}
