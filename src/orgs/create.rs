//! Creates an org with its first location, and issues what the voice platform authenticates with.

use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};
use uuid::Uuid;
use voxanne_vapi::auth::Scheme;

use super::store::{self, SealedSecret};
use crate::platform::app::App;
use crate::platform::db::PgConnection;
use crate::platform::ids::{LocationId, OrgId};
use crate::platform::secrets::SecretError;

/// The column that a webhook secret is sealed for.
pub(super) const WEBHOOK_SECRET: &str = "webhook_credentials.secret";
/// Shorter secrets can be guessed.
const SECRET_LENGTH_MIN: usize = 16;

/// An org to create.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "named after the columns they fill")]
pub struct NewOrg {
    pub id: OrgId,
    pub name: String,
    pub default_region: String,
    pub location: LocationId,
    pub location_name: String,
    pub time_zone: String,
    pub address: Option<String>,
    pub human_phone: Option<String>,
}

/// An assistant of the voice platform.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "named after the columns they fill")]
pub struct NewAssistant {
    pub id: Uuid,
    pub platform_assistant_id: String,
    pub location: LocationId,
    pub name: String,
}

/// A number that callers dial.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "named after the columns they fill")]
pub struct NewPhoneNumber {
    pub id: Uuid,
    pub platform_phone_number_id: Option<String>,
    pub number: String,
    pub location: LocationId,
    pub assistant: Option<Uuid>,
}

/// Why an org or credential was not created.
#[derive(Debug, thiserror::Error)]
pub enum CreateError {
    /// Not a zone of the IANA database.
    #[error("{0} is not an IANA time zone")]
    UnknownZone(String),
    /// Too short to be a secret.
    #[error("a webhook secret has at least {SECRET_LENGTH_MIN} characters")]
    WeakSecret,
    /// The secret could not be sealed.
    #[error(transparent)]
    Secret(#[from] SecretError),
    /// The database refused: as a rule an assistant id, number or secret that is in use already.
    #[error("the database refused")]
    Database(#[from] sqlx::Error),
}

/// Creates the org, its settings, its first location, assistants and numbers: all or nothing in the caller's transaction.
pub async fn create(
    tx: &mut PgConnection,
    new: &NewOrg,
    assistants: &[NewAssistant],
    numbers: &[NewPhoneNumber],
    now: Timestamp,
) -> Result<(), CreateError> {
    if jiff::tz::TimeZone::get(&new.time_zone).is_err() {
        return Err(CreateError::UnknownZone(new.time_zone.clone()));
    }
    store::insert_org(tx, new, now).await?;
    for assistant in assistants {
        store::add_assistant(tx, new.id, assistant).await?;
    }
    for number in numbers {
        store::add_phone_number(tx, new.id, number).await?;
    }
    Ok(())
}

/// Makes `token` open `org`'s own door. Kept as a digest only.
pub async fn issue_door_token(
    app: &App,
    tx: &mut PgConnection,
    org: OrgId,
    token: &str,
) -> Result<Uuid, CreateError> {
    let id: Uuid = app.new_id();
    store::insert_door_token(tx, org, id, app.keys.digest(token), app.clock.now()).await?;
    Ok(id)
}

/// Adds a secret beside those already active, so that the platform can be moved over without a gap.
pub async fn issue_secret(
    app: &App,
    tx: &mut PgConnection,
    org: OrgId,
    scheme: &Scheme,
    secret: &SecretString,
) -> Result<Uuid, CreateError> {
    let plain = secret.expose_secret();
    if plain.len() < SECRET_LENGTH_MIN {
        return Err(CreateError::WeakSecret);
    }
    let id: Uuid = app.new_id();
    let scheme = serde_json::to_value(scheme).map_err(|e| sqlx::Error::Encode(Box::new(e)))?;
    let sealed = app.keys.seal_row(org, (WEBHOOK_SECRET, id), plain)?;
    let secret = SealedSecret { id, scheme, sealed, digest: app.keys.digest(plain) };
    store::insert_secret(tx, org, secret, app.clock.now()).await?;
    Ok(id)
}

/// Ends a secret. Replicas forget it within seconds.
pub async fn revoke_secret(
    app: &App,
    tx: &mut PgConnection,
    org: OrgId,
    id: Uuid,
) -> Result<bool, sqlx::Error> {
    store::revoke_secret(tx, org, id, app.clock.now()).await
}
