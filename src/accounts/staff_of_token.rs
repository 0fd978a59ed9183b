//! Who a token (JWT) is, and whether they still are.
//!
//! **Invariant.** A token says who somebody is and never what they may: membership and role are read anew each time (B11).

use std::sync::Arc;

use serde_json::json;

use super::actor::Actor;
use super::jwt::{Claims, Head};
use super::other_issuer::{self, Disbelief};
use super::own_tokens::{self, NotSigned, Purpose};
use super::record_act::{Act, record_act};
use super::sign_in::{first_org, folded};
use super::staff::Staff;
use super::store::logins::{self, Linked};
use super::store::{sessions, users};
use crate::platform::app::App;
use crate::platform::db::Class;
use crate::platform::ids::{OrgId, Prefixed as _, SessionId, UserId};

/// Why a token opens nothing.
#[derive(Debug, Clone, thiserror::Error)]
pub enum TokenError {
    /// It does not hold, or is nobody's who is known here. Deliberately says no more.
    #[error("the token is not valid")]
    Invalid,
    /// The person is staff of no org.
    #[error("belongs to no org")]
    NoOrg,
    /// The person is staff of several, and the request names none.
    #[error("belongs to several orgs")]
    WhichOrg,
    /// The person is not staff of the org that is named.
    #[error("does not belong to the org")]
    NotOfOrg,
    /// The person has a second factor here, or the org wants one, and the other issuer's token does not tell of any.
    #[error("tells of no second factor")]
    NoSecondFactor,
    /// The other issuer did not tell its keys: to be tried again.
    #[error("the issuer's keys could not be read")]
    NoKeys,
    /// A token could not be made.
    #[error("a token could not be signed")]
    NotSigned,
    /// The database refused.
    #[error("the database refused")]
    Database(#[from] Arc<sqlx::Error>),
}

impl From<sqlx::Error> for TokenError {
    fn from(error: sqlx::Error) -> Self {
        Self::Database(Arc::new(error))
    }
}

impl From<NotSigned> for TokenError {
    fn from(_: NotSigned) -> Self {
        Self::NotSigned
    }
}

/// Who `jwt` is: in the org that it or the request names, else in the only one they have.
pub async fn staff_of_token(app: &App, jwt: &str, wanted: Option<OrgId>) -> Result<Staff, TokenError> {
    let (claims, is_ours) = read(app, jwt, Purpose::Api).await?;
    person(app, &claims, (is_ours, wanted)).await
}

/// What a token says, ours or the other issuer's.
pub(super) async fn read(app: &App, jwt: &str, purpose: Purpose) -> Result<(Claims, bool), TokenError> {
    let head = Head::of(jwt).map_err(|_forged| TokenError::Invalid)?;
    if let Some(ours) = own_tokens::read(app, (jwt, &head), purpose) {
        return ours.map(|claims| (claims, true)).map_err(|_forged| TokenError::Invalid);
    }
    match other_issuer::read(app, (jwt, &head)).await {
        Ok(claims) => Ok((claims, false)),
        Err(Disbelief::Forged) => Err(TokenError::Invalid),
        Err(Disbelief::NoKeys) => Err(TokenError::NoKeys),
    }
}

/// The person of a token that held, as they are now.
pub(super) async fn person(
    app: &App,
    claims: &Claims,
    (is_ours, wanted): (bool, Option<OrgId>),
) -> Result<Staff, TokenError> {
    if !is_ours {
        let user = known_elsewhere(app, claims).await?;
        let staff = staff(app, user, (None, wanted)).await?;
        let is_enough = other_issuer::asked_twice(app, claims) || !has_to_be_asked_twice(app, &staff).await?;
        return if is_enough { Ok(staff) } else { Err(TokenError::NoSecondFactor) };
    }
    let invalid = || TokenError::Invalid;
    let user = UserId::parse(&claims.sub).ok_or_else(invalid)?;
    let org = claims.org.as_deref().and_then(OrgId::parse).ok_or_else(invalid)?;
    if wanted.is_some_and(|wanted| wanted != org) {
        return Err(TokenError::NotOfOrg);
    }
    let session = match &claims.sid {
        None => None,
        Some(sid) => Some(SessionId::parse(sid).ok_or_else(invalid)?),
    };
    let staff = staff(app, user, (session, Some(org))).await?;
    let mut tx = app.begin_as(user).await?;
    let owes_second_factor = sessions::owes_second_factor(&mut tx, org).await?;
    tx.commit().await?;
    Ok(Staff { owes_second_factor, ..staff })
}

/// Who somebody is here, of whom another issuer speaks: linked before, else by an address that it has verified.
async fn known_elsewhere(app: &App, claims: &Claims) -> Result<UserId, TokenError> {
    let (settings, invalid) = (&app.config.tokens, || TokenError::Invalid);
    let mut tx = app.db.begin_across(Class::Back).await?;
    let linked = logins::of_login(&mut tx, &settings.issuer, &claims.sub).await?;
    // Case is folded, and of other letters some fold into one another: K is not the sign of the Kelvin.
    let email = claims.email.as_deref().filter(|email| email.is_ascii()).map(folded);
    let email = email.filter(|email| !email.is_empty());
    let is_verified = claims.email_verified.unwrap_or(settings.emails_are_verified);
    let found = match (linked, email) {
        (Some(user), _) => Some(user),
        (None, Some(email)) if is_verified => users::by_email(&mut tx, &email).await?,
        _ => None,
    };
    tx.commit().await?;
    let user = found.ok_or_else(invalid)?;
    // The issuer has called somebody else by this address before: not the same person.
    if linked.is_none() && link(app, user, &claims.sub).await? == Linked::Otherwise {
        return Err(invalid());
    }
    Ok(user)
}

/// Remembers who `user` is to the other issuer: written down, for from now on whoever it calls so gets in as them.
async fn link(app: &App, user: UserId, subject: &str) -> Result<Linked, sqlx::Error> {
    let issuer = app.config.tokens.issuer.as_str();
    let org = first_org(app, user).await?;
    let mut tx = match org {
        Some(org) => app.begin_both(org, user).await?,
        None => app.begin_as(user).await?,
    };
    let linked = logins::link_login(&mut tx, user, (issuer, subject), app.clock.now()).await?;
    if let (Some(org), Linked::Now) = (org, linked) {
        let act = Act {
            actor: &Actor::Staff(user).to_string(),
            action: "login.link",
            subject: Some(user.to_string()),
            detail: json!({ "issuer": issuer }),
        };
        record_act(app, &mut tx, org, &act).await?;
    }
    tx.commit().await?;
    Ok(linked)
}

/// Whether they have a second factor here, or their org wants one: another issuer's token is no way around it.
async fn has_to_be_asked_twice(app: &App, staff: &Staff) -> Result<bool, sqlx::Error> {
    let mut tx = app.begin_as(staff.user).await?;
    let has_one = users::find(&mut tx, staff.user).await?.is_some_and(|user| user.has_second_factor());
    let is_due = has_one || sessions::owes_second_factor(&mut tx, staff.org).await?;
    tx.commit().await?;
    Ok(is_due)
}

/// The person in the wanted org, else in their only one; with a session, only while that is open.
async fn staff(
    app: &App,
    user: UserId,
    (session, wanted): (Option<SessionId>, Option<OrgId>),
) -> Result<Staff, TokenError> {
    let mut tx = app.begin_as(user).await?;
    let person = users::find(&mut tx, user).await?;
    let orgs = users::own_orgs(&mut tx).await?;
    let is_open = match session {
        None => true,
        Some(session) => sessions::is_open(&mut tx, user, session, super::staff::limits(app)).await?,
    };
    tx.commit().await?;
    let person = person.filter(|_| is_open).ok_or(TokenError::Invalid)?;
    let of_wanted = |org: OrgId| orgs.iter().find(|(own, ..)| *own == org);
    let (org, _, role) = match (wanted, orgs.as_slice()) {
        (Some(wanted), _) => of_wanted(wanted).ok_or(TokenError::NotOfOrg)?,
        (None, []) => return Err(TokenError::NoOrg),
        (None, [only]) => only,
        (None, _) => return Err(TokenError::WhichOrg),
    };
    let language = person.language()?;
    Ok(Staff {
        user,
        org: *org,
        role: *role,
        session,
        name: person.name,
        email: person.email,
        language,
        signed_in_until: None,
        owes_second_factor: false,
    })
}
