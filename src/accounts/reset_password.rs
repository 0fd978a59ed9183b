//! Replaces a password that somebody forgot, by a link in a mail.
//!
//! Whoever asks is told the same after the same work, and a job does the rest. The link's token is nowhere but in the mail; it follows
//! from the row's id and the installation's key.

use std::net::IpAddr;
use std::time::Duration;

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};
use serde_json::json;
use uuid::Uuid;

use super::actor::Actor;
use super::attempts::{self, Tried, Wait};
use super::password::{self, HashError, NewPassword, WeakPassword};
use super::record_act::{Act, record_act};
use super::sign_in::{first_org, folded, look_up};
use super::staff_mail::{self, Link};
use super::store::{resets, sessions, users};
use crate::platform::app::App;
use crate::platform::db::Class;
use crate::platform::ids::{OrgId, ResetId};
use crate::platform::jobs::{NewJob, Priority, enqueue};
use crate::platform::secrets::SecretError;

/// The task that looks who asked for a link.
pub const RESET_TASK: &str = "reset_password";

/// As long as the column allows.
const EMAIL_LENGTH_MAX: usize = 254;
/// Mails with a link to one person in a day that strangers may ask for.
const MAILS_PER_DAY: i64 = 10;
/// More of them, for whoever asks from where that person has signed in before.
const MAILS_TO_KNOWN_PLACE: i64 = 5;

/// The job: who asked, by a sealed address; most of those that are asked for are nobody's.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ResetAsked {
    sealed: String,
    /// Whether that person has signed in before from where it was asked.
    #[serde(default)]
    is_known_place: bool,
}

/// Why a password was not replaced, or no link asked for.
#[derive(Debug, thiserror::Error)]
pub enum ResetError {
    /// The link was used, lapsed, or never one, or the password has been replaced since.
    #[error("the link does not work any more")]
    NoLink,
    /// Too many tries.
    #[error("too many tries; wait {0} seconds")]
    TooMany(i32),
    /// The new password is too weak.
    #[error("the password {0}")]
    Weak(#[from] WeakPassword),
    /// A password could not be hashed.
    #[error(transparent)]
    Hash(#[from] HashError),
    /// A secret could not be made or opened.
    #[error(transparent)]
    Secret(#[from] SecretError),
    /// The database refused.
    #[error("the database refused")]
    Database(#[from] sqlx::Error),
}

impl From<Wait> for ResetError {
    fn from(wait: Wait) -> Self {
        Self::TooMany(wait.0)
    }
}

/// Nobody's org: what is asked before anybody is known.
const fn nobody() -> OrgId {
    OrgId(Uuid::nil())
}

/// Takes the wish for a link to whoever has `email`. What is no address is nobody's, and leaves nothing.
pub async fn ask_reset(app: &App, email: &str, network: IpAddr) -> Result<(), ResetError> {
    let email = folded(email);
    let (_, is_known_place) = look_up(app, &email, network).await?;
    let tried = Tried::AskReset { email: &email, network, is_known_place };
    if let Some(wait) = attempts::count(app, &tried).await? {
        return Err(wait.into());
    }
    if !(3..=EMAIL_LENGTH_MAX).contains(&email.len()) || !email.contains('@') {
        return Ok(());
    }
    let sealed = hex::encode(app.keys.seal(nobody(), "reset_asked", &email)?);
    let mut tx = app.db.begin_across(Class::Back).await?;
    let job = NewJob {
        task: RESET_TASK,
        queue: RESET_TASK,
        payload: &ResetAsked { sealed, is_known_place },
        key: format!("{RESET_TASK}:{}", hex::encode(app.keys.digest(&format!("{is_known_place} {email}")))),
        after: Duration::ZERO,
        priority: Priority::Usual,
    };
    enqueue(&mut tx, nobody(), job).await?;
    Ok(tx.commit().await?)
}

/// Runs the job: makes a link and its mail, if there is somebody to get it.
pub async fn begin_reset(app: &App, asked: &ResetAsked) -> Result<(), ResetError> {
    use secrecy::ExposeSecret as _;
    let sealed = hex::decode(&asked.sealed).ok().ok_or(ResetError::NoLink)?;
    let email = app.keys.open(nobody(), "reset_asked", &sealed)?;
    let mut tx = app.db.begin_across(Class::Back).await?;
    let user = users::by_email(&mut tx, email.expose_secret()).await?;
    tx.commit().await?;
    let Some(user) = user else { return Ok(()) };
    let Some(org) = first_org(app, user).await? else { return Ok(()) };
    let (id, now): (ResetId, _) = (app.new_id(), app.clock.now());
    let lasts = SignedDuration::from_mins(app.config.accounts.reset_minutes);
    let digest = app.keys.digest(&staff_mail::token(&app.keys, Link::Reset(id)));
    let mut tx = app.begin_both(org, user).await?;
    let day_ago = now.checked_sub(SignedDuration::from_hours(24)).unwrap_or(now);
    let most = MAILS_PER_DAY + if asked.is_known_place { MAILS_TO_KNOWN_PLACE } else { 0 };
    if resets::since(&mut tx, user, day_ago).await? >= most {
        tracing::warn!(org.id = %org, "Somebody was mailed enough links to another password today");
        return Ok(());
    }
    let expires_at = now.saturating_add(lasts).unwrap_or(now);
    resets::insert(&mut tx, user, (id, &digest), (now, expires_at)).await?;
    staff_mail::queue(&mut tx, org, Link::Reset(id), Some(user)).await?;
    Ok(tx.commit().await?)
}

/// Whether a link's `token` still works.
pub async fn reset_works(app: &App, token: &str, network: IpAddr) -> Result<bool, ResetError> {
    if let Some(wait) = attempts::count(app, &Tried::Link { network }).await? {
        return Err(wait.into());
    }
    let digest = app.keys.digest(token);
    let mut tx = app.db.begin_across(Class::Back).await?;
    let user = resets::of_token(&mut tx, &digest).await?;
    tx.commit().await?;
    let Some(user) = user else { return Ok(false) };
    let mut tx = app.begin_as(user).await?;
    let holds = resets::holds(&mut tx, user, &digest, app.clock.now()).await?;
    tx.commit().await?;
    Ok(holds)
}

/// Replaces the password, uses up the link and every other one, and ends all sessions (W17).
pub async fn reset_password(
    app: &App,
    token: &str,
    (new, network): (&str, IpAddr),
) -> Result<(), ResetError> {
    if let Some(wait) = attempts::count(app, &Tried::Link { network }).await? {
        return Err(wait.into());
    }
    let digest = app.keys.digest(token);
    let mut tx = app.db.begin_across(Class::Back).await?;
    let user = resets::of_token(&mut tx, &digest).await?;
    tx.commit().await?;
    let user = user.ok_or(ResetError::NoLink)?;
    let mut tx = app.begin_as(user).await?;
    let person = users::find(&mut tx, user).await?.ok_or(ResetError::NoLink)?;
    if !resets::holds(&mut tx, user, &digest, app.clock.now()).await? {
        return Err(ResetError::NoLink);
    }
    tx.commit().await?;
    let new = NewPassword::parse(new, &person.email)?;
    let hash = password::hash(app, &new).await?;
    let org = first_org(app, user).await?.ok_or(ResetError::NoLink)?;
    let mut tx = app.begin_both(org, user).await?;
    let now = app.clock.now();
    // First the person: two who bring two links of theirs would wait for each other.
    users::lock(&mut tx, user).await?.ok_or(ResetError::NoLink)?;
    if !resets::use_up(&mut tx, user, &digest, now).await? {
        return Err(ResetError::NoLink);
    }
    resets::end_all(&mut tx, user, now).await?;
    users::set_password(&mut tx, user, &hash).await?;
    sessions::end_all(&mut tx, user, None).await?;
    let actor = Actor::Staff(user).to_string();
    let act =
        Act { actor: &actor, action: "password.reset", subject: Some(user.to_string()), detail: json!({}) };
    record_act(app, &mut tx, org, &act).await?;
    Ok(tx.commit().await?)
}
