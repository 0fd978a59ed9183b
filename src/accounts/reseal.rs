//! People's secrets after a rotation of keys.

use super::second_factor::{COLUMN, place};
use super::store::users;
use crate::platform::app::App;
use crate::platform::db::Class;
use crate::platform::ids::UserId;
use crate::platform::secrets::{Anew, Lost, SecretError, Tally};

/// Why secrets were not sealed anew; those before stay so.
#[derive(Debug, thiserror::Error)]
pub enum ResealError {
    /// One could not be sealed.
    #[error(transparent)]
    Secret(#[from] SecretError),
    /// The database refused.
    #[error("the database refused")]
    Database(#[from] sqlx::Error),
}

async fn everybody(app: &App) -> Result<Vec<UserId>, sqlx::Error> {
    let mut tx = app.db.begin_across(Class::Back).await?;
    let all = users::with_secrets(&mut tx).await?;
    tx.commit().await?;
    Ok(all)
}

/// Which keys the secrets of all people need.
pub async fn tally(app: &App) -> Result<Tally, sqlx::Error> {
    let mut tally = Tally::default();
    for user in everybody(app).await? {
        let mut tx = app.begin_as(user).await?;
        let sealed = users::find(&mut tx, user).await?.and_then(|person| person.totp_secret_sealed);
        tx.commit().await?;
        if let Some(sealed) = sealed {
            tally += app.keys.count(place(user), (COLUMN, Some(user.0)), &sealed);
        }
    }
    Ok(tally)
}

/// Seals them by the current key. What no key opens stays, or goes: then its person has no second factor any more.
pub async fn reseal(app: &App, lost: Lost) -> Result<Tally, ResealError> {
    let mut tally = Tally::default();
    for user in everybody(app).await? {
        let mut tx = app.begin_as(user).await?;
        let person = users::lock(&mut tx, user).await?;
        let Some(sealed) = person.and_then(|person| person.totp_secret_sealed) else { continue };
        let anew = app.keys.anew(place(user), (COLUMN, Some(user.0)), &sealed)?;
        match (&anew, lost) {
            (Anew::Former(sealed_anew), _) => {
                users::reseal(&mut tx, user, (&sealed, Some(sealed_anew))).await?;
            }
            (Anew::Lost, Lost::Go) => {
                users::reseal(&mut tx, user, (&sealed, None)).await?;
            }
            _ => {}
        }
        tx.commit().await?;
        tally += anew.tally();
    }
    Ok(tally)
}
