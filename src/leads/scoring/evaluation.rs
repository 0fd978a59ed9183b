//! How well the rules do on a labelled corpus, and the Markdown of it for `docs/scoring.md`.
//!
//! Pure: who has the files passes what they hold.

mod markdown;

use std::collections::BTreeMap;

use super::corpus::Labelled;
use super::{CallClass, Polarity, Rules, Scored, Scorer, Speaker, Temperature, danger_in};

pub use markdown::{BEGIN, END, markdown};

/// The classes, in the order of their precedence.
pub const CLASSES: [CallClass; 7] = [
    CallClass::ClinicalUrgency,
    CallClass::WrongNumber,
    CallClass::Vendor,
    CallClass::JobSeeker,
    CallClass::Complaint,
    CallClass::ExistingPatient,
    CallClass::NewLead,
];

/// The temperatures, hottest first.
pub const TEMPERATURES: [Temperature; 3] = [Temperature::Hot, Temperature::Warm, Temperature::Cold];

/// Right and wrong answers to a yes or no.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Hits {
    /// Said yes, rightly.
    pub right: usize,
    /// Said yes, wrongly.
    pub false_alarms: usize,
    /// Said no, wrongly.
    pub missed: usize,
}

impl Hits {
    pub(super) fn count(&mut self, said: bool, is: bool) {
        match (said, is) {
            (true, true) => self.right += 1,
            (true, false) => self.false_alarms += 1,
            (false, true) => self.missed += 1,
            (false, false) => {}
        }
    }

    /// Of those said, the share that was; 1 of none.
    pub fn precision(&self) -> f64 {
        share(self.right, self.right + self.false_alarms)
    }

    /// Of those that were, the share said; 1 of none.
    pub fn recall(&self) -> f64 {
        share(self.right, self.right + self.missed)
    }

    /// The harmonic mean of both.
    pub fn f1(&self) -> f64 {
        share(2 * self.right, 2 * self.right + self.false_alarms + self.missed)
    }
}

#[expect(clippy::cast_precision_loss, reason = "a corpus is small")]
fn share(part: usize, of: usize) -> f64 {
    if of == 0 { 1.0 } else { part as f64 / of as f64 }
}

/// Calls of one band of scores, and how many of them were hot in truth.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Band {
    /// The lowest score of the band.
    pub from: u8,
    /// Calls in it that can buy.
    pub calls: usize,
    /// Those that are labelled hot.
    pub hot: usize,
}

/// Figures of one part of the corpus, or of one language of it.
#[derive(Debug, Clone, Default)]
pub struct Figures {
    /// Calls that were scored.
    pub calls: usize,
    /// "Hot".
    pub hot: Hits,
    /// Per class, as in [`CLASSES`].
    pub classes: [Hits; 7],
    /// Rows: the label; columns: what the rules said.
    pub confusion: [[usize; 7]; 7],
    /// The same for [`TEMPERATURES`].
    pub temperatures: [[usize; 3]; 3],
    /// Clinical urgency while the call runs: a symptom was heard in a turn of the caller's by itself.
    pub in_call: Hits,
    /// Clinical urgencies that were called hot: must be none.
    pub clinical_hot: usize,
    /// Labelled words that count, and how many of them were found as counting.
    pub spans_meant: (usize, usize),
    /// Labelled words that do not count, and how many of them were not taken as counting.
    pub spans_idle: (usize, usize),
    /// Calls whose mood was read as labelled.
    pub moods_right: usize,
    /// Calls whose interest was named as labelled.
    pub interests_right: usize,
    /// Score bands of ten.
    pub bands: [Band; 11],
    /// The ids of calls that were wrongly hot, or wrongly not.
    pub wrong: Vec<String>,
}

impl Figures {
    fn add(&mut self, call: &Labelled, scored: &Scored, is_heard: bool) {
        let (said, is) = (place(&CLASSES, scored.class), place(&CLASSES, call.class));
        self.calls += 1;
        self.confusion[is][said] += 1;
        for (class, hits) in self.classes.iter_mut().enumerate() {
            hits.count(class == said, class == is);
        }
        let (said_hot, is_hot) =
            (scored.temperature == Temperature::Hot, call.temperature == Temperature::Hot);
        self.hot.count(said_hot, is_hot);
        self.in_call.count(is_heard, call.class == CallClass::ClinicalUrgency);
        self.temperatures[place(&TEMPERATURES, call.temperature)]
            [place(&TEMPERATURES, scored.temperature)] += 1;
        self.clinical_hot += usize::from(said_hot && call.class == CallClass::ClinicalUrgency);
        if said_hot != is_hot {
            self.wrong.push(call.id.clone());
        }
        if scored.class.can_buy() {
            let band = &mut self.bands[usize::from(scored.score / 10)];
            band.from = scored.score / 10 * 10;
            band.calls += 1;
            band.hot += usize::from(is_hot);
        }
        self.moods_right += usize::from(scored.sentiments.own == call.sentiment);
        let named = scored.interest.as_ref().map(|interest| interest.service.as_str());
        self.interests_right += usize::from(named == call.interest.as_deref());
        self.count_spans(call, scored);
    }

    /// A labelled span is found when evidence of its rule overlaps it.
    fn count_spans(&mut self, call: &Labelled, scored: &super::Scored) {
        for label in &call.evidence {
            let text = &call.turns[label.turn].text;
            let Some(byte) = text.find(&label.words) else { continue };
            let start = text[..byte].chars().count();
            let end = start + label.words.chars().count();
            let counts = scored.evidence.iter().any(|found| {
                found.rule == label.rule
                    && found.turn == label.turn
                    && found.polarity == Polarity::Affirmed
                    && found.start < end
                    && start < found.end
            });
            let (of, right) = if label.polarity == Polarity::Affirmed {
                (&mut self.spans_meant, counts)
            } else {
                (&mut self.spans_idle, !counts)
            };
            of.0 += 1;
            of.1 += usize::from(right);
        }
    }

    /// The figures of one class.
    pub fn of(&self, class: CallClass) -> Hits {
        self.classes[place(&CLASSES, class)]
    }
}

/// Whether the clinical alert would have been raised while the call ran.
fn is_heard_in_call(call: &Labelled) -> bool {
    let mut callers = call.turns.iter().filter(|turn| turn.speaker == Speaker::Caller);
    callers.any(|turn| danger_in(&turn.text).is_some())
}

fn place<T: PartialEq + Copy>(all: &[T], one: T) -> usize {
    all.iter().position(|other| *other == one).unwrap_or_default()
}

/// Figures of a part of the corpus: over all calls, and by language.
#[derive(Debug, Clone, Default)]
pub struct Evaluation {
    /// Over all calls.
    pub all: Figures,
    /// By language.
    pub by_language: BTreeMap<String, Figures>,
}

impl Evaluation {
    /// Counts a call and what was said of it.
    pub fn add(&mut self, call: &Labelled, scored: &Scored) {
        let is_heard = is_heard_in_call(call);
        self.all.add(call, scored, is_heard);
        self.by_language.entry(call.language.clone()).or_default().add(call, scored, is_heard);
    }
}

/// Scores every call by the default rules and compares with its labels.
pub fn evaluate(calls: &[Labelled]) -> Evaluation {
    let rules = Rules::default();
    let scorer = Scorer::new(&rules);
    let mut evaluation = Evaluation::default();
    for call in calls {
        evaluation.add(call, &scorer.score(&call.turns, None));
    }
    evaluation
}
