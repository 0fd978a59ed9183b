//! Whether the person of a session is there: for what whoever finds an open browser must not do (T20).

use axum::http::StatusCode;

use super::caller::ApiCaller;
use super::problems::{self, invalid_field};
use crate::accounts::{self, PresenceError};
use crate::platform::app::App;
use crate::platform::problem::Problem;
use crate::platform::telemetry::chain;

pub(super) use crate::accounts::Shown as Proof;

const PASSWORD_NEEDED: Problem = Problem::new(
    StatusCode::FORBIDDEN,
    "password_needed",
    "Your password is needed for this, since you signed in more than 15 minutes ago.",
);

/// Refuses somebody who signed in a while ago and does not show that they are there. Programs have their key.
pub(super) async fn prove(app: &App, caller: &ApiCaller, proof: Proof<'_>) -> Result<(), Problem> {
    let Some(staff) = caller.staff() else { return Ok(()) };
    accounts::prove_presence(app, staff, proof).await.map_err(|error| match error {
        PresenceError::Needed => PASSWORD_NEEDED.with("field", "password"),
        PresenceError::Wrong if proof.password.is_some() => invalid_field("password", "is not yours"),
        PresenceError::Wrong => invalid_field("second_factor", "is not the code of now"),
        PresenceError::TooMany(seconds) => problems::too_many_tries(seconds),
        PresenceError::Broken(error) => {
            tracing::error!(error = chain(&error), "Could not compare a password");
            Problem::INTERNAL
        }
        PresenceError::Database(error) => problems::database(caller.org, &error),
    })
}
