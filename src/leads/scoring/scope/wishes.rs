//! A wish in the caller's own name.

use super::super::Polarity;
use super::super::tokens::Token;
use super::super::words::{AGAIN, CONTRAST, FIRST, PAST_VERB, PERSON, UNDOING, WISH};
use super::reach::{ahead, behind, clause_before, is};
use super::{LOOK_BACK, is_negated, of_speaker};

/// A wish in the caller's own name right at `at`: "I want it again", "book that too".
pub(in super::super) fn is_own_wish(tokens: &[Token<'_>], at: usize) -> bool {
    let next = ahead(tokens, at + 1, 5);
    let wishes = match tokens[at].word.as_ref() {
        "want"
            if next.first().is_some_and(|t| t.word == "to") && next.get(1).is_none_or(|t| t.is(CONTRAST)) =>
        {
            true
        }
        "volver" => behind(tokens, at, 3).any(|t| is(t, &["quiero", "quisiera", "gustaria", "queria"])),
        "want" | "wanna" | "need" | "try" | "book" | "quiero" | "doing" | "get" | "getting" | "do"
        | "start" | "add" | "miss" => next.iter().take(3).any(|t| t.is(AGAIN)),
        "same" | "mismo" | "mismos" | "misma" => {
            next.iter().take(2).any(|t| is(t, &["again", "thing", "units", "amount", "as"]))
                || behind(tokens, at, 3).any(|t| is(t, &["quiero", "want"]))
        }
        "animar" | "animo" => next.iter().take(3).any(|t| is(t, &["otra", "de", "si"])),
        "like" if next.first().is_some_and(|t| t.is(AGAIN)) => {
            behind(tokens, at, 2).any(|t| is(t, &["id", "would", "wed"]))
        }
        "like" | "love" => {
            let object = next.get(2).is_some_and(|t| t.is(AGAIN));
            next.len() > 1
                && next[0].word == "to"
                && (is(&next[1], &["try", "book", "come"])
                    || (object && is(&next[1], &["get", "do", "have"])))
        }
        "again" => behind(tokens, at, 3).any(|t| is(t, &["do", "doing", "get", "getting", "having", "book"])),
        "what" => {
            behind(tokens, at, 2).any(|t| is(t, &["thats", "is", "this"]))
                && next.first().is_some_and(|t| is(t, &["i", "im"]))
                && next.get(1).is_some_and(|t| is(t, &["want", "need", "after", "wanted", "wanna"]))
        }
        "lo" | "me" => {
            next.iter().take(2).any(|t| is(t, &["quiero", "toca"]))
                || behind(tokens, at, 2).any(|t| t.word == "quiero")
        }
        _ => false,
    };
    let here = at..at + 1;
    let mine = is(&tokens[at], &["get", "getting", "do", "doing"]);
    wishes
        && (!mine || behind(tokens, at, 4).any(|t| t.is(FIRST)))
        && !next.iter().any(|t| t.is(UNDOING))
        && of_speaker(tokens, &here) == Polarity::Affirmed
        && !is_negated(tokens, at)
}

/// "I wanna bring her in", "book her", "le traigo yo": somebody else's wish becomes the caller's.
pub(in super::super) fn brings_them(tokens: &[Token<'_>], at: usize) -> bool {
    let next = ahead(tokens, at + 1, 3);
    let them = |t: &Token<'_>| is(t, &["her", "him", "them", "us"]) || t.is(PERSON);
    match tokens[at].word.as_ref() {
        "bring" | "bringing" | "book" | "schedule" | "booking" | "sign" | "get" | "surprise" | "treat"
        | "fit" => next.iter().take(2).any(them) && !is_negated(tokens, at),
        "traigo" | "llevo" => true,
        "both" => next.iter().any(|t| is(t, &["want", "come", "get", "do", "wanna"])),
        _ => false,
    }
}

/// "I want the cheeks", "so let's do my legs": a wish of the caller reaches the word at `at`.
pub(in super::super) fn is_wanted(tokens: &[Token<'_>], at: usize) -> bool {
    let mut wishes = false;
    for (_, token) in clause_before(tokens, at, LOOK_BACK) {
        let undone = token.is(UNDOING) || (token.is(PAST_VERB) && !is(token, &["getting", "done", "got"]));
        if !wishes && undone || token.is(CONTRAST) {
            return false;
        }
        wishes |= token.is(WISH)
            || is(
                token,
                &[
                    "doing", "add", "adding", "start", "fix", "syringe", "syringes", "units", "thinking",
                    "freeze",
                ],
            );
        if wishes && token.is(FIRST) || is(token, &["lets", "add", "syringe", "syringes"]) {
            return true;
        }
    }
    false
}
