//! What Twilio calls.

use std::time::Duration;

use axum::Router;
use axum::extract::rejection::FormRejection;
use axum::extract::{DefaultBodyLimit, Form, FromRequest as _, Path, Request, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::routing::post;
use uuid::Uuid;
use voxanne_twilio::StatusCallback;
use voxanne_twilio::signature::{self, Key, Payload};

use super::account::callback_tokens;
use super::record_status::{self, Recorded};
use crate::orgs::{self, Settings};
use crate::platform::app::App;
use crate::platform::db::{OrgTx, is_contended, is_disconnected};
use crate::platform::ids::{OrgId, TextId};
use crate::platform::problem::Problem;
use crate::platform::telemetry::chain;

/// A status form is under two kilobytes.
const BODY_BYTES_MAX: usize = 64 * 1024;

const NOT_SIGNED: Problem = Problem::new(
    StatusCode::FORBIDDEN,
    "not_signed",
    "The request is not signed with the auth token of the account that sends this org's texts.",
);
/// The body is not what Twilio posts.
pub const NOT_A_FORM: Problem =
    Problem::new(StatusCode::BAD_REQUEST, "not_a_form", "The body is not a form that names a text.");

/// Routes for the provider.
pub fn router() -> Router<App> {
    Router::new()
        .route("/api/webhooks/twilio/status/{org}/{text}", post(record_status))
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
}

/// Records one step of one text.
///
/// The org in the path is no credential, it only says whose token to check the signature with.
async fn record_status(
    State(app): State<App>,
    Path((org, text)): Path<(String, String)>,
    uri: Uri,
    headers: HeaderMap,
    request: Request,
) -> Result<StatusCode, Problem> {
    let (Ok(org), Ok(text)) = (Uuid::parse_str(&org), Uuid::parse_str(&text)) else {
        return Err(Problem::NOT_FOUND);
    };
    let (org, text) = (OrgId(org), TextId(text));
    let Signed { mut tx, fields } = signed_form(&app, org, (&uri, &headers), request).await?;
    let failed = |error: sqlx::Error| refusal(org, &error);
    let callback = StatusCallback::from_form(&fields).ok_or(NOT_A_FORM)?;
    let recorded = record_status::record_status(&app, &mut tx, org, text, callback).await.map_err(failed)?;
    tx.commit().await.map_err(failed)?;
    match recorded {
        Recorded::NoSuchText => Err(Problem::NOT_FOUND),
        Recorded::Now(_) | Recorded::OldNews | Recorded::OtherCopy => Ok(StatusCode::NO_CONTENT),
    }
}

/// A form that Twilio posted for an org, its signature checked; with the transaction in which that was done.
pub struct Signed {
    /// Of the org.
    pub tx: OrgTx,
    /// The decoded fields.
    pub fields: Vec<(String, String)>,
}

/// Reads a form of at most a status form's size and checks its signature with the org's tokens. Nothing is stored.
pub async fn signed_form(
    app: &App,
    org: OrgId,
    (uri, headers): (&Uri, &HeaderMap),
    request: Request,
) -> Result<Signed, Problem> {
    let fields = read_form(app, request).await?;
    let failed = |error: sqlx::Error| refusal(org, &error);
    let mut tx = app.begin(org).await.map_err(failed)?;
    let settings = match orgs::settings(&mut tx, &app.keys, org).await {
        Ok(settings) => settings,
        Err(sqlx::Error::RowNotFound) => return Err(NOT_SIGNED),
        Err(error) => return Err(failed(error)),
    };
    if !is_signed(app, &settings, uri, headers, &fields) {
        tracing::warn!(org.id = %org, "Refused a request of Twilio's without a valid signature");
        return Err(NOT_SIGNED);
    }
    Ok(Signed { tx, fields })
}

/// The signature covers the public URL, rebuilt from the settings: the `Host` header is the sender's to choose.
fn is_signed(
    app: &App,
    settings: &Settings,
    uri: &Uri,
    headers: &HeaderMap,
    fields: &[(String, String)],
) -> bool {
    let Some(tag) = headers.get(signature::HEADER).and_then(|tag| tag.to_str().ok()) else { return false };
    let path = uri.path_and_query().map_or("/", |path| path.as_str());
    let url = format!("{}{path}", app.config.server.public_url);
    callback_tokens(settings, &app.config)
        .iter()
        .any(|token| signature::verify(Key::AuthToken(token), &url, Payload::Form(fields), tag))
}

async fn read_form(app: &App, request: Request) -> Result<Vec<(String, String)>, Problem> {
    let patience = Duration::from_secs(app.config.server.body_seconds);
    match tokio::time::timeout(patience, Form::from_request(request, &())).await {
        Ok(Ok(Form(fields))) => Ok(fields),
        Ok(Err(FormRejection::BytesRejection(e))) if e.status() == StatusCode::PAYLOAD_TOO_LARGE => {
            Err(Problem::TOO_LARGE)
        }
        Ok(Err(_)) => Err(NOT_A_FORM),
        Err(_) => Err(Problem::TOO_SLOW),
    }
}

/// Twilio repeats what was answered 503.
pub fn refusal(org: OrgId, error: &sqlx::Error) -> Problem {
    let busy = matches!(error, sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed);
    if busy || is_contended(error) || is_disconnected(error) {
        tracing::warn!(org.id = %org, error = chain(error), "A callback of Twilio's has to come again");
        return Problem::UNAVAILABLE;
    }
    tracing::error!(org.id = %org, error = chain(error), "Could not record a callback of Twilio's");
    Problem::INTERNAL
}
