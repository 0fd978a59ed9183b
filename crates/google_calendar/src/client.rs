//! Asks Google, within limits of time and size.

use std::time::Duration;

use reqwest::header::RETRY_AFTER;
use reqwest::{Method, RequestBuilder, Response, redirect};
use secrecy::{ExposeSecret, SecretString};
use serde::de::DeserializeOwned;

use crate::Error;

/// More than this is no answer to anything but a list of events.
pub(crate) const ANSWER_BYTES_MAX: usize = 1024 * 1024;

/// Where Google answers. No URL ends in a slash.
#[derive(Debug, Clone)]
pub struct Endpoints {
    /// The page that asks a person for consent.
    pub auth_url: String,
    /// Codes and refresh tokens become access tokens here.
    pub token_url: String,
    /// Tokens end here.
    pub revoke_url: String,
    /// Version 3 of the calendar API.
    pub api_url: String,
}

impl Endpoints {
    /// Google itself.
    pub fn google() -> Self {
        Self {
            auth_url: "https://accounts.google.com/o/oauth2/v2/auth".to_owned(),
            token_url: "https://oauth2.googleapis.com/token".to_owned(),
            revoke_url: "https://oauth2.googleapis.com/revoke".to_owned(),
            api_url: "https://www.googleapis.com/calendar/v3".to_owned(),
        }
    }

    /// The layout of a sandbox at `base`.
    pub fn at(base: &str) -> Self {
        let base = base.trim_end_matches('/');
        Self {
            auth_url: format!("{base}/google/auth"),
            token_url: format!("{base}/google/token"),
            revoke_url: format!("{base}/google/revoke"),
            api_url: format!("{base}/google/calendar/v3"),
        }
    }
}

/// The program as it is registered with Google.
#[derive(Debug, Clone)]
pub struct App {
    /// Its public id.
    pub client_id: String,
    /// What proves that it is the program.
    pub client_secret: SecretString,
}

/// An HTTP client fit for [`Client::new`]: follows no redirects, which would carry tokens elsewhere. Time limits in all
/// are the [`Client`]'s own.
pub fn http_client(connect_timeout: Duration) -> reqwest::Result<reqwest::Client> {
    reqwest::Client::builder().redirect(redirect::Policy::none()).connect_timeout(connect_timeout).build()
}

/// Google Calendar for any number of accounts. Cheap to clone; connections live in the `reqwest::Client`.
#[derive(Debug, Clone)]
pub struct Client {
    pub(crate) http: reqwest::Client,
    pub(crate) endpoints: Endpoints,
    pub(crate) app: App,
    deadline: Duration,
}

/// How an answer that is no success is sorted: HTTP status, body, `Retry-After`.
type Sort = fn(u16, &[u8], Option<Duration>) -> Error;

impl Client {
    /// A client that gives each request `deadline` until its answer is read whole. Give it an `http` from [`http_client`],
    /// or one that follows no redirects either.
    pub fn new(http: reqwest::Client, endpoints: Endpoints, app: App, deadline: Duration) -> Self {
        Self { http, endpoints, app, deadline }
    }

    /// The same client with another limit of time in all for each request.
    #[must_use]
    pub fn within(&self, deadline: Duration) -> Self {
        Self { deadline, ..self.clone() }
    }

    /// A request to the calendar API; `path` begins with a slash and its parts are [`encoded`].
    pub(crate) fn call(&self, method: Method, access: &SecretString, path: &str) -> RequestBuilder {
        self.http
            .request(method, format!("{}{path}", self.endpoints.api_url))
            .bearer_auth(access.expose_secret())
    }

    /// What the calendar API answered, if it is a `T` of at most `bytes_max`.
    pub(crate) async fn read<T: DeserializeOwned>(
        &self,
        request: RequestBuilder,
        bytes_max: usize,
    ) -> Result<T, Error> {
        let body = self.ask(request, bytes_max, Error::api).await?;
        serde_json::from_slice(&body).map_err(|_not_what_was_asked_for| Error::Unreadable)
    }

    /// The body of a success; anything else by `sort`.
    pub(crate) async fn ask(
        &self,
        request: RequestBuilder,
        bytes_max: usize,
        sort: Sort,
    ) -> Result<Vec<u8>, Error> {
        let mut response = request.timeout(self.deadline).send().await.map_err(Error::transport)?;
        let status = response.status();
        let retry_after = retry_after(&response);
        let bytes_max = if status.is_success() { bytes_max } else { ANSWER_BYTES_MAX };
        match read(&mut response, bytes_max).await {
            Ok(Some(body)) if status.is_success() => Ok(body),
            Ok(None) if status.is_success() => Err(Error::Unreadable),
            Ok(body) => Err(sort(status.as_u16(), &body.unwrap_or_default(), retry_after)),
            Err(source) if status.is_success() => Err(Error::transport(source)),
            Err(_lost_after_the_verdict) => Err(sort(status.as_u16(), b"", retry_after)),
        }
    }
}

/// The path of a calendar's events.
pub(crate) fn events_path(calendar: &str) -> String {
    format!("/calendars/{}/events", encoded(calendar))
}

/// The path of one event.
pub(crate) fn event_path(calendar: &str, id: &str) -> String {
    format!("{}/{}", events_path(calendar), encoded(id))
}

/// One part of a path or query: ids of calendars are e-mail addresses, some with a `#`.
pub(crate) fn encoded(part: &str) -> String {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    let mut out = String::with_capacity(part.len());
    for byte in part.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push('%');
            out.push(char::from(HEX[usize::from(byte >> 4)]));
            out.push(char::from(HEX[usize::from(byte & 15)]));
        }
    }
    out
}

/// Only the form in seconds; a date would need a clock.
fn retry_after(response: &Response) -> Option<Duration> {
    response.headers().get(RETRY_AFTER)?.to_str().ok()?.trim().parse().ok().map(Duration::from_secs)
}

/// The body, or `None` if it is longer than `bytes_max`.
async fn read(response: &mut Response, bytes_max: usize) -> reqwest::Result<Option<Vec<u8>>> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        if body.len() + chunk.len() > bytes_max {
            return Ok(None);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Some(body))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_of_calendars_stay_one_part_of_the_path() {
        assert_eq!(event_path("a/b@x.com", "e1"), "/calendars/a%2Fb%40x.com/events/e1");
        assert_eq!(
            events_path("en.usa#holiday@group.v.calendar.google.com"),
            "/calendars/en.usa%23holiday%40group.v.calendar.google.com/events"
        );
        assert_eq!(encoded("é?&=+ %"), "%C3%A9%3F%26%3D%2B%20%25");
    }

    #[test]
    fn debug_shows_no_secret() {
        let app = App { client_id: "id".to_owned(), client_secret: "s3cret".into() };
        let client =
            Client::new(reqwest::Client::default(), Endpoints::google(), app, Duration::from_secs(5));
        assert!(!format!("{client:?} {:?}", client.app).contains("s3cret"));
    }
}
