//! Who sent a request: the org whose active secret it carries.

use std::sync::Arc;

use http::{HeaderMap, header};
use voxanne_vapi::CallRef;
use voxanne_vapi::auth::{self, Refused};

use crate::orgs::{self, Claimed};
use crate::platform::app::App;
use crate::platform::ids::OrgId;

/// A request at the door.
#[derive(Debug, Clone, Copy)]
pub struct Knock<'a> {
    /// The token in the path, on an org's own door.
    pub door: Option<&'a str>,
    /// Path and query, as signed formats may include them.
    pub url: &'a str,
    /// All headers.
    pub headers: &'a HeaderMap,
    /// The raw body: what a signature covers.
    pub body: &'a [u8],
}

/// Why nobody is let in. The caller learns nothing of it.
#[derive(Debug, thiserror::Error)]
pub enum NotLetIn {
    /// No org could be the sender.
    #[error("no active credential belongs to this door, secret or assistant")]
    Nobody,
    /// An org could be, and the credential does not hold.
    #[error("the credential does not hold: {0}")]
    Refused(#[from] Refused),
    /// The database could not be asked: the sender may try again.
    #[error("the credentials could not be read")]
    Unavailable(#[from] Arc<sqlx::Error>),
}

/// The org whose credential authenticates the raw request.
///
/// The door token or the presented secret names the org without a look at the body. Only a signature on the shared
/// door needs the ids in the body to know whose key to try; they decide nothing else.
pub async fn authenticate(app: &App, knock: &Knock<'_>) -> Result<OrgId, NotLetIn> {
    let org = candidate(app, knock).await?.ok_or(NotLetIn::Nobody)?;
    let credentials = orgs::credentials(app, org).await?;
    let request = auth::Request { method: "POST", url: knock.url, headers: knock.headers, body: knock.body };
    auth::authenticate(&credentials, &request, app.clock.now())?;
    Ok(org)
}

async fn candidate(app: &App, knock: &Knock<'_>) -> Result<Option<OrgId>, Arc<sqlx::Error>> {
    if let Some(token) = knock.door {
        return Ok(orgs::owner_of(app, &Claimed::Door(token.to_owned())).await?.map(|o| o.org));
    }
    if let Some(secret) = presented_secret(knock.headers) {
        let owner = orgs::owner_of(app, &Claimed::Secret(secret.to_owned())).await?;
        if let Some(owner) = owner {
            return Ok(Some(owner.org));
        }
    }
    match voxanne_vapi::parse(knock.body) {
        Ok(message) => named_org(app, &message.call).await,
        Err(_) => Ok(None),
    }
}

fn presented_secret(headers: &HeaderMap) -> Option<&str> {
    let plain = headers.get("x-vapi-secret").and_then(|v| v.to_str().ok());
    plain.or_else(|| headers.get(header::AUTHORIZATION)?.to_str().ok()?.strip_prefix("Bearer "))
}

async fn named_org(app: &App, call: &CallRef) -> Result<Option<OrgId>, Arc<sqlx::Error>> {
    let named = [
        call.assistant_id.clone().map(Claimed::Assistant),
        call.phone_number_id.clone().map(Claimed::PhoneNumberId),
        call.dialed_number.clone().map(Claimed::Number),
    ];
    for claimed in named.into_iter().flatten() {
        if let Some(owner) = orgs::owner_of(app, &claimed).await? {
            return Ok(Some(owner.org));
        }
    }
    Ok(None)
}
