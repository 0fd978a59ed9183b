//! Whether the person of a session is there: for what whoever finds an open browser must not do (T20).

use axum::http::StatusCode;
use serde_json::{Map, Value};

use super::caller::ApiCaller;
use super::problems::{self, invalid_field, wrong_field};
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

/// What shows that somebody is there, taken out of a body whose other fields are what is written.
#[derive(Default)]
pub(super) struct TakenProof {
    password: Option<String>,
    second_factor: Option<String>,
}

impl TakenProof {
    /// Takes it.
    pub fn out_of(body: &mut Map<String, Value>) -> Result<Self, Problem> {
        let mut take = |field: &str| match body.remove(field) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(written)) => Ok(Some(written)),
            Some(_) => Err(invalid_field(field, "is not of the type that it takes")),
        };
        Ok(Self { password: take("password")?, second_factor: take("second_factor")? })
    }

    pub fn shown(&self) -> Proof<'_> {
        Proof { password: self.password.as_deref(), second_factor: self.second_factor.as_deref() }
    }
}

/// Refuses somebody who signed in a while ago and does not show that they are there. Programs have their key.
pub(super) async fn prove(app: &App, caller: &ApiCaller, proof: Proof<'_>) -> Result<(), Problem> {
    let Some(staff) = caller.staff() else { return Ok(()) };
    accounts::prove_presence(app, staff, proof).await.map_err(|error| match error {
        PresenceError::Needed => PASSWORD_NEEDED.with("field", "password"),
        PresenceError::Wrong if proof.password.is_some() => {
            wrong_field("password", "That is not your password.")
        }
        PresenceError::Wrong => wrong_field("second_factor", "That is not the code that your app shows now."),
        PresenceError::TooMany(seconds) => problems::too_many_tries(seconds),
        PresenceError::Broken(error) => {
            tracing::error!(error = chain(&error), "Could not compare a password");
            Problem::INTERNAL
        }
        PresenceError::Database(error) => problems::database(caller.org, &error),
    })
}
