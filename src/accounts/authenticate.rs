//! Whose a presented key is, and what it may do.

use std::sync::Arc;

use jiff::Timestamp;

use super::Scope;
use super::add_key::PREFIX;
use super::store;
use crate::orgs::{self, Claimed};
use crate::platform::app::App;
use crate::platform::fresh::Fresh;
use crate::platform::ids::{ApiKeyId, OrgId};

/// A prefix and 32 bytes in base64.
const KEY_LENGTH: usize = PREFIX.len() + 43;
/// Keys remembered at once.
const KEYS_MAX: u64 = 10_000;

/// Who presented a key that holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyHolder {
    /// Whose data the key opens: the only source of the org over the API.
    pub org: OrgId,
    /// Which key.
    pub key: ApiKeyId,
    /// What it may do.
    pub scopes: Vec<Scope>,
}

#[derive(Clone)]
struct Known {
    holder: KeyHolder,
    expires_at: Option<Timestamp>,
}

struct Kept(Fresh<(OrgId, Vec<u8>), Option<Known>>);

/// Who holds `key`; `None` when nobody: unknown, revoked and expired keys look alike.
///
/// The directory says whose the key is, the org's own row whether it still holds. Remembered for a few seconds.
pub async fn authenticate(app: &App, key: &str) -> Result<Option<KeyHolder>, Arc<sqlx::Error>> {
    // Nothing of another form is looked up or remembered.
    if key.len() != KEY_LENGTH || !key.starts_with(PREFIX) {
        return Ok(None);
    }
    let Some(owner) = orgs::owner_of(app, &Claimed::ApiKey(key.to_owned())).await? else { return Ok(None) };
    let digest = app.keys.digest(key);
    let kept = app.memo.get_or(|| Kept(Fresh::new(KEYS_MAX)));
    let known = kept.0.get((owner.org, digest.clone()), look_up(app, owner.org, digest)).await?;
    let now = app.clock.now();
    let holds = |known: &Known| known.expires_at.is_none_or(|expires_at| now < expires_at);
    Ok(known.filter(holds).map(|known| known.holder))
}

async fn look_up(app: &App, org: OrgId, digest: Vec<u8>) -> Result<Option<Known>, sqlx::Error> {
    let mut tx = app.begin(org).await?;
    let row = store::active_key(&mut tx, org, digest).await?;
    tx.commit().await?;
    Ok(row.map(|row| Known {
        holder: KeyHolder {
            org,
            key: row.id,
            // A scope of a later version is nothing that this one could allow.
            scopes: row.scopes.iter().filter_map(|name| name.parse().ok()).collect(),
        },
        expires_at: row.expires_at.map(jiff_sqlx::Timestamp::to_jiff),
    }))
}
