//! How much a caller wants to buy, and what kind of call it was: a pure fold over what the caller said.
//!
//! Every point is an [`Evidence`] that says which words earned it. Weights count at most once each, from zero, clamped to
//! 100; only the caller's turns count. Classes come first: a clinical urgency, a wrong number, a vendor, a job seeker or a
//! complaint is [`Temperature::Cold`] whatever it scores. Phrases find it, and a small linear model fitted on the labelled calls
//! is weighed with them (`agree.rs`).
//!
//! Deliberately absent: any clock, any call to somebody else's model, any log line. The `Debug` forms hide what was said.

mod agree;
mod classes;
pub mod corpus;
mod denied;
mod doubt;
pub mod evaluation;
mod evidence;
pub mod fit;
mod fold;
mod hash;
mod lexicon;
mod model;
mod mood;
mod phrases;
mod receptionist;
mod scope;
mod services;
mod symptoms;
mod tokens;
mod words;

#[cfg(test)]
mod tests;

use std::fmt;

use serde::{Deserialize, Serialize};

pub use evidence::{Evidence, Polarity};

use agree::Said;
use fold::{Fold, Heard};
use model::signals::{Decided, signals};
use services::Services;

/// Who speaks in a turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Speaker {
    /// The person who called.
    Caller,
    /// The clinic's receptionist; never scored.
    Assistant,
}

/// One utterance of the transcript.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Turn {
    /// Who said it.
    pub speaker: Speaker,
    /// What was said, as the transcriber wrote it.
    pub text: String,
}

impl fmt::Debug for Turn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Turn").field("speaker", &self.speaker).field("bytes", &self.text.len()).finish()
    }
}

/// An org's scoring settings. The default speaks the vocabulary of a `MedSpa`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Rules {
    /// Service words and aliases worth a call back.
    pub high_value: Vec<String>,
    /// Service words and aliases of ordinary value.
    pub medium: Vec<String>,
    /// Points per rule.
    pub weights: Weights,
    /// Hot from this score.
    pub hot_threshold: u8,
    /// Warm from this score.
    pub warm_threshold: u8,
    /// Whether the platform's "positive" earns the points of gladness when the caller's own words say nothing either way,
    /// and its "negative" takes them away when they rest on a weak phrase only. What it said is kept in any case.
    pub trusts_platform: bool,
}

impl Default for Rules {
    fn default() -> Self {
        let (high_value, medium) = services::default_words();
        Self {
            high_value,
            medium,
            weights: Weights::default(),
            hot_threshold: 70,
            warm_threshold: 40,
            trusts_platform: false,
        }
    }
}

/// Points, each given at most once per call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Weights {
    /// A high-value service.
    pub high_value: u8,
    /// A medium service or a question about the price.
    pub medium: u8,
    /// Gladness, or means to pay.
    pub positive: u8,
    /// A wish to come soon.
    pub urgency: u8,
}

impl Default for Weights {
    fn default() -> Self {
        Self { high_value: 40, medium: 20, positive: 30, urgency: 30 }
    }
}

/// What kind of call it was, most important first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CallClass {
    /// Somebody may be hurt; raises its own alert, is never a sale.
    ClinicalUrgency,
    /// Meant to call somebody else.
    WrongNumber,
    /// Wants to sell something to the clinic.
    Vendor,
    /// Wants to work at the clinic.
    JobSeeker,
    /// Is dissatisfied with what was done or charged.
    Complaint,
    /// Comes already; may want more, hence may be hot.
    ExistingPatient,
    /// Everybody else.
    NewLead,
}

impl CallClass {
    /// Whether a call of this class can be warm or hot.
    pub const fn can_buy(self) -> bool {
        matches!(self, Self::NewLead | Self::ExistingPatient)
    }
}

/// How soon the clinic should call back to sell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Temperature {
    /// Now.
    Hot,
    /// This week.
    Warm,
    /// Not for sales.
    Cold,
}

/// How the caller felt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sentiment {
    /// Glad.
    Positive,
    /// Neither, or not to be told.
    Neutral,
    /// Displeased, afraid or in pain.
    Negative,
}

impl Sentiment {
    /// The word it has on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Positive => "positive",
            Self::Neutral => "neutral",
            Self::Negative => "negative",
        }
    }
}

/// Our own reading of the caller's mood, the platform's, and the one that counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sentiments {
    /// From the caller's words.
    pub own: Sentiment,
    /// From the voice platform's analysis, if it gave one.
    pub platform: Option<Sentiment>,
    /// What counted.
    pub taken: Sentiment,
}

/// How fast somebody must act on a symptom.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Danger {
    /// The clinic must call back now.
    Urgent,
    /// Emergency services must be called: breathing, vision, chest pain, signs of a stroke, unconsciousness.
    Emergency,
}

/// The best service the caller wants, and where they said so.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Interest {
    /// As said.
    pub words: String,
    /// Index into the turns that were scored.
    pub turn: usize,
    /// First char of the words in the turn's text.
    pub start: usize,
    /// One past their last char.
    pub end: usize,
    /// The entry of [`Rules::high_value`] or [`Rules::medium`] that they stand for, as given there.
    pub service: String,
}

impl fmt::Debug for Interest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Interest(at {}:{}..{})", self.turn, self.start, self.end)
    }
}

/// What a phrase was found by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rule {
    /// A word of [`Rules::high_value`].
    HighValueService,
    /// A word of [`Rules::medium`].
    MediumService,
    /// A question about the price; shares the weight of a medium service.
    PriceQuestion,
    /// Gladness, or means to pay.
    Positive,
    /// A wish to come soon.
    Urgency,
    /// A symptom.
    Clinical,
    /// A wrong number.
    WrongNumber,
    /// A sales pitch.
    Vendor,
    /// A search for work.
    JobSeeker,
    /// A grievance.
    Complaint,
    /// Something only a patient says.
    ExistingPatient,
}

impl Rule {
    /// Rules of one kind do not both match the same words.
    const fn kind(self) -> Self {
        match self {
            Self::MediumService => Self::HighValueService,
            other => other,
        }
    }

    /// Whether it says what kind of call it is.
    const fn is_sign(self) -> bool {
        matches!(
            self,
            Self::Clinical
                | Self::WrongNumber
                | Self::Vendor
                | Self::JobSeeker
                | Self::Complaint
                | Self::ExistingPatient
        )
    }

    const fn is_service(self) -> bool {
        matches!(self, Self::HighValueService | Self::MediumService)
    }
}

/// The verdict on a call.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scored {
    /// What kind of call it was.
    pub class: CallClass,
    /// 0 to 100, whatever the class.
    pub score: u8,
    /// Cold unless [`CallClass::can_buy`].
    pub temperature: Temperature,
    /// What was found, in the order it was said.
    pub evidence: Vec<Evidence>,
    /// The best service the caller wants.
    pub interest: Option<Interest>,
    /// How the caller felt.
    pub sentiments: Sentiments,
    /// Only with [`CallClass::ClinicalUrgency`].
    pub danger: Option<Danger>,
}

impl fmt::Debug for Scored {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Scored({:?}, {}, {:?}, {:?})", self.class, self.score, self.temperature, self.evidence)
    }
}

impl Scored {
    /// The first symptom meant as said: what a clinical alert reports instead of the transcript.
    pub fn symptom(&self) -> Option<&str> {
        let mut meant = self.evidence.iter().filter(|e| e.polarity == Polarity::Affirmed);
        meant.find(|e| e.rule == Rule::Clinical).map(|e| e.words.as_str())
    }
}

/// The number of the corpus that the model was fitted on: [`corpus::digest`] of it.
pub fn fitted_on() -> u64 {
    model::fitted_on()
}

/// Scores a call. `platform` is the voice platform's own reading of the caller's mood, if it gave one.
///
/// Linear in the length of the transcript; never fails, whatever the text. A caller with many transcripts to score by the
/// same rules keeps a [`Scorer`].
pub fn score(turns: &[Turn], platform: Option<Sentiment>, rules: &Rules) -> Scored {
    Scorer::new(rules).score(turns, platform)
}

/// Rules that were read once, to score many calls by.
#[derive(Debug)]
pub struct Scorer<'r> {
    rules: &'r Rules,
    services: Services,
}

impl<'r> Scorer<'r> {
    /// Reads the rules.
    pub fn new(rules: &'r Rules) -> Self {
        Self { rules, services: Services::of(rules) }
    }

    /// As [`score`].
    pub fn score(&self, turns: &[Turn], platform: Option<Sentiment>) -> Scored {
        let (fold, mut heard, decided) = self.decided(turns);
        let decided = decided.and_then(|decided| self.class_meant(&fold, &mut heard, decided, turns));
        fold.verdict(&heard, decided.as_ref(), self.rules, platform, Said { turns, services: &self.services })
    }

    /// What was heard of a call, and what the model decides of it if that is enough.
    fn decided(&self, turns: &[Turn]) -> (Fold, Heard, Option<Decided>) {
        let mut fold = self.heard(turns);
        let mut heard = fold.heard();
        heard.mixed_up = self.are_mixed_up(&heard.answers, turns);
        let decide = || Decided::with(fold.reading.model, &signals(&heard.by, &heard.answers));
        let decided = heard.answers.suffice().then(decide);
        (fold, heard, decided)
    }

    /// The verdict by decisions made elsewhere.
    fn verdict(&self, fold: Fold, heard: &Heard, decided: Option<&Decided>, turns: &[Turn]) -> Scored {
        fold.verdict(heard, decided, self.rules, None, Said { turns, services: &self.services })
    }

    /// By the phrases alone: for single sentences, which the model was not fitted on.
    fn score_by_phrases(&self, turns: &[Turn]) -> Scored {
        let mut fold = self.heard(turns);
        let heard = fold.heard();
        fold.verdict(&heard, None, self.rules, None, Said { turns, services: &self.services })
    }

    fn heard(&self, turns: &[Turn]) -> Fold {
        let mut fold = Fold::default();
        for (index, turn) in turns.iter().enumerate().filter(|(_, t)| t.speaker == Speaker::Caller) {
            fold.turn(index, &turn.text, &self.services, self.rules.weights);
        }
        fold
    }
}

/// The worst symptom meant in what a caller said, and its words: one utterance, or what a tool was told of it.
pub fn danger_in(said: &str) -> Option<(Danger, String)> {
    let rules = Rules { high_value: vec![], medium: vec![], ..Rules::default() };
    let turns = [Turn { speaker: Speaker::Caller, text: said.to_owned() }];
    let scored = Scorer::new(&rules).score_by_phrases(&turns);
    scored.danger.zip(scored.symptom().map(str::to_owned))
}
