//! Makes a practitioner's feed.

use super::super::store;
use crate::platform::app::App;
use crate::platform::db::PgConnection;
use crate::platform::ids::{OrgId, ResourceId};
use crate::platform::secrets::{SecretError, new_token};

/// Why no feed was made.
#[derive(Debug, thiserror::Error)]
pub enum MakeFeedError {
    /// The org has no such practitioner.
    #[error("there is no such practitioner")]
    NoSuchPractitioner,
    /// There was no randomness to make an address of.
    #[error(transparent)]
    Secret(#[from] SecretError),
    /// The database refused.
    #[error("the database refused")]
    Database(#[from] sqlx::Error),
}

/// Makes a feed and returns its address: this once, for only a digest of it is kept. One that was there stops working.
pub async fn make_feed(
    app: &App,
    tx: &mut PgConnection,
    org: OrgId,
    practitioner: ResourceId,
) -> Result<String, MakeFeedError> {
    if !store::lock_practitioner(tx, org, practitioner).await? {
        return Err(MakeFeedError::NoSuchPractitioner);
    }
    let (token, now) = (new_token()?, app.clock.now());
    store::revoke_feed(tx, org, practitioner, now).await?;
    store::insert_feed(tx, org, (app.new_id(), practitioner), app.keys.digest(&token), now).await?;
    Ok(format!("{}/feeds/{token}.ics", app.config.server.public_url))
}
