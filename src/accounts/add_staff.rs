//! Makes somebody staff with a password, without an invitation: the demo's people.

use super::Role;
use super::password::{self, HashError, NewPassword, WeakPassword};
use super::sign_in::folded;
use super::store::members;
use super::store::users::{self, NewUser};
use crate::language::Language;
use crate::platform::app::App;
use crate::platform::db::Class;
use crate::platform::ids::{OrgId, UserId};

/// Somebody to make staff. Holds a password: deliberately no `Debug`.
pub struct NewStaff<'a> {
    /// What colleagues call them.
    pub name: &'a str,
    /// What they sign in with.
    pub email: &'a str,
    /// What they sign in by, unless they have an account already.
    pub password: &'a str,
    /// As what.
    pub role: Role,
}

/// Why nobody was made staff.
#[derive(Debug, thiserror::Error)]
pub enum AddStaffError {
    /// The password is too weak.
    #[error("the password {0}")]
    Weak(#[from] WeakPassword),
    /// It could not be hashed.
    #[error(transparent)]
    Hash(#[from] HashError),
    /// The database refused.
    #[error("the database refused")]
    Database(#[from] sqlx::Error),
}

/// Makes `new` staff of `org`: with an account of their own, or with the one they have.
pub async fn add_staff(app: &App, org: OrgId, new: &NewStaff<'_>) -> Result<UserId, AddStaffError> {
    let password = NewPassword::parse(new.password, new.email)?;
    let known = account_of(app, new.email).await?;
    let id = known.unwrap_or_else(|| app.new_id());
    let hash = password::hash(app, &password).await?;
    let now = app.clock.now();
    let mut tx = app.begin_both(org, id).await?;
    if known.is_none() {
        let user = NewUser {
            id,
            email: &folded(new.email),
            name: new.name,
            language: Language::English,
            password_hash: Some(&hash),
        };
        users::insert(&mut tx, &user, now).await?;
    }
    members::join(&mut tx, org, (app.new_id(), id, new.role), now).await?;
    tx.commit().await?;
    Ok(id)
}

/// Whether somebody signs in with `email`.
pub async fn is_known(app: &App, email: &str) -> Result<bool, sqlx::Error> {
    Ok(account_of(app, email).await?.is_some())
}

async fn account_of(app: &App, email: &str) -> Result<Option<UserId>, sqlx::Error> {
    let mut tx = app.db.begin_across(Class::Back).await?;
    let known = users::by_email(&mut tx, &folded(email)).await?;
    tx.commit().await?;
    Ok(known)
}
