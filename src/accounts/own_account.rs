//! What somebody changes about their own account, knowing their password where it matters.
//!
//! W17: another password or another second factor ends every other session and gives this one a new token.

use serde_json::json;

use super::actor::Actor;
use super::attempts::{self, Tried, Wait};
use super::password::{self, HashError, NewPassword, WeakPassword};
use super::record_act::{Act, record_act};
use super::recovery;
use super::second_factor::{COLUMN, place, secret_of};
use super::staff::Staff;
use super::store::users::{self, User};
use super::store::{resets, sessions};
use super::totp;
use crate::language::Language;
use crate::platform::app::App;
use crate::platform::db::{OrgTx, PgConnection};
use crate::platform::secrets::{self, SecretError};

/// Bytes that an app shares with us: as many as the hash has.
const SECRET_BYTES: usize = 20;
const ISSUER: &str = "Voxanne";

/// Why an account was not changed.
#[derive(Debug, thiserror::Error)]
pub enum AccountError {
    /// The password that was given is not theirs.
    #[error("the password is not right")]
    WrongPassword,
    /// The code is not the app's, or was used.
    #[error("the code is not right")]
    WrongCode,
    /// The new password is too weak.
    #[error("the password {0}")]
    Weak(#[from] WeakPassword),
    /// The session has ended meanwhile.
    #[error("the session has ended")]
    SignedOut,
    /// Too many tries.
    #[error("too many tries; wait {0} seconds")]
    TooMany(i32),
    /// There is no second factor to confirm or to take away, or there is one already.
    #[error("the second factor is not in that state")]
    NotSo,
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

impl From<Wait> for AccountError {
    fn from(wait: Wait) -> Self {
        Self::TooMany(wait.0)
    }
}

/// What an account looks like to its person.
#[derive(Clone)]
pub struct OwnAccount {
    /// What colleagues call them.
    pub name: String,
    /// What they sign in with.
    pub email: String,
    /// Of their pages.
    pub language: Language,
    /// Whether a code is asked for.
    pub has_second_factor: bool,
    /// Recovery codes that were not used.
    pub recovery_codes_left: i64,
}

/// What an authenticator app is told. Holds a secret: deliberately no `Debug`.
pub struct NewSecondFactor {
    /// What is typed in where there is no camera.
    pub secret: String,
    /// What the picture says.
    pub uri: String,
}

/// The account of whoever is signed in.
pub async fn own_account(app: &App, staff: &Staff) -> Result<OwnAccount, AccountError> {
    let mut tx = app.begin_as(staff.user).await?;
    let user = known(users::find(&mut tx, staff.user).await?)?;
    let recovery_codes_left = users::recovery_codes_left(&mut tx, staff.user).await?;
    tx.commit().await?;
    Ok(OwnAccount {
        language: user.language()?,
        has_second_factor: user.has_second_factor(),
        name: user.name,
        email: user.email,
        recovery_codes_left,
    })
}

/// Sets name and language, as far as they are given.
pub async fn set_profile(
    app: &App,
    staff: &Staff,
    (name, language): (Option<&str>, Option<Language>),
) -> Result<(), AccountError> {
    let mut tx = app.begin_both(staff.org, staff.user).await?;
    users::set_profile(&mut tx, staff.user, name, language).await?;
    recorded(app, &mut tx, staff, "account.write").await?;
    Ok(tx.commit().await?)
}

/// Replaces the password by `new`; the session's new token.
pub async fn change_password(
    app: &App,
    staff: &Staff,
    (current, new): (&str, &str),
) -> Result<String, AccountError> {
    let proof = proven(app, staff, current).await?;
    let new = NewPassword::parse(new, &staff.email)?;
    let hash = password::hash(app, &new).await?;
    let (mut tx, _) = locked_proven(app, staff, &proof).await?;
    users::set_password(&mut tx, staff.user, &hash).await?;
    resets::end_all(&mut tx, staff.user, app.clock.now()).await?;
    let token = renewed(app, &mut tx, staff).await?;
    recorded(app, &mut tx, staff, "password.write").await?;
    tx.commit().await?;
    Ok(token)
}

/// Begins a second factor: it is asked for once a code of it was given.
pub async fn begin_second_factor(
    app: &App,
    staff: &Staff,
    password: &str,
) -> Result<NewSecondFactor, AccountError> {
    let proof = proven(app, staff, password).await?;
    let secret = totp::base32(&secrets::random::<SECRET_BYTES>()?);
    let sealed = app.keys.seal_row(place(staff.user), (COLUMN, staff.user.0), &secret)?;
    let (mut tx, user) = locked_proven(app, staff, &proof).await?;
    if user.has_second_factor() {
        return Err(AccountError::NotSo);
    }
    users::set_totp_secret(&mut tx, staff.user, &sealed).await?;
    tx.commit().await?;
    let label = staff.email.bytes().fold(String::new(), |label, byte| label + &format!("%{byte:02X}"));
    let uri = format!("otpauth://totp/{ISSUER}:{label}?secret={secret}&issuer={ISSUER}");
    Ok(NewSecondFactor { secret, uri })
}

/// Confirms it by a code; the session's new token, and ten recovery codes: this once.
pub async fn confirm_second_factor(
    app: &App,
    staff: &Staff,
    code: &str,
) -> Result<(String, Vec<String>), AccountError> {
    let tried = Tried::SecondFactor(staff.user);
    if let Some(wait) = attempts::count(app, &tried).await? {
        return Err(wait.into());
    }
    let (mut tx, user) = locked(app, staff).await?;
    if user.has_second_factor() {
        return Err(AccountError::NotSo);
    }
    let now = app.clock.now();
    let secret = secret_of(&app.keys, &user)?.ok_or(AccountError::NotSo)?;
    let step = totp::matching_step(&secret, code, now, None).ok_or(AccountError::WrongCode)?;
    users::confirm_totp(&mut tx, staff.user, step, now).await?;
    let codes = recovery::new_codes()?;
    let digests: Vec<_> = codes.iter().map(|code| recovery::digest(&app.keys, staff.user, code)).collect();
    users::set_recovery_codes(&mut tx, staff.user, &digests).await?;
    let token = renewed(app, &mut tx, staff).await?;
    recorded(app, &mut tx, staff, "second_factor.begin").await?;
    tx.commit().await?;
    attempts::forget(app, &tried).await?;
    Ok((token, codes))
}

/// Takes the second factor away; the session's new token.
pub async fn end_second_factor(app: &App, staff: &Staff, password: &str) -> Result<String, AccountError> {
    let proof = proven(app, staff, password).await?;
    let (mut tx, user) = locked_proven(app, staff, &proof).await?;
    if user.totp_secret_sealed.is_none() {
        return Err(AccountError::NotSo);
    }
    users::clear_totp(&mut tx, staff.user).await?;
    let token = renewed(app, &mut tx, staff).await?;
    recorded(app, &mut tx, staff, "second_factor.end").await?;
    tx.commit().await?;
    Ok(token)
}

/// What the person's password is kept as.
struct Proof(Option<String>);

/// Whether the person knows their password: a browser that was left open does not.
async fn proven(app: &App, staff: &Staff, password: &str) -> Result<Proof, AccountError> {
    let tried = Tried::Password(staff.user);
    if let Some(wait) = attempts::count(app, &tried).await? {
        return Err(wait.into());
    }
    let mut tx = app.begin_as(staff.user).await?;
    let user = known(users::find(&mut tx, staff.user).await?)?;
    tx.commit().await?;
    if !password::verify(app, password, user.password_hash.clone()).await? {
        return Err(AccountError::WrongPassword);
    }
    attempts::forget(app, &tried).await?;
    Ok(Proof(user.password_hash))
}

/// The locked account, whose password is still the one that was proven.
async fn locked_proven(app: &App, staff: &Staff, proof: &Proof) -> Result<(OrgTx, User), AccountError> {
    let mut tx = app.begin_both(staff.org, staff.user).await?;
    let user = users::lock_proven(&mut tx, staff.user, proof.0.as_deref()).await?;
    Ok((tx, user.ok_or(AccountError::WrongPassword)?))
}

async fn locked(app: &App, staff: &Staff) -> Result<(OrgTx, User), AccountError> {
    let mut tx = app.begin_both(staff.org, staff.user).await?;
    let user = known(users::lock(&mut tx, staff.user).await?)?;
    Ok((tx, user))
}

fn known(user: Option<User>) -> Result<User, AccountError> {
    user.ok_or(AccountError::Database(sqlx::Error::RowNotFound))
}

/// Ends the others, and gives this session another id and token.
async fn renewed(app: &App, tx: &mut PgConnection, staff: &Staff) -> Result<String, AccountError> {
    let session = staff.session.ok_or(AccountError::NotSo)?;
    sessions::end_all(tx, staff.user, Some(session)).await?;
    let token = secrets::new_token()?;
    let ids = (session, app.new_id());
    if !sessions::rotate(tx, staff.user, ids, &app.keys.digest(&token)).await? {
        return Err(AccountError::SignedOut);
    }
    Ok(token)
}

async fn recorded(
    app: &App,
    tx: &mut PgConnection,
    staff: &Staff,
    action: &'static str,
) -> Result<(), sqlx::Error> {
    let actor = Actor::Staff(staff.user).to_string();
    let act = Act { actor: &actor, action, subject: Some(staff.user.to_string()), detail: json!({}) };
    record_act(app, tx, staff.org, &act).await
}
