//! The fitted part: how much words, and pairs of words, speak for each thing that scoring asks, as learnt from labelled calls.
//!
//! A plain linear model. Each single word and pair of neighbours that the labelled calls say more than once has a weight per
//! question; a turn's (or call's) answer is their sum over what was said, by the length of what was said. `weights.txt` holds
//! the words and their weights in clear; [`super::fit`] writes it.

mod file;
pub(super) mod signals;
pub(super) mod units;

use std::collections::HashMap;
use std::ops::Range;
use std::sync::LazyLock;

use super::Rule;
use super::hash::{ByNumber, Quick, number_of_word};
use signals::SIGNALS;
use units::Unit;

pub(super) use file::{Fitted, WEIGHT_STEP, write};

/// What a turn is asked: whether it holds words that count for …; the last, whether it is a turn of a hot call.
pub(super) const OF_TURN: [(char, &[Rule]); 11] = [
    ('h', &[Rule::HighValueService]),
    ('m', &[Rule::MediumService, Rule::PriceQuestion]),
    ('p', &[Rule::Positive]),
    ('u', &[Rule::Urgency]),
    ('c', &[Rule::Clinical]),
    ('w', &[Rule::WrongNumber]),
    ('v', &[Rule::Vendor]),
    ('j', &[Rule::JobSeeker]),
    ('k', &[Rule::Complaint]),
    ('x', &[Rule::ExistingPatient]),
    ('t', &[]),
];
/// The place of "a turn of a hot call" in [`OF_TURN`].
pub(super) const OF_HOT: usize = OF_TURN.len() - 1;
/// What a call is asked: its class, whether it is hot, and whether a receptionist says what the caller should.
pub(super) const OF_CALL: [char; 9] = ['C', 'W', 'V', 'J', 'K', 'X', 'N', 'H', 'R'];
/// The place of "hot" in [`OF_CALL`].
pub(super) const HOT: usize = 7;
/// The place of "a receptionist" in [`OF_CALL`].
pub(super) const RECEPTIONIST: usize = 8;
pub(super) const COLUMNS: usize = OF_TURN.len() + OF_CALL.len();
/// What stands before the first word and behind the last.
pub(super) const EDGE: [&str; 2] = ["^", "$"];
/// Far below what any turn answers.
pub(super) const NOTHING_HEARD: f32 = -9.0;

static MODEL: LazyLock<Model> = LazyLock::new(|| file::read(include_str!("model/weights.txt")));

/// The words that are known, their weights, and how answers are combined.
#[derive(Debug, Default)]
pub(super) struct Model {
    /// What the labelled calls were when it was fitted.
    pub corpus: u64,
    /// Units by their hash: number, and the row of the unit by itself.
    units: HashMap<u64, (u16, Option<u16>), ByNumber>,
    /// Rows of pairs, by both numbers.
    pairs: HashMap<u32, u16, Quick>,
    rows: Vec<Row>,
    pub bias: [f32; COLUMNS],
    pub decisions: Vec<Decision>,
}

/// How the signals decide one question: bias and weights.
#[derive(Debug, Clone)]
pub(super) struct Decision {
    pub bias: f32,
    pub weights: [f32; SIGNALS],
}

#[derive(Debug, Clone, Copy)]
struct Row {
    /// How telling it is to hear it at all, in tenths.
    rarity: i16,
    /// What it weighs for a turn and for a call, each times the rarity.
    of_turn: [i16; OF_TURN.len()],
    of_call: [i16; OF_CALL.len()],
}

impl Row {
    fn length(self) -> i32 {
        i32::from(self.rarity) * i32::from(self.rarity)
    }
}

fn add<const N: usize>(sums: &mut [i32; N], weights: [i16; N]) {
    sums.iter_mut().zip(weights).for_each(|(sum, weight)| *sum += i32::from(weight));
}

/// The answer of sums by the length of what was said: both are in tenths.
#[expect(clippy::cast_precision_loss, reason = "sums of small weights")]
fn answer(bias: f32, sum: i32, length: i32) -> f32 {
    bias + WEIGHT_STEP * sum as f32 / f32::sqrt(length as f32)
}

/// The answers about a call, and the turn that spoke most for each rule.
#[derive(Debug, Clone, Copy)]
pub(super) struct Answers {
    pub turns: [(f32, usize); OF_TURN.len()],
    pub call: [f32; OF_CALL.len()],
    pub course: Course,
    /// How much was heard, in units.
    pub words: usize,
}

/// How hot its turns sounded, one after the other.
#[derive(Debug, Clone, Copy)]
pub(super) struct Course {
    best: f32,
    pub second: f32,
    before_last: f32,
    pub last: f32,
}

impl Default for Course {
    fn default() -> Self {
        Self { best: NOTHING_HEARD, second: NOTHING_HEARD, before_last: NOTHING_HEARD, last: NOTHING_HEARD }
    }
}

impl Course {
    /// Hears what [`OF_HOT`] answers about the next turn.
    pub fn hear(&mut self, answer: f32) {
        (self.before_last, self.last) = (self.last, answer);
        self.second = self.second.max(answer.min(self.best));
        self.best = self.best.max(answer);
    }

    /// The hotter of the last two turns.
    pub const fn late(&self) -> f32 {
        self.last.max(self.before_last)
    }
}

/// Of a call with fewer units than this the phrases alone decide: the model was fitted on conversations, not on a sentence.
const ENOUGH_WORDS: usize = 16;

impl Answers {
    /// Whether enough was heard to go by the model.
    pub const fn suffice(&self) -> bool {
        self.words >= ENOUGH_WORDS
    }
}

/// What was heard of a call so far.
#[derive(Debug)]
pub(super) struct Reading {
    pub model: &'static Model,
    /// For each row the turn that said it last; 0 is "none".
    said: Vec<u16>,
    turn: u16,
    sums: [i32; OF_CALL.len()],
    length: i32,
    /// With the turns that say nothing else: how somebody greets tells who speaks.
    whole_length: i32,
    words: usize,
    best: [(f32, usize); OF_TURN.len()],
    course: Course,
}

impl Default for Reading {
    fn default() -> Self {
        let model = &*MODEL;
        Self {
            model,
            said: vec![0; model.rows.len()],
            turn: 0,
            sums: [0; OF_CALL.len()],
            length: 0,
            whole_length: 0,
            words: 0,
            best: [(NOTHING_HEARD, 0); OF_TURN.len()],
            course: Course::default(),
        }
    }
}

/// The number of the corpus that it was fitted on.
pub(super) fn fitted_on() -> u64 {
    MODEL.corpus
}

impl Reading {
    /// Reads the `index`th turn, by its units.
    pub fn hear(&mut self, index: usize, units: &[Unit<'_>]) {
        self.turn = self.turn.saturating_add(1);
        let (mut sums, mut length, mut pairs) = ([0; OF_TURN.len()], 0, false);
        let (mut of_call, mut call_length) = ([0; OF_CALL.len()], 0);
        let model = self.model;
        model.each(units, |row, is_pair, _| {
            let said = &mut self.said[usize::from(row)];
            if *said == self.turn {
                return;
            }
            let is_new = *said == 0;
            *said = self.turn;
            pairs |= is_pair;
            let row = &model.rows[usize::from(row)];
            length += row.length();
            add(&mut sums, row.of_turn);
            if is_new {
                call_length += row.length();
                add(&mut of_call, row.of_call);
            }
        });
        self.whole_length += call_length;
        // A turn of which it knows no two words in a row says nothing to it, but who speaks.
        if !pairs {
            self.sums[RECEPTIONIST] += of_call[RECEPTIONIST];
            return;
        }
        self.words += units.len();
        self.length += call_length;
        self.sums.iter_mut().zip(of_call).for_each(|(sum, new)| *sum += new);
        for (column, (best, sum)) in self.best.iter_mut().zip(sums).enumerate() {
            let answer = answer(model.bias[column], sum, length);
            if column == OF_HOT {
                self.course.hear(answer);
            }
            if answer > best.0 {
                *best = (answer, index);
            }
        }
    }

    /// The units that spoke most for a question of [`OF_TURN`].
    pub fn span(&self, units: &[Unit<'_>], question: usize) -> Option<Range<usize>> {
        let mut worth = vec![0; units.len()];
        self.model.each(units, |row, is_pair, at| {
            let weight = i32::from(self.model.rows[usize::from(row)].of_turn[question]);
            // Of a pair half to either word.
            worth[at] += if is_pair { weight } else { 2 * weight };
            if let Some(after) = worth.get_mut(at + 1).filter(|_| is_pair) {
                *after += weight;
            }
        });
        // The stretch with the largest sum.
        let (mut best, mut from, mut sum) = ((0, 0..0), 0, 0);
        for (at, worth) in worth.iter().enumerate() {
            if sum <= 0 {
                (from, sum) = (at, 0);
            }
            sum += worth;
            if sum > best.0 {
                best = (sum, from..at + 1);
            }
        }
        Some(best.1).filter(|span| !span.is_empty())
    }

    /// Whether anything was said that it knows.
    pub const fn has_heard(&self) -> bool {
        self.whole_length > 0
    }

    /// What it all says.
    pub fn answers(&self) -> Answers {
        let mut call = self.sums.map(|sum| answer(0.0, sum, self.length.max(100)));
        call[RECEPTIONIST] = answer(0.0, self.sums[RECEPTIONIST], self.whole_length.max(100));
        call.iter_mut().zip(&self.model.bias[OF_TURN.len()..]).for_each(|(answer, bias)| *answer += bias);
        Answers { turns: self.best, call, course: self.course, words: self.words }
    }
}

impl Model {
    /// Calls `found` with the row of each known unit and pair, whether it is a pair, and the unit where it begins.
    fn each(&self, units: &[Unit<'_>], mut found: impl FnMut(u16, bool, usize)) {
        let number = |word: u64| self.units.get(&word).copied().unwrap_or_default();
        let pair = |before: u16, after: u16| {
            let both = u32::from(before) << 16 | u32::from(after);
            (before != 0 && after != 0).then(|| self.pairs.get(&both).copied()).flatten()
        };
        let mut before = number(number_of_word(EDGE[0])).0;
        for (at, unit) in units.iter().enumerate() {
            let (unit, alone) = number(unit.number);
            if let Some(row) = pair(before, unit) {
                found(row, true, at.saturating_sub(1));
            }
            if let Some(row) = alone {
                found(row, false, at);
            }
            before = unit;
        }
        if let Some(row) = pair(before, number(number_of_word(EDGE[1])).0) {
            found(row, true, units.len().saturating_sub(1));
        }
    }
}
