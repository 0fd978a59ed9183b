//! Proves that a request came from Twilio (`X-Twilio-Signature`).
//!
//! The tag covers the public URL byte for byte, so the caller rebuilds it from configuration plus the request's own path
//! and query, never from the `Host` header.

use std::borrow::Cow;

use aws_lc_rs::{constant_time, digest, hmac};
use base64::{Engine, prelude::BASE64_STANDARD};
use secrecy::{ExposeSecret, SecretString};

/// The header that carries the tag.
pub const HEADER: &str = "x-twilio-signature";
/// The header that says which shared key made the tag, read by [`shared_key_name`].
pub const SETTINGS_HEADER: &str = "x-twilio-webhooks-signature-settings";

/// What makes the tag. The kind of key decides the algorithm; a request cannot choose a weaker one.
#[derive(Clone, Copy, Debug)]
pub enum Key<'a> {
    /// The account's auth token: HMAC-SHA1.
    AuthToken(&'a SecretString),
    /// A webhook signing key of the account: HMAC-SHA256.
    Shared(&'a SecretString),
}

/// What was posted.
#[derive(Clone, Copy, Debug)]
pub enum Payload<'a> {
    /// The decoded fields of a form, in any order.
    Form(&'a [(String, String)]),
    /// Anything else, raw; the URL then carries `bodySHA256`.
    Raw(&'a [u8]),
}

/// Whether `signature` is Twilio's for this request. Constant time in the tag; an empty key never matches.
pub fn verify(key: Key<'_>, url: &str, payload: Payload<'_>, signature: &str) -> bool {
    let Ok(tag) = BASE64_STANDARD.decode(signature) else { return false };
    let Some(key) = hmac_key(key) else { return false };
    let url = without_fragment(url);
    let fields = match (payload, body_sha256(url)) {
        (Payload::Form(fields), None) => fields,
        (Payload::Raw(body), Some(hash)) if is_hash_of(hash, body) => &[],
        _ => return false,
    };
    // Twilio signs with or without the default port, depending on the product.
    let other = if has_port(url) { without_port(url) } else { with_default_port(url) };
    let [as_given, respelt] =
        [url, &other].map(|url| hmac::verify(&key, &signed_bytes(url, fields), &tag).is_ok());
    as_given | respelt
}

/// The tag Twilio would send for this request; empty if the key is.
pub fn sign(key: Key<'_>, url: &str, payload: Payload<'_>) -> String {
    let fields = match payload {
        Payload::Form(fields) => fields,
        Payload::Raw(_) => &[],
    };
    hmac_key(key).map_or_else(String::new, |key| {
        BASE64_STANDARD.encode(hmac::sign(&key, &signed_bytes(without_fragment(url), fields)))
    })
}

/// The name of the shared key in `key=…,algorithm=HMAC_SHA256`; `None` for any other algorithm.
pub fn shared_key_name(settings: &str) -> Option<&str> {
    let field = |name: &str| {
        settings
            .split(',')
            .filter_map(|pair| pair.trim().split_once('='))
            .find(|(n, _)| *n == name)
            .map(|(_, v)| v)
    };
    (field("algorithm")? == "HMAC_SHA256").then(|| field("key")).flatten()
}

fn hmac_key(key: Key<'_>) -> Option<hmac::Key> {
    let (algorithm, secret) = match key {
        Key::AuthToken(secret) => (hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, secret),
        Key::Shared(secret) => (hmac::HMAC_SHA256, secret),
    };
    let secret = secret.expose_secret();
    (!secret.is_empty()).then(|| hmac::Key::new(algorithm, secret.as_bytes()))
}

fn signed_bytes(url: &str, fields: &[(String, String)]) -> Vec<u8> {
    let mut fields: Vec<_> = fields.iter().collect();
    fields.sort_unstable();
    fields.dedup();
    let mut bytes = url.as_bytes().to_vec();
    for (name, value) in fields {
        bytes.extend_from_slice(name.as_bytes());
        bytes.extend_from_slice(value.as_bytes());
    }
    bytes
}

fn body_sha256(url: &str) -> Option<&str> {
    let (_, query) = url.split_once('?')?;
    query.split('&').find_map(|pair| pair.strip_prefix("bodySHA256="))
}

fn is_hash_of(hash: &str, body: &[u8]) -> bool {
    let actual = digest::digest(&digest::SHA256, body);
    hex::decode(hash).is_ok_and(|hash| constant_time::verify_slices_are_equal(&hash, actual.as_ref()).is_ok())
}

/// `#rc=3&ct=…` configures Twilio's retries and is not part of the request.
fn without_fragment(url: &str) -> &str {
    url.split_once('#').map_or(url, |(url, _)| url)
}

/// Where the host (with its port) lies in `url`.
fn authority(url: &str) -> std::ops::Range<usize> {
    let start = url.find("://").map_or(0, |i| i + 3);
    let end = url[start..].find(['/', '?']).map_or(url.len(), |i| start + i);
    start..end
}

fn port_colon(url: &str) -> Option<usize> {
    let host = authority(url);
    let colon = url[host.clone()].rfind(':')? + host.start;
    let digits = &url[colon + 1..host.end];
    (!digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit())).then_some(colon)
}

fn has_port(url: &str) -> bool {
    port_colon(url).is_some()
}

fn without_port(url: &str) -> Cow<'_, str> {
    match port_colon(url) {
        Some(colon) => Cow::Owned(format!("{}{}", &url[..colon], &url[authority(url).end..])),
        None => Cow::Borrowed(url),
    }
}

fn with_default_port(url: &str) -> Cow<'_, str> {
    let port = if url.starts_with("http://") { 80 } else { 443 };
    let (host, rest) = url.split_at(authority(url).end);
    Cow::Owned(format!("{host}:{port}{rest}"))
}

#[cfg(test)]
#[path = "signature_tests.rs"]
mod tests;
