//! What Google calls when a calendar changes.

use axum::Router;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;

use super::watch::{self, PUSH_PATH, Pushed};
use crate::platform::app::App;
use crate::platform::problem::Problem;

const NOT_OURS: Problem =
    Problem::new(StatusCode::FORBIDDEN, "not_our_channel", "The push does not carry a token of ours.");

/// Routes for the provider.
pub fn router() -> Router<App> {
    Router::new().route(PUSH_PATH, post(pushed)).layer(DefaultBodyLimit::max(1024))
}

/// A push has no body: all it says is which channel. Whatever it says beside that is looked up at Google.
async fn pushed(State(app): State<App>, headers: HeaderMap) -> Result<StatusCode, Problem> {
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let (channel, token) = (header("x-goog-channel-id"), header("x-goog-channel-token"));
    // The first one only says that the channel is open.
    if header("x-goog-resource-state") == "sync" {
        return Ok(StatusCode::NO_CONTENT);
    }
    match watch::receive(&app, token, channel).await {
        Ok(Pushed::Heard | Pushed::Old) => Ok(StatusCode::NO_CONTENT),
        Ok(Pushed::Forged) => {
            metrics::counter!("voxanne_calendar_pushes_refused_total").increment(1);
            Err(NOT_OURS)
        }
        Err(error) => {
            tracing::warn!(%error, "Could not take a push; polling finds the change");
            Err(Problem::UNAVAILABLE)
        }
    }
}
