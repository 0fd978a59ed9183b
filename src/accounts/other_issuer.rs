//! Tokens of another issuer, which the settings name: by a secret that both sides have, or by its public keys (JWKS).

use jiff::{SignedDuration, Timestamp};
use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk, JwkSet};
use jsonwebtoken::{Algorithm, DecodingKey};
use secrecy::ExposeSecret as _;
use tokio::sync::Mutex;

use super::jwt::{Claims, Expected, Forged, Head, checked};
use crate::platform::app::App;
use crate::platform::telemetry::chain;

/// Keys are asked for again after so long.
const KEYS_FRESH: SignedDuration = SignedDuration::from_mins(10);
/// A key that we do not know makes us ask again, at most so often: strangers choose what a token names.
const ASKED_EVERY: SignedDuration = SignedDuration::from_secs(60);
/// More is no list of keys.
const BYTES_MAX: usize = 256 * 1024;

/// Why another issuer's token was not believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Disbelief {
    /// It does not hold.
    Forged,
    /// The issuer did not tell its keys.
    NoKeys,
}

impl From<Forged> for Disbelief {
    fn from(_: Forged) -> Self {
        Self::Forged
    }
}

#[derive(Default)]
struct Kept(Mutex<Keys>);

#[derive(Default)]
struct Keys {
    set: Option<JwkSet>,
    asked_at: Option<Timestamp>,
}

/// What a token of the other issuer says.
pub(super) async fn read(app: &App, (token, head): (&str, &Head)) -> Result<Claims, Disbelief> {
    let settings = &app.config.tokens;
    let is_jwt = head.typ.as_deref().is_none_or(|kind| kind.eq_ignore_ascii_case("jwt"));
    if !settings.is_on() || !is_jwt {
        return Err(Disbelief::Forged);
    }
    let secret = settings.secret.expose_secret();
    let (key, algorithm) = if head.alg == "HS256" && !secret.is_empty() {
        (DecodingKey::from_secret(secret.as_bytes()), Algorithm::HS256)
    } else if head.alg.starts_with("HS")
        || head.alg.eq_ignore_ascii_case("none")
        || settings.jwks_url.is_empty()
    {
        return Err(Disbelief::Forged);
    } else {
        let (key, algorithm) = public_key(app, head.kid.as_deref().ok_or(Disbelief::Forged)?).await?;
        if head.alg != name(algorithm) {
            return Err(Disbelief::Forged);
        }
        (key, algorithm)
    };
    let expected = Expected { key: &key, algorithm, issuer: &settings.issuer, audience: &settings.audience };
    Ok(checked(token, &expected, app.clock.now())?)
}

const fn name(algorithm: Algorithm) -> &'static str {
    match algorithm {
        Algorithm::RS256 => "RS256",
        Algorithm::ES256 => "ES256",
        Algorithm::ES384 => "ES384",
        Algorithm::EdDSA => "EdDSA",
        _ => "",
    }
}

/// The key with this id, and the one algorithm that it is for.
async fn public_key(app: &App, kid: &str) -> Result<(DecodingKey, Algorithm), Disbelief> {
    let kept = app.memo.get_or(Kept::default);
    let mut keys = kept.0.lock().await;
    let now = app.clock.now();
    let since = keys.asked_at.map(|at| now.duration_since(at));
    let is_known = keys.set.as_ref().is_some_and(|set| set.find(kid).is_some());
    let pause = if is_known { KEYS_FRESH } else { ASKED_EVERY };
    if since.is_none_or(|since| since >= pause) {
        keys.asked_at = Some(now);
        match ask(app).await {
            Ok(set) => keys.set = Some(set),
            // What we know goes on counting.
            Err(error) => {
                tracing::warn!(
                    error = chain(&error),
                    "The other issuer did not tell its keys (tokens.jwks_url)"
                );
            }
        }
    }
    let set = keys.set.as_ref().ok_or(Disbelief::NoKeys)?;
    let jwk = set.find(kid).ok_or(Disbelief::Forged)?;
    let algorithm = algorithm_of(jwk).ok_or(Disbelief::Forged)?;
    let key = DecodingKey::from_jwk(jwk).ok().ok_or(Disbelief::Forged)?;
    Ok((key, algorithm))
}

/// Never one with a shared secret: a public key is known to everybody.
fn algorithm_of(jwk: &Jwk) -> Option<Algorithm> {
    match &jwk.algorithm {
        AlgorithmParameters::RSA(_) => Some(Algorithm::RS256),
        AlgorithmParameters::EllipticCurve(curve) if curve.curve == EllipticCurve::P256 => {
            Some(Algorithm::ES256)
        }
        AlgorithmParameters::EllipticCurve(curve) if curve.curve == EllipticCurve::P384 => {
            Some(Algorithm::ES384)
        }
        AlgorithmParameters::OctetKeyPair(pair) if pair.curve == EllipticCurve::Ed25519 => {
            Some(Algorithm::EdDSA)
        }
        _ => None,
    }
}

/// Why there are no keys.
#[derive(Debug, thiserror::Error)]
enum AskError {
    #[error("it did not answer")]
    Http(#[from] reqwest::Error),
    #[error("it answered with more than a list of keys")]
    TooLong,
    #[error("it answered with something else")]
    Unreadable(#[from] serde_json::Error),
}

async fn ask(app: &App) -> Result<JwkSet, AskError> {
    let mut response = app.http.get(&app.config.tokens.jwks_url).send().await?.error_for_status()?;
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        if body.len() + chunk.len() > BYTES_MAX {
            return Err(AskError::TooLong);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(serde_json::from_slice(&body)?)
}
