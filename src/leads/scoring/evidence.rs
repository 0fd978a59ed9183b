//! A phrase of the caller, and what it was worth.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{Rule, Speaker};

/// Whether a phrase counts and, if not, why.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Polarity {
    /// Meant, by the caller, now.
    Affirmed,
    /// "I don't want filler", "I'd love to, but I can't".
    Negated,
    /// "My sister had Botox".
    OtherPerson,
    /// "I had filler last year".
    Past,
    /// "My husband said 'get Botox now'".
    Quoted,
    /// "If I had the budget".
    Hypothetical,
    /// "Does filler cause swelling?"
    Question,
    /// By a caller who speaks as the receptionist should, while the receptionist does not: the speakers were mixed up.
    Receptionist,
    /// Not about buying ("how do I get there today"), or another meaning of the words.
    OffTopic,
}

/// A phrase of the caller, and what it was worth.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// What found it.
    pub rule: Rule,
    /// Who said it: only ever the caller.
    pub speaker: Speaker,
    /// Index into the turns that were scored.
    pub turn: usize,
    /// First char of the phrase in the turn's text (chars, not bytes).
    pub start: usize,
    /// One past its last char.
    pub end: usize,
    /// Exactly the chars `start..end` of the turn's text.
    pub words: String,
    /// Points given; 0 if it does not count or its weight was given before.
    pub points: i16,
    /// Whether it counts.
    pub polarity: Polarity,
    /// No phrase: the words that spoke most for it to the fitted model.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub fitted: bool,
}

impl fmt::Debug for Evidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{:?}({:?}, {:+}) at {}:{}..{}",
            self.rule, self.polarity, self.points, self.turn, self.start, self.end
        )
    }
}
