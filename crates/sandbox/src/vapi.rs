//! Vapi's management API as far as it is asked: calls, one or many; an assistant, a tool.

use std::sync::{Arc, Mutex};

use axum::extract::{Path, Query, Request, State};
use axum::http::{HeaderMap, StatusCode, header::AUTHORIZATION};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::fault::{self, Faults, Planned, Target};
use crate::tasks::Tasks;
use crate::{Fault, locked};

const LIMIT_DEFAULT: usize = 100;
const LIMIT_MAX: usize = 1000;

/// The handle to the voice vendor; clones are the same vendor.
#[derive(Clone)]
pub struct VapiFake {
    faults: Faults,
    tasks: Tasks,
    state: Arc<Mutex<Calls>>,
}

#[derive(Default)]
struct Calls {
    key: Option<String>,
    #[expect(clippy::struct_field_names, reason = "the calls of all that is kept")]
    calls: Vec<Value>,
    /// Assistants and tools: what each is, and it.
    kept: Vec<(&'static str, Value)>,
    /// Requests that came, of whatever kind.
    asked: usize,
}

impl VapiFake {
    pub(crate) fn new(faults: Faults) -> Self {
        Self { faults, tasks: Tasks::default(), state: Arc::default() }
    }

    /// Lets the vendor know a call, in the shape of `GET /call/{id}` ([`crate::caller::Caller::record`] makes one); replaces
    /// the one with the same id.
    pub fn register(&self, call: Value) {
        let calls = &mut locked(&self.state).calls;
        calls.retain(|known| known["id"] != call["id"]);
        calls.push(call);
    }

    /// Lets the vendor know an assistant, in the shape of `GET /assistant/{id}`; replaces the one with the same id.
    pub fn keep_assistant(&self, assistant: Value) {
        self.keep("assistant", assistant);
    }

    /// The same for a tool, in the shape of `GET /tool/{id}`.
    pub fn keep_tool(&self, tool: Value) {
        self.keep("tool", tool);
    }

    fn keep(&self, kind: &'static str, thing: Value) {
        let kept = &mut locked(&self.state).kept;
        kept.retain(|(of, known)| *of != kind || known["id"] != thing["id"]);
        kept.push((kind, thing));
    }

    async fn show(&self, headers: &HeaderMap, kind: &'static str, id: &str) -> Response {
        let kept = locked(&self.state).kept.clone();
        let found = kept.into_iter().find(|(of, thing)| *of == kind && thing["id"] == id);
        let show =
            |_: &[Value]| found.map_or_else(|| refuse(404, None), |(_, thing)| Json(thing).into_response());
        self.answer(headers, show).await
    }

    /// Accepts only this key. With none set, any bearer will do.
    pub fn set_key(&self, key: &str) {
        locked(&self.state).key = Some(key.to_owned());
    }

    /// How often anything was asked for, or tried to be changed, whatever came of it.
    pub fn asked(&self) -> usize {
        locked(&self.state).asked
    }

    /// Plans a bad answer to the next request.
    pub fn next_requests(&self, fault: Fault) -> Planned {
        self.faults.plan(Target::Vapi, fault)
    }

    fn is_signed_in(&self, headers: &HeaderMap) -> bool {
        let bearer =
            headers.get(AUTHORIZATION).and_then(|v| v.to_str().ok()).and_then(|v| v.strip_prefix("Bearer "));
        bearer.is_some_and(|bearer| locked(&self.state).key.as_ref().is_none_or(|key| key == bearer))
    }

    async fn answer(&self, headers: &HeaderMap, effect: impl FnOnce(&[Value]) -> Response) -> Response {
        if !self.is_signed_in(headers) {
            return refuse(401, None);
        }
        let response = effect(&locked(&self.state).calls);
        fault::answer(self.faults.take(Target::Vapi), &self.tasks, refuse, async move { response }).await
    }
}

pub(crate) fn router(fake: VapiFake) -> Router {
    Router::new()
        .route("/call", get(list_calls))
        .route("/call/{id}", get(show_call))
        .route("/assistant/{id}", get(show_assistant))
        .route("/tool/{id}", get(show_tool))
        .route("/vapi/calls", post(register_call))
        .with_state(fake.clone())
        .layer(from_fn_with_state(fake, count))
}

async fn count(State(fake): State<VapiFake>, request: Request, next: Next) -> Response {
    locked(&fake.state).asked += 1;
    next.run(request).await
}

async fn register_call(State(fake): State<VapiFake>, Json(call): Json<Value>) -> StatusCode {
    if !call["id"].is_string() {
        return StatusCode::UNPROCESSABLE_ENTITY;
    }
    fake.register(call);
    StatusCode::NO_CONTENT
}

async fn show_call(State(fake): State<VapiFake>, Path(id): Path<String>, headers: HeaderMap) -> Response {
    let show = |calls: &[Value]| {
        let call = calls.iter().find(|call| call["id"] == id.as_str());
        call.map_or_else(|| refuse(404, None), |call| Json(call.clone()).into_response())
    };
    fake.answer(&headers, show).await
}

async fn show_assistant(
    State(fake): State<VapiFake>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Response {
    fake.show(&headers, "assistant", &id).await
}

async fn show_tool(State(fake): State<VapiFake>, Path(id): Path<String>, headers: HeaderMap) -> Response {
    fake.show(&headers, "tool", &id).await
}

async fn list_calls(
    State(fake): State<VapiFake>,
    headers: HeaderMap,
    Query(query): Query<Vec<(String, String)>>,
) -> Response {
    let list = |calls: &[Value]| {
        let limit = query.iter().find(|(name, _)| name == "limit").and_then(|(_, n)| n.parse().ok());
        let mut wanted: Vec<&Value> =
            calls.iter().filter(|call| query.iter().all(|(name, value)| fits(call, name, value))).collect();
        wanted.sort_by_key(|call| std::cmp::Reverse(instant(&call["createdAt"])));
        wanted.truncate(limit.unwrap_or(LIMIT_DEFAULT).min(LIMIT_MAX));
        Json(wanted).into_response()
    };
    fake.answer(&headers, list).await
}

/// Whether `call` passes one filter of the query; names that are no filter pass everything.
fn fits(call: &Value, name: &str, value: &str) -> bool {
    if matches!(name, "id" | "assistantId" | "phoneNumberId") {
        return call[name] == value;
    }
    let (field, comparison) = name.split_at(name.len().saturating_sub(2));
    if !matches!(field, "createdAt" | "updatedAt") {
        return true;
    }
    let (Some(at), Ok(bound)) = (instant(&call[field]), value.parse::<Timestamp>()) else { return false };
    match comparison {
        "Gt" => at > bound,
        "Ge" => at >= bound,
        "Lt" => at < bound,
        "Le" => at <= bound,
        _ => true,
    }
}

fn instant(value: &Value) -> Option<Timestamp> {
    value.as_str()?.parse().ok()
}

fn refuse(http: u16, _code: Option<u32>) -> Response {
    let status = StatusCode::from_u16(http).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let message = match http {
        401 => {
            "Invalid Key. Hot tip, you may be using the private key instead of the public key, or vice versa."
        }
        404 => "Couldn't get call.",
        429 => "Rate limit exceeded",
        _ => "Something went wrong.",
    };
    let error = status.canonical_reason();
    (status, Json(json!({ "message": message, "error": error, "statusCode": status.as_u16() })))
        .into_response()
}
