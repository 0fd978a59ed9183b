//! The configurable signature of the platform's HMAC credentials.

use aws_lc_rs::{constant_time, hmac};
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::auth::{Refused, Request, only_header};

/// Timestamps above this are milliseconds, below it seconds (the year 33658).
const MILLISECONDS_FROM: i64 = 1_000_000_000_000;

/// How far the sender's clock may be from ours, either way.
const CLOCK_SKEW: SignedDuration = SignedDuration::from_mins(5);

/// Hash function of a signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Algorithm {
    /// HMAC-SHA1, for credentials that already have it.
    Sha1,
    /// HMAC-SHA256.
    Sha256,
    /// HMAC-SHA512.
    Sha512,
}

/// How the signature's bytes are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Encoding {
    /// Lower case hexadecimal, nothing else.
    Hex,
    /// Standard base64 with padding.
    Base64,
}

/// What is signed and where the signature stands; the fields of the platform's `HMACAuthenticationPlan`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct HmacFormat {
    /// Hash function.
    pub algorithm: Algorithm,
    /// The header with the signature.
    pub signature_header: String,
    /// The header with the time of sending, in seconds or milliseconds. With one, messages older or newer than five
    /// minutes are refused.
    pub timestamp_header: Option<String>,
    /// What stands before the signature, as `v1,` or `sha256=`.
    pub signature_prefix: Option<String>,
    /// What is signed, with `{timestamp}`, `{body}`, `{method}`, `{url}`, `{svix-id}`. One without `{body}` would leave
    /// the body open and never matches.
    pub payload_format: String,
    /// The header that `{svix-id}` stands for.
    pub message_id_header: Option<String>,
    /// How the signature is written.
    pub encoding: Encoding,
    /// Whether the secret is base64 of the key.
    pub secret_is_base64: bool,
}

impl HmacFormat {
    /// The platform's defaults: `x-signature` over `{timestamp}.{body}`.
    pub fn hmac_default() -> Self {
        Self {
            algorithm: Algorithm::Sha256,
            signature_header: "x-signature".to_owned(),
            timestamp_header: Some("x-timestamp".to_owned()),
            signature_prefix: None,
            payload_format: "{timestamp}.{body}".to_owned(),
            message_id_header: None,
            encoding: Encoding::Hex,
            secret_is_base64: false,
        }
    }

    /// The other form seen in production: `x-vapi-signature` over the body alone. Nothing in it stops a replay; the
    /// inbox does.
    pub fn hmac_body_only() -> Self {
        Self {
            signature_header: "x-vapi-signature".to_owned(),
            timestamp_header: None,
            payload_format: "{body}".to_owned(),
            ..Self::hmac_default()
        }
    }

    pub(crate) fn check(&self, secret: &[u8], request: &Request<'_>, now: Timestamp) -> Result<(), Refused> {
        let sent = only_header(request.headers, &self.signature_header).ok_or(Refused::Unsigned)?;
        let timestamp = self.fresh_timestamp(request, now)?;
        let message_id = self.message_id_header.as_deref().map(|name| only_header(request.headers, name));
        let payload = self.payload(request, timestamp, message_id.flatten()).ok_or(Refused::Misconfigured)?;
        let key = self.key(secret).ok_or(Refused::Misconfigured)?;
        let expected = self.signature(&key, &payload);
        // During a rotation some senders list several signatures, separated by spaces.
        let matches = sent.split(|byte| *byte == b' ').fold(false, |matched, signature| {
            matched | constant_time::verify_slices_are_equal(signature, expected.as_bytes()).is_ok()
        });
        if matches { Ok(()) } else { Err(Refused::Mismatch) }
    }

    /// The headers of a message that is signed now.
    pub(crate) fn sign(
        &self,
        secret: &[u8],
        (method, url, body): (&str, &str, &[u8]),
        now: Timestamp,
    ) -> Option<Vec<(String, String)>> {
        let at = now.as_second().to_string();
        let id = format!("msg_{}", now.as_microsecond());
        let empty = http::HeaderMap::new();
        let request = Request { method, url, headers: &empty, body };
        let timestamp = self.timestamp_header.as_ref().map(|_| at.as_bytes());
        let message_id = self.message_id_header.as_ref().map(|_| id.as_bytes());
        let payload = self.payload(&request, timestamp, message_id)?;
        let mut headers = vec![(self.signature_header.clone(), self.signature(&self.key(secret)?, &payload))];
        headers.extend(self.timestamp_header.clone().map(|name| (name, at)));
        headers.extend(self.message_id_header.clone().map(|name| (name, id)));
        Some(headers)
    }

    fn signature(&self, key: &hmac::Key, payload: &[u8]) -> String {
        let tag = hmac::sign(key, payload);
        let written = match self.encoding {
            Encoding::Hex => hex::encode(tag.as_ref()),
            Encoding::Base64 => BASE64.encode(tag.as_ref()),
        };
        [self.signature_prefix.as_deref().unwrap_or_default(), &written].concat()
    }

    fn fresh_timestamp<'r>(
        &self,
        request: &Request<'r>,
        now: Timestamp,
    ) -> Result<Option<&'r [u8]>, Refused> {
        let Some(name) = &self.timestamp_header else { return Ok(None) };
        let sent = only_header(request.headers, name).ok_or(Refused::Unsigned)?;
        let at = instant(sent).ok_or(Refused::Stale)?;
        if now.duration_since(at).abs() > CLOCK_SKEW {
            return Err(Refused::Stale);
        }
        Ok(Some(sent))
    }

    /// Fills the template in one pass: what is filled in is never read as a placeholder again.
    fn payload(
        &self,
        request: &Request<'_>,
        timestamp: Option<&[u8]>,
        message_id: Option<&[u8]>,
    ) -> Option<Vec<u8>> {
        if !self.payload_format.contains("{body}") {
            return None;
        }
        let mut payload = Vec::with_capacity(self.payload_format.len() + request.body.len() + 64);
        let mut rest = self.payload_format.as_str();
        while let Some((literal, after)) = rest.split_once('{') {
            payload.extend_from_slice(literal.as_bytes());
            let (placeholder, after) = after.split_once('}')?;
            payload.extend_from_slice(match placeholder {
                "body" => request.body,
                "timestamp" => timestamp?,
                "method" => request.method.as_bytes(),
                "url" => request.url.as_bytes(),
                "svix-id" => message_id?,
                _ => return None,
            });
            rest = after;
        }
        payload.extend_from_slice(rest.as_bytes());
        Some(payload)
    }

    fn key(&self, secret: &[u8]) -> Option<hmac::Key> {
        let algorithm = match self.algorithm {
            Algorithm::Sha1 => hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY,
            Algorithm::Sha256 => hmac::HMAC_SHA256,
            Algorithm::Sha512 => hmac::HMAC_SHA512,
        };
        if !self.secret_is_base64 {
            return Some(hmac::Key::new(algorithm, secret));
        }
        let key = BASE64.decode(secret).ok().filter(|key| !key.is_empty())?;
        Some(hmac::Key::new(algorithm, &key))
    }
}

impl Default for HmacFormat {
    fn default() -> Self {
        Self::hmac_default()
    }
}

/// Digits only; seconds, or milliseconds from 10^12 on.
fn instant(sent: &[u8]) -> Option<Timestamp> {
    let digits = std::str::from_utf8(sent).ok().filter(|text| text.bytes().all(|b| b.is_ascii_digit()))?;
    let epoch: i64 = digits.parse().ok()?;
    if epoch > MILLISECONDS_FROM {
        Timestamp::from_millisecond(epoch).ok()
    } else {
        Timestamp::from_second(epoch).ok()
    }
}
