//! A part of the body near a word for what it should not be: "the tip's gone purple", "my forehead feels like a drill".

use super::lexicon::Hit;
use super::tokens::{Break, Token};
use super::words::{BODY, WRONG};
use super::{Rule, words};

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
        if token.is(wanted) {
            end = Some(index + 1);
            break;
        }
    }
    Some(Hit { rule: Rule::Clinical, weak: true, grave: false, line: 0, span: at..end?, void: false })
}
