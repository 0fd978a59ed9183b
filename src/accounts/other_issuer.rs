//! Tokens of another issuer, which the settings name: by a secret that both sides have, or by its public keys (JWKS).

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk, PublicKeyUse};
use jsonwebtoken::{Algorithm, DecodingKey};
use secrecy::ExposeSecret as _;
use serde::Deserialize;
use serde_json::Value;
use tokio::sync::Mutex;

use super::jwt::{Claims, Expected, Forged, Head, checked};
use crate::platform::app::App;
use crate::platform::telemetry::chain;

/// Keys are asked for again after so long.
const KEYS_FRESH: SignedDuration = SignedDuration::from_mins(10);
/// A key that we do not know makes us ask again, at most so often: strangers choose what a token names.
const ASKED_EVERY: SignedDuration = SignedDuration::from_secs(60);
/// For the whole answer: whoever waits for it waits to get in.
const ASKED_WITHIN: Duration = Duration::from_secs(5);
/// More is no list of keys.
const BYTES_MAX: usize = 256 * 1024;
/// More keys than any issuer has in use.
const KEYS_MAX: usize = 100;

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

/// A key, and the one algorithm that it is for.
type Key = (DecodingKey, Algorithm);

/// What the issuer told, by the keys' ids; and when it was asked last, by whoever has the lock.
#[derive(Default)]
struct Kept {
    told: RwLock<Option<Arc<HashMap<String, Key>>>>,
    asked_at: Mutex<Option<Timestamp>>,
}

impl Kept {
    fn told(&self) -> Option<Arc<HashMap<String, Key>>> {
        self.told.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn key(&self, kid: &str) -> Option<Key> {
        self.told()?.get(kid).cloned()
    }

    /// Asks, unless that was done less than `pause` ago.
    async fn refresh(&self, app: &App, asked_at: &mut Option<Timestamp>, pause: SignedDuration) {
        let now = app.clock.now();
        if asked_at.is_some_and(|at| now.duration_since(at) < pause) {
            return;
        }
        *asked_at = Some(now);
        match ask(app).await {
            Ok(told) => *self.told.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(told)),
            // What we know goes on counting.
            Err(error) => {
                tracing::warn!(
                    error = chain(&error),
                    "The other issuer did not tell its keys (tokens.jwks_url)"
                );
            }
        }
    }
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
    let claims = checked(token, &expected, app.clock.now())?;
    // Whoever is let in no more by the issuer goes on with what they have: not for long.
    let from = claims.iat.unwrap_or_else(|| app.clock.now().as_second());
    let lasts = claims.exp.saturating_sub(from);
    if lasts > settings.lifetime_seconds_max { Err(Disbelief::Forged) } else { Ok(claims) }
}

/// Whether the issuer asked whoever has the token for two factors: as the token tells, else as the settings say.
pub(super) fn asked_twice(app: &App, claims: &Claims) -> bool {
    claims.aal.as_deref().map_or(app.config.tokens.second_factor_is_issuers, |aal| aal == "aal2")
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

/// The key with this id. Whoever has a known one does not wait for somebody else who asks: an issuer that hangs, and a
/// stranger who names keys that it has not, hold up nobody.
async fn public_key(app: &App, kid: &str) -> Result<Key, Disbelief> {
    let kept = app.memo.get_or(Kept::default);
    if kept.key(kid).is_some() {
        if let Ok(mut asked_at) = kept.asked_at.try_lock() {
            kept.refresh(app, &mut asked_at, KEYS_FRESH).await;
        }
    } else {
        let mut asked_at = kept.asked_at.lock().await;
        if kept.key(kid).is_none() {
            kept.refresh(app, &mut asked_at, ASKED_EVERY).await;
        }
    }
    let told = kept.told().ok_or(Disbelief::NoKeys)?;
    told.get(kid).cloned().ok_or(Disbelief::Forged)
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
    #[error("it took too long")]
    TooSlow,
    #[error("it answered with more than a list of keys")]
    TooLong,
    #[error("it answered with something else")]
    Unreadable(#[from] serde_json::Error),
}

#[derive(Deserialize)]
struct Document {
    keys: Vec<Value>,
}

async fn ask(app: &App) -> Result<HashMap<String, Key>, AskError> {
    let body = tokio::time::timeout(ASKED_WITHIN, fetch(app)).await.map_err(|_late| AskError::TooSlow)??;
    let document: Document = serde_json::from_slice(&body)?;
    Ok(document.keys.into_iter().take(KEYS_MAX).filter_map(usable).collect())
}

/// A key of the document by its id. One that we cannot use is not there, and spoils none beside it: issuers add kinds.
fn usable(written: Value) -> Option<(String, Key)> {
    let jwk: Jwk = serde_json::from_value(written).ok()?;
    if jwk.common.public_key_use.as_ref().is_some_and(|of| *of != PublicKeyUse::Signature) {
        return None;
    }
    let algorithm = algorithm_of(&jwk)?;
    let key = DecodingKey::from_jwk(&jwk).ok()?;
    Some((jwk.common.key_id?, (key, algorithm)))
}

async fn fetch(app: &App) -> Result<Vec<u8>, AskError> {
    let mut response = app.http.get(&app.config.tokens.jwks_url).send().await?.error_for_status()?;
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        if body.len() + chunk.len() > BYTES_MAX {
            return Err(AskError::TooLong);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}
