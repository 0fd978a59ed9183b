//! `/calls/{id}/recording`: how a call sounded. It comes from the voice platform through us, so that nobody else is given
//! its address, and everybody who hears it is in the audit log.
//!
//! **Invariant.** Only the address that is stored for the call is asked, over https and never inside our own network; only
//! sound comes through, so much of it and for so long.

use std::convert::Infallible;
use std::time::Duration;

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::Response;
use bytes::Bytes;
use futures::stream::{self, Stream};
use reqwest::{Client, Url};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use voxanne_caldav::{Guard, http_client};

use super::caller::ApiCaller;
use super::calls::actor;
use super::problems::{self, RECORDING_AWAY};
use crate::accounts::Scope;
use crate::calls;
use crate::platform::app::App;
use crate::platform::ids::{CallId, OrgId, Prefixed as _};
use crate::platform::problem::Problem;

/// Hours of a talk.
const BYTES_MAX: u64 = 256 * 1024 * 1024;
/// Until the platform begins to answer.
const FIRST_BYTE: Duration = Duration::from_secs(10);
/// Between two pieces of it.
const NEXT_BYTES: Duration = Duration::from_secs(20);
/// For all of it.
const WHOLE: Duration = Duration::from_mins(10);
/// What a player needs to know of it, to seek in it.
const PASSED: [HeaderName; 5] = [
    header::CONTENT_TYPE,
    header::CONTENT_LENGTH,
    header::CONTENT_RANGE,
    header::ACCEPT_RANGES,
    header::LAST_MODIFIED,
];

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(get_recording))
}

/// One client for the public Internet; one for a voice platform on this machine, which only the demo and tests have.
struct Clients {
    strict: Option<Client>,
    sandbox: Option<Client>,
}

/// Gives the recording of a call, or the `Range` of it that is asked for. Who heard it is in the audit log.
#[utoipa::path(get, path = "/calls/{id}/recording", tag = "calls", params(("id" = String, Path), ("Range" = Option<String>, Header, description = "Bytes, as a player asks for them")), responses((status = 200, content_type = "audio/*", description = "The recording"), (status = 206, content_type = "audio/*", description = "A part of it")))]
async fn get_recording(
    State(app): State<App>,
    caller: ApiCaller,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    caller.needs(Scope::CallsRead)?;
    let id = CallId::parse(&id).ok_or(Problem::NOT_FOUND)?;
    let failed = |error: sqlx::Error| problems::database(caller.org, &error);
    let mut tx = app.begin(caller.org).await.map_err(failed)?;
    let url = calls::recording(&app, &mut tx, caller.org, (id, &actor(&caller))).await.map_err(failed)?;
    tx.commit().await.map_err(failed)?;
    let url = url.ok_or(Problem::NOT_FOUND)?;
    fetch(&app, caller.org, &url, headers.get(header::RANGE)).await
}

async fn fetch(app: &App, org: OrgId, url: &str, range: Option<&HeaderValue>) -> Result<Response, Problem> {
    let refused = |why: &'static str| {
        tracing::warn!(org.id = %org, why, "A recording was not fetched");
        metrics::counter!("voxanne_recordings_refused_total").increment(1);
        RECORDING_AWAY
    };
    let url: Url = url.parse().ok().ok_or_else(|| refused("its address is none"))?;
    let client = client_for(app, &url).ok_or_else(|| refused("its address may not be asked"))?;
    let mut request = client.get(url);
    if let Some(range) = range {
        request = request.header(header::RANGE, range);
    }
    let answered = tokio::time::timeout(FIRST_BYTE, request.send()).await;
    let answer = answered.ok().and_then(Result::ok).ok_or_else(|| refused("nobody answered"))?;
    let status = answer.status();
    if !matches!(status, StatusCode::OK | StatusCode::PARTIAL_CONTENT | StatusCode::RANGE_NOT_SATISFIABLE) {
        return Err(refused("another status"));
    }
    let kind = answer.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    let is_sound = kind.is_some_and(|kind| kind.to_ascii_lowercase().starts_with("audio/"));
    if !is_sound && status != StatusCode::RANGE_NOT_SATISFIABLE {
        return Err(refused("no sound"));
    }
    if answer.content_length().is_some_and(|length| length > BYTES_MAX) {
        return Err(refused("too large"));
    }
    Ok(passed_on(answer, status))
}

fn passed_on(answer: reqwest::Response, status: StatusCode) -> Response {
    let mut headers = HeaderMap::new();
    for name in PASSED {
        if let Some(value) = answer.headers().get(&name) {
            headers.insert(name, value.clone());
        }
    }
    headers.insert(header::CONTENT_DISPOSITION, HeaderValue::from_static("inline"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    let body = if status == StatusCode::RANGE_NOT_SATISFIABLE {
        headers.remove(header::CONTENT_TYPE);
        headers.remove(header::CONTENT_LENGTH);
        Body::empty()
    } else {
        Body::from_stream(pieces(answer))
    };
    let mut response = Response::new(body);
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    response
}

/// What comes, until it ends, pauses for too long or is too much. A body that ends early is not what its length said: the
/// player notices.
fn pieces(answer: reqwest::Response) -> impl Stream<Item = Result<Bytes, Infallible>> {
    stream::unfold((answer, 0_u64), async |(mut answer, seen)| {
        let piece = tokio::time::timeout(NEXT_BYTES, answer.chunk()).await.ok()?.ok()??;
        let seen = seen.saturating_add(u64::try_from(piece.len()).unwrap_or(u64::MAX));
        (seen <= BYTES_MAX).then_some((Ok(piece), (answer, seen)))
    })
}

/// The client that may ask `url`; none when nobody may.
fn client_for(app: &App, url: &Url) -> Option<Client> {
    let clients = app.memo.get_or(|| Clients {
        strict: http_client(Guard::strict(), WHOLE).ok(),
        sandbox: http_client(Guard::with_private_networks(), WHOLE).ok(),
    });
    if is_sandbox(app, url) {
        return clients.sandbox.clone();
    }
    Guard::strict().allows(url).ok()?;
    clients.strict.clone()
}

/// Whether it is of a voice platform on this machine: the sandbox.
fn is_sandbox(app: &App, url: &Url) -> bool {
    let Ok(base) = app.config.vapi.base_url.parse::<Url>() else { return false };
    let is_here = base.host_str().is_some_and(|host| host == "127.0.0.1" || host == "localhost");
    is_here && base.origin() == url.origin()
}
