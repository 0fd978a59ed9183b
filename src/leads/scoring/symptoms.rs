//! A part of the body near a word for what it should not be: "the tip's gone purple", "my forehead feels like a drill".

use super::lexicon::Hit;
use super::tokens::{Break, Token};
use super::words::{ABSENT, BODY, WRONG};
use super::{Rule, words};

/// What looks may be without being hurt: alone no more than a circumstance.
const LOOKS: &[&str] = &[
    "sagging", "droopy", "droops", "heavy", "dark", "weak", "tight", "pale", "patch", "patches", "bumps",
    "raised", "warm", "black", "white", "pimples", "peeling", "bola", "grano", "granos", "dura", "duro",
    "sick",
];
/// So many words may stand between.
const REACH: usize = 5;

/// The body's part at `at` with what is wrong with it, before or after it in the clause.
pub(super) fn at(tokens: &[Token<'_>], at: usize) -> Option<Hit> {
    let here = &tokens[at];
    let (wanted, is_body) = if here.is(BODY) { (WRONG, true) } else { (BODY, false) };
    if !is_body && !here.is(WRONG) {
        return None;
    }
    let mut end = None;
    for (index, token) in tokens.iter().enumerate().skip(at + 1).take(REACH) {
        if token.before == Break::Stop || token.is(words::CONTRAST) {
            break;
        }
        // "my eye doesn't hurt"
        if token.is(wanted) && is_body && tokens[at + 1..index].last().is_some_and(|t| t.is(ABSENT)) {
            break;
        }
        if token.is(wanted) {
            end = Some(index + 1);
            break;
        }
    }
    let span = at..end?;
    let idle = [span.start, span.end - 1].iter().any(|i| LOOKS.contains(&tokens[*i].word.as_ref()));
    Some(Hit { rule: Rule::Clinical, weak: true, idle, grave: false, line: 0, span, void: false })
}
