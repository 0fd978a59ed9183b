//! The sealed form, and the keys that open it.
//!
//! A byte of version (2), four of the key's id, twelve of nonce, ciphertext and tag. The associated data names version, key
//! and place. Version 1 had no id and bound org and column alone; it still opens, by whichever key does.

use std::sync::Arc;

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::{hmac, rand};
use secrecy::SecretString;

use super::SecretError;
use crate::platform::ids::OrgId;
use uuid::Uuid;

const UNNAMED: u8 = 1;
const NAMED: u8 = 2;
const KEY_ID_LEN: usize = 4;

/// Tells keys of an installation apart and nothing about them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeyId([u8; KEY_ID_LEN]);

/// Where a sealed value belongs.
pub(super) struct Place<'a> {
    pub org: OrgId,
    pub column: &'a str,
    pub row: Option<Uuid>,
}

struct Key {
    id: KeyId,
    cipher: LessSafeKey,
}

/// Keys, the current one first.
pub(super) struct Ring(Vec<Arc<Key>>);

impl Ring {
    /// `None` when one is no key, or there is none.
    pub fn new(keys: &[[u8; 32]]) -> Option<Self> {
        let keys = keys.iter().map(Key::new).collect::<Option<Vec<_>>>()?;
        if keys.is_empty() { None } else { Some(Self(keys)) }
    }

    /// These keys as predecessors of `keys`.
    pub fn behind(&self, keys: &[[u8; 32]]) -> Option<Self> {
        let first = keys.iter().map(Key::new).collect::<Option<Vec<_>>>()?;
        Some(Self(first.into_iter().chain(self.0.iter().cloned()).collect()))
    }

    pub fn len(&self) -> usize {
        self.0.len()
    }

    pub fn current(&self) -> Option<KeyId> {
        self.0.first().map(|key| key.id)
    }

    pub fn has(&self, id: KeyId) -> bool {
        self.0.iter().any(|key| key.id == id)
    }

    pub fn seal(&self, place: &Place<'_>, secret: &str) -> Result<Vec<u8>, SecretError> {
        let mut nonce = [0_u8; NONCE_LEN];
        rand::fill(&mut nonce).ok().ok_or(SecretError::NoRandomness)?;
        let mut sealed = secret.as_bytes().to_vec();
        let key = self.0.first().ok_or(SecretError::BadKey)?;
        key.cipher
            .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), place.bound(key.id), &mut sealed)
            .ok()
            .ok_or(SecretError::BadKey)?;
        Ok([&[NAMED][..], &key.id.0, &nonce, &sealed].concat())
    }

    pub fn open(&self, place: &Place<'_>, sealed: &[u8]) -> Option<SecretString> {
        let (named, rest) = parted(sealed)?;
        let (nonce, body) = rest.split_at_checked(NONCE_LEN)?;
        let fitting = self.0.iter().filter(|key| named.is_none_or(|id| key.id == id));
        for key in fitting {
            let aad = if named.is_some() { place.bound(key.id) } else { place.bound_unnamed() };
            let mut bytes = body.to_vec();
            let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
            if let Ok(plain) = key.cipher.open_in_place(nonce, aad, &mut bytes) {
                return String::from_utf8(plain.to_vec()).map(SecretString::from).ok();
            }
        }
        None
    }
}

impl Key {
    fn new(key: &[u8; 32]) -> Option<Arc<Self>> {
        let cipher = UnboundKey::new(&AES_256_GCM, key).map(LessSafeKey::new).ok()?;
        let named = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), b"voxanne key id");
        let id = KeyId(*named.as_ref().first_chunk()?);
        Some(Arc::new(Self { id, cipher }))
    }
}

impl Place<'_> {
    /// Of fixed lengths up to the column, so that no two places look alike.
    fn bound(&self, key: KeyId) -> Aad<Vec<u8>> {
        let has_row = u8::from(self.row.is_some());
        let row = self.row.unwrap_or_default();
        let parts: [&[u8]; 6] =
            [&[NAMED], &key.0, self.org.0.as_bytes(), &[has_row], row.as_bytes(), self.column.as_bytes()];
        Aad::from(parts.concat())
    }

    fn bound_unnamed(&self) -> Aad<Vec<u8>> {
        Aad::from([self.org.0.as_bytes(), self.column.as_bytes()].concat())
    }
}

/// The key that a value names.
pub(super) fn key_id(sealed: &[u8]) -> Option<KeyId> {
    parted(sealed)?.0
}

/// The key that a value names, if its version names one, and what follows; `None` for no sealed value at all.
fn parted(sealed: &[u8]) -> Option<(Option<KeyId>, &[u8])> {
    match sealed.split_first()? {
        (&UNNAMED, rest) => Some((None, rest)),
        (&NAMED, rest) => {
            let (id, rest) = rest.split_first_chunk()?;
            Some((Some(KeyId(*id)), rest))
        }
        _ => None,
    }
}
