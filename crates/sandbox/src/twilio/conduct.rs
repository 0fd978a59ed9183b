//! How the vendor behaves over many requests: silent accounts, limits, numbers with a story, random bad days.

use std::collections::{HashMap, HashSet};

use crate::Fault;
use crate::chance::Chance;

/// Codes that Twilio refuses a text for, each for good.
const REFUSALS: [u32; 7] = [21211, 21614, 21408, 21606, 21612, 30450, 63038];
/// Codes that a carrier gives for a text that it could not deliver.
const UNDELIVERED: [u32; 7] = [30003, 30004, 30005, 30006, 30007, 30008, 30034];

/// Random bad days, the same ones for the same seed and order of requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BadDays {
    /// Where chance begins.
    pub seed: u64,
    /// How many in a thousand requests have each of the faults.
    pub per_mille: u32,
    /// How late an effect comes that is late: beyond the client's patience it meets somebody who has given up.
    pub late_millis: u64,
}

impl BadDays {
    /// The fault of a send, if it has one.
    fn of_send(self, chance: &mut Chance) -> Option<Fault> {
        let code = |codes: &[u32], chance: &mut Chance| codes[chance.below(codes.len())];
        Some(match chance.one_of(self.per_mille, 11)? {
            0 => Fault::twilio(400, code(&REFUSALS, chance)),
            1 => Fault::Status { http: 429, code: Some(20429), retry_after_seconds: Some(1) },
            2 => Fault::status(503),
            3 => Fault::FailAfterEffect { http: 500 },
            4 => Fault::TimeoutBeforeEffect,
            5 => Fault::TimeoutAfterEffect,
            6 => Fault::HangUpAfterEffect,
            7 => Fault::ConnectionReset,
            8 => Fault::Garbage,
            9 => Fault::Delay { millis: self.late_millis },
            _ => Fault::Undelivered { code: code(&UNDELIVERED, chance) },
        })
    }

    /// The fault of a look-up, if it has one.
    fn of_look_up(self, chance: &mut Chance) -> Option<Fault> {
        Some(match chance.one_of(self.per_mille, 5)? {
            0 => Fault::Status { http: 429, code: Some(20429), retry_after_seconds: Some(1) },
            1 => Fault::status(503),
            2 => Fault::TimeoutBeforeEffect,
            3 => Fault::ConnectionReset,
            _ => Fault::Garbage,
        })
    }
}

#[derive(Default)]
pub(super) struct Conduct {
    bad_days: Option<(BadDays, Chance)>,
    black_holes: HashSet<String>,
    per_second: Option<u32>,
    /// Texts that each sender sent in a second.
    sent: HashMap<String, (i64, u32)>,
    numbers: HashMap<String, Fault>,
    requests: HashMap<String, usize>,
    refused_sign_ins: usize,
    signed_in_as: Vec<String>,
    asked_for: HashMap<String, usize>,
}

impl Conduct {
    pub fn set_bad_days(&mut self, days: Option<BadDays>) {
        self.bad_days = days.map(|days| (days, Chance::new(days.seed)));
    }

    pub fn black_hole(&mut self, account: &str, is_one: bool) {
        if is_one {
            self.black_holes.insert(account.to_owned());
        } else {
            self.black_holes.remove(account);
        }
    }

    pub fn limit(&mut self, per_second: Option<u32>) {
        self.per_second = per_second;
    }

    pub fn set_number(&mut self, number: &str, fault: Option<Fault>) {
        match fault {
            Some(fault) => drop(self.numbers.insert(number.to_owned(), fault)),
            None => drop(self.numbers.remove(number)),
        }
    }

    /// Counts a request to `account`, and says whether it is ever answered.
    pub fn is_answered(&mut self, account: &str) -> bool {
        *self.requests.entry(account.to_owned()).or_default() += 1;
        !self.black_holes.contains(account)
    }

    pub fn signed_in(&mut self, user: &str) {
        if !self.signed_in_as.iter().any(|known| known == user) {
            self.signed_in_as.push(user.to_owned());
        }
    }

    pub fn refused_sign_in(&mut self) {
        self.refused_sign_ins += 1;
    }

    /// The fault of a send to `number` from `sender` in this second.
    pub fn of_send(&mut self, number: &str, sender: &str, second: i64) -> Option<Fault> {
        *self.asked_for.entry(number.to_owned()).or_default() += 1;
        if let Some(most) = self.per_second {
            let (since, sent) = self.sent.entry(sender.to_owned()).or_insert((second, 0));
            if *since != second {
                (*since, *sent) = (second, 0);
            }
            if *sent >= most {
                return Some(Fault::Status { http: 429, code: Some(20429), retry_after_seconds: Some(1) });
            }
            *sent += 1;
        }
        self.numbers.get(number).cloned().or_else(|| {
            let (days, chance) = self.bad_days.as_mut()?;
            days.of_send(chance)
        })
    }

    pub fn of_look_up(&mut self) -> Option<Fault> {
        let (days, chance) = self.bad_days.as_mut()?;
        days.of_look_up(chance)
    }

    pub fn requests_of(&self, account: &str) -> usize {
        self.requests.get(account).copied().unwrap_or(0)
    }

    pub fn refused_sign_ins(&self) -> usize {
        self.refused_sign_ins
    }

    pub fn who_signed_in(&self) -> Vec<String> {
        self.signed_in_as.clone()
    }

    pub fn asked_for(&self, number: &str) -> usize {
        self.asked_for.get(number).copied().unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_has_the_same_bad_days_and_each_fault_its_share() {
        let draw = |seed| {
            let days = BadDays { seed, per_mille: 50, late_millis: 1 };
            let mut chance = Chance::new(seed);
            (0..10_000).map(|_| days.of_send(&mut chance)).collect::<Vec<_>>()
        };
        assert_eq!(draw(7), draw(7));
        assert_ne!(draw(7), draw(8));
        let of = |is: fn(&Fault) -> bool| draw(7).iter().flatten().filter(|fault| is(fault)).count();
        for count in [
            of(|fault| matches!(fault, Fault::Undelivered { .. })),
            of(|fault| matches!(fault, Fault::Status { http: 429, .. })),
            of(|fault| matches!(fault, Fault::TimeoutAfterEffect)),
            of(|fault| matches!(fault, Fault::FailAfterEffect { .. })),
        ] {
            assert!((400..600).contains(&count), "{count}");
        }
    }

    #[test]
    fn a_sender_has_so_many_texts_a_second() {
        let mut conduct = Conduct::default();
        conduct.limit(Some(2));
        let mut send = |sender, second| conduct.of_send("+13105550142", sender, second).is_none();
        assert_eq!([send("a", 0), send("a", 0), send("a", 0)], [true, true, false]);
        assert!(send("b", 0) && send("a", 1));
    }
}
