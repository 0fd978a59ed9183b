//! Sends texts.

use std::time::Duration;

use reqwest::{RequestBuilder, Response, StatusCode, header::RETRY_AFTER, redirect};
use secrecy::{ExposeSecret, SecretString};

use crate::message::Resource;
use crate::{Message, SendError, Sent};

/// Twilio's answers are a few kilobytes; more than this is not Twilio.
const ANSWER_BYTES_MAX: usize = 1024 * 1024;
pub(crate) const API: &str = "/2010-04-01/Accounts";

/// How to sign in to an account.
#[derive(Clone, Debug)]
pub struct Credentials {
    /// The account texts are sent from (`AC…`).
    pub account_sid: String,
    /// Its token, or a key that can be revoked alone.
    pub auth: Auth,
}

/// What proves that the account is ours.
#[derive(Clone, Debug)]
pub enum Auth {
    /// The account's own auth token.
    AuthToken(SecretString),
    /// An API key (`SK…`), preferred by Twilio.
    ApiKey {
        /// The key's name.
        sid: String,
        /// Its secret.
        secret: SecretString,
    },
}

/// An HTTP client fit for [`Client::new`]: follows no redirects (a followed POST could send twice) and gives up in time.
pub fn http_client(connect_timeout: Duration, timeout: Duration) -> reqwest::Result<reqwest::Client> {
    reqwest::Client::builder()
        .redirect(redirect::Policy::none())
        .connect_timeout(connect_timeout)
        .timeout(timeout)
        .build()
}

/// One Twilio account. Cheap to make and to clone; connections live in the `reqwest::Client`.
#[derive(Clone, Debug)]
pub struct Client {
    http: reqwest::Client,
    base_url: String,
    credentials: Credentials,
}

impl Client {
    /// A client for `base_url` (`https://api.twilio.com` in production). Give it an `http` from [`http_client`], or one
    /// with the same two properties.
    pub fn new(http: reqwest::Client, base_url: &str, credentials: Credentials) -> Self {
        Self { http, base_url: base_url.trim_end_matches('/').to_owned(), credentials }
    }

    /// Sends `message` with exactly one request.
    ///
    /// An error for which [`SendError::outcome_is_unknown`] holds must be followed by [`Client::find`], not by another send.
    pub async fn send(&self, message: &Message) -> Result<Sent, SendError> {
        let path = format!("{API}/{}/Messages.json", self.credentials.account_sid);
        let body = self.ask(self.http.post(self.url(&path)).form(&message.form())).await?;
        serde_json::from_slice::<Resource>(&body)
            .map(Sent::from)
            .map_err(|_not_a_receipt| SendError::Garbled { status: StatusCode::CREATED.as_u16() })
    }

    /// Asks for `path_and_query` of this account.
    pub(crate) async fn get(
        &self,
        path_and_query: &str,
        query: &[(&str, &str)],
    ) -> Result<Vec<u8>, SendError> {
        self.ask(self.http.get(self.url(path_and_query)).query(query)).await
    }

    pub(crate) fn account_path(&self) -> String {
        format!("{API}/{}", self.credentials.account_sid)
    }

    fn url(&self, path_and_query: &str) -> String {
        format!("{}{path_and_query}", self.base_url)
    }

    async fn ask(&self, request: RequestBuilder) -> Result<Vec<u8>, SendError> {
        let (user, secret) = match &self.credentials.auth {
            Auth::AuthToken(token) => (&self.credentials.account_sid, token),
            Auth::ApiKey { sid, secret } => (sid, secret),
        };
        let request = request.basic_auth(user, Some(secret.expose_secret()));
        let mut response = request.send().await.map_err(SendError::transport)?;
        let status = response.status();
        let retry_after = retry_after(&response);
        match read(&mut response).await {
            Ok(Some(body)) if status.is_success() => Ok(body),
            Ok(body) => Err(SendError::answer(status.as_u16(), &body.unwrap_or_default(), retry_after)),
            Err(source) if status.is_success() => Err(SendError::Unknown { source: source.without_url() }),
            Err(_lost_after_the_verdict) => Err(SendError::answer(status.as_u16(), b"", retry_after)),
        }
    }
}

/// Only the form in seconds; Twilio uses no other.
fn retry_after(response: &Response) -> Option<Duration> {
    response.headers().get(RETRY_AFTER)?.to_str().ok()?.trim().parse().ok().map(Duration::from_secs)
}

/// The body, or `None` if it is longer than any answer of Twilio's.
async fn read(response: &mut Response) -> reqwest::Result<Option<Vec<u8>>> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        if body.len() + chunk.len() > ANSWER_BYTES_MAX {
            return Ok(None);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Some(body))
}
