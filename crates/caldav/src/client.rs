//! Asks a calendar server.

use std::fmt;
use std::time::Duration;

use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderName, RETRY_AFTER};
use reqwest::{Method, RequestBuilder, Response, Url};
use secrecy::{ExposeSecret, SecretString};

use crate::{Error, Guard};

/// More than this is not one answer of a calendar server.
pub(crate) const ANSWER_BYTES_MAX: usize = 8 * 1024 * 1024;
pub(crate) const DEPTH: HeaderName = HeaderName::from_static("depth");

/// How to sign in. Most servers want a password made for one app.
#[derive(Clone)]
pub struct Login {
    /// The account's name, often an e-mail address.
    pub username: String,
    /// Its password.
    pub password: SecretString,
}

impl fmt::Debug for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Login").finish_non_exhaustive()
    }
}

/// One account at one calendar server. Cheap to make and to clone; connections live in the `reqwest::Client`.
#[derive(Clone)]
pub struct Client {
    http: reqwest::Client,
    login: Login,
    deadline: Duration,
    guard: Guard,
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("deadline", &self.deadline)
            .field("guard", &self.guard)
            .finish_non_exhaustive()
    }
}

/// What a server answered, whatever it says.
pub(crate) struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Body,
}

/// The bytes of an answer.
pub(crate) enum Body {
    Whole(Vec<u8>),
    /// More than [`ANSWER_BYTES_MAX`].
    TooLong,
}

impl Client {
    /// A client that gives each request `deadline`. Give it an `http` from [`crate::http_client`], or one that follows
    /// no redirect either. Asks only addresses of the public Internet; see [`Client::guarded_by`].
    pub fn new(http: reqwest::Client, login: Login, deadline: Duration) -> Self {
        Self { http, login, deadline, guard: Guard::strict() }
    }

    /// The same with another guard: the one that `http` was made with.
    #[must_use]
    pub fn guarded_by(&self, guard: Guard) -> Self {
        Self { guard, ..self.clone() }
    }

    /// The same with another deadline for each request.
    #[must_use]
    pub fn within(&self, deadline: Duration) -> Self {
        Self { deadline, ..self.clone() }
    }

    pub(crate) const fn guard(&self) -> &Guard {
        &self.guard
    }

    /// Asks with an XML body.
    pub(crate) async fn ask_xml(
        &self,
        method: &'static [u8],
        url: Url,
        depth: Option<&'static str>,
        body: String,
    ) -> Result<Answer, Error> {
        let method = Method::from_bytes(method).map_err(|_no_method| Error::NotAllowed)?;
        self.ask(method, url, |request| {
            let request = request.header(CONTENT_TYPE, "application/xml; charset=utf-8").body(body);
            match depth {
                Some(depth) => request.header(DEPTH, depth),
                None => request,
            }
        })
        .await
    }

    /// Asks once.
    pub(crate) async fn ask(
        &self,
        method: Method,
        url: Url,
        with: impl FnOnce(RequestBuilder) -> RequestBuilder,
    ) -> Result<Answer, Error> {
        self.guard.allows(&url)?;
        let request = self
            .http
            .request(method, url)
            .timeout(self.deadline)
            .basic_auth(&self.login.username, Some(self.login.password.expose_secret()));
        let mut response = with(request).send().await.map_err(Error::transport)?;
        let status = response.status().as_u16();
        let headers = response.headers().clone();
        let body = match read(&mut response).await {
            Ok(body) => body,
            Err(source) if (200..300).contains(&status) => return Err(Error::transport(source)),
            Err(_lost_after_the_verdict) => Body::Whole(Vec::new()),
        };
        Ok(Answer { status, headers, body })
    }
}

impl Answer {
    pub(crate) const fn is_success(&self) -> bool {
        self.status >= 200 && self.status < 300
    }

    /// What an answer that is no success means.
    pub(crate) fn refusal(&self) -> Error {
        Error::answer(self.status, retry_after(&self.headers))
    }

    /// The words of a multistatus.
    pub(crate) fn multistatus(self) -> Result<String, Error> {
        match self.status {
            207 => self.text(),
            200..300 => Err(Error::Unreadable),
            _ => Err(self.refusal()),
        }
    }

    /// The body as text.
    pub(crate) fn text(self) -> Result<String, Error> {
        match self.body {
            Body::Whole(bytes) => String::from_utf8(bytes).map_err(|_not_utf8| Error::Unreadable),
            Body::TooLong => Err(Error::Unreadable),
        }
    }

    /// The body's bytes; none if there are too many.
    pub(crate) fn bytes(&self) -> &[u8] {
        match &self.body {
            Body::Whole(bytes) => bytes,
            Body::TooLong => &[],
        }
    }

    /// A header, if it is text.
    pub(crate) fn header(&self, name: &HeaderName) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }
}

/// Only the form in seconds: a date would need a clock, and the caller has a pace of its own.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    headers.get(RETRY_AFTER)?.to_str().ok()?.trim().parse().ok().map(Duration::from_secs)
}

async fn read(response: &mut Response) -> reqwest::Result<Body> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        if body.len() + chunk.len() > ANSWER_BYTES_MAX {
            return Ok(Body::TooLong);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Body::Whole(body))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::*;

    #[test]
    fn debug_shows_neither_name_nor_password() {
        let login = Login { username: "anna@clinic.example".into(), password: "swordfish".into() };
        let http = crate::http_client(Guard::strict(), Duration::from_secs(1)).unwrap();
        let shown = format!("{login:?} {:?}", Client::new(http, login.clone(), Duration::from_secs(1)));
        assert!(!shown.contains("anna") && !shown.contains("swordfish"), "{shown}");
    }
}
