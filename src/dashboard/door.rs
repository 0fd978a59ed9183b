//! The pages before a session: signing in and out, forgotten passwords, invitations. Plain HTML forms, which work without a
//! script; each comes from a page of ours or is refused.

mod invitation;
mod reset;
mod sign_in;

use axum::Router;
use axum::extract::{DefaultBodyLimit, FromRequestParts};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Redirect, Response};

use super::{assets, say};
use crate::accounts::{self, AskedBy, Browser, Role, SignInError};
use crate::language::Language;
use crate::platform::app::App;
use crate::platform::client;
use crate::platform::problem::Problem;
use crate::platform::telemetry::chain;

/// More than any of these forms.
const FORM_BYTES_MAX: usize = 8 * 1024;
/// Where somebody comes who says nothing else.
const HOME: &str = "/dashboard";

pub(super) fn routes() -> Router<App> {
    Router::new()
        .merge(sign_in::routes())
        .merge(reset::routes())
        .merge(invitation::routes())
        .layer(DefaultBodyLimit::max(FORM_BYTES_MAX))
}

/// Somebody at the door: what every page there needs. A form that no page of ours sent gets no further.
#[derive(Debug)]
struct AtDoor {
    language: Language,
    browser: Browser,
}

impl FromRequestParts<App> for AtDoor {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Response> {
        // W10, W17: nobody is signed in, or out, by another site's page.
        if !parts.method.is_safe() && !accounts::is_from_own_page(app, &parts.headers) {
            return Err(Problem::CROSS_SITE.into_response());
        }
        let network = client::network(&parts.extensions, &parts.headers, app.config.server.proxies);
        let agent = text(&parts.headers, header::USER_AGENT).to_owned();
        Ok(Self { language: language_of(&parts.headers), browser: Browser { network, agent } })
    }
}

fn text(headers: &HeaderMap, name: header::HeaderName) -> &str {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

/// What a browser wants to read that has no session to tell.
pub(super) fn language_of(headers: &HeaderMap) -> Language {
    first_of(text(headers, header::ACCEPT_LANGUAGE))
}

/// The first language of a browser's list that pages are written in.
fn first_of(accepted: &str) -> Language {
    let mut tags = accepted.split(',').filter_map(|part| part.split(';').next());
    tags.find_map(Language::of_tag).unwrap_or_default()
}

impl AtDoor {
    fn t(&self, english: &'static str) -> &'static str {
        say::t(self.language, english)
    }

    fn tn(&self, english: &'static str, value: impl std::fmt::Display) -> String {
        say::tn(self.language, english, value)
    }

    #[expect(clippy::unused_self, reason = "templates call it on the door")]
    fn asset(&self, name: &str) -> &'static str {
        assets::url(name)
    }

    fn role(&self, role: impl std::borrow::Borrow<Role>) -> &'static str {
        self.t(match role.borrow() {
            Role::Owner => "Owner",
            Role::Manager => "Manager",
            Role::FrontDesk => "Front desk",
            Role::Viewer => "Viewer",
        })
    }

    /// What to tell whoever did not get in; our own failures are an answer of their own.
    #[expect(clippy::result_large_err, reason = "an answer, once per request")]
    fn told(&self, error: &SignInError) -> Result<(StatusCode, String), Response> {
        match error {
            SignInError::Wrong => Ok((
                StatusCode::UNPROCESSABLE_ENTITY,
                self.t("That is not right. Check what you entered and try again.").to_owned(),
            )),
            SignInError::TooMany(seconds) => Ok((StatusCode::TOO_MANY_REQUESTS, self.wait(*seconds))),
            SignInError::NoClinic => Ok((
                StatusCode::FORBIDDEN,
                self.t("This account belongs to no clinic. Ask an owner to invite you.").to_owned(),
            )),
            SignInError::Hash(_) | SignInError::Secret(_) | SignInError::Database(_) => Err(failed(error)),
        }
    }

    fn wait(&self, seconds: i32) -> String {
        self.tn("Too many tries. Please wait {} minutes.", (seconds + 59) / 60)
    }

    /// What is wrong with a password.
    fn weak(&self, weak: accounts::WeakPassword) -> &'static str {
        self.t(match weak {
            accounts::WeakPassword::Short => "The password needs at least 12 characters.",
            accounts::WeakPassword::Long => "The password may have at most 200 characters.",
            accounts::WeakPassword::Common => {
                "Many people use this password, or it is made of the address. Choose another."
            }
        })
    }
}

/// Ours to fix.
fn failed(error: &(dyn std::error::Error + 'static)) -> Response {
    tracing::error!(error = chain(error), "Could not let somebody in");
    Problem::UNAVAILABLE.into_response()
}

/// On to `to`, with the browser's new cookie.
fn enter(app: &App, token: &str, to: &str) -> Response {
    with_cookie(accounts::session_cookie(app, token), Redirect::to(to).into_response())
}

fn with_cookie(cookie: Option<HeaderValue>, mut response: Response) -> Response {
    if let Some(cookie) = cookie {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

/// A page of ours to come back to, and nothing else: no other site, no other place.
fn checked_next(next: &str) -> &str {
    let rest = next.strip_prefix(HOME);
    let is_ours = rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '?']));
    let is_plain = !next.contains("//") && next.chars().all(|c| !c.is_control() && c != '\\');
    if is_ours && is_plain { next } else { HOME }
}

/// Whether somebody is signed in already.
async fn is_signed_in(app: &App, headers: &HeaderMap) -> bool {
    match accounts::session_token(app, headers) {
        Some(token) => matches!(accounts::staff_of_session(app, token, AskedBy::Person).await, Ok(Some(_))),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_page_of_ours_is_come_back_to() {
        for next in ["/dashboard", "/dashboard/calls?x=1", "/dashboard?day=2026-11-24"] {
            assert_eq!(checked_next(next), next);
        }
        for next in [
            "",
            "/",
            "//evil.example",
            "https://evil.example",
            "/dashboard//evil.example",
            "/dashboardx",
            "/sign-out",
            "/dashboard/\\evil",
            "/dashboard/\r\nset-cookie:x",
            "javascript:alert(1)",
            "/api/v1/keys",
        ] {
            assert_eq!(checked_next(next), HOME, "{next}");
        }
    }

    #[test]
    fn a_browser_is_answered_in_the_first_language_that_we_have() {
        for (accepted, language) in [
            ("", Language::English),
            ("es-MX,es;q=0.9,en;q=0.8", Language::Spanish),
            ("de,fr;q=0.5", Language::English),
            ("de,es;q=0.5,en;q=0.1", Language::Spanish),
        ] {
            assert_eq!(first_of(accepted), language, "{accepted}");
        }
    }
}
