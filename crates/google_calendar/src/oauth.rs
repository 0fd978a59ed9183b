//! Consent and tokens.

use std::time::Duration;

use aws_lc_rs::digest;
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

use crate::client::{ANSWER_BYTES_MAX, encoded};
use crate::{Client, Error};

/// What a person is asked to consent to.
#[derive(Debug, Clone, Copy)]
pub struct ConsentRequest<'a> {
    /// Where Google sends the person back to; registered with Google.
    pub redirect_uri: &'a str,
    /// Comes back unchanged.
    pub state: &'a str,
    /// Made by [`challenge`] from the verifier that [`Client::exchange`] will show.
    pub challenge: &'a str,
    /// What is asked for; the person may grant less.
    pub scopes: &'a [&'a str],
}

/// What consent, or a refresh, has given.
#[derive(Debug, Clone)]
pub struct Tokens {
    /// For every request.
    pub access_token: SecretString,
    /// How long it lives.
    pub expires_in: Duration,
    /// For new access tokens. Google leaves it out of a refresh, and sometimes out of a second consent: keep the old one.
    pub refresh_token: Option<SecretString>,
    /// What was granted, which may be less than asked for.
    pub scopes: Vec<String>,
}

#[derive(Deserialize)]
struct TokensWire {
    access_token: SecretString,
    expires_in: u64,
    refresh_token: Option<SecretString>,
    #[serde(default)]
    scope: String,
}

/// The challenge (S256) that binds consent to who holds `verifier`: 43 to 128 unreserved characters.
pub fn challenge(verifier: &SecretString) -> String {
    let hash = digest::digest(&digest::SHA256, verifier.expose_secret().as_bytes());
    BASE64_URL_SAFE_NO_PAD.encode(hash)
}

impl Client {
    /// Where to send a person for consent. Asks for a refresh token every time, for Google gives one only then.
    pub fn consent_url(&self, ask: &ConsentRequest<'_>) -> String {
        let scopes = ask.scopes.join(" ");
        let pairs = [
            ("response_type", "code"),
            ("client_id", self.app.client_id.as_str()),
            ("redirect_uri", ask.redirect_uri),
            ("scope", &scopes),
            ("state", ask.state),
            ("access_type", "offline"),
            ("prompt", "consent"),
            ("include_granted_scopes", "true"),
            ("code_challenge", ask.challenge),
            ("code_challenge_method", "S256"),
        ];
        let query: Vec<String> =
            pairs.iter().map(|(name, value)| format!("{name}={}", encoded(value))).collect();
        format!("{}?{}", self.endpoints.auth_url, query.join("&"))
    }

    /// The tokens for the `code` that Google sent to `redirect_uri`. A code works once.
    pub async fn exchange(
        &self,
        code: &str,
        redirect_uri: &str,
        verifier: &SecretString,
    ) -> Result<Tokens, Error> {
        self.tokens(&[
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", redirect_uri),
            ("code_verifier", verifier.expose_secret()),
        ])
        .await
    }

    /// A new access token. [`Error::InvalidGrant`] means that only a person can help.
    pub async fn refresh(&self, refresh_token: &SecretString) -> Result<Tokens, Error> {
        self.tokens(&[("grant_type", "refresh_token"), ("refresh_token", refresh_token.expose_secret())])
            .await
    }

    /// Ends the consent that `token` (either kind) stands for. One that has ended already is fine.
    pub async fn revoke(&self, token: &SecretString) -> Result<(), Error> {
        let form = [("token", token.expose_secret())];
        let request = self.http.post(&self.endpoints.revoke_url).form(&form);
        match self.ask(request, ANSWER_BYTES_MAX, Error::oauth).await {
            Ok(_) | Err(Error::InvalidGrant) => Ok(()),
            Err(Error::Rejected { reason, .. }) if reason == "invalid_token" => Ok(()),
            Err(error) => Err(error),
        }
    }

    async fn tokens(&self, grant: &[(&str, &str)]) -> Result<Tokens, Error> {
        let secret = self.app.client_secret.expose_secret();
        let mut form = vec![("client_id", self.app.client_id.as_str()), ("client_secret", secret)];
        form.extend_from_slice(grant);
        let request = self.http.post(&self.endpoints.token_url).form(&form);
        let body = self.ask(request, ANSWER_BYTES_MAX, Error::oauth).await?;
        read(&body)
    }
}

fn read(body: &[u8]) -> Result<Tokens, Error> {
    let wire: TokensWire = serde_json::from_slice(body).map_err(|_no_tokens| Error::Unreadable)?;
    Ok(Tokens {
        access_token: wire.access_token,
        expires_in: Duration::from_secs(wire.expires_in),
        refresh_token: wire.refresh_token,
        scopes: wire.scope.split_whitespace().map(str::to_owned).collect(),
    })
}

#[cfg(test)]
#[path = "oauth_tests.rs"]
mod tests;
