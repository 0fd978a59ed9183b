//! The platform's management API, as far as the reconciler needs it: calls whose report never came.

use std::time::Duration;

use http::StatusCode;
use http::header::RETRY_AFTER;
use jiff::Timestamp;
use reqwest::{Client, RequestBuilder, Response, Url};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;

use crate::json::{instant, read_value};
use crate::message::{CallRef, Report};
use crate::{ParseError, parse, report};

/// The platform's limit on one page of calls.
pub const CALLS_MAX: u16 = 1000;

/// More than this is no answer we asked for.
const ANSWER_BYTES_MAX: usize = 64 * 1024 * 1024;

/// How long to wait, in all.
#[derive(Debug, Clone, Copy)]
pub struct Timeouts {
    /// Until connected.
    pub connect: Duration,
    /// Until the answer is read.
    pub total: Duration,
}

/// A call as the platform remembers it.
#[derive(Debug, Clone)]
pub struct CallRecord {
    /// Its ids, numbers and status.
    pub call: CallRef,
    /// When the platform created it; pages are asked for by this.
    pub created_at: Option<Timestamp>,
    /// What an end-of-call report would have said.
    pub report: Report,
}

/// Why the platform gave no usable answer.
#[derive(Debug, thiserror::Error)]
pub enum ManagementError {
    /// The base URL is none, or one that can have no path.
    #[error("the base URL cannot be used")]
    BaseUrl,
    /// The private key is wrong, or it is the public one.
    #[error("the platform refused the key")]
    Unauthorized,
    /// Too many requests.
    #[error("the platform asks to slow down")]
    RateLimited {
        /// How long to wait, if the platform said so.
        retry_after: Option<Duration>,
    },
    /// The platform is in trouble.
    #[error("the platform failed with status {status}")]
    Unavailable {
        /// 5xx.
        status: StatusCode,
    },
    /// The request is at fault; repeating it does not help.
    #[error("the platform rejected the request with status {status}")]
    Rejected {
        /// Any other status.
        status: StatusCode,
    },
    /// No connection, no answer in time, or an answer cut short.
    #[error("the platform could not be reached")]
    Unreachable(#[source] reqwest::Error),
    /// An answer that is not JSON.
    #[error("the platform's answer cannot be read")]
    Unreadable(#[source] ParseError),
    /// An answer larger than any we asked for.
    #[error("the platform's answer is too large")]
    TooLarge,
}

impl ManagementError {
    /// Whether the same request can succeed later.
    pub const fn is_permanent(&self) -> bool {
        matches!(self, Self::BaseUrl | Self::Unauthorized | Self::Rejected { .. } | Self::TooLarge)
    }
}

/// A client of the management API with one org's private key.
#[derive(Debug, Clone)]
pub struct Management {
    http: Client,
    base_url: Url,
    private_key: SecretString,
}

impl Management {
    /// A client for `base_url`: the platform's own host, or a fake of it.
    pub fn new(
        base_url: &str,
        private_key: SecretString,
        timeouts: Timeouts,
    ) -> Result<Self, ManagementError> {
        let base_url = Url::parse(base_url).ok().filter(|url| !url.cannot_be_a_base());
        let base_url = base_url.ok_or(ManagementError::BaseUrl)?;
        // No redirects: they would carry the key to a host that nobody configured.
        let http = Client::builder()
            .user_agent(concat!("voxanne/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(timeouts.connect)
            .timeout(timeouts.total)
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .map_err(ManagementError::Unreachable)?;
        Ok(Self { http, base_url, private_key })
    }

    /// The call of that id, or `None` if the platform knows none.
    pub async fn get_call(&self, id: &str) -> Result<Option<CallRecord>, ManagementError> {
        let request = self.http.get(self.url(&["call", id]));
        Ok(self.fetch(request).await?.map(|call| CallRecord::read(&call)))
    }

    /// Calls created at `created_at_ge` or later and, with a `created_at_lt`, before it; newest first, at most `limit`
    /// of them (the platform allows [`CALLS_MAX`]). There is no cursor: the next page ends where this one began.
    pub async fn list_calls(
        &self,
        created_at_ge: Timestamp,
        created_at_lt: Option<Timestamp>,
        limit: u16,
    ) -> Result<Vec<CallRecord>, ManagementError> {
        let mut query =
            vec![("createdAtGe", created_at_ge.to_string()), ("limit", limit.min(CALLS_MAX).to_string())];
        query.extend(created_at_lt.map(|before| ("createdAtLt", before.to_string())));
        let request = self.http.get(self.url(&["call"])).query(&query);
        match self.fetch(request).await? {
            Some(Value::Array(calls)) => Ok(calls.iter().map(CallRecord::read).collect()),
            Some(_) => Err(ManagementError::Unreadable(ParseError::NotAnObject)),
            None => Err(ManagementError::Rejected { status: StatusCode::NOT_FOUND }),
        }
    }

    /// The assistant of that id as the platform has it, or `None` if the key's account has none.
    pub async fn get_assistant(&self, id: &str) -> Result<Option<Value>, ManagementError> {
        self.fetch(self.http.get(self.url(&["assistant", id]))).await
    }

    /// The tool of that id as the platform has it, or `None` if the key's account has none.
    pub async fn get_tool(&self, id: &str) -> Result<Option<Value>, ManagementError> {
        self.fetch(self.http.get(self.url(&["tool", id]))).await
    }

    fn url(&self, segments: &[&str]) -> Url {
        let mut url = self.base_url.clone();
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().extend(segments);
        }
        url
    }

    async fn fetch(&self, request: RequestBuilder) -> Result<Option<Value>, ManagementError> {
        let request = request.bearer_auth(self.private_key.expose_secret());
        let response = request.send().await.map_err(unreachable)?;
        let status = response.status();
        match status {
            StatusCode::NOT_FOUND => Ok(None),
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => Err(ManagementError::Unauthorized),
            StatusCode::TOO_MANY_REQUESTS => {
                Err(ManagementError::RateLimited { retry_after: retry_after(&response) })
            }
            _ if status.is_server_error() => Err(ManagementError::Unavailable { status }),
            _ if !status.is_success() => Err(ManagementError::Rejected { status }),
            _ => {
                let body = read_at_most(response, ANSWER_BYTES_MAX).await?;
                read_value(&body).map(Some).map_err(ManagementError::Unreadable)
            }
        }
    }
}

impl CallRecord {
    fn read(call: &Value) -> Self {
        Self {
            call: parse::call_record(call),
            created_at: call.get("createdAt").and_then(instant),
            report: report::of_call(call),
        }
    }
}

async fn read_at_most(mut response: Response, max: usize) -> Result<Vec<u8>, ManagementError> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(unreachable)? {
        if body.len() + chunk.len() > max {
            return Err(ManagementError::TooLarge);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

fn unreachable(error: reqwest::Error) -> ManagementError {
    ManagementError::Unreachable(error.without_url())
}

/// Seconds; the form with a date is left to the caller's own backoff.
fn retry_after(response: &Response) -> Option<Duration> {
    let seconds = response.headers().get(RETRY_AFTER)?.to_str().ok()?.trim().parse().ok()?;
    Some(Duration::from_secs(seconds))
}
