//! What the browser loads: part of the program, named by its content, hence kept by browsers for ever.

use axum::Router;
use axum::extract::Path;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;

use crate::platform::app::App;
use crate::platform::problem::Problem;

struct Asset {
    name: &'static str,
    url: &'static str,
    plain: &'static [u8],
    gzipped: &'static [u8],
}

/// Written by `build.rs`.
const ASSETS: &[Asset] = &include!(concat!(env!("OUT_DIR"), "/assets.rs"));

pub(super) fn routes() -> Router<App> {
    Router::new().route("/assets/{name}", get(serve))
}

/// Where `name` is served; a test holds that every name that pages use is there.
pub(super) fn url(name: &str) -> &'static str {
    ASSETS.iter().find(|asset| asset.name == name).map_or("/assets/missing", |asset| asset.url)
}

async fn serve(Path(name): Path<String>, headers: HeaderMap) -> Response {
    let found = ASSETS.iter().find(|asset| asset.url.strip_prefix("/assets/") == Some(&name));
    let Some(asset) = found else { return Problem::NOT_FOUND.into_response() };
    let takes_gzip = headers
        .get(header::ACCEPT_ENCODING)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|value| value.split(',').any(|one| one.trim().starts_with("gzip")));
    let mut response = if takes_gzip { asset.gzipped } else { asset.plain }.into_response();
    let headers = response.headers_mut();
    if takes_gzip {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    }
    headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind(asset.name)));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=31536000, immutable"));
    response
}

fn kind(name: &str) -> &'static str {
    match name.rsplit('.').next() {
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("webmanifest") => "application/manifest+json",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_asset_is_served_under_a_name_of_its_content() {
        for asset in ASSETS {
            assert!(asset.url.starts_with("/assets/") && asset.url.len() > asset.name.len() + 16);
            assert!(!asset.plain.is_empty() && asset.gzipped.len() < asset.plain.len() + 32);
            assert_ne!(kind(asset.name), "application/octet-stream", "{}", asset.name);
        }
    }
}
