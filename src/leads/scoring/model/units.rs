//! What a turn is to the model: its words, with services, amounts and numbers under one name each.

use super::super::Rule;
use super::super::hash::number_of_word;
use super::super::services::Found;
use super::super::tokens::Token;
use super::super::words;

/// Amounts and numbers.
const AMOUNT: &str = "NUM";

/// A word, or what stands for several.
#[derive(Debug, Clone)]
pub(in super::super) struct Unit<'t> {
    pub word: &'t str,
    /// The word's number.
    pub number: u64,
    /// Its first token and one past its last.
    pub from: usize,
    pub to: usize,
}

/// The units of a turn; `named`: the service that begins at each token.
pub(in super::super) fn units<'t>(tokens: &'t [Token<'_>], named: &[Option<Found>]) -> Vec<Unit<'t>> {
    let mut units = Vec::with_capacity(tokens.len());
    let mut at = 0;
    while at < tokens.len() {
        let token = &tokens[at];
        let (general, to) = match &named[at] {
            Some(found) if found.hit.rule == Rule::HighValueService => (Some("HSVC"), found.hit.span.end),
            Some(found) => (Some("MSVC"), found.hit.span.end),
            None => (plain(token), at + 1),
        };
        // "Twelve hundred" is one amount.
        let goes_on =
            general == Some(AMOUNT) && units.last().is_some_and(|last: &Unit<'_>| last.word == AMOUNT);
        let (word, number) =
            general.map_or((token.word.as_ref(), token.number), |word| (word, number_of_word(word)));
        match units.last_mut().filter(|_| goes_on) {
            Some(last) => last.to = to,
            None => units.push(Unit { word, number, from: at, to }),
        }
        at = to;
    }
    units
}

fn plain<'t>(token: &'t Token<'_>) -> Option<&'t str> {
    let word = token.word.as_ref();
    if word.bytes().any(|byte| byte == b'$' || byte.is_ascii_digit())
        || token.is(words::MONEY | words::NUMBER)
    {
        Some(AMOUNT)
    } else if token.is(words::DAY) {
        Some("DAY")
    } else {
        None
    }
}
