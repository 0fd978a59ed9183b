//! A hash for words: short keys of our own lists, never an attacker's choice of buckets that matter.

use std::hash::{BuildHasherDefault, Hasher};

/// FNV-like over eight bytes at a time; a word is one or two rounds.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct WordHasher(u64);

/// For keys that are hashes already.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Hashed(u64);

/// Builds [`Hashed`].
pub(super) type ByNumber = BuildHasherDefault<Hashed>;

impl Hasher for Hashed {
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }

    fn write_u64(&mut self, number: u64) {
        self.0 = number;
    }

    fn finish(&self) -> u64 {
        // Tables look at the highest bits and at the lowest.
        self.0 ^ (self.0 << 32)
    }
}

/// Up to eight bytes as a number, the first the lowest; without a loop, for most words differ in length.
fn little(bytes: &[u8]) -> u64 {
    let both = |first: u64, last: u64, half: usize| first | last << (8 * (bytes.len() - half));
    if let Some(all) = bytes.first_chunk() {
        u64::from_le_bytes(*all)
    } else if let (Some(first), Some(last)) = (bytes.first_chunk::<4>(), bytes.last_chunk::<4>()) {
        both(u32::from_le_bytes(*first).into(), u32::from_le_bytes(*last).into(), 4)
    } else if let (Some(first), Some(last)) = (bytes.first_chunk::<2>(), bytes.last_chunk::<2>()) {
        both(u16::from_le_bytes(*first).into(), u16::from_le_bytes(*last).into(), 2)
    } else {
        bytes.first().map_or(0, |byte| u64::from(*byte))
    }
}

/// Builds [`WordHasher`]s.
pub(super) type Quick = BuildHasherDefault<WordHasher>;

const ODD: u64 = 0x517c_c1b7_2722_0a95;

impl Hasher for WordHasher {
    fn write(&mut self, bytes: &[u8]) {
        for chunk in bytes.chunks(8) {
            self.0 = (self.0.rotate_left(5) ^ little(chunk)).wrapping_mul(ODD);
        }
    }

    fn write_u32(&mut self, number: u32) {
        self.0 = (self.0.rotate_left(5) ^ u64::from(number)).wrapping_mul(ODD);
    }

    fn write_u8(&mut self, byte: u8) {
        self.0 = (self.0.rotate_left(5) ^ u64::from(byte)).wrapping_mul(ODD);
    }

    fn finish(&self) -> u64 {
        self.0 ^ (self.0 >> 29)
    }
}

/// A number for a phrase, whatever its case.
pub(super) fn number_of(words: &str) -> u64 {
    let mut hasher = WordHasher::default();
    words.chars().flat_map(char::to_lowercase).for_each(|char| hasher.write_u32(u32::from(char)));
    hasher.finish()
}

/// A number for a single word as it stands.
pub(super) fn number_of_word(word: &str) -> u64 {
    let mut hasher = WordHasher::default();
    hasher.write(word.as_bytes());
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_read_as_a_number_whatever_their_count() {
        let bytes = *b"abcdefgh";
        for count in 0..=8 {
            let mut padded = [0; 8];
            padded[..count].copy_from_slice(&bytes[..count]);
            assert_eq!(little(&bytes[..count]), u64::from_le_bytes(padded), "{count}");
        }
    }
}
