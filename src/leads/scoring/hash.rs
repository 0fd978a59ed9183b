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

/// Builds [`WordHasher`]s.
pub(super) type Quick = BuildHasherDefault<WordHasher>;

const ODD: u64 = 0x517c_c1b7_2722_0a95;

impl Hasher for WordHasher {
    fn write(&mut self, bytes: &[u8]) {
        for chunk in bytes.chunks(8) {
            let mut word = [0; 8];
            word[..chunk.len()].copy_from_slice(chunk);
            self.0 = (self.0.rotate_left(5) ^ u64::from_le_bytes(word)).wrapping_mul(ODD);
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
