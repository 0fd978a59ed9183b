//! The verdict on a transcript by the rules in force, as it is written beside the call. Pure.

use serde_json::json;

use super::rules::InForce;
use super::scoring::{Scored, Scorer, Sentiment, Speaker, Turn};
use super::value::wish;
use crate::calls::{self, Score};

/// Scores `turns`: the verdict, and the same as it is stored.
pub(super) fn verdict(
    turns: &[Turn],
    platform: Option<Sentiment>,
    by: &InForce,
) -> Result<(Scored, Score), serde_json::Error> {
    let rules = by.own.with_catalogue(&by.services);
    let scored = Scorer::new(&rules).score(turns, platform);
    let row = stored(turns, &scored, by)?;
    Ok((scored, row))
}

/// A verdict by `by`, as it is stored.
pub(super) fn stored(turns: &[Turn], scored: &Scored, by: &InForce) -> Result<Score, serde_json::Error> {
    let interest = wish(turns, scored, &by.services).map(|wish| calls::Interest {
        at: json!({ "turn": wish.interest.turn, "start": wish.interest.start, "end": wish.interest.end }),
        words: wish.interest.words,
        service: wish.service,
        value_cents: wish.value_cents,
    });
    Ok(Score {
        rules_version: by.version,
        class: word(&scored.class)?,
        score: scored.score.into(),
        temperature: word(&scored.temperature)?,
        evidence: serde_json::to_value(&scored.evidence)?,
        sentiment: scored.sentiments.own.as_str(),
        sentiment_taken: scored.sentiments.taken.as_str(),
        danger: scored.danger.as_ref().map(word).transpose()?,
        interest,
    })
}

/// A turn as scoring reads it.
pub(super) fn turn(turn: &calls::Turn) -> Turn {
    let speaker = if turn.is_caller { Speaker::Caller } else { Speaker::Assistant };
    Turn { speaker, text: turn.text.clone() }
}

/// A verdict's name, as its serialised form has it.
pub(super) fn word(verdict: &impl serde::Serialize) -> Result<String, serde_json::Error> {
    serde_json::from_value(serde_json::to_value(verdict)?)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;
    use crate::leads::scoring::{CallClass, Danger, Temperature};

    #[test]
    fn verdicts_have_their_words() {
        assert_eq!(word(&CallClass::ClinicalUrgency).unwrap(), "clinical_urgency");
        assert_eq!(word(&Temperature::Hot).unwrap(), "hot");
        assert_eq!(word(&Danger::Emergency).unwrap(), "emergency");
    }
}
