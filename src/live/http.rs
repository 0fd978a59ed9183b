//! `GET /ws/live-calls`: from a request to a socket.

use std::time::Duration;

use axum::Router;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::extract::ws::{CloseFrame, Message, Utf8Bytes, WebSocket, WebSocketUpgrade};
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use bytes::Bytes;

use super::socket::serve;
use crate::platform::app::App;
use crate::platform::problem::Problem;

/// The longest message of a client; a token is shorter.
const MESSAGE_BYTES_MAX: usize = 64 * 1024;
/// Read and written at once. Every open socket keeps as much.
const BUFFER_BYTES: usize = 4 * 1024;
/// What may wait in one socket's own buffer, beside its queue.
const WAITING_BYTES_MAX: usize = 64 * 1024;
/// For a client to take note that its socket ends.
const GOODBYE: Duration = Duration::from_secs(1);

/// The page is not ours: another site's script must not listen with its visitor's rights.
const FOREIGN_ORIGIN: Problem =
    Problem::new(StatusCode::FORBIDDEN, "foreign_origin", "Only this server's own pages may do this.");
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

/// The sockets' URL.
pub fn router() -> Router<App> {
    Router::new().route("/ws/live-calls", get(open_socket))
}

async fn open_socket(
    State(app): State<App>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Response {
    if !is_ours(&headers, &app.config.server.public_url) {
        return FOREIGN_ORIGIN.into_response();
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
fn is_ours(headers: &HeaderMap, public_url: &str) -> bool {
    let Some(origin) = headers.get(header::ORIGIN) else { return true };
    let Ok(origin) = origin.to_str() else { return false };
    if !public_url.is_empty() && origin.eq_ignore_ascii_case(public_url) {
        return true;
    }
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
    let of_origin = origin.strip_prefix("https://").or_else(|| origin.strip_prefix("http://"));
    host.zip(of_origin).is_some_and(|(host, of_origin)| host.eq_ignore_ascii_case(of_origin))
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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn w2_only_our_own_pages_and_programs_may_ask() {
        let asks = |origin: Option<&str>, host: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::HOST, host.parse().unwrap());
            if let Some(origin) = origin {
                headers.insert(header::ORIGIN, origin.parse().unwrap());
            }
            is_ours(&headers, "https://app.voxanne.example")
        };
        for (origin, host, ours) in [
            (None, "app.voxanne.example", true),
            (Some("https://app.voxanne.example"), "10.0.0.7:3001", true),
            (Some("http://127.0.0.1:3001"), "127.0.0.1:3001", true),
            (Some("https://evil.example"), "app.voxanne.example", false),
            (Some("https://app.voxanne.example.evil.example"), "app.voxanne.example", false),
            (Some("https://app.voxanne.example:8443"), "app.voxanne.example", false),
            (Some("null"), "app.voxanne.example", false),
            (Some(""), "", false),
        ] {
            assert_eq!(asks(origin, host), ours, "{origin:?} at {host}");
        }
    }
}
