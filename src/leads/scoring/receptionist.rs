//! Speakers that were mixed up: who should be the caller speaks as a clinic's receptionist does, and the other one does not. Such a
//! "caller" is nobody to sell to, and what they ask after ("any swelling?") is no symptom.

use super::fold::Fold;
use super::model::signals::Decided;
use super::model::{Answers, RECEPTIONIST, Reading, units};
use super::tokens::tokenize;
use super::{CallClass, Polarity, Scorer, Speaker, Turn};

/// A receptionist from this answer on; `docs/scoring.md` tells how many of them are known by it, and how many callers.
const RECEPTIONIST_FROM: f32 = 1.0;
/// No receptionist below this one.
const CALLER_BELOW: f32 = 0.0;

/// Whether these answers are about a receptionist's words and about words of anybody else.
pub(super) fn are_mixed_up(of_caller: f32, of_assistant: f32) -> bool {
    of_caller >= RECEPTIONIST_FROM && of_assistant < CALLER_BELOW
}

impl Scorer<'_> {
    /// Whether the speakers of a call were mixed up, by what was heard of the caller. The other one is listened to only if it seems so.
    pub(super) fn are_mixed_up(&self, of_caller: &Answers, turns: &[Turn]) -> bool {
        let of_caller = of_caller.call[RECEPTIONIST];
        are_mixed_up(of_caller, f32::MIN)
            && self.of_assistant(turns).is_some_and(|of_assistant| are_mixed_up(of_caller, of_assistant))
    }

    /// How far the assistant's words are a receptionist's; `None` without any.
    fn of_assistant(&self, turns: &[Turn]) -> Option<f32> {
        let mut reading = Reading::default();
        let assistants = turns.iter().enumerate().filter(|(_, turn)| turn.speaker == Speaker::Assistant);
        for (index, turn) in assistants {
            let tokens = tokenize(&turn.text);
            reading.hear(index, &units::units(&tokens, &self.services.all(&tokens)));
        }
        reading.has_heard().then(|| reading.answers().call[RECEPTIONIST])
    }
}

impl Fold {
    /// Nothing counts; the class, which is no caller's who may be hurt.
    pub(super) fn dismiss(&mut self, by_phrases: CallClass, decided: Option<&Decided>) -> CallClass {
        self.given.clear();
        for evidence in &mut self.evidence {
            evidence.points = 0;
            if evidence.polarity == Polarity::Affirmed {
                evidence.polarity = Polarity::Receptionist;
            }
        }
        match decided.map_or(by_phrases, Decided::class) {
            CallClass::ClinicalUrgency => CallClass::NewLead,
            class => class,
        }
    }
}
