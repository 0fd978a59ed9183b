//! Tokens of the live socket: what opens one, and whether whoever has it open still may.

use jiff::{SignedDuration, Timestamp};

use super::Role;
use super::attempts;
use super::jwt::Claims;
use super::own_tokens::{self, Purpose};
use super::staff::{Staff, limits};
use super::staff_of_token::{self, TokenError};
use super::store::{sessions, users};
use crate::platform::app::App;
use crate::platform::ids::{OrgId, SessionId, UserId};

/// What a page opens the socket with.
#[derive(Clone)]
pub struct SocketToken {
    /// The token.
    pub token: String,
    /// From then on it opens nothing, and closes what it opened.
    pub expires_at: Timestamp,
}

/// Who has a socket open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SocketHolder {
    /// Who.
    pub user: UserId,
    /// Whose events they get.
    pub org: OrgId,
    /// What they are there.
    pub role: Role,
    /// The browser's session; `None` for another issuer's token.
    pub session: Option<SessionId>,
    /// Until when.
    pub expires_at: Timestamp,
}

/// A ticket opens a socket within so long.
const SHOWN_WITHIN: SignedDuration = SignedDuration::from_secs(60);

/// A token for one socket of whoever is signed in: shown once, within a minute (W2), and the socket's end ten minutes later.
pub fn socket_token(app: &App, staff: &Staff) -> Result<SocketToken, TokenError> {
    let (token, expires_at) = own_tokens::sign(app, staff, Purpose::Socket)?;
    Ok(SocketToken { token, expires_at })
}

/// A token for the API of whoever is signed in, for a quarter of an hour.
pub fn api_token(app: &App, staff: &Staff) -> Result<SocketToken, TokenError> {
    let (token, expires_at) = own_tokens::sign(app, staff, Purpose::Api)?;
    Ok(SocketToken { token, expires_at })
}

/// Who `jwt` is: ours for the socket, or the other issuer's.
pub async fn verify_socket_token(app: &App, jwt: &str) -> Result<SocketHolder, TokenError> {
    let (claims, is_ours) = staff_of_token::read(app, jwt, Purpose::Socket).await?;
    let staff = staff_of_token::person(app, &claims, (is_ours, None)).await?;
    // The clinic wants a second factor since the ticket was made.
    if staff.owes_second_factor {
        return Err(TokenError::NoSecondFactor);
    }
    if is_ours {
        use_up(app, &claims).await?;
    }
    let expires_at = Timestamp::from_second(claims.exp).ok().ok_or(TokenError::Invalid)?;
    let Staff { user, org, role, session, .. } = staff;
    Ok(SocketHolder { user, org, role, session, expires_at })
}

/// Whoever finds a ticket later, in a log or a memory dump, opens nothing with it.
async fn use_up(app: &App, claims: &Claims) -> Result<(), TokenError> {
    let (Some(made_at), Some(ticket)) = (claims.iat, &claims.jti) else { return Err(TokenError::Invalid) };
    let age = SignedDuration::from_secs(app.clock.now().as_second().saturating_sub(made_at));
    if age > SHOWN_WITHIN || attempts::is_again(app, ticket).await? {
        return Err(TokenError::Invalid);
    }
    Ok(())
}

/// Whether the holder's session, the org that it shows, their membership and role are still what they were.
pub async fn still_holds(app: &App, holder: &SocketHolder) -> Result<bool, sqlx::Error> {
    let mut tx = app.begin_as(holder.user).await?;
    // Disabled people have none.
    let orgs = users::own_orgs(&mut tx).await?;
    let is_open = match holder.session {
        None => true,
        Some(session) => {
            sessions::is_open(&mut tx, holder.user, session, limits(app)).await?
                && sessions::shows(&mut tx, holder.user, session, holder.org).await?
                && !sessions::owes_second_factor(&mut tx, holder.org).await?
        }
    };
    tx.commit().await?;
    Ok(is_open && orgs.iter().any(|(org, _, role)| (*org, *role) == (holder.org, holder.role)))
}
