//! Who a phrase is about, when, and whether it is meant: negation, other people, the past, quotations, questions.
//!
//! Every question looks at a bounded window around the phrase, so that a transcript is read in linear time.

mod reach;
mod wishes;

use std::ops::Range;

use super::Polarity;
use super::tokens::{Break, Token};
use super::words::{
    BACK, BRIDGE, BUYING, CONTRAST, ELSEWHERE, FIRST, HARMLESS, NEGATOR, NOT_DONE, OWNER, PAST_VERB, PERSON,
    PREPOSITION, SECOND, SHE, UNREAL, WISH,
};

pub(super) use reach::{is, near, sentence_before};
pub(super) use wishes::{brings_them, is_own_wish, is_wanted};

use reach::{ahead, behind, clause_before, is_reported};

const LOOK_BACK: usize = 8;
const LOOK_BACK_PERSON: usize = 12;
const LOOK_BACK_PAST: usize = 6;
const LOOK_AHEAD: usize = 6;
/// An answer this short ("Botox tomorrow please") needs no verb to be about buying.
const SHORT_ANSWER: usize = 5;

/// Is it an interest the caller has now?
pub(super) fn of_interest(tokens: &[Token<'_>], span: &Range<usize>, is_price: bool) -> Polarity {
    let spoken = of_speaker(tokens, span);
    if spoken != Polarity::Affirmed {
        return spoken;
    }
    if !is_price && is_theirs(tokens, span.start) {
        return Polarity::OtherPerson;
    }
    if !is_price && (is_past(tokens, span) || is_a_visit(tokens, span)) {
        return Polarity::Past;
    }
    // "I don't have much time, how much is it": a question starts its own clause.
    if (!is_price && is_negated(tokens, span.start))
        || is_denied_at(tokens, span.start)
        || is_denied_after(tokens, span.end)
    {
        return Polarity::Negated;
    }
    // "If I wanted Botox, what would it cost?" is interest; "someday" and "if I win the lottery" are not.
    if near(tokens, span).iter().any(|t| t.is(UNREAL)) || (!is_price && is_hypothetical(tokens, span.start)) {
        return Polarity::Hypothetical;
    }
    if !is_price && is_asked_about(tokens, span) { Polarity::Question } else { Polarity::Affirmed }
}

/// Is it the caller's own gladness, and not taken back?
pub(super) fn of_feeling(tokens: &[Token<'_>], span: &Range<usize>) -> Polarity {
    let spoken = of_speaker(tokens, span);
    if spoken != Polarity::Affirmed {
        return spoken;
    }
    if is_negated(tokens, span.start) || is_taken_back(tokens, span.end) {
        return Polarity::Negated;
    }
    if clause_before(tokens, span.start, 3).any(|(_, t)| is(t, &["was", "were", "estaba"])) {
        return Polarity::Past;
    }
    if clause_before(tokens, span.start, 3).any(|(_, t)| is(t, &["when", "until", "once", "cuando"])) {
        return Polarity::Hypothetical;
    }
    if is_hypothetical(tokens, span.start) { Polarity::Hypothetical } else { Polarity::Affirmed }
}

/// Is it the caller's wish to buy soon? A `weak` phrase ("today") needs a word of buying near it, or the service in the
/// same turn (`service`).
pub(super) fn of_urgency(
    tokens: &[Token<'_>],
    span: &Range<usize>,
    weak: bool,
    service: Option<(usize, Polarity)>,
) -> Polarity {
    if tokens[span.clone()].iter().any(|t| t.quoted) || is_reported(tokens, span.start) {
        return Polarity::Quoted;
    }
    // "My friend wants filler this week": when is hers, as what is.
    if service.is_some_and(|(_, polarity)| polarity == Polarity::OtherPerson) {
        return Polarity::OtherPerson;
    }
    let served = service.is_some();
    let was = clause_before(tokens, span.start, 4)
        .any(|(_, t)| is(t, &["had", "did", "came", "was", "saw", "went", "bought"]));
    if was {
        return Polarity::Past;
    }
    if is_negated(tokens, span.start) {
        return Polarity::Negated;
    }
    if is_hypothetical(tokens, span.start) {
        return Polarity::Hypothetical;
    }
    if is_about_buying(tokens, span, weak, served) { Polarity::Affirmed } else { Polarity::OffTopic }
}

/// Denied by a word before it, within the clause.
pub(super) fn is_negated(tokens: &[Token<'_>], at: usize) -> bool {
    if is_denied_at(tokens, at) {
        return true;
    }
    for (i, token) in clause_before(tokens, at, LOOK_BACK) {
        if token.is(CONTRAST) || (starts_a_clause(tokens, i) && !is_bridged(tokens, i)) {
            return false;
        }
        if token.is(NEGATOR) && !is_harmless(tokens, i) {
            return true;
        }
    }
    false
}

/// "not botox", "not asap".
pub(super) fn is_denied_at(tokens: &[Token<'_>], at: usize) -> bool {
    at > 0 && tokens[at].before == Break::None && tokens[at - 1].word == "not"
}

fn is_harmless(tokens: &[Token<'_>], negator: usize) -> bool {
    let word = tokens[negator].word.as_ref();
    let Some(next) = tokens.get(negator + 1) else { return true };
    match word {
        "never" | "nunca" => next.word == "know",
        "rather" => next.word != "than",
        "instead" => next.word != "of",
        _ => next.is(HARMLESS) || (is(&tokens[negator], &["cant", "cannot"]) && next.word == "wait"),
    }
}

fn is_denied_after(tokens: &[Token<'_>], end: usize) -> bool {
    let later = ahead(tokens, end, 9);
    let unwanted =
        |three: &[Token<'_>]| three[0].word == "no" && three[1].word == "me" && three[2].word == "interesa";
    if later.windows(3).any(unwanted) {
        return true;
    }
    let next = &later[..later.len().min(4)];
    let word = |i: usize| next.get(i).map_or("", |t| t.word.as_ref());
    let denial = |from: usize| {
        matches!(
            word(from),
            "for" | "what" | "my" | "something" | "necessary" | "anymore" | "interested" | "why"
        )
    };
    match (word(0), word(1)) {
        ("dissolved" | "reversed", _)
        | ("no", "thanks" | "thank" | "way" | "me" | "gracias" | "quiero")
        | ("doesnt" | "didnt" | "hasnt", "last" | "work" | "interest" | "do" | "take" | "change" | "hold") => {
            true
        }
        ("isnt" | "arent" | "not", _) => denial(1),
        ("is" | "are", "not") => denial(2),
        _ => false,
    }
}

/// "I'd love to, but I can't."
fn is_taken_back(tokens: &[Token<'_>], end: usize) -> bool {
    let next = ahead(tokens, end, 10);
    let but = next.iter().position(|t| t.is(CONTRAST));
    but.is_some_and(|but| next[but + 1..].iter().take(5).any(|t| t.is(BACK)))
}

/// "her Botox", "his filler".
fn is_theirs(tokens: &[Token<'_>], at: usize) -> bool {
    at > 0
        && is(&tokens[at - 1], &["her", "his", "their"])
        && !clause_before(tokens, at, 4).any(|(_, t)| t.is(FIRST))
}

/// "I have my Botox on Thursday", "my second laser session", "a thread lift booked": a visit that stands already.
fn is_a_visit(tokens: &[Token<'_>], span: &Range<usize>) -> bool {
    const ASKED: &[&str] = &[
        "want", "wanna", "book", "schedule", "do", "like", "refresh", "redo", "redone", "up", "due", "buy",
        "add", "quiero", "need", "come", "toca",
    ];
    let mine = (1..=2).any(|back| span.start >= back && is(&tokens[span.start - back], &["my", "mi"]))
        && tokens[span.start].before == Break::None;
    let asked = clause_before(tokens, span.start, LOOK_BACK).any(|(_, t)| is(t, ASKED));
    let booked = ahead(tokens, span.end, 4).iter().any(|t| is(t, &["booked", "scheduled"]));
    let moved = near(tokens, span)
        .iter()
        .any(|t| is(t, &["supposed", "reschedule", "confirmar", "cambiar", "reagendar"]));
    let is_area = span.len() == 1 && tokens[span.start].is(super::words::BODY);
    (mine && !asked && !is_area) || booked || (moved && !asked)
}

/// "do you do Botox", "does filler cause swelling", "how much is Botox": nobody said yet that they want it.
fn is_asked_about(tokens: &[Token<'_>], span: &Range<usize>) -> bool {
    if tokens.get(span.end).is_some_and(|t| is(t, &["please", "porfa"])) {
        return false;
    }
    let mut asked = false;
    for (i, token) in clause_before(tokens, span.start, LOOK_BACK) {
        // "I wanted to know, is Botox a toxin?"
        if asked && is(token, &["know", "wondering", "ask"]) {
            return true;
        }
        if token.is(FIRST) || token.is(WISH) && !is(token, &["like", "get", "getting"]) {
            return false;
        }
        let next = tokens.get(i + 1);
        let opens = match token.word.as_ref() {
            "do" | "does" | "did" | "can" | "is" | "are" | "will" | "could" => {
                next.is_some_and(|t| t.is(SECOND) || t.word != "a")
            }
            "how" | "what" | "whats" | "difference" | "cuanto" | "hacen" | "tienen" | "ofrecen"
            | "cuesta" | "sale" | "between" | "charge" => true,
            "about" => i > 0 && is(&tokens[i - 1], &["question", "heard", "read", "ask", "asking"]),
            _ => false,
        };
        asked |= opens;
    }
    asked
}

/// "Is Botox a toxin?", "does filler swell?": about the thing, not about having it done here.
pub(super) fn is_about_the_thing(tokens: &[Token<'_>], at: usize) -> bool {
    let clause: Vec<&Token<'_>> = clause_before(tokens, at, LOOK_BACK).map(|(_, t)| t).collect();
    let wonders = clause.iter().any(|t| is(t, &["know", "wondering", "ask"]));
    clause.iter().any(|t| is(t, &["is", "are", "does", "can", "will", "es"]))
        && !clause.iter().any(|t| {
            t.is(SECOND)
                || (t.is(FIRST) && !wonders)
                || is(t, &["how", "what", "whats", "there", "hacen", "tienen", "cuanto"])
        })
}

/// Whose words they are and whom they are about.
fn of_speaker(tokens: &[Token<'_>], span: &Range<usize>) -> Polarity {
    if tokens[span.clone()].iter().any(|t| t.quoted) {
        return Polarity::Quoted;
    }
    if tokens[span.start].is(FIRST) {
        return Polarity::Affirmed;
    }
    if tokens[span.clone()].iter().any(|t| is(t, &["me", "my", "mi"]) || t.is(FIRST)) {
        return Polarity::Affirmed;
    }
    for (i, token) in sentence_before(tokens, span.start, LOOK_BACK_PERSON) {
        let told = token.is(FIRST) && is_bridged(tokens, i);
        // "My mom said you do lasers" is about the clinic, "you should" about the caller.
        let advised = token.word == "you" && is(&tokens[i + 1], &["should", "need", "must", "have", "look"]);
        if (token.is(FIRST) || is(token, &["you", "how"])) && !told && !advised {
            return Polarity::Affirmed;
        }
        if token.is(SHE) && !is_article(tokens, i) || (token.is(PERSON) && is_subject(tokens, i)) {
            return Polarity::OtherPerson;
        }
    }
    Polarity::Affirmed
}

/// Spanish "el" before a noun or a day is "the", not "he".
fn is_article(tokens: &[Token<'_>], at: usize) -> bool {
    tokens[at].word == "el"
        && tokens.get(at + 1).is_none_or(|t| !is(t, &["quiere", "se", "tiene", "dice", "le"]))
}

fn is_subject(tokens: &[Token<'_>], person: usize) -> bool {
    let mut before = behind(tokens, person, 4).skip_while(|t| t.is(OWNER));
    let owned = person > 0 && tokens[person - 1].is(OWNER);
    let first = before.next();
    let joined = first.is_some_and(|t| is(t, &["and", "y"]))
        && before.next().is_some_and(|t| is(t, &["me", "i", "myself", "yo"]));
    let together = tokens.get(person + 1).is_some_and(|t| is(t, &["and", "y"]))
        && tokens.get(person + 2).is_some_and(|t| is(t, &["i", "me", "myself", "yo"]));
    owned && !joined && !together && !first.is_some_and(|t| t.is(PREPOSITION))
}

fn is_past(tokens: &[Token<'_>], span: &Range<usize>) -> bool {
    if is_past_verb_before(tokens, span.start) || is_aftercare(tokens, span.start) {
        return true;
    }
    let planned = clause_before(tokens, span.start, LOOK_BACK_PAST)
        .any(|(i, t)| is(t, &["gonna", "going"]) && i > 0 && is(&tokens[i - 1], &["was", "were"]));
    if planned {
        return true;
    }
    // "I was in yesterday, with Patrice, for Botox"
    let visited = sentence_before(tokens, span.start, LOOK_BACK).any(|(i, t)| {
        i > 0
            && is(t, &["was", "came", "were"])
            && tokens[i - 1].is(FIRST)
            && tokens.get(i + 1).is_some_and(|t| is(t, &["in", "there", "here"]))
    });
    let wished = clause_before(tokens, span.start, LOOK_BACK_PAST).any(|(_, t)| t.is(WISH));
    visited || (!wished && is_past_after(tokens, span.end))
}

fn is_past_verb_before(tokens: &[Token<'_>], at: usize) -> bool {
    for (i, token) in clause_before(tokens, at, LOOK_BACK_PAST) {
        if token.is(NOT_DONE) || token.is(CONTRAST) {
            return false;
        }
        let asked = i > 0
            && is(
                &tokens[i - 1],
                &["you", "youve", "to", "about", "interested", "like", "of", "in", "ive", "i've"],
            )
            && !(is(&tokens[i - 1], &["ive"]) && is(token, &["had", "done", "tried", "gotten", "received"]));
        if token.is(PAST_VERB) && !asked {
            let ongoing = token.word == "getting" || token.word == "came";
            return !ongoing
                || (i > 0 && is(&tokens[i - 1], &["after", "been", "since", "started", "before", "i"]));
        }
    }
    false
}

/// "after my filler", "since the laser", "my last Botox".
fn is_aftercare(tokens: &[Token<'_>], at: usize) -> bool {
    let word = |back: usize| at.checked_sub(back).map_or("", |i| tokens[i].word.as_ref());
    matches!(word(1), "last" | "previous")
        || (matches!(word(1), "my" | "the" | "last" | "a" | "from")
            && matches!(word(2), "after" | "since" | "from"))
        || (matches!(word(1), "after" | "since" | "from") && !matches!(word(2), "im" | "am" | "was" | "what"))
}

fn is_past_after(tokens: &[Token<'_>], end: usize) -> bool {
    let next = ahead(tokens, end, LOOK_AHEAD);
    for (i, token) in next.iter().enumerate() {
        if token.before == Break::Comma || token.is(FIRST) || token.is(CONTRAST) {
            return false;
        }
        let last = token.word == "last" && next.get(i + 1).is_some_and(|t| !is(t, &["minute", "long"]));
        if last || is(token, &["ago", "yesterday", "previously", "ayer", "pasado", "pasada"]) {
            return true;
        }
    }
    false
}

/// "if I had the budget", "I wish".
fn is_hypothetical(tokens: &[Token<'_>], at: usize) -> bool {
    for (i, token) in clause_before(tokens, at, LOOK_BACK_PERSON) {
        let after_if = tokens.get(i + 1).is_some_and(|t| is(t, &["i", "only", "we", "my"]))
            && tokens
                .get(i + 2)
                .is_some_and(|t| is(t, &["had", "have", "were", "was", "won", "win", "could", "i", "ever"]));
        let unreal_if =
            token.word == "if" && (after_if || tokens.get(i + 1).is_some_and(|t| t.word == "only"));
        if unreal_if || token.is(UNREAL) {
            return true;
        }
    }
    false
}

fn is_about_buying(tokens: &[Token<'_>], span: &Range<usize>, weak: bool, served: bool) -> bool {
    const GREETING: &[&str] =
        &["you", "doing", "calling", "call", "day", "called", "going", "wanted", "round", "around", "asking"];
    let sentence = near(tokens, span);
    let has = |words: &[&str]| sentence.iter().any(|t| is(t, words));
    let pair =
        |first: &str, next: &[&str]| sentence.windows(2).any(|two| two[0].word == first && is(&two[1], next));
    let on_the_way = has(&["how"]) && pair("get", &["there", "to", "here"]);
    let opening_hours = has(&["open"])
        && !has(&[
            "anything",
            "something",
            "slot",
            "slots",
            "spot",
            "times",
            "time",
            "have",
            "whatever",
            "got",
            "first",
        ]);
    if sentence.iter().any(|t| t.is(ELSEWHERE)) || on_the_way || (weak && opening_hours) {
        return false;
    }
    // "I'll call you back tomorrow"
    let later =
        ["call", "ring", "email", "text"].iter().any(|verb| pair(verb, &["back", "you", "yall", "again"]));
    let greeting = span.start > 0
        && is(&tokens[span.start - 1], GREETING)
        && !pair("see", &["you"])
        && !pair("any", &["day"]);
    let asks = sentence.iter().any(|t| t.is(BUYING));
    let answers = span.start <= 1 || sentence.len() <= span.len() + SHORT_ANSWER;
    !weak || (!greeting && !later && (asks || answers || served))
}

fn starts_a_clause(tokens: &[Token<'_>], at: usize) -> bool {
    tokens[at].is(FIRST) || tokens[at].word == "you"
}

fn is_bridged(tokens: &[Token<'_>], at: usize) -> bool {
    at > 0 && tokens[at].before == Break::None && tokens[at - 1].is(BRIDGE)
}
