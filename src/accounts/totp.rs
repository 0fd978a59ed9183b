//! Time-based one-time passwords (RFC 6238): HMAC-SHA1, six digits, half a minute, as every authenticator app makes them.

use aws_lc_rs::{constant_time, hmac};
use jiff::Timestamp;

const STEP_SECONDS: i64 = 30;
/// Clocks of phones differ: a code of the step before and of the one after is taken, too.
const STEPS_AWAY: i64 = 1;
const DIGITS: usize = 6;
/// RFC 4648, without padding.
const BASE32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// The step whose code was given; `None` when no step near `now` and after `last` has it.
pub(super) fn matching_step(secret: &[u8], given: &str, now: Timestamp, last: Option<i64>) -> Option<i64> {
    let given: String = given.chars().filter(|c| !c.is_whitespace()).collect();
    let current = now.as_second().div_euclid(STEP_SECONDS);
    let near = current - STEPS_AWAY..=current + STEPS_AWAY;
    near.filter(|step| last.is_none_or(|last| *step > last)).find(|step| {
        let code = code_of(secret, *step);
        constant_time::verify_slices_are_equal(code.as_bytes(), given.as_bytes()).is_ok()
    })
}

/// The code of a step.
fn code_of(secret: &[u8], step: i64) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, secret);
    let tag = hmac::sign(&key, &step.to_be_bytes());
    let bytes = tag.as_ref();
    let at = usize::from(bytes.last().copied().unwrap_or_default() & 0xf);
    let word = bytes.get(at..at + 4).and_then(|four| four.try_into().ok()).unwrap_or([0; 4]);
    let number = (u32::from_be_bytes(word) & 0x7fff_ffff) % 1_000_000;
    format!("{number:0DIGITS$}")
}

/// What people type into an app that has no camera.
pub(super) fn base32(bytes: &[u8]) -> String {
    let mut text = String::new();
    let (mut kept, mut bits) = (0_u32, 0_u32);
    for byte in bytes {
        kept = (kept << 8) | u32::from(*byte);
        bits += 8;
        while bits >= 5 {
            bits -= 5;
            text.push(char::from(BASE32[(kept >> bits & 31) as usize]));
        }
    }
    if bits > 0 {
        text.push(char::from(BASE32[(kept << (5 - bits) & 31) as usize]));
    }
    text
}

/// The bytes of what [`base32`] wrote; `None` for anything else.
pub(super) fn from_base32(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    let (mut kept, mut bits) = (0_u32, 0_u32);
    for char in text.bytes() {
        let value = BASE32.iter().position(|known| *known == char)?;
        kept = (kept << 5) | u32::try_from(value).ok()?;
        bits += 5;
        if bits >= 8 {
            bits -= 8;
            bytes.push(u8::try_from(kept >> bits & 255).ok()?);
        }
    }
    Some(bytes)
}

/// The code that an app shows at `now`: for the demo and for tests.
pub fn code_at(base32_secret: &str, now: Timestamp) -> Option<String> {
    let secret = from_base32(base32_secret)?;
    Some(code_of(&secret, now.as_second().div_euclid(STEP_SECONDS)))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    const SECRET: &[u8] = b"12345678901234567890";

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    /// RFC 6238, appendix B: the last six of its eight digits.
    #[test]
    fn codes_are_those_of_the_standard() {
        for (second, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            assert_eq!(code_at(&base32(SECRET), at(second)).unwrap(), code);
            assert_eq!(matching_step(SECRET, code, at(second), None), Some(second / 30));
        }
    }

    #[test]
    fn a_code_counts_half_a_minute_around_and_once() {
        let code = code_of(SECRET, 100);
        for (second, counts) in [(2969, false), (2970, true), (3000, true), (3059, true), (3060, false)] {
            assert_eq!(matching_step(SECRET, &code, at(second), None).is_some(), counts, "{second}");
        }
        assert_eq!(matching_step(SECRET, &code, at(3000), Some(100)), None);
        assert_eq!(matching_step(SECRET, &code, at(3000), Some(99)), Some(100));
        let spaced = format!("{} {}", &code[..3], &code[3..]);
        assert_eq!(matching_step(SECRET, &spaced, at(3000), None), Some(100));
        for wrong in ["", "000000", &code[..5], &format!("{code}0")] {
            assert_eq!(matching_step(SECRET, wrong, at(3000), None), None, "{wrong}");
        }
    }

    #[test]
    fn base32_is_read_as_it_is_written() {
        assert_eq!(base32(b"foobar"), "MZXW6YTBOI");
        for bytes in [&b"f"[..], b"fo", b"foo", b"foob", b"fooba", b"foobar", SECRET] {
            assert_eq!(from_base32(&base32(bytes)).unwrap(), bytes);
        }
        assert_eq!(from_base32("abc"), None);
    }
}
