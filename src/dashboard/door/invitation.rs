//! `/invitation/{token}`.

use askama::Template;
use axum::Router;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use serde::Deserialize;

use super::{AtDoor, HOME, enter, with_cookie};
use crate::accounts::{self, AcceptError, Entered, Invited};
use crate::dashboard::page;
use crate::dashboard::sent::Sent;
use crate::platform::app::App;

pub(super) fn routes() -> Router<App> {
    Router::new().route("/invitation/{token}", get(show_invitation).post(accept))
}

#[derive(Template)]
#[template(path = "door/invitation.html")]
struct InvitationPage {
    d: AtDoor,
    invited: Option<Invited>,
    name: String,
    wrong: Option<String>,
}

#[derive(Template)]
#[template(path = "door/code.html")]
struct CodePage {
    d: AtDoor,
    next: String,
    wrong: Option<String>,
}

async fn show_invitation(State(app): State<App>, d: AtDoor, Path(token): Path<String>) -> Response {
    match accounts::invited(&app, &token, &d.browser).await {
        Ok(invited) => {
            page::render(&InvitationPage { d, invited: Some(invited), name: String::new(), wrong: None })
        }
        Err(error) => refused(d, &error, None, String::new()),
    }
}

/// Holds a password: deliberately no `Debug`.
#[derive(Deserialize)]
struct AcceptForm {
    #[serde(default)]
    name: String,
    password: String,
}

async fn accept(
    State(app): State<App>,
    d: AtDoor,
    Path(token): Path<String>,
    Sent(form): Sent<AcceptForm>,
) -> Response {
    match accounts::accept_invitation(&app, &token, (&form.name, &form.password), &d.browser).await {
        Ok(Entered::Open(session)) => enter(&app, &session, HOME),
        Ok(Entered::SecondFactor(session)) => {
            let asks = page::render(&CodePage { d, next: HOME.to_owned(), wrong: None });
            with_cookie(accounts::session_cookie(&app, &session), asks)
        }
        Err(error) => {
            let invited = accounts::invited(&app, &token, &d.browser).await.ok();
            refused(d, &error, invited, form.name)
        }
    }
}

fn refused(d: AtDoor, error: &AcceptError, invited: Option<Invited>, name: String) -> Response {
    let unprocessable = StatusCode::UNPROCESSABLE_ENTITY;
    let (status, wrong) = match error {
        AcceptError::NoInvitation => {
            let page = InvitationPage { d, invited: None, name, wrong: None };
            return page::render_as(StatusCode::GONE, &page);
        }
        AcceptError::BadName => (unprocessable, d.t("Enter your name.").to_owned()),
        AcceptError::Weak(weak) => (unprocessable, d.weak(*weak).to_owned()),
        AcceptError::SignIn(error) => match d.told(error) {
            Ok(told) => told,
            Err(failure) => return failure,
        },
    };
    page::render_as(status, &InvitationPage { d, invited, name, wrong: Some(wrong) })
}
