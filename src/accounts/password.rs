//! Passwords: what may be one, and what is kept of it.

use std::sync::{Arc, OnceLock};

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use argon2::{Algorithm, Argon2, Params, Version};
use secrecy::{ExposeSecret as _, SecretString};
use tokio::sync::Semaphore;
use zxcvbn::{Score, zxcvbn};

use crate::platform::app::App;
use crate::platform::secrets;

const LENGTH_MIN: usize = 12;
/// Longer ones only cost us time.
const LENGTH_MAX: usize = 200;
/// What OWASP asks of Argon2id: 19 MiB, twice, on one lane.
const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;
/// What somebody makes a password of who has to make one here.
const PRODUCT: &str = "voxanne";
/// Hashes at once: each takes 19 MiB and a core.
const AT_ONCE: usize = 4;
/// Beyond ten to the eighth guesses by somebody who knows the person and the lists of passwords and words that leaked: offline,
/// Argon2id then takes years.
const STRENGTH_MIN: Score = Score::Three;

/// A password that is good enough to be set.
#[derive(Debug, Clone)]
pub struct NewPassword(SecretString);

/// Why a password cannot be set; follows "The password".
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WeakPassword {
    /// Too few characters.
    #[error("must have at least {LENGTH_MIN} characters")]
    Short,
    /// Too many.
    #[error("must have at most {LENGTH_MAX} characters")]
    Long,
    /// Somebody would guess it.
    #[error("must not be one that many people use, or made of the e-mail address")]
    Common,
}

/// Why a password was not hashed or compared. Ours to fix.
#[derive(Debug, thiserror::Error)]
#[error("a password could not be hashed")]
pub struct HashError;

impl NewPassword {
    /// Takes `raw` for somebody who signs in with `email`.
    pub fn parse(raw: &str, email: &str) -> Result<Self, WeakPassword> {
        let length = raw.chars().count();
        if length < LENGTH_MIN {
            return Err(WeakPassword::Short);
        }
        if length > LENGTH_MAX {
            return Err(WeakPassword::Long);
        }
        // What is known of the person is no help: without it, it still has to be hard.
        let email = email.to_lowercase();
        let known = email.split(['@', '.', '-', '_', '+']).chain([PRODUCT]).filter(|word| word.len() > 2);
        let unknown = known.fold(raw.to_lowercase(), |rest, word| rest.replace(word, ""));
        if zxcvbn(&unknown, &[]).score() < STRENGTH_MIN {
            return Err(WeakPassword::Common);
        }
        Ok(Self(raw.into()))
    }
}

fn hasher() -> Result<Argon2<'static>, HashError> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None).ok().ok_or(HashError)?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

struct Places(Arc<Semaphore>);

/// Runs `work` off the threads that serve everybody, a few at a time.
async fn apart<T: Send + 'static>(
    app: &App,
    work: impl FnOnce() -> Result<T, HashError> + Send + 'static,
) -> Result<T, HashError> {
    let places = app.memo.get_or(|| Places(Arc::new(Semaphore::new(AT_ONCE))));
    let place = places.0.clone().acquire_owned().await.ok().ok_or(HashError)?;
    let done = tokio::task::spawn_blocking(move || {
        let done = work();
        drop(place);
        done
    });
    done.await.ok().ok_or(HashError)?
}

/// What is kept of a password.
pub(super) async fn hash(app: &App, password: &NewPassword) -> Result<String, HashError> {
    let password = password.0.clone();
    apart(app, move || hashed(password.expose_secret())).await
}

fn hashed(password: &str) -> Result<String, HashError> {
    let salt = secrets::random::<16>().ok().ok_or(HashError)?;
    let hash: PasswordHash =
        hasher()?.hash_password_with_salt(password.as_bytes(), &salt).ok().ok_or(HashError)?;
    Ok(hash.to_string())
}

/// Whether `presented` is the password of which `kept` is the hash. Without a hash it takes as long, and is not.
pub(super) async fn verify(app: &App, presented: &str, kept: Option<String>) -> Result<bool, HashError> {
    // More than anybody could have set.
    let presented: String = presented.chars().take(LENGTH_MAX + 1).collect();
    apart(app, move || {
        let (kept, is_real) = match kept {
            Some(kept) => (kept, true),
            None => (nobodys()?.to_owned(), false),
        };
        let hash = PasswordHash::new(&kept).ok().ok_or(HashError)?;
        Ok(hasher()?.verify_password(presented.as_bytes(), &hash).is_ok() && is_real)
    })
    .await
}

/// A hash that nobody has a password for.
fn nobodys() -> Result<&'static str, HashError> {
    static NOBODYS: OnceLock<String> = OnceLock::new();
    if let Some(known) = NOBODYS.get() {
        return Ok(known);
    }
    let made = hashed("of nobody at all")?;
    Ok(NOBODYS.get_or_init(|| made))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    fn refused(raw: &str) -> Option<WeakPassword> {
        NewPassword::parse(raw, "maria.lopez@glow.example").err()
    }

    #[test]
    fn a_password_is_long_and_not_what_everybody_tries() {
        assert_eq!(refused("violet-lamp-9"), None);
        assert_eq!(refused("elevenchars"), Some(WeakPassword::Short));
        assert_eq!(refused(&"ab cd".repeat(50)), Some(WeakPassword::Long));
        for common in [
            "Password1234",
            "password123!",
            "QwertyUiop123",
            "aaaaaaaaaaaa",
            "121212121212",
            "Maria.Lopez2026",
            "lopez-maria-2026",
            "P@ssw0rd!P@ssw0rd!",
            "iloveyou12345",
            "1q2w3e4r5t6y7u8i",
            "november262026",
            "Voxanne123456",
        ] {
            assert_eq!(refused(common), Some(WeakPassword::Common), "{common}");
        }
        assert_eq!(refused("maria.lopez@glow.example"), Some(WeakPassword::Common));
    }

    #[test]
    fn what_is_kept_names_its_parameters_and_not_the_password() {
        let kept = hashed("violet-lamp-9").unwrap();
        assert!(kept.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{kept}");
        assert!(!kept.contains("violet"));
        let hash = PasswordHash::new(&kept).unwrap();
        assert!(hasher().unwrap().verify_password(b"violet-lamp-9", &hash).is_ok());
        assert!(hasher().unwrap().verify_password(b"violet-lamp-8", &hash).is_err());
        assert_ne!(kept, hashed("violet-lamp-9").unwrap());
    }
}
