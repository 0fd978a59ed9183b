//! The labelled calls and utterances as numbered words and pairs.

use std::collections::{HashMap, HashSet};

use super::super::corpus::{Labelled, Utterance};
use super::super::model::units::{Unit, units};
use super::super::model::{
    Answers, COLUMNS, Course, EDGE, HOT, NOTHING_HEARD, OF_CALL, OF_HOT, OF_TURN, RECEPTIONIST, WEIGHT_STEP,
};
use super::super::services::Services;
use super::super::tokens::tokenize;
use super::super::{CallClass, Polarity, Rule, Speaker, Temperature};
use super::narrow;
use super::solver::{Problem, small};

/// A word or pair that fewer turns hold is no word to go by.
const HEARD_AT_LEAST: usize = 2;
const COST: f64 = 40.0;
/// An utterance says less about the class of a call than a call does.
const UTTERANCE_AS_CALL: f64 = 0.5;
const CLASSES: [CallClass; 7] = super::super::evaluation::CLASSES;

struct Turn {
    /// None for an utterance.
    call: Option<usize>,
    index: usize,
    /// Numbers of words and pairs, each once.
    said: Vec<u32>,
    pairs: Vec<u32>,
    words: usize,
    rules: Vec<Rule>,
}

struct Call {
    said: Vec<u32>,
    class: CallClass,
    hot: bool,
    is_utterance: bool,
}

/// All that there is to learn from.
pub(super) struct Examples {
    names: Vec<String>,
    turns: Vec<Turn>,
    /// The labelled calls first, in their order.
    calls: Vec<Call>,
    /// What the receptionist of each labelled call said.
    receptionists: Vec<Vec<u32>>,
}

/// What was learnt: for each known word or pair its rarity and, per column, its weight.
pub(super) struct Learnt {
    /// The place of each number among the known.
    place: HashMap<u32, u32>,
    known: Vec<u32>,
    rarity: Vec<f32>,
    pub weights: Vec<Vec<f64>>,
    pub bias: [f32; COLUMNS],
}

#[derive(Default)]
struct Numbers {
    of: HashMap<String, u32>,
    names: Vec<String>,
}

impl Numbers {
    fn of(&mut self, name: String) -> u32 {
        let next = u32::try_from(self.names.len()).unwrap_or(u32::MAX);
        let names = &mut self.names;
        *self.of.entry(name).or_insert_with_key(|name| {
            names.push(name.clone());
            next
        })
    }

    /// The words and pairs of a turn, each once, and the pairs among them.
    fn read(&mut self, units: &[Unit<'_>]) -> (Vec<u32>, Vec<u32>, usize) {
        let words: Vec<&str> = units.iter().map(|unit| unit.word).collect();
        let mut said: Vec<u32> = words.iter().map(|word| self.of((*word).to_owned())).collect();
        let framed: Vec<&str> = [&EDGE[..1], &words, &EDGE[1..]].concat();
        let mut pairs: Vec<u32> = framed.windows(2).map(|pair| self.of(pair.join(" "))).collect();
        pairs.sort_unstable();
        pairs.dedup();
        said.extend(&pairs);
        said.sort_unstable();
        said.dedup();
        (said, pairs, words.len())
    }
}

impl Examples {
    pub fn of(calls: &[Labelled], utterances: &[Utterance], services: &Services) -> Self {
        let mut numbers = Numbers::default();
        let mut all = Self { names: vec![], turns: vec![], calls: vec![], receptionists: vec![] };
        let mut read = |text: &str| {
            let tokens = tokenize(text);
            numbers.read(&units(&tokens, &services.all(&tokens)))
        };
        for (at, call) in calls.iter().enumerate() {
            let mut heard = Vec::new();
            for (index, turn) in
                call.turns.iter().enumerate().filter(|(_, turn)| turn.speaker == Speaker::Caller)
            {
                let (said, pairs, words) = read(&turn.text);
                heard.extend(&said);
                let counts =
                    call.evidence.iter().filter(|e| e.turn == index && e.polarity == Polarity::Affirmed);
                let rules = counts.map(|evidence| evidence.rule).collect();
                all.turns.push(Turn { call: Some(at), index, said, pairs, words, rules });
            }
            heard.sort_unstable();
            heard.dedup();
            let hot = call.temperature == Temperature::Hot;
            all.calls.push(Call { said: heard, class: call.class, hot, is_utterance: false });
        }
        for utterance in utterances {
            let (said, pairs, words) = read(&utterance.text);
            if let Some(class) = class_of(&utterance.rules) {
                all.calls.push(Call { said: said.clone(), class, hot: false, is_utterance: true });
            }
            all.turns.push(Turn { call: None, index: 0, said, pairs, words, rules: utterance.rules.clone() });
        }
        for call in calls {
            let turns = call.turns.iter().filter(|turn| turn.speaker == Speaker::Assistant);
            let mut said: Vec<u32> = turns.flat_map(|turn| read(&turn.text).0).collect();
            said.sort_unstable();
            said.dedup();
            all.receptionists.push(said);
        }
        all.names = numbers.names;
        all
    }

    /// Learns from the calls that `takes` wants, and from all utterances.
    pub fn learn(&self, takes: impl Fn(usize) -> bool) -> Learnt {
        let turns: Vec<&Turn> = self.turns.iter().filter(|turn| turn.call.is_none_or(&takes)).collect();
        let mut heard = vec![0usize; self.names.len()];
        turns.iter().flat_map(|turn| &turn.said).for_each(|number| heard[*number as usize] += 1);
        let known: Vec<u32> =
            (0u32..).zip(&heard).filter(|(_, count)| **count >= HEARD_AT_LEAST).map(|(n, _)| n).collect();
        let place = known.iter().copied().zip(0u32..).collect();
        let all = 1.0 + small(turns.len());
        let rarity = |number: &u32| {
            let rarity = (all / (1.0 + small(heard[*number as usize]))).ln() + 1.0;
            // As the file has it.
            narrow((rarity * 10.0).round() / 10.0)
        };
        let rarity = known.iter().map(rarity).collect();
        let mut learnt = Learnt { place, known, rarity, weights: vec![], bias: [0.0; COLUMNS] };
        let rows: Vec<_> = turns.iter().map(|turn| learnt.row(&turn.said)).collect();
        for (column, (_, rules)) in OF_TURN.into_iter().enumerate().take(OF_HOT) {
            let answers = turns.iter().map(|turn| (turn.rules.iter().any(|rule| rules.contains(rule)), 1.0));
            learnt.solve(column, &rows, answers);
        }
        // An utterance belongs to no call.
        let in_calls: Vec<_> = rows
            .iter()
            .zip(&turns)
            .filter_map(|(row, turn)| turn.call.map(|call| (row.clone(), self.calls[call].hot)))
            .collect();
        let (rows, of_hot): (Vec<_>, Vec<bool>) = in_calls.into_iter().unzip();
        learnt.solve(OF_HOT, &rows, of_hot.into_iter().map(|is| (is, 1.0)));
        let taken = |(at, call): &(usize, &Call)| call.is_utterance || takes(*at);
        let calls: Vec<&Call> = self.calls.iter().enumerate().filter(taken).map(|(_, call)| call).collect();
        let rows: Vec<_> = calls.iter().map(|call| learnt.row(&call.said)).collect();
        for (column, class) in (OF_TURN.len()..).zip(CLASSES) {
            let weight = |call: &Call| if call.is_utterance { UTTERANCE_AS_CALL } else { 1.0 };
            learnt.solve(column, &rows, calls.iter().map(|call| (call.class == class, weight(call))));
        }
        let whole: Vec<_> = rows
            .iter()
            .zip(&calls)
            .filter(|(_, call)| !call.is_utterance)
            .map(|(row, _)| row.clone())
            .collect();
        let hot = calls.iter().filter(|call| !call.is_utterance).map(|call| (call.hot, 1.0));
        learnt.solve(OF_TURN.len() + HOT, &whole, hot);
        let receptionists = self.receptionists.iter().enumerate().filter(|(call, _)| takes(*call));
        let said = calls.iter().map(|call| (&call.said, false));
        let said: Vec<_> = said.chain(receptionists.map(|(_, said)| (said, true))).collect();
        let rows: Vec<_> = said.iter().map(|(said, _)| learnt.row(&learnt.telling(said))).collect();
        learnt.solve(OF_TURN.len() + RECEPTIONIST, &rows, said.iter().map(|(_, is)| (*is, 1.0)));
        learnt
    }

    /// What `learnt` answers about a call.
    pub fn answers(&self, learnt: &Learnt, call: usize) -> Answers {
        let mut turns = [(NOTHING_HEARD, 0); OF_TURN.len()];
        let (mut heard, mut words, mut course) = (HashSet::new(), 0, Course::default());
        for turn in self.turns.iter().filter(|turn| turn.call == Some(call)) {
            if !turn.pairs.iter().any(|pair| learnt.place.contains_key(pair)) {
                continue;
            }
            heard.extend(&turn.said);
            words += turn.words;
            let row = learnt.row(&turn.said);
            for (column, best) in turns.iter_mut().enumerate() {
                let answer = learnt.answer(column, &row);
                if column == OF_HOT {
                    course.hear(answer);
                }
                if answer > best.0 {
                    *best = (answer, turn.index);
                }
            }
        }
        let mut heard: Vec<u32> = heard.into_iter().collect();
        heard.sort_unstable();
        let row = learnt.row(&heard);
        let mut of_call = [0.0; OF_CALL.len()];
        of_call
            .iter_mut()
            .enumerate()
            .for_each(|(at, answer)| *answer = learnt.answer(OF_TURN.len() + at, &row));
        of_call[RECEPTIONIST] = learnt.of_receptionist(&self.calls[call].said);
        Answers { turns, call: of_call, course, words }
    }

    /// What `learnt` answers to whether the receptionist of a call is one.
    pub fn of_receptionist(&self, learnt: &Learnt, call: usize) -> f32 {
        learnt.of_receptionist(&self.receptionists[call])
    }

    /// Names and rarities of what `learnt` knows, in its order.
    pub fn known<'a>(&'a self, learnt: &'a Learnt) -> impl Iterator<Item = (&'a str, f32)> {
        let names = learnt.known.iter().map(|number| self.names[*number as usize].as_str());
        names.zip(learnt.rarity.iter().copied())
    }
}

impl Learnt {
    /// What is known of the words and pairs, of length 1.
    fn row(&self, said: &[u32]) -> Vec<(u32, f32)> {
        let places = said.iter().filter_map(|number| self.place.get(number));
        let mut row: Vec<(u32, f32)> = places.map(|place| (*place, self.rarity[*place as usize])).collect();
        let length = row.iter().map(|(_, value)| value * value).sum::<f32>().sqrt().max(1.0);
        for (_, value) in &mut row {
            *value /= length;
        }
        row
    }

    /// Those of `said` that tell something about callers: the others are not in the file.
    fn telling(&self, said: &[u32]) -> Vec<u32> {
        let tells = |number: &&u32| {
            let place = self.place.get(number).map(|place| *place as usize);
            place.is_some_and(|place| self.weights[..COLUMNS - 1].iter().any(|column| column[place] != 0.0))
        };
        said.iter().filter(tells).copied().collect()
    }

    /// How far the words are a receptionist's.
    fn of_receptionist(&self, said: &[u32]) -> f32 {
        self.answer(COLUMNS - 1, &self.row(&self.telling(said)))
    }

    fn solve(&mut self, column: usize, rows: &[Vec<(u32, f32)>], answers: impl Iterator<Item = (bool, f64)>) {
        let examples =
            rows.iter().zip(answers).map(|(row, (is, counts))| (row.as_slice(), is, counts)).collect();
        let mut problem = Problem { features: self.known.len(), examples, cost: COST };
        problem.balance();
        let mut found = problem.solve();
        self.bias[column] = narrow(found.pop().unwrap_or_default());
        for weight in &mut found {
            *weight = in_steps(*weight);
        }
        self.weights.push(found);
    }

    fn answer(&self, column: usize, row: &[(u32, f32)]) -> f32 {
        let weights = &self.weights[column];
        let sum: f64 = row.iter().map(|(place, value)| weights[*place as usize] * f64::from(*value)).sum();
        narrow(sum) + self.bias[column]
    }
}

/// A weight as the file has it: in whole steps, and none of a single step: those are many and say little.
fn in_steps(weight: f64) -> f64 {
    let step = f64::from(WEIGHT_STEP);
    let steps = (weight / step).round().clamp(-127.0, 127.0);
    if steps.abs() <= 1.0 { 0.0 } else { steps * step }
}

/// The class that an utterance speaks for.
fn class_of(rules: &[Rule]) -> Option<CallClass> {
    let first = rules.first()?;
    Some(match first {
        Rule::Clinical => CallClass::ClinicalUrgency,
        Rule::WrongNumber => CallClass::WrongNumber,
        Rule::Vendor => CallClass::Vendor,
        Rule::JobSeeker => CallClass::JobSeeker,
        Rule::Complaint => CallClass::Complaint,
        Rule::ExistingPatient => CallClass::ExistingPatient,
        _ => CallClass::NewLead,
    })
}
