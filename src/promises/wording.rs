//! What staff read about a promise that was not kept: the title names nobody, the detail quotes both sides.

use super::claims::{Claim, Kind};
use super::compare::Fact;

/// What happened, and what to do about it.
pub(super) fn title(kind: Kind) -> &'static str {
    match kind {
        Kind::Booked => {
            "The caller was told of a visit that is not booked like that: call back and put it right"
        }
        Kind::Moved => {
            "The caller was told that a visit was moved, and it was not: call back and put it right"
        }
        Kind::Cancelled => {
            "The caller was told that a visit was cancelled, and it was not: call back and put it right"
        }
        Kind::Text => "The caller was promised a text that was not sent: write or call",
        Kind::CallBack => "The caller was promised a call back that nobody was asked for: call back",
        Kind::Connecting => "The caller was told of a transfer that did not take place: call back",
        Kind::Offered => "The caller was offered a time that may not be free: call back with one that is",
        Kind::Price => {
            "The caller was told another price than the price list has: call back with the right one"
        }
        Kind::Hours => "The caller was told other opening hours than yours: call back with the right ones",
    }
}

/// What the dashboard shows.
pub(super) const NOTICE: &str = "The assistant promised something that was not done";

/// Longer answers say no more.
const QUOTE_CHARS_MAX: usize = 400;

/// Both quotes, a line each. Turns are counted from one, for people.
pub(super) fn detail(claim: &Claim, fact: &Fact) -> String {
    let said = format!("Said (turn {}): “{}”", claim.turn + 1, quote(&claim.words));
    let known = match fact {
        Fact::Returned(tool, answer) => format!("Returned ({tool}): “{}”", quote(answer)),
        Fact::NotCalled(tool) => format!("Returned: no tool was called that does this ({tool})"),
        Fact::Own(words) => format!("On record: {words}"),
    };
    format!("{said}\n{known}")
}

fn quote(words: &str) -> String {
    let line = words.split_whitespace().collect::<Vec<_>>().join(" ");
    line.chars().take(QUOTE_CHARS_MAX).collect()
}
