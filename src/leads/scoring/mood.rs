//! How the caller felt: a few cues, each with its reason, fitted on the labelled corpus. No dictionary of "good" and "bad"
//! words: in a clinic's calls those praise sisters and pity wrinkles.
//!
//! Gladness is what earns points, so its cues are the lines of [`super::Rule::Positive`]; here stand those of displeasure,
//! and how both meet with the class and with the platform's own reading.

use super::tokens::{Break, Token};
use super::words::MOOD;
use super::{CallClass, Rules, Sentiment, Sentiments};

/// Words in a row, and why they tell of a sour mood.
#[rustfmt::skip]
const SOUR: &[(&[&str], &str)] = &[
    (&["too", "much"], "a price refused"),
    (&["too", "expensive"], "a price refused"),
    (&["cant", "afford"], "no means"),
    (&["not", "paying"], "a price refused"),
    (&["carisimo"], "a price refused"),
    (&["hated"], "an earlier treatment"),
    (&["ridiculous"], "scorn"),
    (&["jeez"], "dismay"),
    (&["yikes"], "dismay"),
    (&["ugh"], "dismay"),
    (&["sick", "of"], "weariness"),
    (&["harta"], "weariness"),
    (&["harto"], "weariness"),
    (&["stop", "texting"], "pestered"),
    (&["stop", "calling"], "pestered"),
    (&["waste", "of"], "regret"),
    (&["rude"], "offended"),
    (&["frustrating"], "annoyed"),
    (&["annoyed"], "annoyed"),
    (&["annoying"], "annoyed"),
    (&["disappointed"], "let down"),
    (&["upset"], "let down"),
    (&["depressing"], "low"),
    (&["pesimo"], "let down"),
];

/// What was heard of the caller's mood.
#[derive(Debug, Default)]
pub(super) struct Mood {
    sour: u32,
}

/// How glad the scored phrases were.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Gladness {
    None,
    /// Weak phrases only ("done", "finally").
    Weak,
    Plain,
}

impl Mood {
    /// Reads one turn of the caller.
    pub fn hear(&mut self, tokens: &[Token<'_>]) {
        for (at, _) in tokens.iter().enumerate().filter(|(_, token)| token.is(MOOD)) {
            let said = |words: &[&str]| {
                let here = tokens.get(at..at + words.len());
                here.is_some_and(|here| {
                    here.iter().zip(words).all(|(token, word)| token.word == *word)
                        && here.iter().skip(1).all(|token| token.before == Break::None)
                })
            };
            self.sour += u32::from(SOUR.iter().any(|(words, _)| said(words)));
        }
    }

    /// Our own reading and the platform's, and what counts of them.
    pub fn sentiments(
        &self,
        glad: Gladness,
        class: CallClass,
        platform: Option<Sentiment>,
        rules: &Rules,
    ) -> Sentiments {
        let own = if matches!(class, CallClass::Complaint | CallClass::ClinicalUrgency) {
            Sentiment::Negative
        } else if class == CallClass::WrongNumber {
            Sentiment::Neutral
        } else if glad != Gladness::None {
            Sentiment::Positive
        } else if self.sour > 0 {
            Sentiment::Negative
        } else {
            Sentiment::Neutral
        };
        let taken = match (platform, own) {
            (Some(Sentiment::Positive), Sentiment::Neutral) if rules.trusts_platform => Sentiment::Positive,
            (Some(Sentiment::Negative), Sentiment::Positive)
                if rules.trusts_platform && glad == Gladness::Weak =>
            {
                Sentiment::Negative
            }
            _ => own,
        };
        Sentiments { own, platform, taken }
    }
}
