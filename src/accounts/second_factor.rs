//! The second factor of somebody who knew the password: a code of their app, or one of their recovery codes.

use secrecy::ExposeSecret as _;

use super::attempts::{self, Tried};
use super::open_session::{Browser, open_session};
use super::recovery;
use super::sign_in::{SignInError, note_refusal};
use super::store::sessions;
use super::store::users::{self, User};
use super::totp;
use crate::platform::app::App;
use crate::platform::db::{Class, PgConnection};
use crate::platform::ids::{OrgId, UserId};
use crate::platform::secrets::{Keys, SecretError};

/// Where the sealed secret belongs.
pub(super) const COLUMN: &str = "users.totp_secret_sealed";

/// A person has no org: what is sealed for them is bound to their own id in its place.
pub(super) const fn place(user: UserId) -> OrgId {
    OrgId(user.0)
}

/// What the person's app shares with us; `None` when they have none.
pub(super) fn secret_of(keys: &Keys, user: &User) -> Result<Option<Vec<u8>>, SecretError> {
    let Some(sealed) = &user.totp_secret_sealed else { return Ok(None) };
    let id = user.user_id;
    let text = keys.open_row(place(id), (COLUMN, id.0), sealed)?;
    Ok(totp::from_base32(text.expose_secret()))
}

/// Takes `code` from whoever waits with `token`, and signs them in by another one.
pub async fn confirm_sign_in(app: &App, token: &str, code: &str) -> Result<String, SignInError> {
    let digest = app.keys.digest(token);
    let mut tx = app.db.begin_across(Class::Back).await?;
    let user = sessions::user_of_token(&mut tx, &digest).await?;
    tx.commit().await?;
    let user = user.ok_or(SignInError::Wrong)?;
    let tried = Tried::SecondFactor(user);
    if let Some(wait) = attempts::count(app, &tried).await? {
        return Err(wait.into());
    }
    let mut tx = app.begin_as(user).await?;
    let waiting = sessions::lock_waiting(&mut tx, user, &digest).await?;
    tx.commit().await?;
    let org = waiting.ok_or(SignInError::Wrong)?.current_org;
    let mut tx = app.begin_both(org, user).await?;
    let person = users::lock(&mut tx, user).await?.ok_or(SignInError::Wrong)?;
    let waiting = sessions::lock_waiting(&mut tx, user, &digest).await?;
    let waiting = waiting.filter(|waiting| waiting.holds(app.clock.now())).ok_or(SignInError::Wrong)?;
    if !takes(app, &mut tx, &person, code).await? {
        metrics::counter!("voxanne_sign_in_refused_total").increment(1);
        tx.rollback().await?;
        note_refusal(app, user, "code").await;
        return Err(SignInError::Wrong);
    }
    sessions::end(&mut tx, user, waiting.id).await?;
    let network = waiting.network.parse().ok().ok_or(SignInError::Wrong)?;
    let browser = Browser { network, agent: waiting.agent };
    let token = open_session(app, &mut tx, (user, org), &browser, false).await?;
    tx.commit().await?;
    attempts::forget(app, &tried).await?;
    Ok(token)
}

/// Whether `code` is one of the locked person's that was not used; then it is used up.
pub(super) async fn takes(
    app: &App,
    tx: &mut PgConnection,
    person: &User,
    code: &str,
) -> Result<bool, SignInError> {
    let (user, now) = (person.user_id, app.clock.now());
    if let Some(secret) = secret_of(&app.keys, person)?
        && let Some(step) = totp::matching_step(&secret, code, now, person.totp_last_step)
    {
        users::use_step(tx, user, step).await?;
        return Ok(true);
    }
    let digest = recovery::digest(&app.keys, user, code);
    Ok(users::use_recovery_code(tx, user, &digest, now).await?)
}
