//! The door over HTTP.

use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{OriginalUri, Path, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, http::StatusCode};
use tracing::Instrument as _;

use super::authenticate::{Knock, NotLetIn, authenticate};
use super::receive::{ReceiveError, receive, sorry};
use crate::platform::app::App;
use crate::platform::ids::OrgId;
use crate::platform::network::Network;
use crate::platform::problem::Problem;
use crate::platform::telemetry::chain;

/// The routes that the voice platform calls.
pub fn router() -> Router<App> {
    Router::new()
        .route("/api/webhooks/vapi", post(receive_shared))
        .route("/api/webhooks/vapi/{door}", post(receive_own))
}

async fn receive_shared(
    State(app): State<App>,
    uri: OriginalUri,
    headers: HeaderMap,
    body: Body,
) -> Response {
    answer(&app, None, &uri, &headers, body).await
}

async fn receive_own(
    State(app): State<App>,
    Path(door): Path<String>,
    uri: OriginalUri,
    headers: HeaderMap,
    body: Body,
) -> Response {
    answer(&app, Some(&door), &uri, &headers, body).await
}

async fn answer(
    app: &App,
    door: Option<&str>,
    uri: &OriginalUri,
    headers: &HeaderMap,
    body: Body,
) -> Response {
    let body = match read(app, body).await {
        Ok(body) => body,
        Err(problem) => return problem.into_response(),
    };
    let url = uri.path_and_query().map_or("", |p| p.as_str());
    let knock = Knock { door, url, headers, body: &body };
    let patience = Duration::from_millis(app.config.voice.tool_budget_ms) + LAST_RESORT_AFTER;
    match tokio::time::timeout(patience, serve(app, &knock, &body)).await {
        Ok(Ok(said)) => (StatusCode::OK, Json(said)).into_response(),
        Ok(Err(Problem { status: StatusCode::SERVICE_UNAVAILABLE, .. })) | Err(_) => last_resort(&body),
        Ok(Err(problem)) => problem.into_response(),
    }
}

/// After a tool's own budget, which answers first wherever it can.
const LAST_RESORT_AFTER: Duration = Duration::from_millis(300);

/// The database does not answer. Nothing was authenticated, nothing done: a caller is told to ask again, which is no
/// secret, and everything else is to be sent again.
fn last_resort(body: &[u8]) -> Response {
    metrics::counter!("voxanne_last_resorts_total").increment(1);
    match voxanne_vapi::parse(body).ok().and_then(|message| sorry(&message)) {
        Some(said) => (StatusCode::OK, Json(said)).into_response(),
        None => Problem::UNAVAILABLE.into_response(),
    }
}

async fn serve(app: &App, knock: &Knock<'_>, body: &Bytes) -> Result<serde_json::Value, Problem> {
    let org = authenticate(app, knock).await.map_err(|refused| match refused {
        NotLetIn::Unavailable(error) => {
            tracing::error!(error = chain(&*error), "Could not read credentials");
            Problem::UNAVAILABLE
        }
        refused => {
            tracing::info!(%refused, "Refused a message at the voice door");
            metrics::counter!("voxanne_messages_refused_total").increment(1);
            Problem::UNAUTHENTICATED
        }
    })?;
    note_origin(app, org, knock.headers);
    // In a task of its own: who hangs up must not tear a commit, nor leave what is stored for the next round.
    let taken = app.tasks.spawn({
        let (app, body, is_own_door) = (app.clone(), body.clone(), knock.door.is_some());
        async move { receive(&app, org, is_own_door, &body).await }.in_current_span()
    });
    let taken = taken.await.map_err(|panicked| {
        tracing::error!(org.id = %org, error = %panicked, "Taking a message panicked");
        Problem::INTERNAL
    })?;
    taken.map_err(|error| match error {
        ReceiveError::Unreadable(error) => {
            tracing::warn!(org.id = %org, %error, "A message could not be read");
            Problem::UNREADABLE
        }
        ReceiveError::Foreign => Problem::UNAUTHENTICATED,
        error => {
            tracing::error!(org.id = %org, error = chain(&error), "Could not take a message; its sender should repeat it");
            Problem::UNAVAILABLE
        }
    })
}

/// A message from outside the platform's own addresses is worth knowing of, and no more: the secret has decided.
fn note_origin(app: &App, org: OrgId, headers: &HeaderMap) {
    let Some(expected) = Network::parse(&app.config.vapi.expected_network) else { return };
    let forwarded = headers.get("x-forwarded-for").and_then(|v| v.to_str().ok()).unwrap_or_default();
    if !expected.contains(forwarded.rsplit(',').next().unwrap_or_default()) {
        metrics::counter!("voxanne_messages_from_elsewhere_total").increment(1);
        tracing::warn!(org.id = %org, "A message came from outside vapi.expected_network");
    }
}

/// The whole body, within its size and time. Signatures cover raw bytes, so nothing is parsed on the way.
async fn read(app: &App, body: Body) -> Result<Bytes, Problem> {
    let limit = app.config.server.body_bytes_max;
    let patience = Duration::from_secs(app.config.server.body_seconds);
    match tokio::time::timeout(patience, to_bytes(body, limit)).await {
        Ok(Ok(bytes)) => Ok(bytes),
        Ok(Err(error)) if is_too_large(&error) => Err(Problem::TOO_LARGE),
        Ok(Err(_)) => Err(Problem::UNREADABLE),
        Err(_) => Err(Problem::TOO_SLOW),
    }
}

fn is_too_large(error: &axum::Error) -> bool {
    std::error::Error::source(error)
        .is_some_and(<dyn std::error::Error>::is::<http_body_util::LengthLimitError>)
}
