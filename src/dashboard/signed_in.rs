//! Who looks at a page: the first thing that every page knows.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse as _, Response};

use crate::accounts::{self, Actor, AskedBy, Staff};
use crate::notifications;
use crate::platform::app::App;
use crate::platform::fair_share;
use crate::platform::problem::Problem;
use crate::platform::telemetry::chain;

/// Longer addresses of pages are not come back to.
const NEXT_LENGTH_MAX: usize = 1000;

/// What opens to somebody whose clinic wants a second factor that they have not set up yet.
const BEFORE_SECOND_FACTOR: [&str; 3] = ["/dashboard/account", "/dashboard/switch", "/dashboard/session"];

/// Somebody of the staff who is signed in. A page that changes something (an HTML form's POST) comes from a page of ours,
/// or is refused.
#[derive(Debug, Clone)]
pub(super) struct SignedIn(pub Staff);

impl FromRequestParts<App> for SignedIn {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Response> {
        if !parts.method.is_safe() && !accounts::is_from_own_page(app, &parts.headers) {
            return Err(Problem::CROSS_SITE.into_response());
        }
        let Some(token) = accounts::session_token(app, &parts.headers) else {
            return Err(to_sign_in(parts));
        };
        let seated = |refused: Problem| refused.into_response();
        fair_share::wait(app, &parts.extensions, token).await.map_err(seated)?;
        match accounts::staff_of_session(app, token, AskedBy::of(&parts.headers)).await {
            Ok(Some(staff)) => {
                if !staff.shows_what_is_meant(&parts.headers) {
                    return Err(Problem::OTHER_ORG.into_response());
                }
                if staff.owes_second_factor && !BEFORE_SECOND_FACTOR.contains(&parts.uri.path()) {
                    return Err(on_to(parts, "/dashboard/account"));
                }
                let taken = fair_share::take_as(app, &parts.extensions, (token, staff.org)).await;
                taken.map_err(seated)?;
                looked(app, parts, &staff).await?;
                Ok(Self(staff))
            }
            Ok(None) => Err(to_sign_in(parts)),
            Err(error) => {
                tracing::error!(error = chain(&*error), "Could not look up a session");
                Err(Problem::UNAVAILABLE.into_response())
            }
        }
    }
}

/// Counts what they look at, and shows no more to whoever goes on and on (W37).
async fn looked(app: &App, parts: &Parts, staff: &Staff) -> Result<(), Response> {
    if !parts.method.is_safe() {
        return Ok(());
    }
    let actor = Actor::Staff(staff.user).to_string();
    let asked = (parts.uri.path(), parts.uri.query().unwrap_or_default());
    match notifications::note_look(app, (staff.org, &actor), asked).await {
        Ok(None) => Ok(()),
        Ok(Some(seconds)) => {
            Err(Problem::TOO_MANY_READS.with("retry_after_seconds", seconds).into_response())
        }
        Err(error) => {
            tracing::error!(error = chain(&error), "Could not tell of somebody who reads very much");
            Err(Problem::UNAVAILABLE.into_response())
        }
    }
}

/// On to the sign-in, and back afterwards. A part of a page cannot be sent elsewhere: its page is.
fn to_sign_in(parts: &Parts) -> Response {
    let page_of_part: Option<Uri> =
        parts.headers.get("hx-current-url").and_then(|url| url.to_str().ok()?.parse().ok());
    let is_fragment = parts.headers.contains_key("hx-request");
    // A part that does not say which page it is of belongs to the first one.
    let uri = if is_fragment { page_of_part } else { Some(parts.uri.clone()) };
    let page = uri.as_ref().and_then(Uri::path_and_query).map_or("/dashboard", |page| page.as_str());
    let next = if page.len() > NEXT_LENGTH_MAX { "/dashboard" } else { page };
    on_to(parts, &format!("/sign-in?next={}", escaped(next)))
}

fn on_to(parts: &Parts, to: &str) -> Response {
    let (status, name) = if parts.headers.contains_key("hx-request") {
        (StatusCode::UNAUTHORIZED, "hx-redirect")
    } else {
        (StatusCode::SEE_OTHER, header::LOCATION.as_str())
    };
    let mut response = status.into_response();
    if let (Ok(value), Ok(name)) = (HeaderValue::from_str(to), name.parse::<header::HeaderName>()) {
        response.headers_mut().insert(name, value);
    }
    response
}

/// As a query's value.
fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            safe.push(char::from(byte));
        } else {
            safe = format!("{safe}%{byte:02X}");
        }
    }
    safe
}
