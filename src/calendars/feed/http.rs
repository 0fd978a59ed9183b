//! The address of a feed.

use aws_lc_rs::digest;
use axum::Router;
use axum::extract::{DefaultBodyLimit, Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use super::read::{ReadError, read};
use crate::platform::app::App;
use crate::platform::problem::Problem;
use crate::platform::telemetry::chain;

const TYPE: &str = "text/calendar; charset=utf-8";
/// Its reader may keep it for five minutes, and nobody on the way.
const KEPT: &str = "private, max-age=300";

/// Routes for programs that subscribe.
pub fn router() -> Router<App> {
    Router::new().route("/feeds/{file}", get(get_feed)).layer(DefaultBodyLimit::max(1024))
}

async fn get_feed(
    State(app): State<App>,
    Path(file): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let token = file.strip_suffix(".ics").ok_or(Problem::NOT_FOUND)?;
    let document = read(&app, token).await.map_err(|error| told(&error))?.ok_or(Problem::NOT_FOUND)?;
    let etag = etag(&document);
    let kept = [(header::ETAG, etag.clone()), (header::CACHE_CONTROL, KEPT.to_owned())];
    if has(&headers, &etag) {
        return Ok((StatusCode::NOT_MODIFIED, kept).into_response());
    }
    Ok((kept, [(header::CONTENT_TYPE, TYPE)], document).into_response())
}

fn told(error: &ReadError) -> Problem {
    tracing::warn!(error = chain(error), "Could not serve a feed");
    Problem::UNAVAILABLE
}

fn etag(document: &str) -> String {
    let digest = digest::digest(&digest::SHA256, document.as_bytes());
    format!("\"{}\"", hex::encode(digest.as_ref().get(..16).unwrap_or_default()))
}

/// Whether the reader has it already.
fn has(headers: &HeaderMap, etag: &str) -> bool {
    let given = headers.get_all(header::IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    let mut tags = given.flat_map(|value| value.split(',')).map(str::trim);
    tags.any(|tag| tag == "*" || tag.strip_prefix("W/").unwrap_or(tag) == etag)
}
