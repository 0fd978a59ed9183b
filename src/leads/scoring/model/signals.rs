//! What the phrases found and what the model answers, side by side, and the decisions made from both.

use super::super::agree::{TRUST_IN_PHRASES, is_hot};
use super::super::{CallClass, Rule};
use super::{Answers, Course, Decision, HOT, Model};

/// What is decided from the signals: four things that earn points, seven classes, and whether the call is hot.
pub(in super::super) const DECISIONS: [&str; 12] = [
    "high_value",
    "medium",
    "positive",
    "urgency",
    "clinical_urgency",
    "wrong_number",
    "vendor",
    "job_seeker",
    "complaint",
    "existing_patient",
    "new_lead",
    "hot",
];
/// "Hot", the last of [`DECISIONS`].
pub(in super::super) const DECIDED_LAST: usize = DECISIONS.len() - 1;
/// Where the classes begin in [`DECISIONS`], in the order of [`CallClass`].
const CLASS: usize = 4;
/// How many signals there are: see [`signals`].
pub(in super::super) const SIGNALS: usize = 63;
/// Where [`ByPhrases::given`] stands among the signals.
const GIVEN: usize = 20;
/// How well what earns points bears out that the call is hot: see [`hear_parts`].
const BORNE_OUT: usize = SIGNALS - 1;

/// The rules that say what kind of call it is.
const SIGNS: [Rule; 6] = [
    Rule::Clinical,
    Rule::WrongNumber,
    Rule::Vendor,
    Rule::JobSeeker,
    Rule::Complaint,
    Rule::ExistingPatient,
];

/// What the phrases alone make of a call.
#[derive(Debug, Clone, Copy)]
pub(in super::super) struct ByPhrases {
    pub class: CallClass,
    pub score: u8,
    /// Whether they would call it hot, by the default weights.
    pub hot: bool,
    /// High value, medium, gladness, hurry: whether points were given.
    pub given: [bool; 4],
    /// For the same: phrases that count, and those that do not.
    pub found: [(usize, usize); 4],
    /// Signs of the classes that count.
    pub signs: [bool; 6],
}

/// The place of a sign among [`ByPhrases::signs`].
pub(in super::super) fn sign(rule: Rule) -> Option<usize> {
    SIGNS.iter().position(|sign| *sign == rule)
}

const fn flag(is: bool) -> f32 {
    if is { 1.0 } else { 0.0 }
}

/// From "surely not" to "surely".
fn share(answer: f32) -> f32 {
    (0.5 + answer / 8.0).clamp(0.0, 1.0)
}

/// It takes two or three signs to make a call hot: how surely they were heard together.
fn together(high: bool, answers: &Answers) -> [f32; 5] {
    let [h, m, p, u] = [0, 1, 2, 3].map(|question| share(answers.turns[question].0));
    let (hot, high) = (answers.call[HOT], flag(high));
    [h * p, h * u, m * p * u, (1.0 - high) * hot, high * hot]
}

/// How much likelier, by what was decided of each, the likeliest parts that make a call hot are than the likeliest that do not.
fn borne_out(earned: [f32; 4], given: [bool; 4]) -> f32 {
    let mut best = [f32::MIN; 2];
    for bits in 0u8..16 {
        let chosen = [0, 1, 2, 3].map(|place| bits & (1 << place) != 0);
        let each = chosen.into_iter().zip(given).zip(earned);
        let worth = each.map(|((is, was), logit)| {
            (if is { logit } else { 0.0 }) + if is == was { TRUST_IN_PHRASES } else { 0.0 }
        });
        let best = &mut best[usize::from(is_hot(chosen))];
        *best = best.max(worth.sum());
    }
    best[1] - best[0]
}

/// Lets "hot", which is decided last, hear what was decided of its parts.
pub(in super::super) fn hear_parts(signals: &mut [f32; SIGNALS], earned: [f32; 4]) {
    signals[BORNE_OUT] = borne_out(earned, [0, 1, 2, 3].map(|part| signals[GIVEN + part] > 0.0));
}

/// All that the decisions are made from, but what [`hear_parts`] adds.
pub(in super::super) fn signals(by: &ByPhrases, answers: &Answers) -> [f32; SIGNALS] {
    let turn = answers.turns.map(|(answer, _)| answer);
    let mut all = Vec::with_capacity(SIGNALS);
    all.push(answers.call[HOT]);
    all.extend(turn);
    all.extend(&answers.call[..HOT]);
    all.push(answers.call[5].max(answers.call[6]));
    all.extend(by.given.map(flag));
    all.extend([flag(by.hot), flag(by.class.can_buy()), f32::from(by.score) / 100.0]);
    all.extend((0..7).map(|class| flag(by.class as usize == class)));
    all.extend(by.signs.map(flag));
    all.extend(
        by.found.iter().flat_map(|(counts, idle)| [flag(*counts > 0), flag(*counts > 1), flag(*idle > 0)]),
    );
    all.push(turn[0].min(turn[2].max(turn[3])));
    all.push(turn[1].min(turn[2]).min(turn[3]));
    let Course { second, last, .. } = answers.course;
    all.extend([second, last, answers.course.late()]);
    all.extend(together(by.given[0], answers));
    let mut signals = [0.0; SIGNALS];
    signals.iter_mut().zip(all).for_each(|(signal, value)| *signal = value);
    signals
}

/// What is decided, each as a logit: above 0 is more likely than not.
#[derive(Debug, Clone, Copy)]
pub(in super::super) struct Decided(pub [f32; DECISIONS.len()]);

impl Decided {
    pub fn by(decisions: &[Decision], signals: &[f32; SIGNALS]) -> Self {
        let mut signals = *signals;
        let mut decided = Self([0.0; DECISIONS.len()]);
        for (question, Decision { bias, weights }) in decisions.iter().enumerate() {
            if question == DECIDED_LAST {
                hear_parts(&mut signals, decided.earned());
            }
            let sum: f32 = weights.iter().zip(&signals).map(|(weight, signal)| weight * signal).sum();
            decided.0[question] = bias + sum;
        }
        decided
    }

    pub fn with(model: &Model, signals: &[f32; SIGNALS]) -> Self {
        Self::by(&model.decisions, signals)
    }

    /// The class as `other` decides it.
    pub fn with_class_of(mut self, other: &Self) -> Self {
        self.0[CLASS..DECIDED_LAST].copy_from_slice(&other.0[CLASS..DECIDED_LAST]);
        self
    }

    /// High value, medium, gladness, hurry.
    pub fn earned(&self) -> [f32; 4] {
        let [high, medium, positive, urgency, ..] = self.0;
        [high, medium, positive, urgency]
    }

    pub const fn hot(&self) -> f32 {
        self.0[DECIDED_LAST]
    }

    pub const fn clinical(&self) -> f32 {
        self.0[CLASS]
    }

    /// The likeliest class but a clinical urgency.
    pub fn class(&self) -> CallClass {
        const OTHERS: [CallClass; 6] = [
            CallClass::WrongNumber,
            CallClass::Vendor,
            CallClass::JobSeeker,
            CallClass::Complaint,
            CallClass::ExistingPatient,
            CallClass::NewLead,
        ];
        let logits = OTHERS.into_iter().zip(&self.0[CLASS + 1..]);
        let likeliest = logits.reduce(|best, other| if other.1 > best.1 { other } else { best });
        likeliest.map_or(CallClass::NewLead, |(class, _)| class)
    }
}
