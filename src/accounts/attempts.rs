//! How often somebody may try: per account and address, counted in the database, so that replicas count together.

use std::net::IpAddr;

use super::store::users;
use crate::platform::app::App;
use crate::platform::db::Class;
use crate::platform::ids::UserId;

/// What is tried.
pub(super) enum Tried<'a> {
    /// Signing in to an account, known or not, from an address; whether that account has signed in from there before.
    SignIn { email: &'a str, network: IpAddr, is_known_place: bool },
    /// Asking for a link to a forgotten password, likewise.
    AskReset { email: &'a str, network: IpAddr, is_known_place: bool },
    /// The second factor, by somebody who knew the password.
    SecondFactor(UserId),
    /// The own password, by somebody who is signed in.
    Password(UserId),
    /// A link's token.
    Link { network: IpAddr },
}

/// Too many tries: seconds to wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Wait(pub i32);

impl Tried<'_> {
    /// What is limited, by how much. The first is forgotten once the try was right.
    fn keys(&self, app: &App) -> Vec<(Vec<u8>, i32)> {
        let most = &app.config.accounts;
        let key = |what: String| app.keys.digest(&format!("attempts {what}"));
        let (own, of_account, of_address) = (
            most.attempts_per_account_and_address_max,
            most.attempts_per_account_max,
            most.attempts_per_address_max,
        );
        match self {
            Self::SignIn { email, network, is_known_place } => {
                let mut keys = vec![
                    (key(format!("sign_in {network} {email}")), own),
                    (key(format!("address {network}")), of_address),
                ];
                // Guesses from all over the world stop, and whoever sits where they always sit gets in all the same.
                if !is_known_place {
                    keys.push((key(format!("account {email}")), of_account));
                }
                keys
            }
            Self::AskReset { email, network, is_known_place } => {
                let mut keys = vec![
                    (key(format!("reset {network} {email}")), own.min(5)),
                    (key(format!("address {network}")), of_address),
                ];
                if !is_known_place {
                    keys.push((key(format!("reset {email}")), of_account));
                }
                keys
            }
            Self::SecondFactor(user) => vec![(key(format!("second_factor {user}")), own)],
            Self::Password(user) => vec![(key(format!("password {user}")), own)],
            Self::Link { network } => vec![(key(format!("address {network}")), of_address)],
        }
    }
}

/// Counts a try; `Some` when it must not be made. Committed at once: a try that fails has been one.
pub(super) async fn count(app: &App, tried: &Tried<'_>) -> Result<Option<Wait>, sqlx::Error> {
    let window = app.config.accounts.attempts_minutes * 60;
    let mut tx = app.db.begin_across(Class::Back).await?;
    let wait = users::take_attempts(&mut tx, &tried.keys(app), app.clock.now(), window).await?;
    tx.commit().await?;
    if wait > 0 {
        metrics::counter!("voxanne_sign_in_limited_total").increment(1);
    }
    Ok((wait > 0).then_some(Wait(wait)))
}

/// Whether a socket's ticket was shown before; it is counted as shown. Longer remembered than any works.
pub(super) async fn is_again(app: &App, ticket: &str) -> Result<bool, sqlx::Error> {
    const REMEMBERED_SECONDS: i64 = 600;
    let key = app.keys.digest(&format!("attempts ticket {ticket}"));
    let mut tx = app.db.begin_across(Class::Back).await?;
    let wait = users::take_attempts(&mut tx, &[(key, 1)], app.clock.now(), REMEMBERED_SECONDS).await?;
    tx.commit().await?;
    Ok(wait > 0)
}

/// Forgets the tries of whoever turned out to be right.
pub(super) async fn forget(app: &App, tried: &Tried<'_>) -> Result<(), sqlx::Error> {
    let keys = tried.keys(app);
    let Some((own, _)) = keys.first() else { return Ok(()) };
    let mut tx = app.db.begin_across(Class::Back).await?;
    users::forget_attempts(&mut tx, &[own]).await?;
    tx.commit().await
}
