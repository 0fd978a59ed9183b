//! The part of the connections that whatever no caller waits for may take: pages and their sockets, the API, feeds, links.
//!
//! A connection counts against it from its first such request until it closes, whatever it has become. What vendors post and
//! what says whether the program is well takes none of it, so that the rest of `server.connections_max` stays theirs.

use std::sync::{Arc, OnceLock};

use axum::extract::Request;
use axum::http::{HeaderValue, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::problem::Problem;

/// Where vendors post, and where whoever operates it asks.
const NEVER_COUNTED: [&str; 3] = ["/api/webhooks/", "/health/", "/metrics"];
/// When a request that found no place is worth repeating.
const RETRY_AFTER_SECONDS: u64 = 5;

/// One connection's place in that part, once it has taken it.
#[derive(Debug, Clone)]
pub(super) struct DeskPlace {
    all: Arc<Semaphore>,
    taken: Arc<OnceLock<OwnedSemaphorePermit>>,
}

impl DeskPlace {
    /// None yet, out of `all`.
    pub(super) fn of(all: &Arc<Semaphore>) -> Self {
        Self { all: all.clone(), taken: Arc::default() }
    }

    /// Whether the connection has its place now.
    fn take(&self) -> bool {
        if self.taken.get().is_some() {
            return true;
        }
        let Ok(permit) = self.all.clone().try_acquire_owned() else { return false };
        // A connection asks one thing at a time.
        self.taken.set(permit).is_ok()
    }
}

/// Answers 503 and closes the connection when its request would take one more of them than there are.
pub async fn admit(request: Request, next: Next) -> Response {
    if has_place(&request) {
        return next.run(request).await;
    }
    metrics::counter!("voxanne_connections_refused_total", "why" => "desk").increment(1);
    let mut refused = Problem::FULL.with("retry_after_seconds", RETRY_AFTER_SECONDS).into_response();
    refused.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    refused
}

/// Whether the connection of `request` needs no place, or has one now.
fn has_place(request: &Request) -> bool {
    let path = request.uri().path();
    let is_counted = !NEVER_COUNTED.iter().any(|start| path.starts_with(start));
    !is_counted || request.extensions().get::<DeskPlace>().is_none_or(DeskPlace::take)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_connection_takes_one_place_and_gives_it_back_when_it_closes() {
        let all = Arc::new(Semaphore::new(1));
        let (first, second) = (DeskPlace::of(&all), DeskPlace::of(&all));
        assert!(first.take() && first.clone().take(), "the same connection asks again");
        assert!(!second.take());
        drop(first);
        assert!(second.take());
    }
}
