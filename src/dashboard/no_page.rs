//! What a person's browser shows where it is refused a page: the same refusal that a program reads as a problem document.

use askama::Template;
use axum::extract::{Request, State};
use axum::http::response::Parts;
use axum::http::{HeaderMap, HeaderName, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;

use super::{assets, door, page, say};
use crate::accounts::{self, AskedBy};
use crate::language::Language;
use crate::platform::app::App;

/// What only programs call: they keep their problem documents, whoever asks.
const PROGRAMS: [&str; 3] = ["/api/", "/health/", "/metrics"];
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

#[derive(Template)]
#[template(path = "door/no_page.html")]
struct NoPage {
    d: Words,
    title: &'static str,
    advice: &'static str,
    /// For whoever asks the operator about it; only where it is ours to fix.
    request_id: Option<String>,
    is_signed_in: bool,
}

/// The frame's language.
struct Words {
    language: Language,
}

impl Words {
    fn t(&self, english: &'static str) -> &'static str {
        say::t(self.language, english)
    }

    #[expect(clippy::unused_self, reason = "templates call it on the door")]
    fn asset(&self, name: &str) -> &'static str {
        assets::url(name)
    }
}

/// Writes a refusal as a page for whoever follows a link or types an address.
pub async fn for_people(State(app): State<App>, request: Request, next: Next) -> Response {
    if !is_for_person(&request) {
        return next.run(request).await;
    }
    let headers = request.headers().clone();
    let answer = next.run(request).await;
    let is_refusal = answer.status().is_client_error() || answer.status().is_server_error();
    if !is_refusal || is_page(&answer) {
        return answer;
    }
    let (refused, _) = answer.into_parts();
    written(&app, &headers, &refused).await
}

fn is_for_person(request: &Request) -> bool {
    let text = |name| request.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let path = request.uri().path();
    text(header::ACCEPT).contains("text/html")
        && !request.headers().contains_key("hx-request")
        && !PROGRAMS.iter().any(|programs| path.starts_with(programs))
}

fn is_page(answer: &Response) -> bool {
    let kind = answer.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    kind.is_some_and(|kind| kind.starts_with("text/html"))
}

async fn written(app: &App, headers: &HeaderMap, refused: &Parts) -> Response {
    let status = refused.status;
    // Whoever is told that it is too much, or too many, is not looked up again for it (W18, W27).
    let is_too_much = status == StatusCode::TOO_MANY_REQUESTS || is_turned_away(refused);
    let staff = match accounts::session_token(app, headers) {
        Some(token) if !is_too_much => {
            accounts::staff_of_session(app, token, AskedBy::Page).await.ok().flatten()
        }
        _ => None,
    };
    let is_signed_in = status == StatusCode::TOO_MANY_REQUESTS || staff.is_some();
    let language = staff.as_ref().map_or_else(|| door::language_of(headers), |staff| staff.language);
    let d = Words { language };
    let (title, advice) = sentences(&d, status);
    let id = refused.headers.get(&REQUEST_ID);
    let quoted = id.filter(|_| status.is_server_error()).and_then(|id| id.to_str().ok());
    let told = NoPage { title, advice, request_id: quoted.map(str::to_owned), is_signed_in, d };
    let mut page = page::render_as(status, &told);
    for name in [REQUEST_ID, header::RETRY_AFTER, header::CONNECTION] {
        if let Some(value) = refused.headers.get(&name) {
            page.headers_mut().insert(name, value.clone());
        }
    }
    page
}

/// Whether there was no place for its connection.
fn is_turned_away(refused: &Parts) -> bool {
    refused.headers.contains_key(header::CONNECTION)
}

/// What it is, and what to do about it.
fn sentences(d: &Words, status: StatusCode) -> (&'static str, &'static str) {
    match status {
        StatusCode::NOT_FOUND | StatusCode::GONE => (
            d.t("There is nothing here"),
            d.t("It was moved or taken away, or your role does not show it. Look for it from the start."),
        ),
        StatusCode::FORBIDDEN => (
            d.t("That is not allowed"),
            d.t("Go back and try again; if it stays so, ask an owner of your clinic."),
        ),
        StatusCode::TOO_MANY_REQUESTS => (
            d.t("Too much at once"),
            d.t("Much is asked for at your clinic at this moment. Please try again in a few seconds. Calls are answered meanwhile."),
        ),
        status if status.is_server_error() => (
            d.t("Something went wrong on our side"),
            d.t("Please try again in a moment. Calls are answered meanwhile."),
        ),
        _ => (d.t("This address does not work"), d.t("Go back and try again.")),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use axum::body::Body;

    use super::*;

    fn asks(path: &str, accept: &str) -> bool {
        let request = Request::get(path).header("accept", accept).body(Body::empty()).unwrap();
        is_for_person(&request)
    }

    #[test]
    fn a_page_is_for_whoever_asks_for_one_and_never_for_a_program() {
        let browser = "text/html,application/xhtml+xml,*/*;q=0.8";
        assert!(asks("/dashboard/nothing", browser));
        assert!(asks("/", browser));
        assert!(!asks("/dashboard/nothing", "*/*"));
        for path in ["/api/v1/nothing", "/api/webhooks/vapi", "/health/ready", "/metrics"] {
            assert!(!asks(path, browser), "{path}");
        }
    }
}
