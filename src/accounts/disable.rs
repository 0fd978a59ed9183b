//! Switches an account off and on again: nothing of somebody's opens anything while it is off, in any org of theirs, nor does a key
//! that they made.

use serde_json::json;

use super::record_act::{Act, record_act};
use super::sign_in::folded;
use super::store::members::{self, Known};
use super::store::{sessions, users};
use super::take_back::take_back;
use crate::platform::app::App;
use crate::platform::db::{Class, PgConnection};
use crate::platform::ids::{OrgId, UserId};

/// Why an account was not switched.
#[derive(Debug, thiserror::Error)]
pub enum DisableError {
    /// Nobody has the address.
    #[error("signs in nowhere")]
    Nobody,
    /// It is off already, or on.
    #[error("is so already")]
    AlreadySo,
    /// The database refused.
    #[error("the database refused")]
    Database(#[from] sqlx::Error),
}

/// What ended with an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SwitchedOff {
    /// Browsers that were signed in.
    pub sessions: usize,
    /// Keys for programs that the person had made.
    pub keys: usize,
    /// Invitations of theirs that nobody had accepted.
    pub invitations: usize,
    /// Orgs of theirs in which no owner is left who can sign in.
    pub without_owner: Vec<OrgId>,
}

/// Switches the account of `email` off, by `actor`: sessions, sockets and tokens end at once, the person cannot sign in, and in every org
/// that they are staff of the keys that they made are revoked and those whom they invited cannot come; also of an account that was off before.
pub async fn disable(app: &App, email: &str, actor: &str) -> Result<SwitchedOff, DisableError> {
    let known = known(app, email).await?;
    let sessions = if known.is_disabled { 0 } else { switch(app, &known, (actor, true)).await? };
    // After the switch, so that nobody makes another later; what is just being made is waited for (W38).
    let (mut keys, mut invitations, mut without_owner) = (0, 0, vec![]);
    for org in &known.orgs {
        let mut tx = app.begin(*org).await?;
        members::hold_back(&mut tx, *org, known.user).await?;
        let taken = take_back(app, &mut tx, *org, (known.user, &[], actor)).await?;
        keys += taken.keys.len();
        invitations += taken.invitations;
        if !members::has_owner(&mut tx, *org).await? {
            without_owner.push(*org);
        }
        tx.commit().await?;
    }
    if known.is_disabled && keys + invitations == 0 {
        return Err(DisableError::AlreadySo);
    }
    Ok(SwitchedOff { sessions, keys, invitations, without_owner })
}

/// Switches it on again, by `actor`. The person signs in anew; keys that were revoked stay so.
pub async fn enable(app: &App, email: &str, actor: &str) -> Result<(), DisableError> {
    let known = known(app, email).await?;
    if !known.is_disabled {
        return Err(DisableError::AlreadySo);
    }
    switch(app, &known, (actor, false)).await.map(|_none| ())
}

async fn known(app: &App, email: &str) -> Result<Known, DisableError> {
    let mut tx = app.db.begin_across(Class::Back).await?;
    let known = members::known_by_email(&mut tx, &folded(email)).await?;
    tx.commit().await?;
    known.ok_or(DisableError::Nobody)
}

async fn switch(app: &App, known: &Known, (actor, is_off): (&str, bool)) -> Result<usize, DisableError> {
    let Known { user, orgs, .. } = known;
    let user = *user;
    // An org at a time, since each has a log of its own; what is done comes with the last of them, so that none does not tell.
    let Some((last, others)) = orgs.split_last() else {
        let mut tx = app.begin_as(user).await?;
        let ended = set(app, &mut tx, (user, is_off)).await?;
        tx.commit().await?;
        return Ok(ended);
    };
    for org in others {
        let mut tx = app.begin(*org).await?;
        recorded(app, &mut tx, *org, (user, actor, is_off)).await?;
        tx.commit().await?;
    }
    let mut tx = app.begin_both(*last, user).await?;
    recorded(app, &mut tx, *last, (user, actor, is_off)).await?;
    let ended = set(app, &mut tx, (user, is_off)).await?;
    tx.commit().await?;
    Ok(ended)
}

async fn set(app: &App, tx: &mut PgConnection, (user, is_off): (UserId, bool)) -> Result<usize, sqlx::Error> {
    users::set_disabled(tx, user, is_off.then(|| app.clock.now())).await?;
    // Of an account that was off there are none.
    sessions::end_all(tx, user, None).await
}

async fn recorded(
    app: &App,
    tx: &mut PgConnection,
    org: OrgId,
    (user, actor, is_off): (UserId, &str, bool),
) -> Result<(), sqlx::Error> {
    let action = if is_off { "user.disable" } else { "user.enable" };
    let act = Act { actor, action, subject: Some(user.to_string()), detail: json!({}) };
    record_act(app, tx, org, &act).await
}
