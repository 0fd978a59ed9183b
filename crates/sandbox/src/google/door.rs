//! Who asks, whether they may, and how badly the answer goes.

use std::collections::BTreeSet;

use axum::Json;
use axum::http::{HeaderMap, StatusCode, header::AUTHORIZATION};
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use serde_json::json;

use super::{GoogleFake, State};
use crate::fault::{self, Fault, Target};
use crate::locked;

/// What a program can ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Call {
    /// Tokens for a code.
    Token,
    /// An access token for a refresh token.
    Refresh,
    /// The end of a token.
    Revoke,
    /// The list of calendars.
    Calendars,
    /// Free/busy.
    FreeBusy,
    /// A page of events.
    List,
    /// One event.
    Get,
    /// A new event.
    Insert,
    /// A changed event.
    Patch,
    /// A deleted event.
    Delete,
    /// A new channel.
    Watch,
    /// The end of a channel.
    Stop,
}

const ALL: &str = "https://www.googleapis.com/auth/calendar";
const READ_ALL: &str = "https://www.googleapis.com/auth/calendar.readonly";
const EVENTS: &str = "https://www.googleapis.com/auth/calendar.events";
const READ_EVENTS: &str = "https://www.googleapis.com/auth/calendar.events.readonly";
const OWNED: &str = "https://www.googleapis.com/auth/calendar.events.owned";
const FREE_BUSY: &str = "https://www.googleapis.com/auth/calendar.freebusy";
const LIST: &str = "https://www.googleapis.com/auth/calendar.calendarlist";
const READ_LIST: &str = "https://www.googleapis.com/auth/calendar.calendarlist.readonly";

impl Call {
    const fn target(self) -> Target {
        match self {
            Self::Token | Self::Refresh | Self::Revoke => Target::GoogleToken,
            Self::Calendars => Target::GoogleCalendars,
            Self::FreeBusy => Target::GoogleFreeBusy,
            Self::List | Self::Get => Target::GoogleEventsRead,
            Self::Insert | Self::Patch | Self::Delete => Target::GoogleEventsWrite,
            Self::Watch | Self::Stop => Target::GoogleChannels,
        }
    }

    /// Scopes of which one is enough.
    const fn scopes(self) -> &'static [&'static str] {
        match self {
            Self::Calendars => &[ALL, READ_ALL, LIST, READ_LIST],
            Self::FreeBusy => &[ALL, READ_ALL, FREE_BUSY],
            Self::Insert | Self::Patch | Self::Delete => &[ALL, EVENTS, OWNED],
            _ => &[ALL, READ_ALL, EVENTS, READ_EVENTS, OWNED],
        }
    }

    const fn is_write(self) -> bool {
        matches!(self, Self::Insert | Self::Patch | Self::Delete)
    }
}

/// Who asks.
#[derive(Clone)]
pub(super) struct Asker {
    pub email: String,
    pub now: Timestamp,
    scopes: BTreeSet<String>,
}

/// A no, in Google's words.
pub(super) struct Refusal {
    http: u16,
    reason: String,
}

impl Refusal {
    pub fn new(http: u16, reason: &str) -> Self {
        Self { http, reason: reason.to_owned() }
    }

    pub fn not_found() -> Self {
        Self::new(404, "notFound")
    }

    pub fn invalid() -> Self {
        Self::new(400, "invalid")
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.http).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let (domain, message) = match self.reason.as_str() {
            "rateLimitExceeded" => ("usageLimits", "Rate Limit Exceeded"),
            "userRateLimitExceeded" => ("usageLimits", "User Rate Limit Exceeded"),
            "quotaExceeded" => ("usageLimits", "Calendar usage limits exceeded."),
            "fullSyncRequired" => ("calendar", "Sync token is no longer valid, a full sync is required."),
            "duplicate" => ("global", "The requested identifier already exists."),
            "conditionNotMet" => ("global", "Precondition Failed"),
            "deleted" => ("global", "Resource has been deleted"),
            "authError" => ("global", "Invalid Credentials"),
            "insufficientPermissions" => ("global", "Insufficient Permission"),
            "notFound" => ("global", "Not Found"),
            "backendError" => ("global", "Backend Error"),
            _ => ("global", "Bad Request"),
        };
        let mut error = json!({ "domain": domain, "reason": self.reason, "message": message });
        let place = match self.reason.as_str() {
            "fullSyncRequired" => Some(("parameter", "syncToken")),
            "conditionNotMet" => Some(("header", "If-Match")),
            _ => None,
        };
        if let Some((kind, name)) = place {
            error["locationType"] = kind.into();
            error["location"] = name.into();
        }
        let body = json!({ "error": { "errors": [error], "code": self.http, "message": message } });
        (status, Json(body)).into_response()
    }
}

/// The reason that goes with a status if none is given.
fn refuse(http: u16, _code: Option<u32>) -> Response {
    let reason = match http {
        401 => "authError",
        403 => "forbidden",
        404 => "notFound",
        409 => "duplicate",
        410 => "fullSyncRequired",
        412 => "conditionNotMet",
        429 => "rateLimitExceeded",
        500.. => "backendError",
        _ => "badRequest",
    };
    Refusal::new(http, reason).into_response()
}

/// A write going on; over when dropped, however it ended.
struct InFlight {
    fake: GoogleFake,
    calendar: String,
}

impl Drop for InFlight {
    fn drop(&mut self) {
        if let Some((now, _)) = locked(&self.fake.0.state).in_flight.get_mut(&self.calendar) {
            *now = now.saturating_sub(1);
        }
    }
}

impl GoogleFake {
    /// Answers a request of the calendar API with `effect`, if the asker may and nothing goes wrong on purpose.
    pub(super) async fn serve(
        &self,
        headers: &HeaderMap,
        call: Call,
        calendar: Option<&str>,
        effect: impl FnOnce(&mut State, &Asker) -> Result<Response, Refusal> + Send + 'static,
    ) -> Response {
        let (asker, fault, _in_flight) = match self.admit(headers, call, calendar) {
            Ok(admitted) => admitted,
            Err(refusal) => return refusal.into_response(),
        };
        let fake = self.clone();
        let effect = async move {
            let done = fake.edit(|state| effect(state, &Asker { now: fake.now(), ..asker }));
            done.unwrap_or_else(Refusal::into_response)
        };
        match fault.or_else(|| self.0.faults.take(call.target())) {
            Some(Fault::Refusal { http, reason, retry_after_seconds }) => {
                let retry_after = retry_after_seconds.map(|seconds| [("retry-after", seconds.to_string())]);
                (retry_after, Refusal::new(http, &reason)).into_response()
            }
            fault => fault::answer(fault, &self.0.tasks, refuse, effect).await,
        }
    }

    fn admit(
        &self,
        headers: &HeaderMap,
        call: Call,
        calendar: Option<&str>,
    ) -> Result<(Asker, Option<Fault>, Option<InFlight>), Refusal> {
        let now = self.now();
        let mut state = locked(&self.0.state);
        let asker = state.sign_in(headers, call, now)?;
        let account = state.account(&asker.email);
        if account.is_over_quota(now) {
            return Err(Refusal::new(403, "rateLimitExceeded"));
        }
        if !call.scopes().iter().any(|scope| asker.scopes.contains(*scope)) {
            return Err(Refusal::new(403, "insufficientPermissions"));
        }
        let bad_day = account.bad_day.clone();
        let in_flight = calendar.filter(|_| call.is_write()).map(|id| {
            let calendar = asker.resolve(id).to_owned();
            let (now, max) = state.in_flight.entry(calendar.clone()).or_default();
            *now += 1;
            *max = (*max).max(*now);
            InFlight { fake: self.clone(), calendar }
        });
        Ok((asker, bad_day, in_flight))
    }
}

impl Asker {
    /// The id behind `primary`.
    pub fn resolve<'a>(&'a self, calendar: &'a str) -> &'a str {
        if calendar == "primary" { &self.email } else { calendar }
    }
}

impl State {
    /// Whose token it is. Requests with a dead one count as the account's too.
    fn sign_in(&mut self, headers: &HeaderMap, call: Call, now: Timestamp) -> Result<Asker, Refusal> {
        let bearer = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
        let token = bearer.and_then(|value| value.strip_prefix("Bearer ")).unwrap_or_default();
        let grant = self.grants.iter().find(|grant| grant.access_tokens.contains_key(token));
        let grant = grant.ok_or_else(|| Refusal::new(401, "authError"))?;
        *self.requests.entry((grant.email.clone(), call)).or_default() += 1;
        let is_alive = !grant.is_revoked && grant.access_tokens.get(token).is_some_and(|end| now < *end);
        if !is_alive {
            return Err(Refusal::new(401, "authError"));
        }
        Ok(Asker { email: grant.email.clone(), now, scopes: grant.scopes.clone() })
    }
}
