//! A template as an answer, with the headers that let our own scripts and styles through and nothing else.

use askama::Template;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::platform::problem::Problem;
use crate::platform::telemetry::chain;

/// Everything is ours and comes from here: no inline script, no inline style, nobody else's server. Text becomes elements only
/// through the policy of `assets/form.js`, and that of the calendar's library, which passes its own templates.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; media-src 'self'; \
    connect-src 'self'; font-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; \
    object-src 'none'; require-trusted-types-for 'script'; trusted-types voxanne svelte-trusted-html; report-to csp; report-uri /csp-reports";

/// Why there is no page. All of it is ours: what a reader can act on is said on a page.
#[derive(Debug, thiserror::Error)]
pub(super) enum PageError {
    /// The database refused.
    #[error("the database refused")]
    Database(#[from] sqlx::Error),
    /// It refused whoever asked first for what is kept.
    #[error("the database refused")]
    Kept(#[from] std::sync::Arc<sqlx::Error>),
    /// A part of a page could not be written.
    #[error("a part could not be written")]
    Part(#[from] askama::Error),
    /// A day that the calendar does not have.
    #[error("a day could not be told")]
    Day(#[from] jiff::Error),
    /// A refusal as the API would give it, such as of another org's thing.
    #[error("refused")]
    Refused(Problem),
}

impl From<Problem> for PageError {
    fn from(problem: Problem) -> Self {
        Self::Refused(problem)
    }
}

impl IntoResponse for PageError {
    fn into_response(self) -> Response {
        match self {
            Self::Refused(problem) => problem.into_response(),
            failed => {
                tracing::error!(error = chain(&failed), "Could not show a page");
                Problem::UNAVAILABLE.into_response()
            }
        }
    }
}

/// The page, or our own failure.
pub(super) fn render(page: &impl Template) -> Response {
    render_as(StatusCode::OK, page)
}

/// The page with another status.
pub(super) fn render_as(status: StatusCode, page: &impl Template) -> Response {
    let html = match page.render() {
        Ok(html) => html,
        Err(error) => {
            tracing::error!(error = chain(&error), "Could not write a page");
            return Problem::INTERNAL.into_response();
        }
    };
    let mut response = (status, html).into_response();
    let headers = response.headers_mut();
    for (name, value) in [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::VARY, "cookie"),
        (header::HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (header::HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
        (header::HeaderName::from_static("permissions-policy"), "camera=(), microphone=(), geolocation=()"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}
