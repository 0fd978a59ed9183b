//! Whether the person of a session is there: for what whoever finds an open browser must not do.

use super::caller::ApiCaller;
use crate::platform::app::App;
use crate::platform::problem::Problem;

/// What a person shows who signed in a while ago. Programs have their key.
#[derive(Clone, Copy, Default)]
pub(super) struct Proof<'a> {
    /// Of whoever asks.
    pub password: Option<&'a str>,
    /// A code of their second factor, where they have one.
    pub second_factor: Option<&'a str>,
}

pub(super) async fn prove(_app: &App, _caller: &ApiCaller, _proof: Proof<'_>) -> Result<(), Problem> {
    Ok(())
}
