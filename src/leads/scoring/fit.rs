//! Fits the model to the labelled calls: `voxanne score --fit`. The same corpus gives the same file.
//!
//! In two steps. First each word and pair gets its weights, from the labelled turns and calls and from single utterances. Then
//! those answers and what the phrases found are weighed against each other; for that each call is answered by a model that did
//! not see it, and only calls count that no phrase was written on, or phrases would be trusted more than they deserve.

mod examples;
mod solver;

use std::ops::Range;

use super::corpus::{Labelled, Utterance};
use super::evaluation::{Evaluation, Hits};
use super::fold::{Fold, Heard};
use super::model::signals::{DECIDED_LAST, DECISIONS, Decided, SIGNALS, hear_parts, signals};
use super::model::{Answers, COLUMNS, Decision, Fitted, RECEPTIONIST, WEIGHT_STEP, write};
use super::receptionist::are_mixed_up;
use super::{CallClass, Polarity, Rule, Rules, Scored, Scorer, Temperature};
use examples::{Examples, Learnt};
use solver::{Problem, small};

/// Parts that answer for each other.
const FOLDS: usize = 5;
/// Parts when the weighing itself is tried on calls that it did not see.
const TRIALS: usize = 10;
const COST_OF_DECISIONS: f64 = 0.3;
/// Phrases were written on the calls whose ids begin so.
const SEEN_BY_PHRASES: &str = "f-";

/// What came of it.
#[derive(Debug)]
pub struct Fit {
    /// What belongs into `src/leads/scoring/model/weights.txt`.
    pub weights: String,
    /// How it does on calls that neither phrases nor weights were fitted on, each by a model that did not see it.
    pub unseen: Evaluation,
    /// Likewise, with the speakers of each call swapped and not: whether they are taken for mixed up.
    pub mixed_up: Hits,
}

/// Fits to `calls` and `utterances`, which `digest` names.
pub fn fit(calls: &[Labelled], utterances: &[Utterance], digest: u64) -> Fit {
    let rules = Rules::default();
    let scorer = Scorer::new(&rules);
    let examples = Examples::of(calls, utterances, &scorer.services);
    let parts = in_parts(calls, FOLDS, 0);
    let mut answers: Vec<Option<(Answers, f32)>> = vec![None; calls.len()];
    for part in 0..FOLDS {
        let learnt = examples.learn(|call| parts[call] != part);
        for call in (0..calls.len()).filter(|call| parts[*call] == part) {
            answers[call] = Some((examples.answers(&learnt, call), examples.of_receptionist(&learnt, call)));
        }
    }
    let mut mixed_up = Hits::default();
    for (of_caller, of_receptionist) in answers.iter().flatten().map(|(it, of)| (it.call[RECEPTIONIST], *of))
    {
        mixed_up.count(are_mixed_up(of_receptionist, of_caller), true);
        mixed_up.count(are_mixed_up(of_caller, of_receptionist), false);
    }
    let heard: Vec<(usize, Fold, Heard)> = calls
        .iter()
        .enumerate()
        .filter(|(_, call)| !call.id.starts_with(SEEN_BY_PHRASES))
        .filter_map(|(at, call)| {
            let mut fold = scorer.heard(&call.turns);
            let heard = fold.heard();
            answers[at].map(|(answers, of_receptionist)| {
                let mixed_up = are_mixed_up(answers.call[RECEPTIONIST], of_receptionist);
                (at, fold, Heard { answers, mixed_up, ..heard })
            })
        })
        .collect();
    let rows: Vec<(&Labelled, [f32; SIGNALS])> =
        heard.iter().map(|(at, _, heard)| (&calls[*at], signals(&heard.by, &heard.answers))).collect();
    let decisions = weigh(&rows);
    let learnt = examples.learn(|_| true);
    Fit {
        weights: write(&fitted(&examples, &learnt, decisions, digest)),
        unseen: tried(&rows, heard, calls, &scorer),
        mixed_up,
    }
}

/// Decides each call by what was weighed without it.
fn tried(
    rows: &[(&Labelled, [f32; SIGNALS])],
    heard: Vec<(usize, Fold, Heard)>,
    calls: &[Labelled],
    scorer: &Scorer<'_>,
) -> Evaluation {
    let labelled: Vec<Labelled> = rows.iter().map(|(call, _)| (*call).clone()).collect();
    let parts = in_parts(&labelled, TRIALS, 7);
    let mut by_part = Vec::new();
    for part in 0..TRIALS {
        let others: Vec<_> =
            rows.iter().zip(&parts).filter(|(_, of)| **of != part).map(|(row, _)| *row).collect();
        by_part.push(weigh(&others));
    }
    let mut evaluation = Evaluation::default();
    for (((at, fold, heard), (_, signals)), part) in heard.into_iter().zip(rows).zip(parts) {
        let decided = Decided::by(&by_part[part], signals);
        let decided = heard.answers.suffice().then_some(decided);
        let scored: Scored = scorer.verdict(fold, &heard, decided.as_ref(), &calls[at].turns);
        evaluation.add(&calls[at], &scored);
    }
    evaluation
}

/// Which part each call belongs to: of each class and temperature as many in every part.
fn in_parts(calls: &[Labelled], parts: usize, seed: u64) -> Vec<usize> {
    let mut order: Vec<usize> = (0..calls.len()).collect();
    order.sort_by_key(|at| {
        let call = &calls[*at];
        let hash = super::hash::number_of_word(&call.id).wrapping_mul(2 * seed + 1);
        (call.class, call.temperature == Temperature::Hot, call.id.starts_with(SEEN_BY_PHRASES), hash)
    });
    let mut of = vec![0; calls.len()];
    order.into_iter().enumerate().for_each(|(place, at)| of[at] = place % parts);
    of
}

/// What the label says to each of [`DECISIONS`].
fn truth(call: &Labelled) -> [bool; DECISIONS.len()] {
    let says = |rules: &[Rule]| {
        call.evidence.iter().any(|e| rules.contains(&e.rule) && e.polarity == Polarity::Affirmed)
    };
    let is = |class| call.class == class;
    [
        says(&[Rule::HighValueService]),
        says(&[Rule::MediumService, Rule::PriceQuestion]),
        says(&[Rule::Positive]),
        says(&[Rule::Urgency]),
        is(CallClass::ClinicalUrgency),
        is(CallClass::WrongNumber),
        is(CallClass::Vendor),
        is(CallClass::JobSeeker),
        is(CallClass::Complaint),
        is(CallClass::ExistingPatient),
        is(CallClass::NewLead),
        call.temperature == Temperature::Hot,
    ]
}

/// Weighs the signals for each decision; for the last with what the others decided.
fn weigh(rows: &[(&Labelled, [f32; SIGNALS])]) -> Vec<Decision> {
    let mut decisions = weigh_for(rows, 0..DECIDED_LAST);
    let heard: Vec<_> = rows
        .iter()
        .map(|(call, signals)| {
            let mut signals = *signals;
            let earned = Decided::by(&decisions, &signals).earned();
            hear_parts(&mut signals, earned);
            (*call, signals)
        })
        .collect();
    decisions.extend(weigh_for(&heard, DECIDED_LAST..DECISIONS.len()));
    decisions
}

/// Weighs the signals for `questions` of [`DECISIONS`].
fn weigh_for(rows: &[(&Labelled, [f32; SIGNALS])], questions: Range<usize>) -> Vec<Decision> {
    let count = small(rows.len().max(1));
    let column = |at: usize| rows.iter().map(move |(_, signals)| f64::from(signals[at]));
    let scales: Vec<(f64, f64)> = (0..SIGNALS)
        .map(|at| {
            let mean = column(at).sum::<f64>() / count;
            let spread = (column(at).map(|value| (value - mean).powi(2)).sum::<f64>() / count).sqrt();
            (mean, if spread < 1e-6 { 1.0 } else { spread })
        })
        .collect();
    let scaled: Vec<Vec<(u32, f32)>> = rows
        .iter()
        .map(|(_, signals)| {
            let each = signals
                .iter()
                .zip(&scales)
                .map(|(signal, (mean, spread))| (f64::from(*signal) - mean) / spread);
            (0u32..).zip(each.map(narrow)).collect()
        })
        .collect();
    let truths: Vec<_> = rows.iter().map(|(call, _)| truth(call)).collect();
    let decide = |question: usize| {
        let examples =
            scaled.iter().zip(&truths).map(|(row, truth)| (row.as_slice(), truth[question], 1.0)).collect();
        let found = Problem { features: SIGNALS, examples, cost: COST_OF_DECISIONS }.solve();
        let mut decision = Decision { bias: 0.0, weights: [0.0; SIGNALS] };
        let mut bias = found[SIGNALS];
        for (at, (mean, spread)) in scales.iter().enumerate() {
            decision.weights[at] = narrow(found[at] / spread);
            bias -= found[at] * mean / spread;
        }
        decision.bias = narrow(bias);
        decision
    };
    questions.map(decide).collect()
}

/// The weights in steps.
fn fitted(examples: &Examples, learnt: &Learnt, decisions: Vec<Decision>, corpus: u64) -> Fitted {
    let mut rows = std::collections::BTreeMap::new();
    for (place, (name, rarity)) in examples.known(learnt).enumerate() {
        let mut weights = [0i8; COLUMNS];
        for (weight, column) in weights.iter_mut().zip(&learnt.weights) {
            *weight = whole((column[place] / f64::from(WEIGHT_STEP)).round());
        }
        rows.insert(name.to_owned(), (rarity, weights));
    }
    Fitted { corpus, bias: learnt.bias, rows, decisions }
}

#[expect(clippy::cast_possible_truncation, reason = "weights are small and need few digits")]
const fn narrow(value: f64) -> f32 {
    value as f32
}

#[expect(clippy::cast_possible_truncation, reason = "weights are kept in this range")]
const fn whole(steps: f64) -> i8 {
    steps as i8
}
