//! Bad days on demand, planned by a handle or over HTTP.

use std::collections::VecDeque;
use std::future::pending;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use serde::{Deserialize, Serialize};

use crate::locked;
use crate::server::{drip, hang_up};
use crate::tasks::Tasks;

/// More than any client should read.
const HUGE_BYTES: usize = 10 * 1024 * 1024;

/// One bad answer. "Effect" is the text accepted, the call read, the event written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Fault {
    /// Refused with this HTTP status; no effect.
    Status {
        /// The HTTP status; the mail server's reply code.
        http: u16,
        /// The vendor's own code in the body (Twilio).
        #[serde(default)]
        code: Option<u32>,
        /// Sent as `Retry-After`.
        #[serde(default)]
        retry_after_seconds: Option<u32>,
    },
    /// Refused with this HTTP status and the vendor's own word for it (Google); no effect.
    Refusal {
        /// The HTTP status.
        http: u16,
        /// Such as `rateLimitExceeded`.
        reason: String,
        /// Sent as `Retry-After`.
        #[serde(default)]
        retry_after_seconds: Option<u32>,
    },
    /// The effect comes this late, even if the client has left by then; then the right answer.
    Delay {
        /// How late.
        millis: u64,
    },
    /// The effect at once, the right answer this late.
    AnswerSlowly {
        /// How late.
        millis: u64,
    },
    /// Silence for ever; no effect.
    TimeoutBeforeEffect,
    /// The effect, then silence for ever.
    TimeoutAfterEffect,
    /// The effect, then this HTTP status as if there were none.
    FailAfterEffect {
        /// The HTTP status.
        http: u16,
    },
    /// The effect, then the connection dies.
    HangUpAfterEffect,
    /// The connection dies; no effect.
    ConnectionReset,
    /// The effect, then a success that is not JSON.
    Garbage,
    /// The effect, then a success that goes on for ten mebibytes.
    HugeBody,
    /// The effect, then a success of which one byte comes each so many milliseconds, for ever.
    Drip {
        /// Between two bytes.
        millis: u64,
    },
    /// Accepted, but the carrier cannot deliver it (texts only).
    Undelivered {
        /// Reported as `ErrorCode`.
        code: u32,
    },
}

impl Fault {
    /// A refusal without a code of the vendor's.
    pub const fn status(http: u16) -> Self {
        Self::Status { http, code: None, retry_after_seconds: None }
    }

    /// A refusal with Twilio's code.
    pub const fn twilio(http: u16, code: u32) -> Self {
        Self::Status { http, code: Some(code), retry_after_seconds: None }
    }

    /// A refusal with Google's reason.
    pub fn google(http: u16, reason: &str) -> Self {
        Self::Refusal { http, reason: reason.to_owned(), retry_after_seconds: None }
    }
}

/// What a fault hits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Target {
    /// Sending a text.
    Twilio,
    /// Asking for texts.
    TwilioLookups,
    /// Asking for calls.
    Vapi,
    /// Tokens: for a code, by a refresh, and their end.
    GoogleToken,
    /// The list of calendars.
    GoogleCalendars,
    /// Free/busy.
    GoogleFreeBusy,
    /// Reading events, many or one.
    GoogleEventsRead,
    /// Making, changing and deleting events.
    GoogleEventsWrite,
    /// Opening and closing channels.
    GoogleChannels,
    /// A conversation with the mail server.
    Mail,
}

struct Plan {
    id: u64,
    target: Target,
    fault: Fault,
    left: u32,
}

#[derive(Default)]
struct Plans {
    queue: VecDeque<Plan>,
    made: u64,
}

#[derive(Clone, Default)]
pub(crate) struct Faults(Arc<Mutex<Plans>>);

/// A fault that will come once, unless told more.
pub struct Planned {
    faults: Faults,
    id: u64,
}

impl Planned {
    /// How many requests in a row it hits.
    pub fn times(self, n: u32) {
        let mut plans = locked(&self.faults.0);
        if let Some(plan) = plans.queue.iter_mut().find(|plan| plan.id == self.id) {
            plan.left = n;
        }
    }
}

impl Faults {
    pub fn plan(&self, target: Target, fault: Fault) -> Planned {
        let mut plans = locked(&self.0);
        plans.made += 1;
        let id = plans.made;
        plans.queue.push_back(Plan { id, target, fault, left: 1 });
        Planned { faults: self.clone(), id }
    }

    /// The fault for the request at hand. Plans for one target are used up in the order they were made.
    pub fn take(&self, target: Target) -> Option<Fault> {
        let mut plans = locked(&self.0);
        plans.queue.retain(|plan| plan.left > 0);
        let plan = plans.queue.iter_mut().find(|plan| plan.target == target)?;
        plan.left -= 1;
        Some(plan.fault.clone())
    }

    pub fn clear(&self) {
        locked(&self.0).queue.clear();
    }
}

/// How a vendor words a refusal.
pub(crate) type Refuse = fn(http: u16, code: Option<u32>) -> Response;

/// Answers with `effect`, or as badly as `fault` says.
pub(crate) async fn answer(
    fault: Option<Fault>,
    tasks: &Tasks,
    refuse: Refuse,
    effect: impl Future<Output = Response> + Send + 'static,
) -> Response {
    match fault {
        None | Some(Fault::Undelivered { .. }) => effect.await,
        Some(Fault::Status { http, code, retry_after_seconds }) => {
            let retry_after = retry_after_seconds.map(|seconds| [("retry-after", seconds.to_string())]);
            (retry_after, refuse(http, code)).into_response()
        }
        Some(Fault::Refusal { http, retry_after_seconds, .. }) => {
            let retry_after = retry_after_seconds.map(|seconds| [("retry-after", seconds.to_string())]);
            (retry_after, refuse(http, None)).into_response()
        }
        Some(Fault::TimeoutBeforeEffect) => pending().await,
        Some(Fault::Delay { millis }) => {
            let late = async move {
                tokio::time::sleep(Duration::from_millis(millis)).await;
                effect.await
            };
            tasks.run(late).await.unwrap_or_else(hang_up)
        }
        Some(Fault::AnswerSlowly { millis }) => {
            let response = effect.await;
            tokio::time::sleep(Duration::from_millis(millis)).await;
            response
        }
        Some(Fault::TimeoutAfterEffect) => {
            effect.await;
            pending().await
        }
        Some(Fault::FailAfterEffect { http }) => {
            effect.await;
            refuse(http, None)
        }
        Some(Fault::HangUpAfterEffect) => {
            effect.await;
            hang_up()
        }
        Some(Fault::ConnectionReset) => hang_up(),
        Some(Fault::Garbage) => (effect.await.status(), "<html>upstream says hello</html>").into_response(),
        Some(Fault::HugeBody) => {
            effect.await;
            " ".repeat(HUGE_BYTES).into_response()
        }
        Some(Fault::Drip { millis }) => {
            effect.await;
            drip(Duration::from_millis(millis))
        }
    }
}

#[derive(Deserialize)]
struct PlanRequest {
    vendor: Target,
    fault: Fault,
    #[serde(default = "once")]
    times: u32,
}

const fn once() -> u32 {
    1
}

/// `POST /faults {"vendor":"twilio","fault":{"kind":"status","http":503},"times":2}` and `DELETE /faults`.
pub(crate) fn router(faults: Faults) -> Router {
    Router::new().route("/faults", post(plan_fault).delete(clear_faults)).with_state(faults)
}

async fn plan_fault(State(faults): State<Faults>, Json(plan): Json<PlanRequest>) -> StatusCode {
    faults.plan(plan.vendor, plan.fault).times(plan.times);
    StatusCode::NO_CONTENT
}

async fn clear_faults(State(faults): State<Faults>) -> StatusCode {
    faults.clear();
    StatusCode::NO_CONTENT
}
