//! `GET /metrics`, which names orgs by id: for whoever has the token for it, or else for this machine alone.

use std::future::ready;
use std::net::IpAddr;

use aws_lc_rs::constant_time::verify_slices_are_equal;
use axum::Router;
use axum::extract::State;
use axum::http::{Extensions, HeaderMap, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use metrics_exporter_prometheus::PrometheusHandle;
use secrecy::{ExposeSecret as _, SecretString};

use super::app::App;
use super::client::ClientAddress;
use super::problem::Problem;

/// What a proxy adds, each of them in its own words.
const FORWARDED: [&str; 4] = ["forwarded", "via", "x-forwarded-for", "x-real-ip"];

/// The metrics of `collected`, if any.
pub fn router(collected: Option<PrometheusHandle>) -> Router<App> {
    let give = move |State(app): State<App>, headers: HeaderMap, extensions: Extensions| {
        let peer = extensions.get::<ClientAddress>().map(|client| client.0);
        ready(match may_read(&app.config.server.metrics_token, peer, &headers) {
            Ok(()) => render(collected.as_ref()),
            Err(refused) => refused.into_response(),
        })
    };
    Router::new().route("/metrics", get(give))
}

fn render(collected: Option<&PrometheusHandle>) -> Response {
    collected.map_or_else(|| Problem::NOT_FOUND.into_response(), |metrics| metrics.render().into_response())
}

/// Whether whoever asks shows `token`; without one, whether they are on this machine and nobody passes them on.
fn may_read(token: &SecretString, peer: Option<IpAddr>, headers: &HeaderMap) -> Result<(), Problem> {
    let token = token.expose_secret();
    if token.is_empty() {
        let is_here = peer.is_some_and(|peer| peer.to_canonical().is_loopback());
        let is_passed_on = FORWARDED.iter().any(|name| headers.contains_key(*name));
        return if is_here && !is_passed_on { Ok(()) } else { Err(Problem::NOT_FOUND) };
    }
    let shown =
        headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "));
    let holds =
        shown.is_some_and(|shown| verify_slices_are_equal(shown.as_bytes(), token.as_bytes()).is_ok());
    if holds { Ok(()) } else { Err(Problem::UNAUTHENTICATED) }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    fn status(token: &str, peer: &str, headers: &[(&'static str, &'static str)]) -> u16 {
        let mut all = HeaderMap::new();
        for (name, value) in headers {
            all.append(*name, value.parse().unwrap());
        }
        let asked = may_read(&token.into(), peer.parse().ok(), &all);
        asked.map_or_else(|refused| refused.status.as_u16(), |()| 200)
    }

    #[test]
    fn h3_metrics_are_for_who_has_the_token_and_without_one_for_this_machine() {
        let token = "a token that nobody guesses, really";
        for peer in ["127.0.0.1", "203.0.113.9"] {
            assert_eq!(
                status(token, peer, &[("authorization", "Bearer a token that nobody guesses, really")]),
                200
            );
            for wrong in ["Bearer ", "Bearer a token", "Basic eDp5", "a token that nobody guesses, really"] {
                assert_eq!(status(token, peer, &[("authorization", wrong)]), 401, "{wrong}");
            }
            assert_eq!(status(token, peer, &[]), 401);
        }
        for (peer, expected) in [
            ("127.0.0.1", 200),
            ("::1", 200),
            ("::ffff:127.0.0.1", 200),
            ("10.0.0.8", 404),
            ("203.0.113.9", 404),
            ("", 404),
        ] {
            assert_eq!(status("", peer, &[]), expected, "{peer}");
        }
        for passed_on in FORWARDED {
            assert_eq!(status("", "127.0.0.1", &[(passed_on, "x")]), 404, "{passed_on}");
        }
        // Nobody gets in by showing nothing.
        assert_eq!(status("", "203.0.113.9", &[("authorization", "Bearer ")]), 404);
    }
}
