//! Whether the person of a session is there: for what whoever finds an open browser must not do.

use jiff::SignedDuration;

use super::attempts::{self, Tried, Wait};
use super::password::{self, HashError};
use super::second_factor::takes;
use super::sign_in::SignInError;
use super::staff::Staff;
use super::store::{sessions, users};
use crate::platform::app::App;

/// A sign-in proves it for so long.
const SIGNED_IN_LATELY: SignedDuration = SignedDuration::from_mins(15);

/// What they show.
#[derive(Clone, Copy, Default)]
pub struct Shown<'a> {
    /// Their password.
    pub password: Option<&'a str>,
    /// A code of their second factor.
    pub second_factor: Option<&'a str>,
}

/// Why it is not proved.
#[derive(Debug, thiserror::Error)]
pub enum PresenceError {
    /// They signed in a while ago and showed nothing.
    #[error("the password is needed")]
    Needed,
    /// What they showed is not right.
    #[error("not right")]
    Wrong,
    /// Too many tries; seconds to wait.
    #[error("too many tries; wait {0} seconds")]
    TooMany(i32),
    /// Ours to fix.
    #[error("it could not be compared")]
    Broken(#[from] SignInError),
    /// The database refused.
    #[error("the database refused")]
    Database(#[from] sqlx::Error),
}

impl From<Wait> for PresenceError {
    fn from(wait: Wait) -> Self {
        Self::TooMany(wait.0)
    }
}

impl From<HashError> for PresenceError {
    fn from(error: HashError) -> Self {
        Self::Broken(error.into())
    }
}

/// Whether `staff` signed in with this browser in the last 15 minutes.
pub async fn signed_in_lately(app: &App, staff: &Staff) -> Result<bool, sqlx::Error> {
    let Some(session) = staff.session else { return Ok(false) };
    let mut tx = app.begin_as(staff.user).await?;
    let opened_at = sessions::opened_at(&mut tx, staff.user, session).await?;
    tx.commit().await?;
    Ok(opened_at.is_some_and(|at| app.clock.now().duration_since(at) < SIGNED_IN_LATELY))
}

/// Proved by a sign-in of the last 15 minutes, by the password, or by a code of the second factor.
pub async fn prove_presence(app: &App, staff: &Staff, shown: Shown<'_>) -> Result<(), PresenceError> {
    if signed_in_lately(app, staff).await? {
        return Ok(());
    }
    match (shown.password, shown.second_factor) {
        (Some(password), _) => by_password(app, staff, password).await,
        (None, Some(code)) => by_code(app, staff, code).await,
        (None, None) => Err(PresenceError::Needed),
    }
}

async fn by_password(app: &App, staff: &Staff, password: &str) -> Result<(), PresenceError> {
    let tried = Tried::Password(staff.user);
    if let Some(wait) = attempts::count(app, &tried).await? {
        return Err(wait.into());
    }
    let mut tx = app.begin_as(staff.user).await?;
    let kept = users::find(&mut tx, staff.user).await?.and_then(|user| user.password_hash);
    tx.commit().await?;
    if !password::verify(app, password, kept).await? {
        return Err(PresenceError::Wrong);
    }
    Ok(attempts::forget(app, &tried).await?)
}

async fn by_code(app: &App, staff: &Staff, code: &str) -> Result<(), PresenceError> {
    let tried = Tried::SecondFactor(staff.user);
    if let Some(wait) = attempts::count(app, &tried).await? {
        return Err(wait.into());
    }
    let mut tx = app.begin_both(staff.org, staff.user).await?;
    let person = users::lock(&mut tx, staff.user).await?.ok_or(PresenceError::Wrong)?;
    if !takes(app, &mut tx, &person, code).await? {
        return Err(PresenceError::Wrong);
    }
    tx.commit().await?;
    Ok(attempts::forget(app, &tried).await?)
}
