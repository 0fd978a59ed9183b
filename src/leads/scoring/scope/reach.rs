//! The words around a phrase, within bounds.

use std::ops::Range;

use super::super::tokens::{Break, Token};
use super::super::words::FIRST;

const SENTENCE_REACH: usize = 10;

pub(in super::super) fn is(token: &Token<'_>, words: &[&str]) -> bool {
    words.contains(&token.word.as_ref())
}

/// The words before `at`, nearest first, while nothing stronger than `limit` stands between.
fn back<'a, 't>(
    tokens: &'a [Token<'t>],
    at: usize,
    most: usize,
    limit: Break,
) -> impl Iterator<Item = (usize, &'a Token<'t>)> {
    let unbroken = (0..at).rev().take(most).take_while(move |i| tokens[i + 1].before <= limit);
    unbroken.map(|i| (i, &tokens[i]))
}

pub(in super::super) fn clause_before<'a, 't>(
    tokens: &'a [Token<'t>],
    at: usize,
    most: usize,
) -> impl Iterator<Item = (usize, &'a Token<'t>)> {
    back(tokens, at, most, Break::None)
}

/// "My wife says the sooner the better", written down without its quotes.
pub(super) fn is_reported(tokens: &[Token<'_>], at: usize) -> bool {
    let said = clause_before(tokens, at, 1).next();
    said.is_some_and(|(i, token)| {
        is(token, &["says", "said", "dice", "dijo"]) && i > 0 && !tokens[i - 1].is(FIRST)
    })
}

pub(in super::super) fn sentence_before<'a, 't>(
    tokens: &'a [Token<'t>],
    at: usize,
    most: usize,
) -> impl Iterator<Item = (usize, &'a Token<'t>)> {
    back(tokens, at, most, Break::Comma)
}

pub(in super::super) fn behind<'a, 't>(
    tokens: &'a [Token<'t>],
    at: usize,
    most: usize,
) -> impl Iterator<Item = &'a Token<'t>> {
    sentence_before(tokens, at, most).map(|(_, token)| token)
}

/// The words from `at` to the end of the sentence, at most `most`.
pub(in super::super) fn ahead<'a, 't>(tokens: &'a [Token<'t>], at: usize, most: usize) -> &'a [Token<'t>] {
    let rest = &tokens[at.min(tokens.len())..];
    let end = rest.iter().take(most).position(|t| t.before == Break::Stop);
    &rest[..end.unwrap_or(most.min(rest.len()))]
}

/// The phrase with what surrounds it in its sentence.
pub(in super::super) fn near<'a, 't>(tokens: &'a [Token<'t>], span: &Range<usize>) -> &'a [Token<'t>] {
    let from = sentence_before(tokens, span.start, SENTENCE_REACH).last().map_or(span.start, |(i, _)| i);
    &tokens[from..span.end + ahead(tokens, span.end, SENTENCE_REACH).len()]
}
