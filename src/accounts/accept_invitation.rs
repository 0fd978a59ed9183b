//! Makes whoever was invited staff: somebody new, or somebody who has an account (B13). All of it or nothing (B10).

use serde_json::json;

use super::Role;
use super::actor::Actor;
use super::attempts::{self, Tried, Wait};
use super::open_session::{Browser, open_session};
use super::password::{self, NewPassword, WeakPassword};
use super::record_act::{Act, record_act};
use super::sign_in::{Entered, SignInError, folded, refuse};
use super::store::members::{self, Invitation};
use super::store::users::{self, NewUser};
use crate::orgs::{self, Claimed};
use crate::platform::app::App;
use crate::platform::db::{Class, violates};
use crate::platform::ids::{OrgId, UserId};

/// What a link invites to. Names a person: deliberately no `Debug`.
pub struct Invited {
    /// What the clinic is called.
    pub clinic: String,
    /// Who is meant.
    pub email: String,
    /// What they become.
    pub role: Role,
    /// Whether they have an account, and so a password.
    pub is_known: bool,
}

/// Why somebody did not become staff.
#[derive(Debug, thiserror::Error)]
pub enum AcceptError {
    /// The link was used, taken back, lapsed, or never one.
    #[error("the invitation does not work any more")]
    NoInvitation,
    /// A name is needed.
    #[error("a name has 1 to 80 characters")]
    BadName,
    /// The new password is too weak.
    #[error("the password {0}")]
    Weak(#[from] WeakPassword),
    /// The same as when signing in.
    #[error(transparent)]
    SignIn(#[from] SignInError),
}

impl From<sqlx::Error> for AcceptError {
    fn from(error: sqlx::Error) -> Self {
        Self::SignIn(error.into())
    }
}

impl From<Wait> for AcceptError {
    fn from(wait: Wait) -> Self {
        Self::SignIn(wait.into())
    }
}

/// What `token` invites to.
pub async fn invited(app: &App, token: &str, browser: &Browser) -> Result<Invited, AcceptError> {
    if let Some(wait) = attempts::count(app, &Tried::Link { network: browser.network }).await? {
        return Err(wait.into());
    }
    let org = org_of(app, token).await?;
    let mut tx = app.begin(org).await?;
    let invitation = members::lock_invitation(&mut tx, org, &app.keys.digest(token)).await?;
    let clinic = members::org_name(&mut tx, org).await?;
    let invitation = valid(app, invitation)?;
    let is_known = users::by_email(&mut tx, &invitation.email).await?.is_some();
    tx.commit().await?;
    Ok(Invited { clinic, email: invitation.email, role: invitation.role, is_known })
}

/// Accepts: with a name and a new password, or with the password of the account that there is; then they are signed in, or
/// owe the code of their second factor.
pub async fn accept_invitation(
    app: &App,
    token: &str,
    (name, password): (&str, &str),
    browser: &Browser,
) -> Result<Entered, AcceptError> {
    let invited = invited(app, token, browser).await?;
    let org = org_of(app, token).await?;
    let mut tx = app.db.begin_across(Class::Back).await?;
    let known = users::by_email(&mut tx, &invited.email).await?;
    tx.commit().await?;
    #[expect(clippy::single_match_else, reason = "two ways in, alike in weight")]
    let (user, proof, hash) = match known {
        Some(user) => {
            let proof = proven(app, user, (&invited.email, password), browser).await?;
            (user, Some(proof), None)
        }
        None => {
            let is_name =
                (1..=80).contains(&name.trim().chars().count()) && !name.chars().any(char::is_control);
            if !is_name {
                return Err(AcceptError::BadName);
            }
            let new = NewPassword::parse(password, &invited.email)?;
            let hash = password::hash(app, &new).await.map_err(SignInError::Hash)?;
            (app.new_id(), None, Some(hash))
        }
    };
    let now = app.clock.now();
    let mut tx = app.begin_both(org, user).await?;
    let invitation = members::lock_invitation(&mut tx, org, &app.keys.digest(token)).await?;
    let invitation = valid(app, invitation)?;
    let mut due = false;
    if let Some(proof) = proof {
        let person = users::lock_proven(&mut tx, user, proof.as_deref()).await?;
        due = person.ok_or(AcceptError::SignIn(SignInError::Wrong))?.has_second_factor();
    }
    if let Some(hash) = &hash {
        let (email, language) = (&invitation.email, invitation.language);
        let new = NewUser { id: user, email, name: name.trim(), language, password_hash: Some(hash) };
        match users::insert(&mut tx, &new, now).await {
            // Two links at once: the other one made the account, and this page has to ask for its password.
            Err(error) if violates(&error, users::ONCE_PER_EMAIL) => {
                return Err(AcceptError::SignIn(SignInError::Wrong));
            }
            done => done?,
        }
    }
    members::join(&mut tx, org, (app.new_id(), user, invitation.role), now).await?;
    members::accept_invitation(&mut tx, org, invitation.id, now).await?;
    let act = Act {
        actor: &Actor::Staff(user).to_string(),
        action: "invitation.accept",
        subject: Some(invitation.id.to_string()),
        detail: json!({ "role": invitation.role.name() }),
    };
    record_act(app, &mut tx, org, &act).await?;
    let token = open_session(app, &mut tx, (user, org), browser, due).await.map_err(SignInError::from)?;
    tx.commit().await?;
    Ok(if due { Entered::SecondFactor(token) } else { Entered::Open(token) })
}

async fn org_of(app: &App, token: &str) -> Result<OrgId, AcceptError> {
    let owner = orgs::owner_of_now(app, &Claimed::Invitation(token.to_owned())).await?;
    Ok(owner.ok_or(AcceptError::NoInvitation)?.org)
}

fn valid(app: &App, invitation: Option<Invitation>) -> Result<Invitation, AcceptError> {
    let now = app.clock.now();
    invitation.filter(|invitation| now < invitation.expires_at).ok_or(AcceptError::NoInvitation)
}

/// What the account's password is kept as, if `password` is it.
async fn proven(
    app: &App,
    user: UserId,
    (email, password): (&str, &str),
    browser: &Browser,
) -> Result<Option<String>, AcceptError> {
    let email = folded(email);
    let tried = Tried::SignIn { email: &email, network: browser.network, is_known_place: false };
    if let Some(wait) = attempts::count(app, &tried).await? {
        return Err(wait.into());
    }
    let mut tx = app.begin_as(user).await?;
    let person = users::find(&mut tx, user).await?.ok_or(AcceptError::NoInvitation)?;
    tx.commit().await?;
    let kept = person.password_hash;
    let is_right = password::verify(app, password, kept.clone()).await.map_err(SignInError::Hash)?;
    if !is_right {
        return Err(AcceptError::SignIn(refuse(app, Some(user))));
    }
    attempts::forget(app, &tried).await?;
    Ok(kept)
}
