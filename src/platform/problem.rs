//! RFC 9457 problem documents: every refusal over HTTP has one shape.

use std::borrow::Cow;

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};
use uuid::Uuid;

/// A refusal: status, a stable code, and a sentence a person can act on. 5xx details are constants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The HTTP status.
    pub status: StatusCode,
    /// Stable and greppable; documented in `docs/problems.md`.
    pub code: &'static str,
    /// The status in words of whoever reads it; the English ones when it is not given.
    pub title: Option<String>,
    /// What to do about it.
    pub detail: Cow<'static, str>,
    /// Further members, such as the `field` that is wrong. Never another org's data, never a person's.
    pub members: Option<Box<Map<String, Value>>>,
    /// The request it answers, for whoever asks the operator about it.
    pub request_id: Option<Uuid>,
}

impl Problem {
    /// Not authenticated; deliberately says no more.
    pub const UNAUTHENTICATED: Self =
        Self::new(StatusCode::UNAUTHORIZED, "unauthenticated", "The request carries no valid credential.");
    /// The body is not what the content type says.
    pub const UNREADABLE: Self =
        Self::new(StatusCode::BAD_REQUEST, "unreadable", "The body is not JSON that this server can read.");
    /// A page's form was expected.
    pub const UNREADABLE_FORM: Self =
        Self::new(StatusCode::BAD_REQUEST, "unreadable", "The body is no form that this server can read.");
    /// The address has something in it that no address of ours has.
    pub const BAD_URL: Self =
        Self::new(StatusCode::BAD_REQUEST, "bad_url", "The URL has a NUL character in it.");
    /// The body is larger than the limit.
    pub const TOO_LARGE: Self =
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", "The body is larger than this server accepts.");
    /// The body did not arrive in time.
    pub const TOO_SLOW: Self =
        Self::new(StatusCode::REQUEST_TIMEOUT, "too_slow", "The body did not arrive in time.");
    /// W27: more requests of one org than may run at once.
    pub const ORG_BUSY: Self = Self::new(
        StatusCode::TOO_MANY_REQUESTS,
        "org_busy",
        "Too many requests of this clinic run at once: wait as long as Retry-After says, then repeat it.",
    );
    /// Somebody whose org wants a second factor has none yet.
    pub const SECOND_FACTOR_REQUIRED: Self = Self::new(
        StatusCode::FORBIDDEN,
        "second_factor_required",
        "Your clinic wants a second step when signing in: set it up under your account first.",
    );
    /// Somebody goes on and on through what the org knows of people (W37).
    pub const TOO_MANY_READS: Self = Self::new(
        StatusCode::TOO_MANY_REQUESTS,
        "too_many_reads",
        "More was read within an hour than anybody needs. Wait until the hour is over; the owners were told.",
    );
    /// W10: another site's page would act with a session of ours.
    pub const CROSS_SITE: Self = Self::new(
        StatusCode::FORBIDDEN,
        "cross_site",
        "Only a page of this server does this with a session; programs use a key or a token.",
    );
    /// A page of one org asks with a session that shows another one by now.
    pub const OTHER_ORG: Self = Self::new(
        StatusCode::CONFLICT,
        "other_org",
        "This page is of another clinic than the one that you have gone on to since: nothing was changed. Load the page again.",
    );
    /// No such page.
    pub const NOT_FOUND: Self = Self::new(StatusCode::NOT_FOUND, "not_found", "There is nothing here.");
    /// Ours to fix; the request may be repeated.
    pub const UNAVAILABLE: Self =
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable", "Please repeat the request in a moment.");
    /// As many connections are open as there may be of its kind.
    pub const FULL: Self = Self::new(
        StatusCode::SERVICE_UNAVAILABLE,
        "full",
        "Too many connections are open: repeat the request in a moment.",
    );
    /// Ours to fix.
    pub const INTERNAL: Self =
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", "Something went wrong on our side.");

    /// The same refusal with the id of its request.
    #[must_use]
    pub fn with_request_id(self, id: Uuid) -> Self {
        Self { request_id: Some(id), ..self }
    }

    /// A refusal with a code of its own; documented in `docs/problems.md`.
    pub const fn new(status: StatusCode, code: &'static str, detail: &'static str) -> Self {
        Self { status, code, title: None, detail: Cow::Borrowed(detail), members: None, request_id: None }
    }

    /// The same refusal with a sentence of its own.
    #[must_use]
    pub fn saying(self, detail: impl Into<Cow<'static, str>>) -> Self {
        Self { detail: detail.into(), ..self }
    }

    /// The same refusal with one more member. Those of RFC 9457 and `code` stay as they are.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.members.get_or_insert_default().insert(name.to_owned(), value.into());
        self
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut body = json!({
            "type": format!("/problems#{}", self.code),
            "title": self.title.as_deref().or(self.status.canonical_reason()),
            "status": self.status.as_u16(),
            "code": self.code,
            "detail": self.detail,
        });
        for (name, value) in self.members.iter().flat_map(|members| members.iter()) {
            if body.get(name).is_none() {
                body[name] = value.clone();
            }
        }
        if let Some(id) = self.request_id {
            body["request_id"] = id.simple().to_string().into();
        }
        let mut response = (self.status, Json(body)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if self.status == StatusCode::SERVICE_UNAVAILABLE {
            headers.insert(header::RETRY_AFTER, HeaderValue::from_static("2"));
        }
        let seconds = self.members.as_ref().and_then(|members| members.get("retry_after_seconds")?.as_u64());
        if let Some(seconds) = seconds {
            headers.insert(header::RETRY_AFTER, seconds.into());
        }
        response.extensions_mut().insert(self);
        response
    }
}
