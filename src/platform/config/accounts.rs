//! How people sign in, and whose tokens are believed.

use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "config/voxanne.toml explains each")]
pub struct Accounts {
    pub idle_minutes: i64,
    pub absolute_hours: i64,
    pub invitation_hours: i64,
    pub reset_minutes: i64,
    pub attempts_minutes: i64,
    pub attempts_per_account_and_address_max: i32,
    pub attempts_per_account_max: i32,
    pub attempts_per_address_max: i32,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "config/voxanne.toml explains each")]
pub struct Tokens {
    pub issuer: String,
    pub audience: String,
    pub secret: SecretString,
    pub jwks_url: String,
    pub emails_are_verified: bool,
    pub second_factor_is_issuers: bool,
    pub lifetime_seconds_max: i64,
}

/// A shared secret shorter than this can be guessed from one token.
const SECRET_BYTES_MIN: usize = 32;
/// A week, which is the most that Supabase lets a token last.
const LIFETIME_SECONDS_MOST: i64 = 7 * 24 * 3600;

impl Accounts {
    /// What is wrong with it.
    pub(super) fn check(&self) -> Result<(), &'static str> {
        let times = [
            self.idle_minutes,
            self.absolute_hours,
            self.invitation_hours,
            self.reset_minutes,
            self.attempts_minutes,
        ];
        let counts = [
            self.attempts_per_account_and_address_max,
            self.attempts_per_account_max,
            self.attempts_per_address_max,
        ];
        if times.iter().any(|time| !(1..=100_000).contains(time)) || counts.iter().any(|count| *count < 1) {
            return Err("every setting of accounts must be at least 1 and at most 100000");
        }
        Ok(())
    }
}

impl Tokens {
    /// Whether another issuer's tokens are believed at all.
    pub fn is_on(&self) -> bool {
        !self.issuer.is_empty()
    }

    /// What is wrong with it.
    pub(super) fn check(&self) -> Result<(), &'static str> {
        let secret = self.secret.expose_secret();
        let has_key = !secret.is_empty() || !self.jwks_url.is_empty();
        if self.is_on() != has_key || (self.is_on() && self.audience.is_empty()) {
            return Err(
                "tokens.issuer goes together with tokens.audience and tokens.secret (SUPABASE_JWT_SECRET) or tokens.jwks_url",
            );
        }
        if !(60..=LIFETIME_SECONDS_MOST).contains(&self.lifetime_seconds_max) {
            return Err("tokens.lifetime_seconds_max must be 60 to 604800");
        }
        if !secret.is_empty() && secret.len() < SECRET_BYTES_MIN {
            return Err("tokens.secret (SUPABASE_JWT_SECRET) must have at least 32 bytes");
        }
        if !self.jwks_url.is_empty() && !is_askable(&self.jwks_url) {
            return Err("tokens.jwks_url must be https://…");
        }
        Ok(())
    }
}

/// Whether keys may be asked for there: over https, or on this machine, where tests are.
fn is_askable(url: &str) -> bool {
    let Ok(url) = url.parse::<reqwest::Url>() else { return false };
    let is_bare = url.username().is_empty() && url.password().is_none();
    let is_here = url.scheme() == "http" && url.host_str() == Some("127.0.0.1");
    is_bare && (url.scheme() == "https" || is_here)
}
