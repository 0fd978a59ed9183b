//! `GET /ws/live-calls`: from a request to a socket; and the token that opens one.

use std::time::Duration;

use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::extract::ws::{CloseFrame, Message, Utf8Bytes, WebSocket, WebSocketUpgrade};
use axum::extract::{RawQuery, State};
use axum::http::{Extensions, HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use bytes::Bytes;
use jiff::Timestamp;
use serde::Serialize;

use super::socket::serve;
use crate::accounts::{self, AskedBy};
use crate::platform::app::App;
use crate::platform::fair_share;
use crate::platform::problem::Problem;
use crate::platform::telemetry::chain;

/// The longest message of a client; a token is shorter.
const MESSAGE_BYTES_MAX: usize = 64 * 1024;
/// Read and written at once. Every open socket keeps as much.
const BUFFER_BYTES: usize = 4 * 1024;
/// What may wait in one socket's own buffer, beside its queue.
const WAITING_BYTES_MAX: usize = 64 * 1024;
/// For a client to take note that its socket ends.
const GOODBYE: Duration = Duration::from_secs(1);

/// What is in a URL ends up in logs.
const NO_QUERY: Problem = Problem::new(
    StatusCode::BAD_REQUEST,
    "no_query",
    "Nothing goes into this URL: the token belongs into the first message.",
);
/// It asks for no WebSocket.
const NO_WEBSOCKET: Problem = Problem::new(
    StatusCode::UPGRADE_REQUIRED,
    "websocket_required",
    "This URL speaks WebSocket (version 13).",
);

/// The sockets' URL, and where pages get the token for it.
pub fn router() -> Router<App> {
    Router::new()
        .route("/ws/live-calls", get(open_socket))
        .route("/dashboard/socket-token", post(give_socket_token))
}

async fn open_socket(
    State(app): State<App>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Response {
    // W2: another site's page must not listen with its visitor's rights.
    if !is_ours(&app, &headers) {
        return Problem::CROSS_SITE.into_response();
    }
    if query.is_some() {
        return NO_QUERY.into_response();
    }
    let Ok(upgrade) = upgrade else { return NO_WEBSOCKET.into_response() };
    // Shutdown waits until it has said goodbye.
    let at_work = app.tasks.token();
    upgrade
        .read_buffer_size(BUFFER_BYTES)
        .write_buffer_size(0)
        .max_write_buffer_size(WAITING_BYTES_MAX)
        .max_message_size(MESSAGE_BYTES_MAX)
        .max_frame_size(MESSAGE_BYTES_MAX)
        .on_upgrade(async move |socket| {
            let _at_work = at_work;
            serve(app, Wire(socket)).await;
        })
}

/// Whether a page of our own asks, or no page at all: programs send no Origin, and browsers always do.
fn is_ours(app: &App, headers: &HeaderMap) -> bool {
    let is_of_a_page = headers.contains_key(header::ORIGIN) || headers.contains_key("sec-fetch-site");
    !is_of_a_page || accounts::is_from_own_page(app, headers)
}

/// What a page opens its socket with.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SocketTokenResponse {
    token: String,
    expires_at: Timestamp,
}

/// A token for one socket of whoever is signed in: to be shown within a minute, and the socket's end after ten.
async fn give_socket_token(
    State(app): State<App>,
    headers: HeaderMap,
    extensions: Extensions,
) -> Result<Response, Problem> {
    let token = accounts::session_token(&app, &headers).ok_or(Problem::UNAUTHENTICATED)?;
    if !accounts::is_from_own_page(&app, &headers) {
        return Err(Problem::CROSS_SITE);
    }
    fair_share::wait(&app, &extensions, token).await?;
    let staff = accounts::staff_of_session(&app, token, AskedBy::Page).await.map_err(|error| {
        tracing::error!(error = chain(&*error), "Could not look up a session");
        Problem::UNAVAILABLE
    })?;
    let staff = staff.ok_or(Problem::UNAUTHENTICATED)?;
    if !staff.shows_what_is_meant(&headers) {
        return Err(Problem::OTHER_ORG);
    }
    if staff.owes_second_factor {
        return Err(Problem::SECOND_FACTOR_REQUIRED);
    }
    fair_share::take_as(&app, &extensions, (token, staff.org)).await?;
    let given = accounts::socket_token(&app, &staff).map_err(|error| {
        tracing::error!(error = chain(&error), "A socket's token could not be signed");
        Problem::INTERNAL
    })?;
    let given = SocketTokenResponse { token: given.token, expires_at: given.expires_at };
    Ok(Json(given).into_response())
}

/// What came from a client.
#[derive(Debug)]
pub(super) enum Incoming {
    /// Words.
    Said(String),
    /// A sign of life.
    Sign,
    /// No WebSocket any more, or a message that is longer than any may be.
    Broken,
    /// Nothing will come.
    Gone,
}

/// A socket's wire.
pub(super) struct Wire(WebSocket);

impl Wire {
    /// The next thing that comes. Nothing is lost when it is not waited for.
    pub async fn next(&mut self) -> Incoming {
        match self.0.recv().await {
            Some(Ok(Message::Text(text))) => Incoming::Said(text.as_str().to_owned()),
            Some(Ok(Message::Ping(_) | Message::Pong(_))) => Incoming::Sign,
            // Nobody speaks bytes here; empty words are as wrong as they.
            Some(Ok(Message::Binary(_))) => Incoming::Said(String::new()),
            Some(Ok(Message::Close(_))) | None => Incoming::Gone,
            Some(Err(_)) => Incoming::Broken,
        }
    }

    /// Sends words; false when they cannot arrive.
    pub async fn say(&mut self, words: Bytes) -> bool {
        let Ok(words) = Utf8Bytes::try_from(words) else { return false };
        self.0.send(Message::Text(words)).await.is_ok()
    }

    /// Asks for a sign of life.
    pub async fn ping(&mut self) -> bool {
        self.0.send(Message::Ping(Bytes::new())).await.is_ok()
    }

    /// Says why it ends and waits a moment for the client to take note: a connection that is dropped with something
    /// unread is reset, and the reason lost.
    pub async fn close(mut self, code: u16, reason: &'static str) {
        let goodbye = async {
            let frame = CloseFrame { code, reason: Utf8Bytes::from_static(reason) };
            if self.0.send(Message::Close(Some(frame))).await.is_ok() {
                while let Some(Ok(_)) = self.0.recv().await {}
            }
        };
        let _ = tokio::time::timeout(GOODBYE, goodbye).await;
    }
}
