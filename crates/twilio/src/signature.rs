//! Proves that a request came from Twilio (`X-Twilio-Signature`).
//!
//! The tag covers the public URL byte for byte, so the caller rebuilds it from configuration plus the request's own path
//! and query, never from the `Host` header.

use std::borrow::Cow;

use aws_lc_rs::hmac;
use base64::{Engine, prelude::BASE64_STANDARD};
use secrecy::{ExposeSecret, SecretString};

/// The header that carries the tag.
pub const HEADER: &str = "x-twilio-signature";

/// Whether `signature` is Twilio's for this request. Constant time in the tag; an empty token never matches.
///
/// `fields` are those of the form, in any order. Bodies of other kinds, which their URL covers by a hash, are posted to none of
/// our doors.
pub fn verify(auth_token: &SecretString, url: &str, fields: &[(String, String)], signature: &str) -> bool {
    let Ok(tag) = BASE64_STANDARD.decode(signature) else { return false };
    let Some(key) = hmac_key(auth_token) else { return false };
    let url = without_fragment(url);
    // Twilio signs with or without the default port, depending on the product.
    let other = if has_port(url) { without_port(url) } else { with_default_port(url) };
    let [as_given, respelt] =
        [url, &other].map(|url| hmac::verify(&key, &signed_bytes(url, fields), &tag).is_ok());
    as_given | respelt
}

/// The tag Twilio would send for this request; empty if the token is.
pub fn sign(auth_token: &SecretString, url: &str, fields: &[(String, String)]) -> String {
    hmac_key(auth_token).map_or_else(String::new, |key| {
        BASE64_STANDARD.encode(hmac::sign(&key, &signed_bytes(without_fragment(url), fields)))
    })
}

fn hmac_key(auth_token: &SecretString) -> Option<hmac::Key> {
    let token = auth_token.expose_secret();
    (!token.is_empty()).then(|| hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, token.as_bytes()))
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
