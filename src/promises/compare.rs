//! Claims against facts. Pure.
//!
//! A claim is false only if what is known contradicts it and nothing known bears it out. Whatever cannot be known from the
//! rows is [`Verdict::Unknown`]: an alarm that cries wolf is ignored.

use jiff::civil::{Date, DateTime, Time};

use super::claims::{Claim, Kind, Price, of_text, plain};
use super::moments::Moment;
use super::money::Basis;
use super::prices;
use super::sentences::sentences;

/// What a tool returned.
#[derive(Clone)]
pub struct Told {
    /// Its name, as `book_appointment`.
    pub tool: String,
    /// Its answer.
    pub answer: String,
    /// Whether it failed.
    pub is_error: bool,
}

/// An entry of the price list.
#[derive(Clone)]
pub struct Listed {
    /// The service's name and what else it is called.
    pub names: Vec<String>,
    /// What it starts at; unknown when the clinic has not said.
    pub cents: Option<i64>,
}

/// What is known about a call.
#[derive(Clone)]
pub struct Facts {
    /// The clinic's day when it began.
    pub today: Date,
    /// What the tools returned, in order.
    pub told: Vec<Told>,
    /// The caller's visits by their own clock.
    pub visits: Vec<DateTime>,
    /// One of them was called off.
    pub has_cancelled: bool,
    /// A text to the caller was queued.
    pub is_texted: bool,
    /// Staff were told to call: a task or an alert of this call.
    pub is_called_back: bool,
    /// The call was transferred.
    pub is_transferred: bool,
    /// The price list.
    pub prices: Vec<Listed>,
    /// Every time of day at which a site opens or closes on some day.
    pub bounds: Vec<Time>,
}

/// What contradicts a claim.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fact {
    /// A tool returned something else: its name and its words.
    Returned(String, String),
    /// No tool was called that could have made it true; which one could.
    NotCalled(&'static str),
    /// The clinic's own data say otherwise.
    Own(String),
}

/// What became of a claim.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Something known bears it out.
    Kept,
    /// Something known contradicts it.
    False(Fact),
    /// Neither.
    Unknown,
}

/// A verdict for every claim, in their order. What was put right later in the call is not held against it.
pub fn compare(claims: &[Claim], facts: &Facts) -> Vec<Verdict> {
    let known = Known::of(facts);
    let mut verdicts: Vec<Verdict> = claims.iter().map(|claim| known.verdict(claim)).collect();
    for at in 0..claims.len() {
        let puts_right = |later: usize| {
            let is_kept = verdicts[later] == Verdict::Kept && claims[later].turn > claims[at].turn;
            is_kept && puts_right(claims[later].kind, claims[at].kind)
        };
        if matches!(verdicts[at], Verdict::False(_)) && (at + 1..claims.len()).any(puts_right) {
            verdicts[at] = Verdict::Unknown;
        }
    }
    verdicts
}

/// Whether a later true word of one kind mends an earlier false one: who was told the right time in the end knows it.
fn puts_right(later: Kind, earlier: Kind) -> bool {
    let is_visit = |kind| matches!(kind, Kind::Booked | Kind::Moved);
    later == earlier
        || (is_visit(later) && matches!(earlier, Kind::Booked | Kind::Moved | Kind::Offered))
        || (later == Kind::CallBack && earlier == Kind::Connecting)
}

/// What the tools' answers claim themselves, and the times they named.
struct Known<'f> {
    facts: &'f Facts,
    claims: Vec<(&'f Told, Claim)>,
    /// Times of visits: committed, or told by a tool.
    visits: Vec<Moment>,
    /// Every time that a tool named.
    open: Vec<Moment>,
}

/// Tools whose answers name times that can be had.
const LOOKS: [&str; 4] =
    ["check_availability", "find_openings", "book_appointment", "reschedule_appointment"];

impl<'f> Known<'f> {
    fn of(facts: &'f Facts) -> Self {
        let (mut claims, mut visits, mut open) = (Vec::new(), Vec::new(), Vec::new());
        for told in facts.told.iter().filter(|told| !told.is_error) {
            open.extend(super::all_moments(&told.answer, facts.today));
            let of_visits = matches!(
                told.tool.as_str(),
                "find_my_appointments" | "reschedule_appointment" | "cancel_appointment"
            );
            if of_visits && !told.answer.contains("I have") {
                visits.extend(super::all_moments(&told.answer, facts.today));
            }
            for claim in of_text(&told.answer, 0, "", facts.today) {
                if matches!(claim.kind, Kind::Booked | Kind::Moved) {
                    visits.extend(claim.moments.clone());
                }
                claims.push((told, claim));
            }
        }
        visits.extend(facts.visits.iter().map(|at| Moment {
            dates: vec![at.date()],
            times: vec![at.time()],
            at: 0,
            is_loose: false,
        }));
        Self { facts, claims, visits, open }
    }

    fn verdict(&self, claim: &Claim) -> Verdict {
        // Word for word what a tool said: whatever it is, it is no invention.
        if self.facts.told.iter().any(|told| told.answer.contains(claim.words.trim())) {
            return Verdict::Kept;
        }
        let facts = self.facts;
        match claim.kind {
            Kind::Booked => self.visit(claim, &["book_appointment", "reschedule_appointment"]),
            Kind::Moved if !self.returned(Kind::Moved) => self.contradicted(&["reschedule_appointment"]),
            Kind::Moved => self.visit(claim, &["reschedule_appointment"]),
            Kind::Cancelled => {
                self.kept_if(facts.has_cancelled || self.returned(Kind::Cancelled), &["cancel_appointment"])
            }
            Kind::Text => {
                let tools =
                    ["book_appointment", "reschedule_appointment", "cancel_appointment", "join_waitlist"];
                self.kept_if(facts.is_texted || self.returned(Kind::Text), &tools)
            }
            Kind::CallBack => self.call_back(),
            Kind::Connecting => {
                self.kept_if(facts.is_transferred || self.returned(Kind::Connecting), &["request_human"])
            }
            Kind::Offered => self.offered(claim),
            Kind::Price => claim.price.as_ref().map_or(Verdict::Unknown, |price| self.price(price)),
            Kind::Hours => self.hours(claim),
        }
    }

    /// Whether a tool claims the same.
    fn returned(&self, kind: Kind) -> bool {
        self.claims.iter().any(|(_, claim)| claim.kind == kind)
    }

    fn kept_if(&self, is_kept: bool, tools: &[&'static str]) -> Verdict {
        if is_kept { Verdict::Kept } else { self.contradicted(tools) }
    }

    /// The last word of the tools that could have made it true.
    fn contradicted(&self, tools: &[&'static str]) -> Verdict {
        let last = self.facts.told.iter().rev().find(|told| tools.contains(&told.tool.as_str()));
        let fact = match (last, tools.first()) {
            (Some(told), _) => Fact::Returned(told.tool.clone(), told.answer.clone()),
            (None, Some(tool)) => Fact::NotCalled(tool),
            (None, None) => return Verdict::Unknown,
        };
        Verdict::False(fact)
    }

    fn visit(&self, claim: &Claim, tools: &[&'static str]) -> Verdict {
        let is_known = !self.visits.is_empty() || self.returned(Kind::Booked) || self.returned(Kind::Moved);
        let is_one = |said: &Moment| self.visits.iter().any(|known| agree(said, known));
        self.kept_if(is_known && (claim.moments.is_empty() || claim.moments.iter().any(is_one)), tools)
    }

    /// A tool that promised it, a task or an alert: somebody will call. A transfer leaves it open.
    fn call_back(&self) -> Verdict {
        let asked = |tool: &str| {
            let mut told = self.facts.told.iter().filter(|told| told.tool == tool && !told.is_error);
            told.any(|told| !told.answer.trim_end().ends_with('?'))
        };
        if self.facts.is_called_back || self.returned(Kind::CallBack) || asked("notify_hot_lead") {
            return Verdict::Kept;
        }
        if self.facts.is_transferred || self.returned(Kind::Connecting) {
            return Verdict::Unknown;
        }
        self.contradicted(&["request_human", "notify_hot_lead"])
    }

    /// Every time must have been named by a tool, or be that of a visit. "And 3 more times" leaves the others open.
    fn offered(&self, claim: &Claim) -> Verdict {
        let is_known = |said: &Moment| self.open.iter().chain(&self.visits).any(|known| agree(said, known));
        if claim.moments.iter().all(is_known) {
            return Verdict::Kept;
        }
        let has_more = |told: &&Told| told.answer.contains(" more time");
        let looked = |told: &&Told| LOOKS.contains(&told.tool.as_str());
        let may_be_open =
            claim.moments.iter().all(|said| said.times.iter().any(|time| self.could_be_open(*time)));
        if may_be_open && self.facts.told.iter().filter(looked).any(|told| has_more(&told) || told.is_error) {
            return Verdict::Unknown;
        }
        self.contradicted(&[
            "check_availability",
            "find_openings",
            "book_appointment",
            "reschedule_appointment",
        ])
    }

    /// Whether any day is open at this time, as far as hours are known.
    fn could_be_open(&self, time: Time) -> bool {
        let (first, last) = (self.facts.bounds.iter().min(), self.facts.bounds.iter().max());
        first.is_none_or(|first| *first <= time) && last.is_none_or(|last| time < *last)
    }

    fn price(&self, said: &Price) -> Verdict {
        let amount_in = |text: &str| {
            sentences(text).iter().flat_map(super::money::amounts).any(|amount| amount.cents == said.cents)
        };
        if self.facts.told.iter().any(|told| amount_in(&told.answer)) {
            return Verdict::Kept;
        }
        if said.basis == Basis::Other || amount_in(&said.context) {
            return Verdict::Unknown;
        }
        prices::verdict(said, &self.facts.prices)
    }

    fn hours(&self, claim: &Claim) -> Verdict {
        let is_told = |time: &Time| self.open.iter().any(|known| known.times.contains(time));
        let is_bound = |time: &Time| self.facts.bounds.contains(time) || is_told(time);
        if self.facts.bounds.is_empty() {
            return Verdict::Unknown;
        }
        if claim.moments.iter().all(|moment| moment.times.iter().any(is_bound)) {
            return Verdict::Kept;
        }
        let mut bounds = self.facts.bounds.clone();
        bounds.sort();
        bounds.dedup();
        let said: Vec<String> = bounds.into_iter().map(crate::when::say_time).collect();
        Verdict::False(Fact::Own(format!("No day opens or closes at another time than {}", said.join(", "))))
    }
}

/// Whether two moments can be the same: some reading of what both say.
fn agree(said: &Moment, known: &Moment) -> bool {
    let share = |one: &[Date], other: &[Date]| {
        one.is_empty() || other.is_empty() || one.iter().any(|date| other.contains(date))
    };
    let times = said.times.is_empty() || said.times.iter().any(|time| known.times.contains(time));
    times && share(&said.dates, &known.dates)
}

/// All words of a text, plain.
pub(super) fn plain_text(text: &str) -> String {
    plain(&sentences(text))
}
