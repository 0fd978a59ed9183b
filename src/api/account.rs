//! `/account`: what somebody who is signed in changes about themselves. A key or a token has nobody.
//!
//! Answers that change password or second factor give the browser another cookie: the former one opens nothing any more.

use axum::Json;
use axum::extract::{FromRequestParts, Path, State};
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use qrcode::QrCode;
use qrcode::render::svg;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::answer::Answer;
use super::caller::ApiCaller;
use super::problems::{self, STAFF_ONLY, invalid_field, wrong_field};
use super::request::Received;
use crate::accounts::{self, AccountError, Staff};
use crate::language::Language;
use crate::platform::app::App;
use crate::platform::bounded::{Instant, Text};
use crate::platform::ids::{OrgId, Prefixed as _, SessionId, UserId};
use crate::platform::problem::Problem;
use crate::platform::public::Public;
use crate::platform::telemetry::chain;

const TOO_MANY: Problem = Problem::new(
    StatusCode::TOO_MANY_REQUESTS,
    "too_many_tries",
    "Too many tries: wait as long as Retry-After says.",
);
const NOT_SO: Problem = Problem::new(
    StatusCode::CONFLICT,
    "second_factor_state",
    "The second factor is not in that state: read the account and decide anew.",
);

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(get_account, update_account))
        .routes(routes!(set_password))
        .routes(routes!(create_second_factor))
        .routes(routes!(confirm_second_factor))
        .routes(routes!(cancel_second_factor))
        .routes(routes!(list_sessions))
        .routes(routes!(delete_session))
        .routes(routes!(cancel_other_sessions))
        .routes(routes!(create_token))
}

/// Somebody who is signed in with a browser.
struct Own(Staff);

impl FromRequestParts<App> for Own {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let caller = ApiCaller::from_request_parts(parts, app).await?;
        let staff = caller.staff().filter(|staff| staff.signed_in_until.is_some()).cloned();
        staff.map(Self).ok_or(STAFF_ONLY)
    }
}

fn refused(field: &'static str, org: OrgId) -> impl FnOnce(AccountError) -> Problem {
    move |error| match error {
        AccountError::WrongPassword => wrong_field(field, "That is not your password."),
        AccountError::WrongCode => wrong_field("code", "That is not the code that your app shows now."),
        AccountError::Weak(weak) => invalid_field("new_password", &weak.to_string()),
        AccountError::TooMany(seconds) => TOO_MANY.with("retry_after_seconds", seconds),
        AccountError::NotSo => NOT_SO,
        AccountError::SignedOut => Problem::UNAUTHENTICATED,
        AccountError::Database(error) => problems::database(org, &error),
        AccountError::Hash(_) | AccountError::Secret(_) => {
            tracing::error!(org.id = %org, error = chain(&error), "Could not change an account");
            Problem::INTERNAL
        }
    }
}

/// The answer with the browser's new cookie.
fn with_cookie(app: &App, token: &str, mut response: Response) -> Response {
    if let Some(cookie) = accounts::session_cookie(app, token) {
        response.headers_mut().insert(header::SET_COOKIE, cookie);
    }
    response
}

/// An org of the person.
#[derive(Serialize, ToSchema)]
struct OwnOrg {
    #[schema(inline)]
    id: Public<OrgId>,
    name: String,
}

/// Whoever is signed in.
#[derive(Serialize, ToSchema)]
struct Account {
    #[schema(inline)]
    id: Public<UserId>,
    name: String,
    email: String,
    /// Of their pages: `en` or `es`.
    language: &'static str,
    /// Of the org that they look at.
    role: &'static str,
    has_second_factor: bool,
    /// Recovery codes that were not used.
    recovery_codes_left: i64,
    /// The orgs that they are staff of.
    orgs: Vec<OwnOrg>,
}

async fn current(app: &App, staff: &Staff) -> Result<Account, Problem> {
    let own = accounts::own_account(app, staff).await.map_err(refused("", staff.org))?;
    let orgs = accounts::own_orgs(app, staff).await;
    let orgs = orgs.map_err(|error| problems::database(staff.org, &error))?;
    Ok(Account {
        id: Public(staff.user),
        name: own.name,
        email: own.email,
        language: own.language.as_str(),
        role: staff.role.name(),
        has_second_factor: own.has_second_factor,
        recovery_codes_left: own.recovery_codes_left,
        orgs: orgs.into_iter().map(|(id, name)| OwnOrg { id: Public(id), name }).collect(),
    })
}

/// Shows who is signed in.
#[utoipa::path(get, path = "/account", tag = "account", responses((status = 200, body = Account, description = "Them")))]
async fn get_account(State(app): State<App>, Own(staff): Own) -> Result<Answer, Problem> {
    Answer::ok(&current(&app, &staff).await?)
}

/// What to change.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct AccountWanted {
    /// What colleagues call them.
    #[schema(inline)]
    name: Option<Text<1, 80>>,
    /// Of their pages.
    #[schema(inline)]
    language: Option<Language>,
}

/// Changes name and language.
#[utoipa::path(patch, path = "/account", tag = "account", request_body = AccountWanted, responses((status = 200, body = Account, description = "Changed")))]
async fn update_account(
    State(app): State<App>,
    Own(staff): Own,
    request: Received,
) -> Result<Answer, Problem> {
    let wanted: AccountWanted = request.json()?;
    let name = wanted.name.as_ref().map(Text::as_str);
    let done = accounts::set_profile(&app, &staff, (name, wanted.language)).await;
    done.map_err(refused("", staff.org))?;
    Answer::ok(&current(&app, &staff).await?)
}

/// Another password.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PasswordWanted {
    current_password: String,
    /// At least 12 characters.
    new_password: String,
}

/// Replaces the password and ends every other session.
#[utoipa::path(put, path = "/account/password", tag = "account", request_body = PasswordWanted, responses((status = 204, description = "Replaced; the browser has another cookie")))]
async fn set_password(
    State(app): State<App>,
    Own(staff): Own,
    request: Received,
) -> Result<Response, Problem> {
    let wanted: PasswordWanted = request.json()?;
    let passwords = (wanted.current_password.as_str(), wanted.new_password.as_str());
    let token = accounts::change_password(&app, &staff, passwords).await;
    let token = token.map_err(refused("current_password", staff.org))?;
    Ok(with_cookie(&app, &token, StatusCode::NO_CONTENT.into_response()))
}

/// The own password, once more.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Proof {
    password: String,
}

/// What an authenticator app is told.
#[derive(Serialize, ToSchema)]
struct SecondFactor {
    /// To type in.
    secret: String,
    /// What the picture says.
    uri: String,
    /// The picture (QR code), as SVG.
    svg: String,
}

/// Begins a second factor: it is asked for once a code of it was given.
#[utoipa::path(post, path = "/account/second-factor", tag = "account", request_body = Proof, responses((status = 201, body = SecondFactor, description = "Begun"), (status = 409, description = "There is one")))]
async fn create_second_factor(
    State(app): State<App>,
    Own(staff): Own,
    request: Received,
) -> Result<Response, Problem> {
    let proof: Proof = request.json()?;
    let begun = accounts::begin_second_factor(&app, &staff, &proof.password).await;
    let begun = begun.map_err(refused("password", staff.org))?;
    let code = QrCode::new(begun.uri.as_bytes()).ok().ok_or(Problem::INTERNAL)?;
    let svg = code.render::<svg::Color<'_>>().min_dimensions(220, 220).build();
    let told = SecondFactor { secret: begun.secret, uri: begun.uri, svg };
    Ok((StatusCode::CREATED, Json(told)).into_response())
}

/// What the app shows.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct CodeGiven {
    code: String,
}

/// Codes that stand in for the app, once each.
#[derive(Serialize, ToSchema)]
struct RecoveryCodes {
    /// Ten of them: this once.
    recovery_codes: Vec<String>,
}

/// Confirms the second factor by a code, and ends every other session.
#[utoipa::path(post, path = "/account/second-factor/confirm", tag = "account", request_body = CodeGiven, responses((status = 200, body = RecoveryCodes, description = "Confirmed; the browser has another cookie"), (status = 409, description = "There is nothing to confirm")))]
async fn confirm_second_factor(
    State(app): State<App>,
    Own(staff): Own,
    request: Received,
) -> Result<Response, Problem> {
    let given: CodeGiven = request.json()?;
    let confirmed = accounts::confirm_second_factor(&app, &staff, &given.code).await;
    let (token, recovery_codes) = confirmed.map_err(refused("code", staff.org))?;
    Ok(with_cookie(&app, &token, Json(RecoveryCodes { recovery_codes }).into_response()))
}

/// Takes the second factor and its recovery codes away, and ends every other session.
#[utoipa::path(post, path = "/account/second-factor/cancel", tag = "account", request_body = Proof, responses((status = 204, description = "Gone; the browser has another cookie"), (status = 409, description = "There is none")))]
async fn cancel_second_factor(
    State(app): State<App>,
    Own(staff): Own,
    request: Received,
) -> Result<Response, Problem> {
    let proof: Proof = request.json()?;
    let token = accounts::end_second_factor(&app, &staff, &proof.password).await;
    let token = token.map_err(refused("password", staff.org))?;
    Ok(with_cookie(&app, &token, StatusCode::NO_CONTENT.into_response()))
}

/// A browser that is signed in.
#[derive(Serialize, ToSchema)]
struct OwnSession {
    #[schema(inline)]
    id: Public<SessionId>,
    /// What it calls itself.
    agent: String,
    /// Where it signed in from.
    network: String,
    #[schema(inline)]
    created_at: Instant,
    #[schema(inline)]
    last_seen_at: Instant,
    /// Whether it is the one that asks.
    is_this: bool,
}

/// The browsers of the person.
#[derive(Serialize, ToSchema)]
struct OwnSessions {
    items: Vec<OwnSession>,
}

/// Lists the browsers that are signed in, the latest seen first.
#[utoipa::path(get, path = "/account/sessions", tag = "account", responses((status = 200, body = OwnSessions, description = "All of them")))]
async fn list_sessions(State(app): State<App>, Own(staff): Own) -> Result<Answer, Problem> {
    let failed = |error: sqlx::Error| problems::database(staff.org, &error);
    let mut tx = app.begin_as(staff.user).await.map_err(failed)?;
    let open = accounts::own_sessions(&app, &mut tx, &staff).await.map_err(failed)?;
    tx.commit().await.map_err(failed)?;
    let shown = |session: accounts::OwnSession| OwnSession {
        id: Public(session.id),
        agent: session.agent,
        network: session.network,
        created_at: Instant(session.created_at.to_jiff()),
        last_seen_at: Instant(session.last_seen_at.to_jiff()),
        is_this: staff.session == Some(session.id),
    };
    Answer::ok(&OwnSessions { items: open.into_iter().map(shown).collect() })
}

/// Signs a browser out.
#[utoipa::path(delete, path = "/account/sessions/{id}", tag = "account", params(("id" = String, Path)), responses((status = 204, description = "Signed out")))]
async fn delete_session(
    State(app): State<App>,
    Own(staff): Own,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    let id = SessionId::parse(&id).ok_or(Problem::NOT_FOUND)?;
    let failed = |error: sqlx::Error| problems::database(staff.org, &error);
    let mut tx = app.begin_both(staff.org, staff.user).await.map_err(failed)?;
    let is_gone = accounts::end_session(&app, &mut tx, &staff, id).await.map_err(failed)?;
    tx.commit().await.map_err(failed)?;
    if is_gone { Ok(StatusCode::NO_CONTENT) } else { Err(Problem::NOT_FOUND) }
}

/// Signs every other browser out.
#[utoipa::path(post, path = "/account/sessions/cancel-others", tag = "account", responses((status = 200, description = "How many were signed out")))]
async fn cancel_other_sessions(State(app): State<App>, Own(staff): Own) -> Result<Response, Problem> {
    let failed = |error: sqlx::Error| problems::database(staff.org, &error);
    let mut tx = app.begin_both(staff.org, staff.user).await.map_err(failed)?;
    let ended = accounts::end_other_sessions(&app, &mut tx, &staff).await.map_err(failed)?;
    tx.commit().await.map_err(failed)?;
    Ok(Json(json!({ "ended": ended })).into_response())
}

/// A token of ours.
#[derive(Serialize, ToSchema)]
struct Token {
    /// Sent as `Authorization: Bearer …`; it says who calls, and opens what they may at that moment.
    token: String,
    #[schema(inline)]
    expires_at: Instant,
}

/// Makes a token (JWT) for the API, which works for a quarter of an hour and no longer than the session.
#[utoipa::path(post, path = "/account/tokens", tag = "account", responses((status = 201, body = Token, description = "Made")))]
async fn create_token(State(app): State<App>, Own(staff): Own) -> Result<Response, Problem> {
    let made = accounts::api_token(&app, &staff).map_err(|error| problems::token(&error))?;
    let token = Token { token: made.token, expires_at: Instant(made.expires_at) };
    let mut response = (StatusCode::CREATED, Json(token)).into_response();
    response.headers_mut().insert(header::PRAGMA, HeaderValue::from_static("no-cache"));
    Ok(response)
}
