//! Signs somebody in by address and password.
//!
//! W16: an address that nobody has is answered like a wrong password, after the same work.

use std::net::IpAddr;

use serde_json::json;

use super::attempts::{self, Tried, Wait};
use super::open_session::{Browser, OpenError, open_session};
use super::password::{self, HashError};
use super::record_act::{Act, record_act};
use super::store::users::{self, User};
use crate::platform::app::App;
use crate::platform::db::Class;
use crate::platform::ids::{OrgId, UserId};
use crate::platform::secrets::SecretError;
use crate::platform::telemetry::chain;

/// Who acts in the log where nobody has shown who they are.
pub const AT_THE_DOOR: &str = "sign-in";

/// Somebody got in, or half in. Tokens are for the cookie.
#[derive(Clone, PartialEq, Eq)]
pub enum Entered {
    /// Signed in.
    Open(String),
    /// The password was right; the code of the second factor is still owed.
    SecondFactor(String),
}

/// Why nobody got in.
#[derive(Debug, thiserror::Error)]
pub enum SignInError {
    /// Address or password, or the code; nothing tells which.
    #[error("not known, or not right")]
    Wrong,
    /// Too many tries.
    #[error("too many tries; wait {0} seconds")]
    TooMany(i32),
    /// They are staff of no clinic (any more).
    #[error("belongs to no clinic")]
    NoClinic,
    /// The password could not be compared.
    #[error(transparent)]
    Hash(#[from] HashError),
    /// A secret could not be opened or made.
    #[error(transparent)]
    Secret(#[from] SecretError),
    /// The database refused.
    #[error("the database refused")]
    Database(#[from] sqlx::Error),
}

impl From<OpenError> for SignInError {
    fn from(error: OpenError) -> Self {
        match error {
            OpenError::Secret(error) => Self::Secret(error),
            OpenError::Database(error) => Self::Database(error),
        }
    }
}

impl From<Wait> for SignInError {
    fn from(wait: Wait) -> Self {
        Self::TooMany(wait.0)
    }
}

/// Signs whoever has `email` and `password` in, from `browser`.
pub async fn sign_in(
    app: &App,
    (email, password): (&str, &str),
    browser: &Browser,
) -> Result<Entered, SignInError> {
    let email = folded(email);
    let (user, is_known_place) = look_up(app, &email, browser.network).await?;
    let tried = Tried::SignIn { email: &email, network: browser.network, is_known_place };
    if let Some(wait) = attempts::count(app, &tried).await? {
        return Err(wait.into());
    }
    let known = user.as_ref().map(|user| user.user_id);
    let kept = user.and_then(|user| user.password_hash);
    let is_right = password::verify(app, password, kept.clone()).await?;
    let Some(id) = known.filter(|_| is_right) else {
        return Err(refuse(app, known));
    };
    attempts::forget(app, &tried).await?;
    let org = first_org(app, id).await?.ok_or(SignInError::NoClinic)?;
    let mut tx = app.begin_both(org, id).await?;
    // Whoever replaces the password meanwhile ends every session that it opened: this one comes before that, or not at all.
    let Some(user) = users::lock_proven(&mut tx, id, kept.as_deref()).await? else {
        return Err(refuse(app, known));
    };
    let due = user.has_second_factor();
    let token = open_session(app, &mut tx, (id, org), browser, due).await?;
    tx.commit().await?;
    Ok(if due { Entered::SecondFactor(token) } else { Entered::Open(token) })
}

/// Counts a wrong password, and notes it where the address is somebody's.
pub(super) fn refuse(app: &App, known: Option<UserId>) -> SignInError {
    metrics::counter!("voxanne_sign_in_refused_total").increment(1);
    // Aside: who waits for it would tell by the time that somebody has this address.
    if let Some(known) = known {
        let app = app.clone();
        app.clone().tasks.spawn(async move { note_refusal(&app, known, "password").await });
    }
    SignInError::Wrong
}

/// Writes down that somebody else's password, or none, was tried, or a wrong code: in the log of the first org that `user` works
/// for. How often is bounded by how often one may try.
pub(super) async fn note_refusal(app: &App, user: UserId, step: &'static str) {
    let noted = async {
        let Some(org) = first_org(app, user).await? else { return Ok(()) };
        let act = Act {
            actor: AT_THE_DOOR,
            action: "sign_in.refuse",
            subject: Some(user.to_string()),
            detail: json!({"step": step}),
        };
        let mut tx = app.begin(org).await?;
        record_act(app, &mut tx, org, &act).await?;
        tx.commit().await
    };
    if let Err(error) = noted.await {
        tracing::warn!(error = chain(&error), "A sign-in that was refused could not be written down");
    }
}

/// As accounts are told apart: case does not count. What no address can have in it (W20: a NUL, which the database does not
/// take) does not either.
pub(super) fn folded(email: &str) -> String {
    email.trim().chars().filter(|c| !c.is_control()).collect::<String>().to_lowercase()
}

/// Who signs in with `email`, and whether they did so from there before. As many questions for nobody.
pub(super) async fn look_up(
    app: &App,
    email: &str,
    network: IpAddr,
) -> Result<(Option<User>, bool), sqlx::Error> {
    let mut tx = app.db.begin_across(Class::Back).await?;
    let found = users::by_email(&mut tx, email).await?;
    tx.commit().await?;
    let id = found.unwrap_or_else(|| app.new_id());
    let mut tx = app.begin_as(id).await?;
    let user = users::find(&mut tx, id).await?;
    let is_known_place = users::knows_place(&mut tx, id, &network.to_string()).await?;
    tx.commit().await?;
    Ok((user, is_known_place))
}

/// The org that somebody sees first.
pub(super) async fn first_org(app: &App, user: UserId) -> Result<Option<OrgId>, sqlx::Error> {
    let mut tx = app.begin_as(user).await?;
    let orgs = users::own_orgs(&mut tx).await?;
    tx.commit().await?;
    Ok(orgs.first().map(|(org, ..)| *org))
}
