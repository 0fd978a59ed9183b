//! Recovery codes: ten, once each, for whoever lost their phone.

use crate::platform::ids::UserId;
use crate::platform::secrets::{self, Keys, SecretError};

const CODES: usize = 10;
/// Letters and digits that nobody mixes up.
const ALPHABET: &[u8; 32] = b"abcdefghjkmnpqrstuvwxyz023456789";
const LENGTH: usize = 10;

/// Ten new codes such as `k3fq7-m2xwa`: 50 bits each.
pub(super) fn new_codes() -> Result<Vec<String>, SecretError> {
    (0..CODES).map(|_| new_code()).collect()
}

fn new_code() -> Result<String, SecretError> {
    let chance = secrets::random::<LENGTH>()?;
    let letters: String = chance.iter().map(|byte| char::from(ALPHABET[usize::from(byte & 31)])).collect();
    let (first, second) = letters.split_at(LENGTH / 2);
    Ok(format!("{first}-{second}"))
}

/// What is kept of a code. Spaces, dashes and case do not count.
pub(super) fn digest(keys: &Keys, user: UserId, code: &str) -> Vec<u8> {
    let bare: String = code.chars().filter(char::is_ascii_alphanumeric).collect();
    keys.digest(&format!("recovery code {user} {}", bare.to_ascii_lowercase()))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn b22_codes_are_ten_and_differ() {
        let mut codes = new_codes().unwrap();
        assert!(codes.iter().all(|code| code.len() == 11 && &code[5..6] == "-"), "{codes:?}");
        codes.sort();
        codes.dedup();
        assert_eq!(codes.len(), 10);
    }
}
