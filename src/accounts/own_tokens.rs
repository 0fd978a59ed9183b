//! Tokens of our own: for the API, and for the live socket. Signed with Ed25519; the key follows from the installation's.

use aws_lc_rs::digest;
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair as _};
use jiff::{SignedDuration, Timestamp};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header};
use serde_json::json;
use uuid::Uuid;

use super::jwt::{Claims, Expected, Forged, Head, checked};
use super::staff::Staff;
use crate::platform::app::App;

/// What a token of ours is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    Api,
    Socket,
}

impl Purpose {
    const fn audience(self) -> &'static str {
        match self {
            Self::Api => "api",
            Self::Socket => "ws",
        }
    }

    /// Said in the head, so that a token for one thing is none for the other even to a careless reader.
    const fn kind(self) -> &'static str {
        match self {
            Self::Api => "at+jwt",
            Self::Socket => "ws+jwt",
        }
    }

    pub const fn lasts(self) -> SignedDuration {
        match self {
            Self::Api => SignedDuration::from_mins(15),
            Self::Socket => SignedDuration::from_mins(10),
        }
    }
}

/// No token could be signed. Ours to fix.
#[derive(Debug, thiserror::Error)]
#[error("a token could not be signed")]
pub struct NotSigned;

struct Signer {
    signs: EncodingKey,
    opens: DecodingKey,
    kid: String,
}

/// Made once per process, of what every replica has.
struct Kept(Option<Signer>);

impl Signer {
    fn of(app: &App) -> Option<Self> {
        let pair = Ed25519KeyPair::from_seed_unchecked(&app.keys.derived("tokens ed25519 1")).ok()?;
        let document = pair.to_pkcs8v1().ok()?;
        let public = pair.public_key().as_ref();
        let name = digest::digest(&digest::SHA256, public);
        Some(Self {
            signs: EncodingKey::from_ed_der(document.as_ref()),
            opens: DecodingKey::from_ed_der(public),
            kid: hex::encode(name.as_ref().get(..8)?),
        })
    }
}

/// What our tokens name as their issuer.
fn issuer(app: &App) -> &str {
    match app.config.server.public_url.as_str() {
        "" => "voxanne",
        url => url,
    }
}

/// Makes a token that says who `staff` are. What they may do is not in it: that is looked up each time.
pub(super) fn sign(app: &App, staff: &Staff, purpose: Purpose) -> Result<(String, Timestamp), NotSigned> {
    let kept = app.memo.get_or(|| Kept(Signer::of(app)));
    let signer = kept.0.as_ref().ok_or(NotSigned)?;
    let now = app.clock.now();
    let expires_at = now.saturating_add(purpose.lasts()).ok().ok_or(NotSigned)?;
    let id: Uuid = app.new_id();
    let header = Header {
        typ: Some(purpose.kind().to_owned()),
        kid: Some(signer.kid.clone()),
        ..Header::new(Algorithm::EdDSA)
    };
    let claims = json!({
        "iss": issuer(app), "aud": purpose.audience(), "sub": staff.user.to_string(), "org": staff.org.to_string(),
        "sid": staff.session.map(|session| session.to_string()), "jti": id.simple().to_string(),
        "iat": now.as_second(), "nbf": now.as_second(), "exp": expires_at.as_second(),
    });
    let token = jsonwebtoken::encode(&header, &claims, &signer.signs).ok().ok_or(NotSigned)?;
    Ok((token, Timestamp::from_second(expires_at.as_second()).unwrap_or(expires_at)))
}

/// What a token of ours says; `None` when it does not claim to be ours.
pub(super) fn read(
    app: &App,
    (token, head): (&str, &Head),
    purpose: Purpose,
) -> Option<Result<Claims, Forged>> {
    let kept = app.memo.get_or(|| Kept(Signer::of(app)));
    let signer = kept.0.as_ref()?;
    if head.kid.as_deref() != Some(signer.kid.as_str()) {
        return None;
    }
    if head.alg != "EdDSA" || head.typ.as_deref() != Some(purpose.kind()) {
        return Some(Err(Forged));
    }
    let expected = Expected {
        key: &signer.opens,
        algorithm: Algorithm::EdDSA,
        issuer: issuer(app),
        audience: purpose.audience(),
    };
    Some(checked(token, &expected, app.clock.now()))
}
