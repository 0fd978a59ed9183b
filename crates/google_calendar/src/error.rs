//! What can go wrong, told apart by what may be done next.

use std::time::Duration;

use serde::Deserialize;

/// Google's words for "too much at once", whatever the status beside them.
const QUOTA_REASONS: &[&str] = &[
    "rateLimitExceeded",
    "userRateLimitExceeded",
    "quotaExceeded",
    "dailyLimitExceeded",
    "limitExceeded",
    "concurrentLimitExceeded",
    "calendarUsageLimitsExceeded",
    "RATE_LIMIT_EXCEEDED",
    "RESOURCE_EXHAUSTED",
    "rate_limit_exceeded",
];
/// Stands for a code where Google gave none.
const UNKNOWN: &str = "unknown";
/// Longer is no code of Google's.
const REASON_CHARS_MAX: usize = 64;

/// Why Google gave no usable answer. Holds no token, no body and no address.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The access token is expired or was revoked (401). Refresh once, then ask for consent again.
    #[error("Google refused the access token")]
    Unauthorized,
    /// Consent does not reach this far, or the calendar is not ours to do this with (403).
    #[error("Google forbade the request ({reason})")]
    Forbidden {
        /// Google's short code, such as `insufficientPermissions`.
        reason: String,
    },
    /// Too much at once (429, or 403 about a quota). Surely without effect; try later.
    #[error("Google asks to slow down ({reason})")]
    Busy {
        /// The HTTP status.
        http: u16,
        /// Google's short code, such as `rateLimitExceeded`.
        reason: String,
        /// How long Google asked us to wait.
        retry_after: Option<Duration>,
    },
    /// No such calendar, event or channel for this account (404).
    #[error("Google does not know what was asked for")]
    NotFound,
    /// An event with this id exists or once existed (409). Read it, and patch it.
    #[error("an event with this id exists already")]
    Duplicate,
    /// Changes can no longer be told from this sync token (410). Read the calendar anew.
    #[error("Google has forgotten the sync token")]
    SyncTokenGone,
    /// The event is not what `if_match` says any more (412).
    #[error("the event has changed meanwhile")]
    Changed,
    /// The refresh token or code is dead: revoked, expired or used. Only a person can consent again.
    #[error("Google's consent has ended")]
    InvalidGrant,
    /// Google read the request and said no; repeating it changes nothing.
    #[error("Google rejected the request with status {http} ({reason})")]
    Rejected {
        /// The HTTP status.
        http: u16,
        /// Google's short code, `unknown` if it gave none.
        reason: String,
    },
    /// Google failed (5xx, 408); a write may have had its effect.
    #[error("Google failed with status {http}")]
    Unavailable {
        /// The HTTP status.
        http: u16,
    },
    /// No connection, no answer in time, or an answer cut short.
    #[error("no answer from Google")]
    Unreachable {
        /// Whether the request left us, so that it may have had its effect.
        is_unknown: bool,
        /// Without its URL.
        source: reqwest::Error,
    },
    /// An answer that nobody can read: not JSON, not what was asked for, a redirect, or too long. A write may have had
    /// its effect.
    #[error("unreadable answer from Google")]
    Unreadable,
}

impl Error {
    /// Whether the same request can succeed later without anybody doing anything.
    pub const fn is_passing(&self) -> bool {
        matches!(
            self,
            Self::Busy { .. } | Self::Unavailable { .. } | Self::Unreachable { .. } | Self::Unreadable
        )
    }

    /// Whether a write may have had its effect. Look before trying again.
    pub const fn outcome_is_unknown(&self) -> bool {
        match self {
            Self::Unreachable { is_unknown, .. } => *is_unknown,
            Self::Unavailable { .. } | Self::Unreadable => true,
            _ => false,
        }
    }

    /// What Google said no with: the status, and its short code where it gave one, such as `403 rateLimitExceeded`. Nothing
    /// where there was no answer that can be read.
    pub fn code(&self) -> Option<String> {
        let (http, reason) = match self {
            Self::Unauthorized => (401, UNKNOWN),
            Self::Forbidden { reason } => (403, reason.as_str()),
            Self::Busy { http, reason, .. } | Self::Rejected { http, reason } => (*http, reason.as_str()),
            Self::NotFound => (404, UNKNOWN),
            Self::Duplicate => (409, UNKNOWN),
            Self::SyncTokenGone => (410, UNKNOWN),
            Self::Changed => (412, UNKNOWN),
            Self::Unavailable { http } => (*http, UNKNOWN),
            Self::InvalidGrant => return Some("invalid_grant".to_owned()),
            Self::Unreachable { .. } | Self::Unreadable => return None,
        };
        Some(if reason == UNKNOWN { http.to_string() } else { format!("{http} {reason}") })
    }

    pub(crate) fn transport(source: reqwest::Error) -> Self {
        let is_unknown = !source.is_connect() && !source.is_builder();
        Self::Unreachable { is_unknown, source: source.without_url() }
    }

    /// Sorts an answer of the calendar API that is no success.
    pub(crate) fn api(http: u16, body: &[u8], retry_after: Option<Duration>) -> Self {
        let reason = reason(body);
        let is_quota = reason.as_deref().is_some_and(|reason| QUOTA_REASONS.contains(&reason));
        let reason = reason.unwrap_or_else(|| UNKNOWN.to_owned());
        match http {
            _ if http >= 500 || http == 408 => Self::Unavailable { http },
            429 => Self::Busy { http, reason, retry_after },
            403 if is_quota => Self::Busy { http, reason, retry_after },
            401 => Self::Unauthorized,
            403 => Self::Forbidden { reason },
            404 => Self::NotFound,
            409 => Self::Duplicate,
            410 => Self::SyncTokenGone,
            412 => Self::Changed,
            400.. => Self::Rejected { http, reason },
            _ => Self::Unreadable,
        }
    }

    /// Sorts an answer of the token endpoints that is no success. A 401 there is about the program, not about a person.
    pub(crate) fn oauth(http: u16, body: &[u8], retry_after: Option<Duration>) -> Self {
        match (http, reason(body)) {
            (400 | 401, Some(reason)) if reason == "invalid_grant" => Self::InvalidGrant,
            (400..=407 | 409..=428 | 430..=499, Some(reason))
                if !QUOTA_REASONS.contains(&reason.as_str()) =>
            {
                Self::Rejected { http, reason }
            }
            (401, None) => Self::Rejected { http, reason: UNKNOWN.to_owned() },
            _ => Self::api(http, body, retry_after),
        }
    }
}

/// Both of Google's shapes: the API's object, and the bare code of OAuth.
#[derive(Deserialize)]
struct Body {
    error: Said,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Said {
    Code(String),
    Object {
        #[serde(default)]
        errors: Vec<Reason>,
        #[serde(default)]
        details: Vec<Reason>,
        status: Option<String>,
    },
}

#[derive(Deserialize)]
struct Reason {
    reason: Option<String>,
}

/// Google's code, if it is one: letters, digits and underscores, so that nothing personal can hide in it.
fn reason(body: &[u8]) -> Option<String> {
    let code = match serde_json::from_slice::<Body>(body).ok()?.error {
        Said::Code(code) => Some(code),
        Said::Object { errors, details, status } => {
            errors.into_iter().chain(details).find_map(|said| said.reason).or(status)
        }
    };
    code.filter(|code| {
        (1..=REASON_CHARS_MAX).contains(&code.len())
            && code.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    })
}

#[cfg(test)]
#[path = "error_tests.rs"]
mod tests;
