//! What a form of a page sends: read within the time for it, since nobody holds a connection by sending slowly (W18).

use std::time::Duration;

use axum::Form;
use axum::extract::{FromRequest, Request};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use serde::de::DeserializeOwned;

use crate::platform::app::App;
use crate::platform::problem::Problem;

/// A form's fields.
pub(super) struct Sent<T>(pub T);

impl<T: DeserializeOwned> FromRequest<App> for Sent<T> {
    type Rejection = Response;

    async fn from_request(request: Request, app: &App) -> Result<Self, Response> {
        let patience = Duration::from_secs(app.config.server.body_seconds);
        match tokio::time::timeout(patience, Form::<T>::from_request(request, app)).await {
            Ok(Ok(Form(fields))) => Ok(Self(fields)),
            Ok(Err(refused)) => Err(told(refused.status()).into_response()),
            Err(_) => Err(Problem::TOO_SLOW.into_response()),
        }
    }
}

/// What is wrong with a form, by the status that says so.
fn told(status: StatusCode) -> Problem {
    match status {
        StatusCode::PAYLOAD_TOO_LARGE => Problem::TOO_LARGE,
        status => Problem { status, ..Problem::UNREADABLE_FORM },
    }
}
