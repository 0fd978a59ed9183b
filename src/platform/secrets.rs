//! Secrets at rest: sealed with AES-256-GCM, looked up by keyed digest.
//!
//! **Invariant.** A sealed value opens at its own place only: its org, its column, and where a column has many of them its
//! row. It names the key that opens it, so that a key that is still needed is missed when the program starts.

mod ring;

use std::ops::AddAssign;
use std::sync::Arc;

use aws_lc_rs::{hmac, rand};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use secrecy::{ExposeSecret, SecretString};
use uuid::Uuid;

use super::config;
use super::ids::OrgId;
use ring::{Place, Ring};

pub use ring::KeyId;

/// A key or a sealed value that cannot be used. Says which setting, never a secret.
#[derive(Debug, thiserror::Error)]
pub enum SecretError {
    /// The key is missing, of another form, or not 32 bytes.
    #[error(
        "secrets.key (VOXANNE_SECRETS_KEY) and each of secrets.former_keys must be 32 bytes in base64: try `openssl rand -base64 32`"
    )]
    BadKey,
    /// The same of the calendars' keys.
    #[error(
        "google.encryption_key (GOOGLE_ENCRYPTION_KEY) and each of google.former_encryption_keys must be 32 bytes, in base64 or as 64 hexadecimal digits"
    )]
    BadCalendarKey,
    /// No known key opens it: another installation's, another place's, or damaged.
    #[error("a sealed secret does not open with {0}")]
    DoesNotOpen(&'static str),
    /// The system gave no randomness.
    #[error("the system gave no randomness")]
    NoRandomness,
}

/// How many sealed values stand how.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tally {
    /// Sealed by the current key.
    pub current: u64,
    /// Sealed by one of its predecessors; after sealing anew: were.
    pub former: u64,
    /// No key that was given opens them.
    pub lost: u64,
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.current += other.current;
        self.former += other.former;
        self.lost += other.lost;
    }
}

/// What comes of a value that is to be sealed by the current key.
#[derive(Debug, PartialEq, Eq)]
pub enum Anew {
    /// It is already.
    Current,
    /// A predecessor sealed it: this takes its place.
    Former(Vec<u8>),
    /// No key that was given opens it.
    Lost,
}

impl Anew {
    /// It as one in a tally.
    pub fn tally(&self) -> Tally {
        match self {
            Self::Current => Tally { current: 1, ..Tally::default() },
            Self::Former(_) => Tally { former: 1, ..Tally::default() },
            Self::Lost => Tally { lost: 1, ..Tally::default() },
        }
    }
}

/// What becomes of values that no key opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lost {
    /// They stay: the key may turn up.
    Stay,
    /// They go, and what they were for has to be given anew.
    Go,
}

/// The installation's keys: the current one seals, all of them open.
pub struct Keys {
    ring: Ring,
    derived: Arc<Derived>,
    /// The settings that they come from.
    names: &'static str,
}

/// What comes of the oldest key.
struct Derived {
    digest: hmac::Key,
    login: hmac::Key,
    made: hmac::Key,
}

impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Keys({})", self.ring.len())
    }
}

impl Keys {
    /// Reads the current key and its predecessors (comma separated), each 32 bytes in base64 or hexadecimal.
    ///
    /// Digests and the database login derive from the *oldest* key given, so that they survive a rotation.
    pub fn new(current: &SecretString, former: &SecretString) -> Result<Self, SecretError> {
        let raw = all_of(current, former).ok_or(SecretError::BadKey)?;
        let ring = Ring::new(&raw).ok_or(SecretError::BadKey)?;
        let oldest = raw.last().ok_or(SecretError::BadKey)?;
        let derive = |label: &[u8]| {
            let root = hmac::Key::new(hmac::HMAC_SHA256, oldest);
            hmac::Key::new(hmac::HMAC_SHA256, hmac::sign(&root, label).as_ref())
        };
        let names = "secrets.key or secrets.former_keys";
        let derived =
            Arc::new(Derived { digest: derive(b"digest"), login: derive(b"login"), made: derive(b"made") });
        Ok(Self { ring, derived, names })
    }

    /// The keys of what lets us into outside calendars. These keys open it too, so that a key of its own can be given
    /// to an installation that began without one; they seal it while there is none.
    pub fn for_calendars(&self, google: &config::Google) -> Result<Self, SecretError> {
        let names =
            "google.encryption_key (GOOGLE_ENCRYPTION_KEY), google.former_encryption_keys or secrets.key";
        let (current, former) = (&google.encryption_key, &google.former_encryption_keys);
        let is_given = ![current, former].iter().all(|keys| keys.expose_secret().trim().is_empty());
        let own = if is_given { all_of(current, former).ok_or(SecretError::BadCalendarKey)? } else { vec![] };
        let ring = self.ring.behind(&own).ok_or(SecretError::BadCalendarKey)?;
        Ok(Self { ring, derived: Arc::clone(&self.derived), names })
    }

    /// Seals `secret` for one column of one org.
    pub fn seal(&self, org: OrgId, column: &str, secret: &str) -> Result<Vec<u8>, SecretError> {
        self.ring.seal(&Place { org, column, row: None }, secret)
    }

    /// Seals `secret` for one column of one row.
    pub fn seal_row(
        &self,
        org: OrgId,
        (column, row): (&str, Uuid),
        secret: &str,
    ) -> Result<Vec<u8>, SecretError> {
        self.ring.seal(&Place { org, column, row: Some(row) }, secret)
    }

    /// Opens what [`Keys::seal`] made for the same org and column.
    pub fn open(&self, org: OrgId, column: &str, sealed: &[u8]) -> Result<SecretString, SecretError> {
        self.opened(&Place { org, column, row: None }, sealed)
    }

    /// Opens what [`Keys::seal_row`] made for the same column of the same row.
    pub fn open_row(
        &self,
        org: OrgId,
        (column, row): (&str, Uuid),
        sealed: &[u8],
    ) -> Result<SecretString, SecretError> {
        self.opened(&Place { org, column, row: Some(row) }, sealed)
    }

    fn opened(&self, place: &Place<'_>, sealed: &[u8]) -> Result<SecretString, SecretError> {
        self.ring.open(place, sealed).ok_or(SecretError::DoesNotOpen(self.names))
    }

    /// The key that sealed a value; `None` where the value does not say.
    pub fn key_id(sealed: &[u8]) -> Option<KeyId> {
        ring::key_id(sealed)
    }

    /// Whether the key that a value names is one of these. Older values name none: only opening them tells.
    pub fn knows(&self, sealed: &[u8]) -> bool {
        Self::key_id(sealed).is_some_and(|id| self.ring.has(id))
    }

    /// Whether the current key sealed it.
    pub fn is_current(&self, sealed: &[u8]) -> bool {
        Self::key_id(sealed).is_some_and(|id| self.ring.current() == Some(id))
    }

    /// Counts a value by the key that it needs.
    pub fn count(&self, org: OrgId, (column, row): (&str, Option<Uuid>), sealed: &[u8]) -> Tally {
        let names_its_key = Self::key_id(sealed).is_some();
        let is_known = if names_its_key {
            self.knows(sealed)
        } else {
            self.ring.open(&Place { org, column, row }, sealed).is_some()
        };
        match (is_known, self.is_current(sealed)) {
            (true, true) => Tally { current: 1, ..Tally::default() },
            (true, false) => Tally { former: 1, ..Tally::default() },
            (false, _) => Tally { lost: 1, ..Tally::default() },
        }
    }

    /// The value under the current key, unless that sealed it already.
    pub fn anew(
        &self,
        org: OrgId,
        (column, row): (&str, Option<Uuid>),
        sealed: &[u8],
    ) -> Result<Anew, SecretError> {
        let place = Place { org, column, row };
        match self.ring.open(&place, sealed) {
            None => Ok(Anew::Lost),
            Some(_) if self.is_current(sealed) => Ok(Anew::Current),
            Some(secret) => self.ring.seal(&place, secret.expose_secret()).map(Anew::Former),
        }
    }

    /// A keyed digest for looking a secret up without keeping it.
    pub fn digest(&self, secret: &str) -> Vec<u8> {
        hmac::sign(&self.derived.digest, secret.as_bytes()).as_ref().to_vec()
    }

    /// 32 bytes that follow from the oldest key and `what`: the same for every replica, and nobody else can make them.
    pub fn derived(&self, what: &str) -> [u8; 32] {
        let made = hmac::sign(&self.derived.made, what.as_bytes());
        made.as_ref().first_chunk().copied().unwrap_or([0; 32])
    }

    /// A token that follows from the installation's key and `what`, in the form of [`new_token`]'s.
    pub fn derived_token(&self, what: &str) -> String {
        URL_SAFE_NO_PAD.encode(self.derived(what))
    }

    /// The password of the program's own database role: the same for every replica of an installation.
    pub fn database_password(&self) -> SecretString {
        hex::encode(hmac::sign(&self.derived.login, b"voxanne_app").as_ref()).into()
    }
}

/// Random bytes.
pub fn random<const N: usize>() -> Result<[u8; N], SecretError> {
    let mut bytes = [0_u8; N];
    rand::fill(&mut bytes).ok().ok_or(SecretError::NoRandomness)?;
    Ok(bytes)
}

/// A new random token, 32 bytes in URL-safe base64 without padding.
pub fn new_token() -> Result<String, SecretError> {
    Ok(URL_SAFE_NO_PAD.encode(random::<32>()?))
}

/// A new random key in the form that `secrets.key` takes.
pub fn new_key() -> Result<SecretString, SecretError> {
    Ok(STANDARD.encode(random::<32>()?).into())
}

/// The current key and its predecessors; `None` when one of them is no key.
fn all_of(current: &SecretString, former: &SecretString) -> Option<Vec<[u8; 32]>> {
    let former = former.expose_secret().split(',').map(str::trim).filter(|key| !key.is_empty());
    std::iter::once(current.expose_secret().trim()).chain(former).map(decoded).collect()
}

/// 64 digits would be 48 bytes in base64, so that no key reads as both.
fn decoded(key: &str) -> Option<[u8; 32]> {
    let bytes = if key.len() == 64 { hex::decode(key).ok() } else { STANDARD.decode(key).ok() };
    bytes?.try_into().ok()
}

#[cfg(test)]
mod tests;
