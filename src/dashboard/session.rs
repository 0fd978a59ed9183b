//! `/dashboard/session`: how long the browser stays signed in, and that somebody is still there. For `assets/session.js`.

use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde::Serialize;

use super::page::PageError;
use super::signed_in::SignedIn;
use crate::accounts::{self, TimeLeft};
use crate::platform::app::App;
use crate::platform::problem::Problem;

pub(super) fn routes() -> Router<App> {
    Router::new().route("/dashboard/session", get(show_session).post(stay))
}

/// What is left.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SessionResponse {
    seconds: i64,
    /// Whether somebody's being there would make it longer.
    can_stay: bool,
}

async fn show_session(State(app): State<App>, SignedIn(staff): SignedIn) -> Result<Response, PageError> {
    let mut tx = app.begin_as(staff.user).await?;
    let left = accounts::time_left(&app, &mut tx, &staff).await?;
    tx.commit().await?;
    said(left)
}

async fn stay(State(app): State<App>, SignedIn(staff): SignedIn) -> Result<Response, PageError> {
    let mut tx = app.begin_as(staff.user).await?;
    let left = accounts::stay(&app, &mut tx, &staff).await?;
    tx.commit().await?;
    said(left)
}

fn said(left: Option<TimeLeft>) -> Result<Response, PageError> {
    // Signed out meanwhile.
    let left = left.ok_or(Problem::UNAUTHENTICATED)?;
    Ok(Json(SessionResponse { seconds: left.seconds, can_stay: left.can_stay }).into_response())
}
