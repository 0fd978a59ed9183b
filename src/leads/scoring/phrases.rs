//! The lexicon's lines, by what they are about. A new phrase is one more line; `docs/scoring.md` says how.

mod buying;
mod classes;
mod spanish;
mod symptoms;

use super::lexicon::Line;

/// Every part; a transcript is read by all of them, whatever its language.
pub(super) const LINES: &[&[Line]] =
    &[buying::LINES, symptoms::LINES, classes::LINES, spanish::BUYING, spanish::SYMPTOMS, spanish::CLASSES];
