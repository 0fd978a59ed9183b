//! An org's secrets after a rotation of keys: which keys they need, and sealed by the current one.

use secrecy::ExposeSecret as _;
use uuid::Uuid;

use super::create::WEBHOOK_SECRET;
use super::settings::{TWILIO_KEY_SECRET, TWILIO_TOKEN, VAPI_KEY};
use super::store::{self, StandingSecret};
use crate::platform::app::App;
use crate::platform::ids::OrgId;
use crate::platform::secrets::{Anew, Keys, Lost, SecretError, Tally};

/// Why secrets were not sealed anew; those before stay so.
#[derive(Debug, thiserror::Error)]
pub enum ResealError {
    /// They could not be sealed.
    #[error(transparent)]
    Secret(#[from] SecretError),
    /// The database refused.
    #[error("the database refused")]
    Database(#[from] sqlx::Error),
}

/// Which keys an org's secrets need.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Standing {
    /// Of those in use.
    pub tally: Tally,
    /// True: digests derive from an older key than any that was given, so that nothing presented is found.
    pub misses_oldest: bool,
}

/// Looks at every secret of the org that is in use.
pub async fn standing(app: &App, org: OrgId) -> Result<Standing, sqlx::Error> {
    let mut found = Standing::default();
    let mut tx = app.begin(org).await?;
    let settings = store::settings(&mut tx, org).await?;
    for (column, sealed) in [
        (TWILIO_TOKEN, settings.twilio_auth_token_sealed),
        (TWILIO_KEY_SECRET, settings.twilio_api_key_secret_sealed),
        (VAPI_KEY, settings.vapi_private_key_sealed),
    ] {
        if let Some(sealed) = sealed {
            found.tally += app.keys.count(org, (column, None), &sealed);
        }
    }
    for (id, secret) in store::standing_secrets(&mut tx, org).await? {
        found.tally += app.keys.count(org, (WEBHOOK_SECRET, Some(id)), &secret.secret_sealed);
        found.misses_oldest |= !is_found(&app.keys, org, id, &secret);
    }
    tx.commit().await?;
    Ok(found)
}

/// Whether the secret, presented, leads to the org. What does not open is counted elsewhere.
fn is_found(keys: &Keys, org: OrgId, id: Uuid, secret: &StandingSecret) -> bool {
    let opened = keys.open_row(org, (WEBHOOK_SECRET, id), &secret.secret_sealed);
    opened.map_or(true, |plain| keys.digest(plain.expose_secret()) == secret.secret_digest)
}

/// Seals every secret of the org by the current key: a transaction for each row, while everybody goes on working.
pub async fn reseal(app: &App, org: OrgId, lost: Lost) -> Result<Tally, ResealError> {
    let mut tally = reseal_settings(app, org, lost).await?;
    let mut tx = app.begin(org).await?;
    let ids = store::secret_ids(&mut tx, org).await?;
    tx.commit().await?;
    for id in ids {
        tally += reseal_secret(app, org, id, lost).await?;
    }
    Ok(tally)
}

async fn reseal_settings(app: &App, org: OrgId, lost: Lost) -> Result<Tally, ResealError> {
    let mut tally = Tally::default();
    let mut tx = app.begin(org).await?;
    let stored = store::lock_sealed_settings(&mut tx, org).await?;
    let mut sealed = stored.clone();
    for (column, value) in [
        (TWILIO_TOKEN, &mut sealed.twilio_auth_token_sealed),
        (TWILIO_KEY_SECRET, &mut sealed.twilio_api_key_secret_sealed),
        (VAPI_KEY, &mut sealed.vapi_private_key_sealed),
    ] {
        let Some(old) = value.as_deref() else { continue };
        let anew = app.keys.anew(org, (column, None), old)?;
        tally += anew.tally();
        match anew {
            Anew::Former(new) => *value = Some(new),
            Anew::Lost if lost == Lost::Go => *value = None,
            Anew::Current | Anew::Lost => {}
        }
    }
    // Whoever looks after the org's rules is told of every change.
    if sealed != stored {
        store::replace_sealed_settings(&mut tx, org, sealed).await?;
    }
    tx.commit().await?;
    Ok(tally)
}

async fn reseal_secret(app: &App, org: OrgId, id: Uuid, lost: Lost) -> Result<Tally, ResealError> {
    let mut tx = app.begin(org).await?;
    let Some(stored) = store::lock_secret(&mut tx, org, id).await? else { return Ok(Tally::default()) };
    let mut secret = stored.clone();
    let anew = app.keys.anew(org, (WEBHOOK_SECRET, Some(id)), &stored.secret_sealed)?;
    let mut tally = anew.tally();
    match anew {
        Anew::Former(new) => secret.secret_sealed = new,
        // Nobody misses what was revoked.
        Anew::Lost if !stored.is_active => tally = Tally::default(),
        Anew::Lost if lost == Lost::Go => {
            store::revoke_secret(&mut tx, org, id, app.clock.now()).await?;
        }
        Anew::Current | Anew::Lost => {}
    }
    let opened = app.keys.open_row(org, (WEBHOOK_SECRET, id), &secret.secret_sealed);
    if let (Lost::Go, Ok(plain)) = (lost, opened) {
        secret.secret_digest = app.keys.digest(plain.expose_secret());
    }
    if secret != stored {
        store::replace_secret(&mut tx, org, id, secret).await?;
    }
    tx.commit().await?;
    Ok(tally)
}
