//! Reads and checks one token (JWT). Pure: the key, the time and what is expected are given.
//!
//! W1: the algorithm belongs to the key, never to the token; keys are found by an id in a list of our own, never where the
//! token points to; what a token says is looked at only after its signature held.

use std::collections::HashSet;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use serde::Deserialize;
use serde_json::Value;

/// Longer than any issuer's.
const LENGTH_MAX: usize = 8 * 1024;
/// What two clocks may differ by.
const LEEWAY_SECONDS: i64 = 5;

/// What stands before the signature, to find the key by. Nothing of it is believed.
#[derive(Debug, Deserialize)]
pub(super) struct Head {
    pub alg: String,
    pub kid: Option<String>,
    pub typ: Option<String>,
    // A token that brings its own key, or asks for rules that we do not know.
    jku: Option<Value>,
    jwk: Option<Value>,
    x5u: Option<Value>,
    x5c: Option<Value>,
    crit: Option<Value>,
}

/// A token is none of this key's, or says what it must not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Forged;

impl Head {
    /// The head of a token of the right form.
    pub fn of(token: &str) -> Result<Self, Forged> {
        let parts: Vec<&str> = token.split('.').collect();
        let &[head, _, signature] = parts.as_slice() else { return Err(Forged) };
        if token.len() > LENGTH_MAX || signature.is_empty() {
            return Err(Forged);
        }
        let bytes = URL_SAFE_NO_PAD.decode(head).ok().ok_or(Forged)?;
        let head: Self = serde_json::from_slice(&bytes).ok().ok_or(Forged)?;
        let brings =
            [&head.jku, &head.jwk, &head.x5u, &head.x5c, &head.crit].iter().any(|field| field.is_some());
        if brings { Err(Forged) } else { Ok(head) }
    }
}

/// What a token has to be.
pub(super) struct Expected<'a> {
    pub key: &'a DecodingKey,
    /// The key's own algorithm.
    pub algorithm: Algorithm,
    pub issuer: &'a str,
    pub audience: &'a str,
}

/// What a token says that held.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Claims {
    pub sub: String,
    pub exp: i64,
    nbf: Option<i64>,
    pub iat: Option<i64>,
    /// Ours: which token it is.
    pub jti: Option<String>,
    /// Ours: the org, and the session that asked for it.
    pub org: Option<String>,
    pub sid: Option<String>,
    /// Other issuers': the person's address.
    pub email: Option<String>,
    pub email_verified: Option<bool>,
    /// How they were asked who they are: `aal2` is by two factors, as Supabase has it.
    pub aal: Option<String>,
}

/// Checks signature, issuer, audience and times.
pub(super) fn checked(token: &str, expected: &Expected<'_>, now: Timestamp) -> Result<Claims, Forged> {
    let mut validation = Validation::new(expected.algorithm);
    validation.set_issuer(&[expected.issuer]);
    validation.set_audience(&[expected.audience]);
    validation.required_spec_claims = HashSet::from(["exp", "iss", "aud", "sub"].map(str::to_owned));
    // By our own clock, below.
    validation.validate_exp = false;
    validation.validate_nbf = false;
    let claims = jsonwebtoken::decode::<Claims>(token, expected.key, &validation).ok().ok_or(Forged)?.claims;
    let now = now.as_second();
    let is_over = claims.exp.saturating_add(LEEWAY_SECONDS) <= now;
    let from = [claims.nbf, claims.iat].into_iter().flatten().max();
    let is_early = from.is_some_and(|from| from > now.saturating_add(LEEWAY_SECONDS));
    if is_over || is_early || claims.sub.is_empty() { Err(Forged) } else { Ok(claims) }
}
