//! Whether a message comes from whoever holds an org's secret.

use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::digest::{SHA256, digest};
use http::HeaderMap;
use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};

pub use crate::hmac::{Algorithm, Encoding, HmacFormat};

/// The name of a credential: which of an org's active secrets a message was signed with.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct CredentialId(pub String);

/// One active secret of an org. Several are active during a rotation.
#[derive(Debug, Clone)]
pub struct Credential {
    /// Its name.
    pub id: CredentialId,
    /// How messages prove that they know it.
    pub scheme: Scheme,
    /// The secret. An empty one never matches.
    pub secret: SecretString,
}

/// How a message proves that its sender knows the secret. Stored as JSON, tagged by `type`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub enum Scheme {
    /// The secret itself in `x-vapi-secret`.
    VapiSecret,
    /// The secret in a header, as a rule `Authorization: Bearer …`.
    Bearer {
        /// The header's name.
        header: String,
        /// The word before the secret, in any case; absent where the secret stands alone.
        prefix: Option<String>,
    },
    /// A signature over the body.
    Hmac(HmacFormat),
}

impl Scheme {
    /// `Authorization: Bearer <secret>`.
    pub fn bearer() -> Self {
        Self::Bearer { header: "authorization".to_owned(), prefix: Some("Bearer".to_owned()) }
    }

    /// The platform's default HMAC credential; see [`HmacFormat::hmac_default`].
    pub fn hmac_default() -> Self {
        Self::Hmac(HmacFormat::hmac_default())
    }

    /// A signature over the body alone; see [`HmacFormat::hmac_body_only`].
    pub fn hmac_body_only() -> Self {
        Self::Hmac(HmacFormat::hmac_body_only())
    }
}

/// What arrived, before anything of it is parsed.
#[derive(Clone, Copy)]
pub struct Request<'r> {
    /// The HTTP method, upper case.
    pub method: &'r str,
    /// The URL as the sender called it, for formats that sign it.
    pub url: &'r str,
    /// The headers.
    pub headers: &'r HeaderMap,
    /// The raw body, never a re-serialised one.
    pub body: &'r [u8],
}

/// Why a message is not trusted. All of them are 401 without side effects; the difference is for our own eyes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
pub enum Refused {
    /// The org has no active secret: closed, not open.
    #[error("no secret is configured")]
    NotConfigured,
    /// An empty secret, or a format that cannot be computed or would not cover the body.
    #[error("the configured secret cannot be used")]
    Misconfigured,
    /// The header that the scheme needs is missing or given twice.
    #[error("the message is not signed")]
    Unsigned,
    /// More than five minutes from now, or no time at all.
    #[error("the message's timestamp is not close to now")]
    Stale,
    /// Signed, but not with this secret.
    #[error("the signature does not match")]
    Mismatch,
}

/// The credential that the message was signed with.
///
/// Every active credential is tried, so that timing does not tell which matched. Of several failures the one that came
/// closest is reported.
pub fn authenticate(
    credentials: &[Credential],
    request: &Request<'_>,
    now: Timestamp,
) -> Result<CredentialId, Refused> {
    let mut matched = None;
    let mut refused = Refused::NotConfigured;
    for credential in credentials {
        match credential.check(request, now) {
            Ok(()) => matched = matched.or(Some(&credential.id)),
            Err(reason) => refused = refused.max(reason),
        }
    }
    matched.cloned().ok_or(refused)
}

/// The headers by which a message proves that its sender knows the secret: what [`authenticate`] looks for. None where the format
/// cannot be computed.
pub fn present(
    credential: &Credential,
    (method, url, body): (&str, &str, &[u8]),
    now: Timestamp,
) -> Vec<(String, String)> {
    let secret = credential.secret.expose_secret();
    match &credential.scheme {
        Scheme::VapiSecret => vec![("x-vapi-secret".to_owned(), secret.to_owned())],
        Scheme::Bearer { header, prefix } => {
            let value =
                prefix.as_ref().map_or_else(|| secret.to_owned(), |prefix| format!("{prefix} {secret}"));
            vec![(header.clone(), value)]
        }
        Scheme::Hmac(format) => format.sign(secret.as_bytes(), (method, url, body), now).unwrap_or_default(),
    }
}

impl Credential {
    fn check(&self, request: &Request<'_>, now: Timestamp) -> Result<(), Refused> {
        let secret = self.secret.expose_secret().as_bytes();
        if secret.is_empty() {
            return Err(Refused::Misconfigured);
        }
        match &self.scheme {
            Scheme::VapiSecret => equal(only_header(request.headers, "x-vapi-secret"), secret),
            Scheme::Bearer { header, prefix } => {
                let sent = only_header(request.headers, header);
                equal(sent.and_then(|sent| after_prefix(sent, prefix.as_deref())), secret)
            }
            Scheme::Hmac(format) => format.check(secret, request, now),
        }
    }
}

/// The header's value if it is given exactly once.
pub(crate) fn only_header<'r>(headers: &'r HeaderMap, name: &str) -> Option<&'r [u8]> {
    let mut values = headers.get_all(name).iter();
    let value = values.next()?;
    values.next().is_none().then(|| value.as_bytes())
}

fn after_prefix<'r>(sent: &'r [u8], prefix: Option<&str>) -> Option<&'r [u8]> {
    let Some(prefix) = prefix else { return Some(sent) };
    let (word, rest) = sent.split_at_checked(prefix.len())?;
    word.eq_ignore_ascii_case(prefix.as_bytes()).then(|| rest.strip_prefix(b" ")).flatten()
}

/// Compares digests, so that neither content nor length of the secret shows in the time it takes.
fn equal(sent: Option<&[u8]>, secret: &[u8]) -> Result<(), Refused> {
    let sent = digest(&SHA256, sent.ok_or(Refused::Unsigned)?);
    let expected = digest(&SHA256, secret);
    verify_slices_are_equal(sent.as_ref(), expected.as_ref()).map_err(|_unequal| Refused::Mismatch)
}
