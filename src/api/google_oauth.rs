//! `/api/google-oauth`: how a clinic's Google account is connected, looked at and taken away. Kept from the system before
//! this one, hence outside `/api/v1`.
//!
//! A program asks for a link and a person opens it, once: from then on only that browser can finish, which its cookie says. What
//! somebody asks for who is signed in, their session alone opens and finishes.

use std::sync::Arc;

use axum::Json;
use axum::Router;
use axum::extract::{FromRequestParts as _, Query, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::{get, post};
use secrecy::ExposeSecret as _;
use serde::{Deserialize, Serialize};

use super::calendars::{Calendar, Revoked, accounts, revoke};
use super::caller::ApiCaller;
use super::params::Params;
use super::problems;
use super::request::Received;
use crate::accounts::{self, AskedBy, Scope};
use crate::calendars::{
    self, Account, BeginError, CONSENT_LASTS, ConsentError, InBrowser, ProviderKind, ReturnTo, Returned,
    State as Standing,
};
use crate::platform::app::App;
use crate::platform::ids::{OrgId, ResourceId};
use crate::platform::page::{notice, respond};
use crate::platform::problem::Problem;
use crate::platform::public::Public;
use crate::platform::telemetry::chain;

const COOKIE: &str = "voxanne_consent";
const TITLE: &str = "Google Calendar";

const NOT_CONFIGURED: Problem = Problem::new(
    StatusCode::CONFLICT,
    "google_not_set_up",
    "The installation has no client at Google: whoever runs it sets GOOGLE_CLIENT_ID and GOOGLE_CLIENT_SECRET.",
);

pub(super) fn router() -> Router<App> {
    // A look without the body must not use a link up.
    let no_head = async || problems::METHOD_NOT_ALLOWED;
    Router::new()
        .route("/api/google-oauth/authorize", get(authorize).head(no_head))
        .route("/api/google-oauth/callback", get(callback).head(no_head))
        .route("/api/google-oauth/status", get(status))
        .route("/api/google-oauth/revoke", post(revoke_account))
        .method_not_allowed_fallback(async || problems::METHOD_NOT_ALLOWED)
}

/// Whose calendar; the clinic's when nobody is named.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Whose {
    practitioner: Option<Public<ResourceId>>,
}

/// The same, and the page of the dashboard to go back to.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct WhoseAndWhence {
    practitioner: Option<Public<ResourceId>>,
    return_to: Option<String>,
}

/// A link for a person.
#[derive(Debug, Serialize)]
struct Link {
    url: String,
    /// Seconds in which it has to be opened, and finished.
    expires_in: u64,
}

/// For a program with a key: a new link. For a browser with a link: on to Google.
async fn authorize(State(app): State<App>, mut parts: Parts) -> Result<Response, Problem> {
    if let Some(ticket) = parameter(&parts.uri, "ticket") {
        return Ok(open(&app, &ticket, &parts.headers).await);
    }
    let caller = ApiCaller::from_request_parts(&mut parts, &app).await?;
    caller.needs(Scope::CalendarsWrite)?;
    let Ok(asked) = Params::<WhoseAndWhence>::from_request_parts(&mut parts, &app).await;
    let asked = asked.read()?;
    let elsewhere = || problems::invalid_field("return_to", "must be a page of the dashboard");
    let page = asked.return_to.map(|to| ReturnTo::parse(&to).ok_or_else(elsewhere)).transpose()?;
    let failed = |error: sqlx::Error| problems::database(caller.org, &error);
    let mut tx = app.begin(caller.org).await.map_err(failed)?;
    let practitioner = asked.practitioner.map(|id| id.0.0);
    let actor = caller.actor.to_string();
    let session = caller.staff().and_then(|staff| staff.session);
    let asked_by = calendars::Asker { actor: &actor, session };
    let begun = calendars::begin_consent(&app, &mut tx, caller.org, practitioner, asked_by).await;
    let begun = begun.map_err(|error| not_begun(caller.org, &error))?;
    tx.commit().await.map_err(failed)?;
    let begun = match page {
        Some(page) => begun.returning_to(&app, page),
        None => begun,
    };
    let link = Link { url: begun.link(&app.config), expires_in: CONSENT_LASTS.as_secs() };
    Ok(Json(link).into_response())
}

fn not_begun(org: OrgId, error: &BeginError) -> Problem {
    match error {
        BeginError::NotConfigured => NOT_CONFIGURED,
        BeginError::NoPublicUrl => NOT_CONFIGURED.saying(
            "Google has nowhere to send people back to: whoever runs the installation sets BACKEND_URL.",
        ),
        BeginError::NoPractitioner | BeginError::UsedUp | BeginError::NotTheirs => Problem::NOT_FOUND,
        BeginError::Sealed(error) => {
            tracing::error!(org.id = %org, error = chain(error), "Could not begin a consent");
            Problem::INTERNAL
        }
        BeginError::Unexpected(error) => problems::database(org, error),
    }
}

/// Who is signed in with this browser and may connect the calendars of the org that they look at.
async fn who_is_there(app: &App, headers: &HeaderMap) -> Result<Option<InBrowser>, Arc<sqlx::Error>> {
    let Some(token) = accounts::session_token(app, headers) else { return Ok(None) };
    let staff = accounts::staff_of_session(app, token, AskedBy::of(headers)).await?;
    let staff = staff.filter(|staff| staff.may(Scope::CalendarsWrite) && !staff.owes_second_factor);
    Ok(staff.and_then(|staff| Some(InBrowser { session: staff.session?, org: staff.org })))
}

/// Nobody could be asked who is there.
fn away(error: &sqlx::Error) -> Response {
    tracing::error!(error = chain(error), "Could not look up a session");
    Problem::UNAVAILABLE.into_response()
}

async fn open(app: &App, ticket: &str, headers: &HeaderMap) -> Response {
    let who = match who_is_there(app, headers).await {
        Ok(who) => who,
        Err(error) => return away(&error),
    };
    let opened = match calendars::open_consent(app, ticket, who).await {
        Ok(opened) => opened,
        Err(error) => {
            let status = match error {
                BeginError::UsedUp => StatusCode::GONE,
                BeginError::NotTheirs => StatusCode::BAD_REQUEST,
                _ => StatusCode::SERVICE_UNAVAILABLE,
            };
            tracing::info!(error = chain(&error), "A consent was not opened");
            return respond(status, notice(TITLE, calendars::opened_sentence(&error)));
        }
    };
    let mut response = StatusCode::FOUND.into_response();
    let headers = response.headers_mut();
    if let Ok(to) = HeaderValue::from_str(&opened.consent_url) {
        headers.insert(header::LOCATION, to);
    }
    set_cookie(app, headers, opened.browser.expose_secret(), CONSENT_LASTS.as_secs());
    response
}

/// Google sends the browser back.
async fn callback(State(app): State<App>, uri: Uri, headers: HeaderMap) -> Response {
    let (state, code) = (parameter(&uri, "state"), parameter(&uri, "code"));
    let browser = cookie(&headers);
    let who = match who_is_there(&app, &headers).await {
        Ok(who) => who,
        Err(error) => return away(&error),
    };
    let returned = Returned {
        state: state.as_deref().unwrap_or_default(),
        code: code.as_deref(),
        browser: browser.unwrap_or_default(),
        who,
    };
    let outcome = calendars::finish_consent(&app, returned).await;
    let status = match &outcome {
        Ok(consent) => {
            tracing::info!(org.id = %consent.org, "A Google account was connected");
            StatusCode::OK
        }
        Err(error) => {
            tracing::warn!(error = chain(error), "A consent came to nothing");
            refusal_status(error)
        }
    };
    // Somebody else's browser learns nothing of where it would have gone.
    let is_theirs = !matches!(outcome, Err(ConsentError::Invalid));
    let page = calendars::return_of(&app, returned.state).filter(|_| is_theirs);
    let mut response = match page {
        Some(page) => Redirect::to(&page.saying(calendars::consent_outcome(&outcome))).into_response(),
        None => respond(status, notice(TITLE, &calendars::consent_sentence(&outcome))),
    };
    // Somebody else's return does not end the consent that this browser is in the middle of.
    if is_theirs {
        set_cookie(&app, response.headers_mut(), "", 0);
    }
    response
}

const fn refusal_status(error: &ConsentError) -> StatusCode {
    match error {
        ConsentError::Invalid => StatusCode::BAD_REQUEST,
        ConsentError::Refused | ConsentError::MissingScopes { .. } => StatusCode::FORBIDDEN,
        ConsentError::NoRefreshToken | ConsentError::NoCalendar => StatusCode::CONFLICT,
        ConsentError::Provider(_) => StatusCode::BAD_GATEWAY,
        ConsentError::Sealed(_) => StatusCode::INTERNAL_SERVER_ERROR,
        ConsentError::Unexpected(_) => StatusCode::SERVICE_UNAVAILABLE,
    }
}

/// The value of a parameter that is there once. What else a URL has is Google's business.
fn parameter(uri: &Uri, name: &str) -> Option<String> {
    let Query(pairs) = Query::<Vec<(String, String)>>::try_from_uri(uri).ok()?;
    let mut values = pairs.into_iter().filter(|(key, _)| key == name).map(|(_, value)| value);
    let value = values.next()?;
    if values.next().is_some() { Some(String::new()) } else { Some(value) }
}

fn cookie(headers: &HeaderMap) -> Option<&str> {
    let all = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = all.flat_map(|value| value.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(name, _)| *name == COOKIE).map(|(_, value)| value)
}

fn set_cookie(app: &App, headers: &mut HeaderMap, value: &str, seconds: u64) {
    let secure = if app.config.server.public_url.starts_with("https://") { "; Secure" } else { "" };
    let cookie = format!(
        "{COOKIE}={value}; Path=/api/google-oauth; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}"
    );
    if let Ok(cookie) = HeaderValue::from_str(&cookie) {
        headers.insert(header::SET_COOKIE, cookie);
    }
}

/// How the account is doing.
#[derive(Debug, Serialize)]
struct Status {
    connected: bool,
    /// `connected`, `needs_reconnect` or `disconnected`.
    state: &'static str,
    account: Option<String>,
    /// What has to be registered at Google, to the letter.
    redirect_uri: String,
    calendars: Vec<Calendar>,
    /// Since its busy times were last known.
    age_seconds: Option<i64>,
    /// Visits ahead that are still to be written.
    backlog: i64,
    open_conflicts: i64,
    /// All of it for staff.
    sentence: String,
}

/// How the clinic's or a practitioner's Google account is doing.
async fn status(
    State(app): State<App>,
    caller: ApiCaller,
    whose: Params<Whose>,
) -> Result<Json<Status>, Problem> {
    caller.needs(Scope::CalendarsRead)?;
    let whose = whose.read()?;
    let redirect_uri = calendars::redirect_uri(&app.config);
    let now = app.clock.now();
    Ok(Json(match account_of(&app, caller.org, whose.practitioner).await? {
        Some(account) => Status {
            connected: account.state == Standing::Connected,
            state: account.state.as_str(),
            age_seconds: account.health.age_seconds(now),
            backlog: account.health.backlog,
            open_conflicts: account.health.open_conflicts,
            sentence: account.health.sentence(now),
            account: Some(account.health.account),
            redirect_uri,
            calendars: account.calendars.into_iter().map(Calendar::from).collect(),
        },
        None => Status {
            connected: false,
            state: Standing::Disconnected.as_str(),
            account: None,
            redirect_uri,
            calendars: Vec::new(),
            age_seconds: None,
            backlog: 0,
            open_conflicts: 0,
            sentence: "No Google account is connected.".to_owned(),
        },
    }))
}

async fn account_of(
    app: &App,
    org: OrgId,
    practitioner: Option<Public<ResourceId>>,
) -> Result<Option<Account>, Problem> {
    let wanted = practitioner.map(|id| id.0.0);
    let whose = |account: &Account| account.practitioner.as_ref().map(|(id, _)| *id);
    let is_it = |account: &Account| account.provider == ProviderKind::Google && whose(account) == wanted;
    Ok(accounts(app, org).await?.into_iter().find(is_it))
}

/// Whose account; the clinic's when nobody is named.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Revocation {
    practitioner_id: Option<Public<ResourceId>>,
}

/// F12: takes the account away, at Google and here. Here in any case.
async fn revoke_account(
    State(app): State<App>,
    caller: ApiCaller,
    request: Received,
) -> Result<Json<Revoked>, Problem> {
    caller.needs(Scope::CalendarsWrite)?;
    let asked: Revocation = if request.is_empty() { Revocation::default() } else { request.json()? };
    let nothing = || Problem::NOT_FOUND.saying("No Google account is connected there.");
    let account = account_of(&app, caller.org, asked.practitioner_id).await?.ok_or_else(nothing)?;
    let revoked = revoke(&app, &caller, account.id).await?;
    revoked.map(Json).ok_or_else(nothing)
}
