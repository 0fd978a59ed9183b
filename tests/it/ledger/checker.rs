//! What a history proves, or does not.
//!
//! A block is an object of its own: what was told about it must be what [`State::apply`] says in some order in which
//! nobody is answered before they ask (Herlihy and Wing), and which ends with what is written. The answers name every
//! claim, so hardly an order is open: the search takes whoever changed nothing as soon as that explains them, else who was
//! answered first, and turns back when that contradicts.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use jiff::Timestamp;

use super::spec::{Answer, Op, State};
use super::workload::Record;

/// More than this many dead ends and the history counts as undecided, which no test accepts.
const DEAD_ENDS_MAX: usize = 200_000;

/// How the search ended.
#[derive(Debug, PartialEq, Eq)]
pub enum Verdict {
    Legal,
    /// No order explains what was told: so many operations could be explained.
    Illegal(usize),
    Undecided,
}

/// Looks for a legal order of a block's records that ends with `written`.
pub fn check(records: &[Record], written: &State, ended_at: Timestamp) -> Verdict {
    let mut state = State::default();
    let (mut from, mut answered_by) = (0, 0);
    // Where everybody had their answer before the next one asked, nothing is open any more.
    for at in 0..=records.len() {
        let is_quiet = records.get(at).is_none_or(|next| next.asked > answered_by);
        if at > from && is_quiet {
            let is_last = at == records.len();
            let mut search = Search::of(&records[from..at], is_last.then_some((written, ended_at)));
            match search.run(state) {
                Ok(end) => state = end,
                Err(Verdict::Illegal(explained)) => return Verdict::Illegal(from + explained),
                Err(other) => return other,
            }
            from = at;
        }
        answered_by = records.get(at).map_or(answered_by, |r| answered_by.max(r.answered));
    }
    Verdict::Legal
}

/// The records between two quiet moments.
struct Search<'a> {
    records: &'a [Record],
    end: Option<(&'a State, Timestamp)>,
    done: Vec<bool>,
    /// Below it everything is done.
    base: usize,
    dead_ends: HashSet<u64>,
}

/// A step of the order, and what else could have come instead.
struct Step {
    chosen: usize,
    before: State,
    base_before: usize,
    others: Vec<usize>,
}

impl<'a> Search<'a> {
    fn of(records: &'a [Record], end: Option<(&'a State, Timestamp)>) -> Self {
        let done = vec![false; records.len()];
        Self { records, end, done, base: 0, dead_ends: HashSet::new() }
    }

    /// The state after a legal order.
    fn run(&mut self, mut state: State) -> Result<State, Verdict> {
        let (mut path, mut explained): (Vec<Step>, usize) = (Vec::new(), 0);
        let mut open = self.candidates();
        loop {
            explained = explained.max(path.len());
            if path.len() == self.records.len() && self.ends_right(&state) {
                return Ok(state);
            }
            if let Some((chosen, after, others)) = self.advance(&state, &open) {
                path.push(Step { chosen, before: state, base_before: self.base, others });
                state = after;
                self.take(chosen);
                open = if self.dead_ends.contains(&self.fingerprint(&state)) {
                    Vec::new()
                } else {
                    self.candidates()
                };
                continue;
            }
            self.dead_ends.insert(self.fingerprint(&state));
            if self.dead_ends.len() > DEAD_ENDS_MAX {
                return Err(Verdict::Undecided);
            }
            let Some(step) = path.pop() else { return Err(Verdict::Illegal(explained)) };
            self.done[step.chosen] = false;
            self.base = step.base_before;
            state = step.before;
            open = step.others;
        }
    }

    /// One of `open` that would be told what it was told, and who else could come instead.
    fn advance(&self, state: &State, open: &[usize]) -> Option<(usize, State, Vec<usize>)> {
        let mut first = None;
        for (at, candidate) in open.iter().enumerate() {
            let record = &self.records[*candidate];
            let mut before = state.clone();
            before.forget_lapsed(record.now);
            let mut after = before.clone();
            if after.apply(&record.op, record.now) != record.answer {
                continue;
            }
            if after == before && is_in_nobodys_way(record) {
                return Some((*candidate, after, Vec::new()));
            }
            first.get_or_insert((*candidate, after, at + 1));
        }
        first.map(|(candidate, after, rest)| (candidate, after, open[rest..].to_vec()))
    }

    /// Who may come next: asked before anybody left was answered. Who was answered first is tried first.
    fn candidates(&self) -> Vec<usize> {
        let mut first_answer = u64::MAX;
        let mut candidates = Vec::new();
        for (at, record) in self.records.iter().enumerate().skip(self.base) {
            if record.asked > first_answer {
                break;
            }
            if !self.done[at] {
                first_answer = first_answer.min(record.answered);
                candidates.push(at);
            }
        }
        candidates.sort_unstable_by_key(|at| self.records[*at].answered);
        candidates
    }

    fn take(&mut self, chosen: usize) {
        self.done[chosen] = true;
        while self.done.get(self.base) == Some(&true) {
            self.base += 1;
        }
    }

    fn ends_right(&self, state: &State) -> bool {
        let Some((written, ended_at)) = self.end else { return true };
        let without_lapsed = |state: &State| {
            let mut state = state.clone();
            state.forget_lapsed(ended_at);
            state
        };
        without_lapsed(state) == without_lapsed(written)
    }

    fn fingerprint(&self, state: &State) -> u64 {
        let mut hasher = DefaultHasher::new();
        self.base.hash(&mut hasher);
        for at in self.base..self.done.len() {
            if self.done[at] {
                at.hash(&mut hasher);
            } else if at > self.base + 1_000 {
                break;
            }
        }
        state.hash(&mut hasher);
        hasher.finish()
    }
}

/// Told so, it changes nothing whenever it comes: once that is legal, nothing else need come instead.
///
/// Not so the end of a call, which is always told the same; nor a move to where the visit already is, which may have
/// been elsewhere meanwhile; nor a refused confirmation, which lets go of what its call came to hold meanwhile.
fn is_in_nobodys_way(record: &Record) -> bool {
    match record.answer {
        Answer::Refused => !matches!(record.op, Op::Confirm { .. }),
        Answer::Gone | Answer::Mirrored(_) => true,
        Answer::Placed(_) | Answer::Done => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::harness::NOW;
    use crate::ledger::spec::Wish;

    /// Bookings of one time, as (asked, answered, whether it was had).
    fn history(bookings: &[(u64, u64, bool)]) -> (Vec<Record>, State) {
        let wish = Wish { service: 1, start: 20 };
        let (now, mut written) = (NOW.parse().unwrap(), State::default());
        // Both chairs are had once each: two people give it, then nobody.
        let mut records: Vec<Record> = (1..)
            .zip(bookings)
            .map(|(id, (asked, answered, had))| {
                let op = Op::Book { id, call: 0, wish };
                let placed = if *had { written.apply(&op, now) } else { Answer::Refused };
                Record { asked: *asked, answered: *answered, now, op, answer: placed }
            })
            .collect();
        records.sort_unstable_by_key(|r| r.asked);
        (records, written)
    }

    fn verdict(bookings: &[(u64, u64, bool)]) -> Verdict {
        let (records, written) = history(bookings);
        check(&records, &written, NOW.parse().unwrap())
    }

    #[test]
    fn a_refusal_needs_somebody_who_may_have_been_there_before_it() {
        assert_eq!(verdict(&[(0, 1, true), (2, 3, true), (4, 5, false)]), Verdict::Legal);
        // Refused while the second is still asking: they may have come first.
        assert_eq!(verdict(&[(0, 1, true), (2, 5, true), (3, 4, false)]), Verdict::Legal);
        // Refused before the second has asked: nothing explains that.
        assert_eq!(verdict(&[(0, 1, true), (4, 5, true), (2, 3, false)]), Verdict::Illegal(1));
    }

    #[test]
    fn a_success_that_is_not_written_and_a_claim_that_nobody_was_told_of_are_found() {
        let (records, mut written) = history(&[(0, 1, true), (2, 3, true)]);
        let lost = written.owners.pop_first().unwrap();
        assert!(matches!(check(&records, &written, records[0].now), Verdict::Illegal(_)));
        written.owners.insert(lost.0, lost.1.clone());
        written.owners.insert(99, lost.1);
        assert!(matches!(check(&records, &written, records[0].now), Verdict::Illegal(_)));
    }

    #[test]
    fn two_who_were_given_the_same_lane_are_found() {
        let (mut records, written) = history(&[(0, 3, true), (1, 2, true)]);
        records[1].answer = records[0].answer.clone();
        assert!(matches!(check(&records, &written, records[0].now), Verdict::Illegal(_)));
    }

    #[test]
    fn a_move_to_where_the_visit_is_may_have_come_after_a_move_away() {
        let (now, mut written) = (NOW.parse().unwrap(), State::default());
        let (here, there) = (Wish { service: 1, start: 20 }, Wish { service: 1, start: 40 });
        let mut tell = |asked, answered, op: Op| {
            let answer = written.apply(&op, now);
            Record { asked, answered, now, op, answer }
        };
        let records = [
            tell(0, 1, Op::Book { id: 1, call: 0, wish: here }),
            tell(3, 4, Op::Move { id: 1, to: there }),
            tell(2, 5, Op::Move { id: 1, to: here }),
        ];
        let mut records = records.to_vec();
        records.sort_unstable_by_key(|r| r.asked);
        assert_eq!(check(&records, &written, now), Verdict::Legal);
    }
}
