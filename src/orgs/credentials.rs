//! An org's active webhook secrets, opened and kept for a few seconds.

use std::sync::Arc;

use voxanne_vapi::auth::{Credential, CredentialId, Scheme};

use super::create::WEBHOOK_SECRET;
use super::store;
use crate::platform::app::App;
use crate::platform::fresh::Fresh;
use crate::platform::ids::OrgId;

/// Orgs whose secrets are kept at once.
const ORGS_MAX: u64 = 10_000;

struct Kept(Fresh<OrgId, Arc<Vec<Credential>>>);

/// The active secrets of `org`; empty means its door is closed.
pub async fn credentials(app: &App, org: OrgId) -> Result<Arc<Vec<Credential>>, Arc<sqlx::Error>> {
    let kept = app.memo.get_or(|| Kept(Fresh::new(ORGS_MAX)));
    kept.0.get(org, load(app, org)).await
}

async fn load(app: &App, org: OrgId) -> Result<Arc<Vec<Credential>>, sqlx::Error> {
    let mut tx = app.begin_live(org).await?;
    let rows = store::active_secrets(&mut tx, org).await?;
    tx.commit().await?;
    let opened = rows.into_iter().filter_map(|(id, scheme, sealed)| {
        let scheme: Scheme = serde_json::from_value(scheme).ok()?;
        match app.keys.open_row(org, (WEBHOOK_SECRET, id), &sealed) {
            Ok(secret) => Some(Credential { id: CredentialId(id.to_string()), scheme, secret }),
            Err(error) => {
                tracing::error!(org.id = %org, credential.id = %id, %error, "A webhook secret does not open");
                None
            }
        }
    });
    Ok(Arc::new(opened.collect()))
}
