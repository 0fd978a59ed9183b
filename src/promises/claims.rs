//! What the assistant claims in a call: bookings, texts, calls back, times, prices, hours. Pure.
//!
//! A claim is only what would mislead a caller if it were not so. Questions, conditions, denials, wishes and what is read
//! back for a yes are none: when in doubt there is no claim.

use std::fmt;

use jiff::civil::Date;

use super::moments::{Moment, begins, moments};
use super::money::{self, Basis};
use super::phrases::{Hit, hits};
use super::sentences::{Sentence, language, sentences};
use crate::language::Language;

/// What sort of thing is claimed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// "You're booked", "your visit is on Tuesday at 2".
    Booked,
    /// "I've moved your appointment".
    Moved,
    /// "I've cancelled it".
    Cancelled,
    /// "You'll receive a text".
    Text,
    /// "Our team will call you back", "I've alerted them".
    CallBack,
    /// "I'm connecting you now".
    Connecting,
    /// "I have 2 PM".
    Offered,
    /// "Botox is $450".
    Price,
    /// "We're open until 8 PM".
    Hours,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 9] = [
        Self::Booked,
        Self::Moved,
        Self::Cancelled,
        Self::Text,
        Self::CallBack,
        Self::Connecting,
        Self::Offered,
        Self::Price,
        Self::Hours,
    ];

    /// Its name in tasks and metrics.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Booked => "booked",
            Self::Moved => "moved",
            Self::Cancelled => "cancelled",
            Self::Text => "text",
            Self::CallBack => "call_back",
            Self::Connecting => "connecting",
            Self::Offered => "offered",
            Self::Price => "price",
            Self::Hours => "hours",
        }
    }
}

/// An amount, and the words that say of what.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Price {
    pub cents: i64,
    pub basis: Basis,
    /// The sentence's plain words up to the amount, and behind it.
    pub before: String,
    pub behind: String,
    /// What was said just before: the turn's earlier words and the caller's last.
    pub context: String,
}

/// One claim. Holds a person's words: its `Debug` shows none of them.
#[derive(Clone, PartialEq, Eq)]
pub struct Claim {
    /// What sort.
    pub kind: Kind,
    /// Index into the turns.
    pub turn: usize,
    /// First char of the sentence in the turn's text.
    pub start: usize,
    /// One past its last char.
    pub end: usize,
    /// The sentence.
    pub words: String,
    pub(super) moments: Vec<Moment>,
    pub(super) price: Option<Price>,
}

impl fmt::Debug for Claim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} at {}:{}..{}", self.kind, self.turn, self.start, self.end)
    }
}

/// One utterance: who, and what.
#[derive(Clone, Copy)]
pub struct Said<'t> {
    /// True for the caller.
    pub is_caller: bool,
    /// As the transcriber wrote it.
    pub text: &'t str,
}

/// The claims of the assistant's turns, in their order. `today` is the clinic's day of the call.
pub fn claims(turns: &[Said<'_>], today: Date) -> Vec<Claim> {
    let mut all = Vec::new();
    let mut caller = String::new();
    for (turn, said) in turns.iter().enumerate() {
        if said.is_caller {
            caller = plain(&sentences(said.text));
        } else {
            all.extend(of_text(said.text, turn, &caller, today));
        }
    }
    all
}

/// The claims of one text: an assistant's turn, or what a tool answered.
pub(super) fn of_text(text: &str, turn: usize, context: &str, today: Date) -> Vec<Claim> {
    let parts = sentences(text);
    let language = language(&parts);
    let (mut all, mut context) = (Vec::new(), context.to_owned());
    for sentence in &parts {
        let words: String = text.chars().skip(sentence.start).take(sentence.end - sentence.start).collect();
        let claim = |kind| Claim {
            kind,
            turn,
            start: sentence.start,
            end: sentence.end,
            words: words.clone(),
            moments: Vec::new(),
            price: None,
        };
        let found = of_sentence(sentence, (today, language));
        all.extend(found.into_iter().map(|(kind, moments)| Claim { moments, ..claim(kind) }));
        let prices = prices(sentence, &context);
        all.extend(prices.into_iter().map(|price| Claim { price: Some(price), ..claim(Kind::Price) }));
        context.push(' ');
        context.push_str(&plain(std::slice::from_ref(sentence)));
    }
    all
}

/// The kinds claimed in a sentence, each with the days and times it is about.
fn of_sentence(sentence: &Sentence, at: (Date, Language)) -> Vec<(Kind, Vec<Moment>)> {
    let hits = hits(sentence, at.1, &|word| begins(sentence, word, at));
    let is_about_hours = hits.iter().any(|hit| hit.kind == Kind::Hours);
    let mut all = Vec::new();
    for (nth, hit) in hits.iter().enumerate() {
        let range = region(sentence, &hits, nth);
        let mut moments = moments(sentence, range, at);
        match hit.kind {
            // What is only a bound offers no time, and the times of a sentence about hours are none to come at.
            Kind::Offered => {
                moments.retain(|moment| !moment.is_loose && !moment.times.is_empty());
                if moments.is_empty() || is_about_hours {
                    continue;
                }
            }
            Kind::Booked | Kind::Moved => moments.retain(|moment| !moment.is_loose),
            Kind::Hours => {
                moments.retain(|moment| !moment.times.is_empty() && is_bound(sentence, moment.at));
                if moments.is_empty() {
                    continue;
                }
            }
            _ => moments.clear(),
        }
        all.push((hit.kind, moments));
    }
    all
}

/// The words that a promise is about: from it to the next one; the first has what stands before it as well.
fn region(sentence: &Sentence, hits: &[Hit], nth: usize) -> std::ops::Range<usize> {
    let speaks_of_time = |hit: &&Hit| {
        matches!(hit.kind, Kind::Booked | Kind::Moved | Kind::Cancelled | Kind::Offered | Kind::Hours)
    };
    let from = if hits[..nth].iter().any(|hit| speaks_of_time(&hit)) { hits[nth].from } else { 0 };
    let to = hits[nth + 1..].iter().find(speaks_of_time).map_or(sentence.stated, |next| next.from);
    from..to.max(from)
}

/// Whether a time is one at which the clinic opens or closes: "from 9 AM", "until 6 PM", "we close at 6".
fn is_bound(sentence: &Sentence, at: usize) -> bool {
    let article = usize::from(at > 0 && matches!(sentence.word(at - 1), "las" | "la" | "the"));
    let before = |back: usize| at.checked_sub(back + article).map_or("", |at| sentence.word(at));
    match before(1) {
        "from" | "until" | "till" | "to" | "through" | "desde" | "hasta" => true,
        "at" => {
            matches!(before(2), "close" | "closes" | "opens") || (before(2) == "open" && before(3) == "we")
        }
        _ => false,
    }
}

fn prices(sentence: &Sentence, context: &str) -> Vec<Price> {
    const NOT_OURS: [&str; 14] = [
        "if",
        "not",
        "no",
        "budget",
        "said",
        "mentioned",
        "told",
        "spend",
        "between",
        "presupuesto",
        "si",
        "unless",
        "once",
        "when",
    ];
    if (0..sentence.words.len()).any(|at| NOT_OURS.contains(&sentence.word(at))) {
        return Vec::new();
    }
    let join =
        |range: std::ops::Range<usize>| range.map(|at| sentence.word(at)).collect::<Vec<_>>().join(" ");
    let stated = money::amounts(sentence).into_iter().filter(|amount| amount.at < sentence.stated);
    stated
        .map(|amount| Price {
            cents: amount.cents,
            basis: amount.basis,
            before: join(0..amount.at),
            behind: join(amount.at..sentence.words.len()),
            context: context.to_owned(),
        })
        .collect()
}

/// All words, plain.
pub(super) fn plain(parts: &[Sentence]) -> String {
    let words = parts.iter().flat_map(|sentence| &sentence.words).map(|word| word.text.as_str());
    words.collect::<Vec<_>>().join(" ")
}
