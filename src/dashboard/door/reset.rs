//! `/forgot`, `/reset/{token}`.

use askama::Template;
use axum::Router;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::get;
use serde::Deserialize;

use super::{AtDoor, failed};
use crate::accounts::{self, ResetError};
use crate::dashboard::page;
use crate::dashboard::sent::Sent;
use crate::platform::app::App;

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/forgot", get(show_forgot).post(forget))
        .route("/reset/{token}", get(show_reset).post(reset))
}

#[derive(Template)]
#[template(path = "door/forgot.html")]
struct ForgotPage {
    d: AtDoor,
    is_asked: bool,
    wrong: Option<String>,
}

#[derive(Template)]
#[template(path = "door/reset.html")]
struct ResetPage {
    d: AtDoor,
    works: bool,
    wrong: Option<String>,
}

async fn show_forgot(d: AtDoor) -> Response {
    page::render(&ForgotPage { d, is_asked: false, wrong: None })
}

#[derive(Deserialize)]
struct ForgotForm {
    email: String,
}

/// The same for everybody, whoever has the address.
async fn forget(State(app): State<App>, d: AtDoor, Sent(form): Sent<ForgotForm>) -> Response {
    match accounts::ask_reset(&app, &form.email, d.browser.network).await {
        Ok(()) => page::render(&ForgotPage { d, is_asked: true, wrong: None }),
        Err(ResetError::TooMany(seconds)) => {
            let wrong = Some(d.wait(seconds));
            page::render_as(StatusCode::TOO_MANY_REQUESTS, &ForgotPage { d, is_asked: false, wrong })
        }
        Err(error) => failed(&error),
    }
}

async fn show_reset(State(app): State<App>, d: AtDoor, Path(token): Path<String>) -> Response {
    match accounts::reset_works(&app, &token, d.browser.network).await {
        Ok(works) => {
            let status = if works { StatusCode::OK } else { StatusCode::GONE };
            page::render_as(status, &ResetPage { d, works, wrong: None })
        }
        Err(error) => refused(d, &error),
    }
}

/// Holds a password: deliberately no `Debug`.
#[derive(Deserialize)]
struct ResetForm {
    password: String,
}

async fn reset(
    State(app): State<App>,
    d: AtDoor,
    Path(token): Path<String>,
    Sent(form): Sent<ResetForm>,
) -> Response {
    match accounts::reset_password(&app, &token, (&form.password, d.browser.network)).await {
        Ok(()) => Redirect::to("/sign-in?done=reset").into_response(),
        Err(error) => refused(d, &error),
    }
}

fn refused(d: AtDoor, error: &ResetError) -> Response {
    match error {
        ResetError::NoLink => page::render_as(StatusCode::GONE, &ResetPage { d, works: false, wrong: None }),
        ResetError::TooMany(seconds) => {
            let wrong = Some(d.wait(*seconds));
            page::render_as(StatusCode::TOO_MANY_REQUESTS, &ResetPage { d, works: true, wrong })
        }
        ResetError::Weak(weak) => {
            let wrong = Some(d.weak(*weak).to_owned());
            page::render_as(StatusCode::UNPROCESSABLE_ENTITY, &ResetPage { d, works: true, wrong })
        }
        ResetError::Hash(_) | ResetError::Secret(_) | ResetError::Database(_) => failed(error),
    }
}
