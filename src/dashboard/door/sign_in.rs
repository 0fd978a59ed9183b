//! `/sign-in`, `/sign-in/code`, `/sign-out`.

use askama::Template;
use axum::Router;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::{get, post};
use serde::Deserialize;

use super::{AtDoor, checked_next, enter, failed, is_signed_in, with_cookie};
use crate::accounts::{self, Entered, SignInError};
use crate::dashboard::page;
use crate::dashboard::sent::Sent;
use crate::platform::app::App;

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/sign-in", get(show_sign_in).post(sign_in))
        .route("/sign-in/code", post(give_code))
        .route("/sign-out", post(sign_out))
}

#[derive(Template)]
#[template(path = "door/sign_in.html")]
struct SignInPage {
    d: AtDoor,
    next: String,
    email: String,
    wrong: Option<String>,
    done: Option<&'static str>,
}

#[derive(Template)]
#[template(path = "door/code.html")]
struct CodePage {
    d: AtDoor,
    next: String,
    wrong: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Asked {
    #[serde(default)]
    next: String,
    /// What was done before.
    done: Option<String>,
}

async fn show_sign_in(
    State(app): State<App>,
    d: AtDoor,
    headers: HeaderMap,
    Query(asked): Query<Asked>,
) -> Response {
    let next = checked_next(&asked.next).to_owned();
    if is_signed_in(&app, &headers).await {
        return Redirect::to(&next).into_response();
    }
    let is_reset = asked.done.as_deref() == Some("reset");
    let done = is_reset.then(|| d.t("Your password is set. Sign in with it."));
    page::render(&SignInPage { next, email: String::new(), wrong: None, done, d })
}

/// Holds a password: deliberately no `Debug`.
#[derive(Deserialize)]
struct SignInForm {
    email: String,
    password: String,
    #[serde(default)]
    next: String,
}

async fn sign_in(State(app): State<App>, d: AtDoor, Sent(form): Sent<SignInForm>) -> Response {
    let next = checked_next(&form.next).to_owned();
    match accounts::sign_in(&app, (&form.email, &form.password), &d.browser).await {
        Ok(Entered::Open(token)) => enter(&app, &token, &next),
        Ok(Entered::SecondFactor(token)) => {
            let asks = page::render(&CodePage { d, next, wrong: None });
            with_cookie(accounts::session_cookie(&app, &token), asks)
        }
        Err(error) => match d.told(&error) {
            Ok((status, told)) => {
                let page = SignInPage { d, next, email: form.email, wrong: Some(told), done: None };
                page::render_as(status, &page)
            }
            Err(failure) => failure,
        },
    }
}

/// Holds a code: deliberately no `Debug`.
#[derive(Deserialize)]
struct CodeForm {
    code: String,
    #[serde(default)]
    next: String,
}

async fn give_code(
    State(app): State<App>,
    d: AtDoor,
    headers: HeaderMap,
    Sent(form): Sent<CodeForm>,
) -> Response {
    let next = checked_next(&form.next).to_owned();
    let confirmed = match accounts::session_token(&app, &headers) {
        Some(token) => accounts::confirm_sign_in(&app, token, &form.code).await,
        None => Err(SignInError::Wrong),
    };
    match confirmed {
        Ok(token) => enter(&app, &token, &next),
        Err(error) => match d.told(&error) {
            Ok((status, told)) => page::render_as(status, &CodePage { d, next, wrong: Some(told) }),
            Err(failure) => failure,
        },
    }
}

async fn sign_out(State(app): State<App>, _: AtDoor, headers: HeaderMap) -> Response {
    if let Some(token) = accounts::session_token(&app, &headers)
        && let Err(error) = accounts::sign_out(&app, token).await
    {
        return failed(&error);
    }
    let on = (StatusCode::SEE_OTHER, [("location", "/sign-in")]).into_response();
    with_cookie(accounts::no_session_cookie(&app), on)
}
