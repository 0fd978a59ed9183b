//! What Twilio calls when somebody texts us.

use axum::Router;
use axum::extract::{DefaultBodyLimit, Path, Request, State};
use axum::http::{HeaderMap, Uri, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use uuid::Uuid;

use super::receive::receive;
use crate::messaging::Inbound;
use crate::messaging::http::{NOT_A_FORM, Signed, refusal, signed_form};
use crate::platform::app::App;
use crate::platform::ids::OrgId;
use crate::platform::problem::Problem;

/// A text with all its fields is a few kilobytes.
const BODY_BYTES_MAX: usize = 64 * 1024;
/// The same in every request of one message.
const REPEAT_TOKEN: &str = "i-twilio-idempotency-token";
/// Twilio's word for "no answer from here": ours leave as texts of their own.
const NO_ANSWER: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Response/>";

/// Routes for the provider.
pub fn router() -> Router<App> {
    Router::new()
        .route("/api/webhooks/twilio/inbound/{org}", post(receive_text))
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
}

/// Keeps one text. The org in the path is no credential, it only says whose token to check the signature with.
async fn receive_text(
    State(app): State<App>,
    Path(org): Path<String>,
    uri: Uri,
    headers: HeaderMap,
    request: Request,
) -> Result<Response, Problem> {
    let org = OrgId(Uuid::parse_str(&org).ok().ok_or(Problem::NOT_FOUND)?);
    let token = headers.get(REPEAT_TOKEN).and_then(|token| token.to_str().ok()).map(str::to_owned);
    let Signed { mut tx, fields } = signed_form(&app, org, (&uri, &headers), request).await?;
    let failed = |error: sqlx::Error| refusal(org, &error);
    let token = token.as_deref();
    let inbound = Inbound::from_form(&fields, token).ok_or(NOT_A_FORM)?;
    receive(&app, &mut tx, org, &inbound).await.map_err(failed)?;
    tx.commit().await.map_err(failed)?;
    Ok(([(header::CONTENT_TYPE, "text/xml")], NO_ANSWER).into_response())
}
