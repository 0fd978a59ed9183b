//! The same request twice has one effect and one answer.
//!
//! The claim of an `Idempotency-Key`, the effect and the answer commit together. A parallel request with the same key
//! waits for the first and is answered the same. A refusal has no effect and leaves no claim: the same request may come
//! again and be decided anew.

use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use jiff::SignedDuration;
use secrecy::ExposeSecret as _;
use serde_json::Value;

use super::answer::Answer;
use super::caller::ApiCaller;
use super::problems;
use super::request::Received;
use super::store::{self, Claim, KeptAnswer};
use crate::platform::app::App;
use crate::platform::db::{OrgTx, PgConnection};
use crate::platform::ids::OrgId;
use crate::platform::problem::Problem;

/// The header.
const HEADER: &str = "idempotency-key";
/// As long as the column allows.
const KEY_LENGTH_MAX: usize = 255;
/// What a sealed body begins with, and no JSON does.
const SEALED: &str = "sealed:";
const COLUMN: &str = "idempotent_requests.body";
/// How long an answer is kept, at least.
const KEPT_HOURS: i64 = 24;

/// Runs `act` in a transaction and commits, or gives the answer that the same request got before.
pub(super) async fn once(
    app: &App,
    caller: &ApiCaller,
    request: &Received,
    act: impl AsyncFnOnce(&mut PgConnection) -> Result<Answer, Problem>,
) -> Result<Response, Problem> {
    answered(app, caller, request, Body::Plain, act).await
}

/// The same for an answer that tells a secret: what is kept of it is sealed.
pub(super) async fn once_in_secret(
    app: &App,
    caller: &ApiCaller,
    request: &Received,
    act: impl AsyncFnOnce(&mut PgConnection) -> Result<Answer, Problem>,
) -> Result<Response, Problem> {
    answered(app, caller, request, Body::Sealed, act).await
}

/// How the body of an answer is kept.
#[derive(Debug, Clone, Copy)]
enum Body {
    Plain,
    Sealed,
}

async fn answered(
    app: &App,
    caller: &ApiCaller,
    request: &Received,
    body: Body,
    act: impl AsyncFnOnce(&mut PgConnection) -> Result<Answer, Problem>,
) -> Result<Response, Problem> {
    let failed = |error: sqlx::Error| problems::database(caller.org, &error);
    let mut tx: OrgTx = app.begin(caller.org).await.map_err(failed)?;
    let key = key_of(&request.headers)?;
    if let Some(key) = key {
        let now = app.clock.now();
        let claim = store::claim(&mut tx, (caller.org, caller.actor.id(), key), &request.digest, now);
        match claim.await.map_err(failed)? {
            Claim::First => {}
            Claim::Answered(kept) => return again(app, caller.org, &kept).map(Answer::into_response),
            Claim::AnotherRequest => return Err(problems::KEY_REUSED),
        }
    }
    let answer = act(&mut tx).await?;
    if let Some(key) = key {
        let kept = KeptAnswer {
            status: i32::from(answer.status.as_u16()),
            headers: serde_json::json!({"etag": answer.etag, "location": answer.location}),
            body: kept_body(app, caller.org, body, &answer)?,
        };
        store::keep_answer(&mut tx, (caller.org, caller.actor.id(), key), &kept).await.map_err(failed)?;
    }
    tx.commit().await.map_err(failed)?;
    Ok(answer.into_response())
}

fn key_of(headers: &HeaderMap) -> Result<Option<&str>, Problem> {
    let mut all = headers.get_all(HEADER).iter();
    let Some(value) = all.next() else { return Ok(None) };
    // The header's text is visible ASCII, or it is refused.
    let key = value.to_str().ok().filter(|key| (1..=KEY_LENGTH_MAX).contains(&key.len()));
    let wrong = || problems::invalid_field("Idempotency-Key", "must be one of 1 to 255 visible characters");
    match (key, all.next()) {
        (Some(key), None) => Ok(Some(key)),
        _ => Err(wrong()),
    }
}

/// A day later it is gone: nobody seals it anew after a rotation of keys.
fn kept_body(app: &App, org: OrgId, body: Body, answer: &Answer) -> Result<String, Problem> {
    let text = answer.body.to_string();
    match body {
        Body::Plain => Ok(text),
        Body::Sealed => match app.keys.seal(org, COLUMN, &text) {
            Ok(sealed) => Ok(format!("{SEALED}{}", hex::encode(sealed))),
            Err(error) => {
                tracing::error!(org.id = %org, %error, "An answer cannot be sealed");
                Err(Problem::INTERNAL)
            }
        },
    }
}

/// The body as it was given; `None` when it cannot be read any more.
fn given_body(app: &App, org: OrgId, kept: &str) -> Option<Value> {
    let Some(sealed) = kept.strip_prefix(SEALED) else { return serde_json::from_str(kept).ok() };
    let text = app.keys.open(org, COLUMN, &hex::decode(sealed).ok()?).ok()?;
    serde_json::from_str(text.expose_secret()).ok()
}

fn again(app: &App, org: OrgId, kept: &KeptAnswer) -> Result<Answer, Problem> {
    let broken = || {
        tracing::error!(org.id = %org, "A kept answer cannot be read");
        Problem::INTERNAL
    };
    let status = u16::try_from(kept.status).ok().and_then(|status| StatusCode::from_u16(status).ok());
    let header = |name: &str| kept.headers.get(name).and_then(|value| value.as_str()).map(str::to_owned);
    Ok(Answer {
        status: status.ok_or_else(broken)?,
        etag: header("etag"),
        location: header("location"),
        body: given_body(app, org, &kept.body).ok_or_else(broken)?,
    })
}

/// Forgets the org's answers that are older than a day, and says how many.
pub async fn forget_answers(app: &App, org: OrgId) -> Result<u64, sqlx::Error> {
    let now = app.clock.now();
    let before = now.checked_sub(SignedDuration::from_hours(KEPT_HOURS)).unwrap_or(now);
    let mut tx = app.begin(org).await?;
    let forgotten = store::forget_before(&mut tx, org, before).await?;
    tx.commit().await?;
    Ok(forgotten)
}
