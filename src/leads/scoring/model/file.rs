//! The file of weights: a header, the decisions, then a line per unit or pair with its rarity and its weights.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::super::hash::number_of_word;
use super::signals::{DECISIONS, SIGNALS};
use super::{COLUMNS, Decision, Model, OF_CALL, OF_TURN, RECEPTIONIST, Row};

/// What a weight of 1 in the file is worth.
pub(in super::super) const WEIGHT_STEP: f32 = 0.25;
const HEAD: &str = "// Written by `voxanne score --fit`, read by src/leads/scoring/model.rs; docs/scoring.md says what it is.";

/// The letter of each column.
fn letters() -> impl Iterator<Item = char> {
    OF_TURN.into_iter().map(|(letter, _)| letter).chain(OF_CALL)
}

/// Reads what [`write`] wrote. What cannot be read is left out; a test holds that nothing is.
pub(super) fn read(text: &'static str) -> Model {
    let mut model = Model::default();
    for line in text.lines() {
        let mut words = line.split(' ');
        match words.next() {
            Some("corpus") => {
                model.corpus =
                    words.next().and_then(|hex| u64::from_str_radix(hex, 16).ok()).unwrap_or_default();
            }
            Some("bias") => {
                for (bias, value) in model.bias.iter_mut().zip(words.filter_map(|word| word.parse().ok())) {
                    *bias = value;
                }
            }
            Some("decide") => {
                let mut values = words.skip(1).filter_map(|word| word.parse().ok());
                let bias = values.next().unwrap_or_default();
                let mut weights = [0.0; SIGNALS];
                weights.iter_mut().zip(values).for_each(|(weight, value)| *weight = value);
                model.decisions.push(Decision { bias, weights });
            }
            _ => {
                if let Some((units, rest)) = line.split_once('\t') {
                    model.add(units, rest);
                }
            }
        }
    }
    model.decisions.resize(DECISIONS.len(), Decision { bias: 0.0, weights: [0.0; SIGNALS] });
    model
}

impl Model {
    fn add(&mut self, units: &str, rest: &str) {
        let mut fields = rest.split(' ');
        // "3.7": tenths are enough.
        let rarity: i16 = fields.next().and_then(|field| field.replace('.', "").parse().ok()).unwrap_or(10);
        let mut weights = [0; COLUMNS];
        for field in fields {
            let column = field.chars().next().and_then(|letter| letters().position(|known| known == letter));
            if let (Some(column), Some(weight)) =
                (column, field.get(1..).and_then(|weight| weight.parse::<i16>().ok()))
            {
                weights[column] = weight * rarity;
            }
        }
        let row = u16::try_from(self.rows.len()).unwrap_or(u16::MAX);
        let mut read = Row { rarity, of_turn: [0; OF_TURN.len()], of_call: [0; OF_CALL.len()] };
        read.of_turn.copy_from_slice(&weights[..OF_TURN.len()]);
        read.of_call.copy_from_slice(&weights[OF_TURN.len()..]);
        self.rows.push(read);
        if let Some((before, after)) = units.split_once(' ') {
            let both = u32::from(self.unit(before)) << 16 | u32::from(self.unit(after));
            self.pairs.insert(both, row);
        } else {
            self.unit(units);
            if let Some((_, alone)) = self.units.get_mut(&number_of_word(units)) {
                *alone = Some(row);
            }
        }
    }

    /// The unit's number, from 1.
    fn unit(&mut self, word: &str) -> u16 {
        let next = u16::try_from(self.units.len() + 1).unwrap_or(u16::MAX);
        self.units.entry(number_of_word(word)).or_insert((next, None)).0
    }
}

/// What a fit found.
#[derive(Debug)]
pub(in super::super) struct Fitted {
    pub corpus: u64,
    pub bias: [f32; COLUMNS],
    /// By unit or pair: its rarity and its weights, in steps.
    pub rows: BTreeMap<String, (f32, [i8; COLUMNS])>,
    pub decisions: Vec<Decision>,
}

/// The text of the file.
pub(in super::super) fn write(fitted: &Fitted) -> String {
    let mut text = format!("{HEAD}\ncorpus {:016x}\nbias", fitted.corpus);
    fitted.bias.iter().for_each(|bias| {
        let _ = write!(text, " {bias:.2}");
    });
    for (name, Decision { bias, weights }) in DECISIONS.into_iter().zip(&fitted.decisions) {
        let _ = write!(text, "\ndecide {name} {bias:.3}");
        for weight in weights {
            let _ = write!(text, " {weight:.3}");
        }
    }
    text.push('\n');
    // Words that tell nothing but receptionists from callers are left out: an answer goes by the length of what is known.
    let says = |weights: &[i8]| weights[..OF_TURN.len() + RECEPTIONIST].iter().any(|weight| *weight != 0);
    for (units, (rarity, weights)) in fitted.rows.iter().filter(|(_, (_, weights))| says(weights)) {
        let _ = write!(text, "{units}\t{rarity:.1}");
        for (letter, weight) in letters().zip(weights).filter(|(_, weight)| **weight != 0) {
            let _ = write!(text, " {letter}{weight}");
        }
        text.push('\n');
    }
    text
}
