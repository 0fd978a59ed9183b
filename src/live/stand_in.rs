//! Until branch accounts is merged.
#![allow(missing_docs, reason = "goes away")]

use jiff::Timestamp;
use uuid::Uuid;

use crate::platform::app::App;
use crate::platform::ids::OrgId;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SessionId(pub Uuid);

#[derive(Debug, Clone)]
pub struct SocketHolder {
    pub org: OrgId,
    pub session: Option<SessionId>,
    pub expires_at: Timestamp,
}

#[derive(Debug, thiserror::Error)]
#[error("no")]
pub struct TokenError;

pub async fn verify_socket_token(app: &App, jwt: &str) -> Result<SocketHolder, TokenError> {
    let mut parts = jwt.split('.');
    let mut next = || parts.next().ok_or(TokenError);
    let org = next()?.parse().map_err(|_| TokenError)?;
    let expires_at =
        Timestamp::from_second(next()?.parse().map_err(|_| TokenError)?).map_err(|_| TokenError)?;
    if expires_at <= app.clock.now() {
        return Err(TokenError);
    }
    let session = next()?.parse().ok().map(SessionId);
    Ok(SocketHolder { org: OrgId(org), session, expires_at })
}

pub async fn still_holds(_: &App, _: &SocketHolder) -> Result<bool, sqlx::Error> {
    Ok(true)
}
