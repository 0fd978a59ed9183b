//! Secrets at rest: sealed with AES-256-GCM, looked up by keyed digest.
//!
//! Sealed form: one byte of version, twelve of nonce, ciphertext and tag. The associated data names org and
//! column, so that a sealed value moved to another row or org does not open.

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::{hmac, rand};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use secrecy::{ExposeSecret, SecretString};

use super::ids::OrgId;

const VERSION: u8 = 1;

/// A key or a sealed value that cannot be used. Says which setting, never a secret.
#[derive(Debug, thiserror::Error)]
pub enum SecretError {
    /// The key is missing, not base64, or not 32 bytes.
    #[error("secrets.key (VOXANNE_SECRETS_KEY) must be 32 bytes in base64: try `openssl rand -base64 32`")]
    BadKey,
    /// No known key opens it: another installation's, another org's, or damaged.
    #[error("a sealed secret does not open with secrets.key or secrets.former_keys")]
    DoesNotOpen,
    /// The system gave no randomness.
    #[error("the system gave no randomness")]
    NoRandomness,
}

/// The installation's keys: the current one seals, all of them open.
pub struct Keys {
    all: Vec<LessSafeKey>,
    digest: hmac::Key,
    login: hmac::Key,
}

impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Keys({})", self.all.len())
    }
}

impl Keys {
    /// Reads the current key and its predecessors (comma separated), each 32 bytes in base64.
    ///
    /// Digests and the database login derive from the *oldest* key given, so that they survive a rotation.
    pub fn new(current: &SecretString, former: &SecretString) -> Result<Self, SecretError> {
        let mut raw = vec![decoded(current.expose_secret())?];
        for key in former.expose_secret().split(',').map(str::trim).filter(|k| !k.is_empty()) {
            raw.push(decoded(key)?);
        }
        let keys = raw
            .iter()
            .map(|key| {
                UnboundKey::new(&AES_256_GCM, key).map(LessSafeKey::new).ok().ok_or(SecretError::BadKey)
            })
            .collect::<Result<Vec<_>, _>>()?;
        let oldest = raw.last().ok_or(SecretError::BadKey)?;
        let derive = |label: &[u8]| {
            let root = hmac::Key::new(hmac::HMAC_SHA256, oldest);
            hmac::Key::new(hmac::HMAC_SHA256, hmac::sign(&root, label).as_ref())
        };
        Ok(Self { all: keys, digest: derive(b"digest"), login: derive(b"login") })
    }

    /// Seals `secret` for one column of one org.
    pub fn seal(&self, org: OrgId, column: &str, secret: &str) -> Result<Vec<u8>, SecretError> {
        let mut nonce = [0_u8; NONCE_LEN];
        rand::fill(&mut nonce).ok().ok_or(SecretError::NoRandomness)?;
        let mut sealed = secret.as_bytes().to_vec();
        let key = self.all.first().ok_or(SecretError::BadKey)?;
        key.seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), aad(org, column), &mut sealed)
            .ok()
            .ok_or(SecretError::BadKey)?;
        Ok([&[VERSION][..], &nonce, &sealed].concat())
    }

    /// Opens what [`Keys::seal`] made for the same org and column.
    pub fn open(&self, org: OrgId, column: &str, sealed: &[u8]) -> Result<SecretString, SecretError> {
        let (head, body) = sealed.split_at_checked(1 + NONCE_LEN).ok_or(SecretError::DoesNotOpen)?;
        if head.first() != Some(&VERSION) {
            return Err(SecretError::DoesNotOpen);
        }
        for key in &self.all {
            let nonce = Nonce::try_assume_unique_for_key(&head[1..]).ok().ok_or(SecretError::DoesNotOpen)?;
            let mut bytes = body.to_vec();
            if let Ok(plain) = key.open_in_place(nonce, aad(org, column), &mut bytes) {
                return String::from_utf8(plain.to_vec())
                    .map(SecretString::from)
                    .ok()
                    .ok_or(SecretError::DoesNotOpen);
            }
        }
        Err(SecretError::DoesNotOpen)
    }

    /// A keyed digest for looking a secret up without keeping it.
    pub fn digest(&self, secret: &str) -> Vec<u8> {
        hmac::sign(&self.digest, secret.as_bytes()).as_ref().to_vec()
    }

    /// The password of the program's own database role: the same for every replica of an installation.
    pub fn database_password(&self) -> SecretString {
        hex::encode(hmac::sign(&self.login, b"voxanne_app").as_ref()).into()
    }
}

/// A new random token, 32 bytes in URL-safe base64 without padding.
pub fn new_token() -> Result<String, SecretError> {
    let mut bytes = [0_u8; 32];
    rand::fill(&mut bytes).ok().ok_or(SecretError::NoRandomness)?;
    Ok(base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(bytes))
}

/// A new random key in the form that `secrets.key` takes.
pub fn new_key() -> Result<SecretString, SecretError> {
    let mut bytes = [0_u8; 32];
    rand::fill(&mut bytes).ok().ok_or(SecretError::NoRandomness)?;
    Ok(STANDARD.encode(bytes).into())
}

fn decoded(key: &str) -> Result<Vec<u8>, SecretError> {
    STANDARD.decode(key.trim()).ok().filter(|k| k.len() == 32).ok_or(SecretError::BadKey)
}

fn aad(org: OrgId, column: &str) -> Aad<Vec<u8>> {
    Aad::from([org.0.as_bytes(), column.as_bytes()].concat())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    fn org(n: u128) -> OrgId {
        OrgId(uuid::Uuid::from_u128(n))
    }

    #[test]
    fn a_sealed_secret_opens_only_for_its_org_and_column() {
        let keys = Keys::new(&new_key().unwrap(), &"".into()).unwrap();
        let sealed = keys.seal(org(1), "twilio", "s3cret").unwrap();
        assert_eq!(keys.open(org(1), "twilio", &sealed).unwrap().expose_secret(), "s3cret");
        // W33: moved to another org or column, or damaged, it does not open.
        assert!(keys.open(org(2), "twilio", &sealed).is_err());
        assert!(keys.open(org(1), "vapi", &sealed).is_err());
        assert!(keys.open(org(1), "twilio", &sealed[..10]).is_err());
        assert!(!sealed.windows(6).any(|w| w == b"s3cret"));
    }

    #[test]
    fn a_rotated_key_still_opens_what_its_predecessor_sealed_and_digests_stay() {
        let old = new_key().unwrap();
        let before = Keys::new(&old, &"".into()).unwrap();
        let sealed = before.seal(org(1), "c", "s").unwrap();
        let after = Keys::new(&new_key().unwrap(), &old).unwrap();
        assert_eq!(after.open(org(1), "c", &sealed).unwrap().expose_secret(), "s");
        assert_eq!(before.digest("x"), after.digest("x"));
    }

    #[test]
    fn a_short_or_default_key_is_refused() {
        assert!(Keys::new(&"".into(), &"".into()).is_err());
        assert!(Keys::new(&"c2hvcnQ=".into(), &"".into()).is_err());
    }
}
