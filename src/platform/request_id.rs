//! Every request has an id: in its log lines, in the answer's header, and in a 5xx problem, so that a person can quote it.

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use tracing::Instrument as _;
use uuid::Uuid;

use super::app::App;
use super::problem::Problem;

const HEADER: &str = "x-request-id";

/// Runs the request in a span with its id and puts the id on the answer. An id from outside is not trusted.
pub async fn name(State(app): State<App>, request: Request<Body>, next: Next) -> Response {
    let id: Uuid = app.new_id();
    let span = tracing::info_span!("request", request.id = %id.simple());
    let mut response = next.run(request).instrument(span).await;
    if let Some(problem) = response.extensions_mut().remove::<Problem>()
        && problem.status.is_server_error()
    {
        let connection = response.headers_mut().remove(header::CONNECTION);
        response = problem.with_request_id(id).into_response();
        if let Some(value) = connection {
            response.headers_mut().insert(header::CONNECTION, value);
        }
    }
    if let Ok(value) = HeaderValue::from_str(&id.simple().to_string()) {
        response.headers_mut().insert(HEADER, value);
    }
    response
}
