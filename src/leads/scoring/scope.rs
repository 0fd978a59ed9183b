//! Who a phrase is about, when, and whether it is meant: negation, other people, the past, quotations.
//!
//! Every question looks at a bounded window around the phrase, so that a transcript is read in linear time.

use std::ops::Range;

use super::Polarity;
use super::tokens::{Break, Token};

const LOOK_BACK: usize = 8;
const LOOK_BACK_PERSON: usize = 12;
const LOOK_BACK_PAST: usize = 6;
const LOOK_AHEAD: usize = 6;
const SENTENCE_REACH: usize = 10;
/// An answer this short ("Botox tomorrow please") needs no verb to be about buying.
const SHORT_ANSWER: usize = 5;

#[rustfmt::skip]
const NEGATORS: &[&str] = &[
    "not", "no", "never", "none", "nor", "neither", "without", "dont", "doesnt", "didnt", "wont", "wouldnt", "cant", "cannot", "isnt",
    "arent", "wasnt", "werent", "havent", "hasnt", "hadnt", "aint", "couldnt", "shouldnt", "instead", "rather", "except", "hate",
    "cancel", "canceling", "cancelling", "stopped", "quit",
];
/// "not only", "not sure", "wouldn't mind", "no problem", "don't you have": the negator does not deny what follows.
#[rustfmt::skip]
const HARMLESS_AFTER_NEGATOR: &[&str] = &[
    "only", "just", "sure", "certain", "mind", "know", "problem", "issue", "worries", "doubt", "question", "idea", "wait", "hesitate",
    "believe", "forget", "matter", "you", "i", "we", "there", "actually", "sorry", "yes", "yeah", "ok", "but", "thats", "its", "for",
];
const CONTRAST: &[&str] = &["but", "however", "though", "although"];
const FIRST_PERSON: &[&str] = &["i", "im", "id", "ive", "ill", "we", "weve", "wed", "lets", "lemme"];
/// A subject after one of these belongs to the clause before it: "I don't think I want …".
#[rustfmt::skip]
const BRIDGES: &[&str] = &[
    "think", "thought", "know", "believe", "if", "whether", "that", "said", "says", "say", "sure", "feel", "guess", "thinks", "told",
    "me", "wants",
];
#[rustfmt::skip]
const PEOPLE: &[&str] = &[
    "sister", "brother", "friend", "friends", "mom", "mum", "mother", "dad", "father", "husband", "wife", "daughter", "son", "boyfriend",
    "girlfriend", "partner", "boss", "neighbor", "neighbour", "cousin", "aunt", "uncle", "coworker", "colleague", "roommate", "fiance",
    "niece", "nephew", "grandmother", "grandma", "sisters", "ex", "bestie",
];
const SHE_OR_HE: &[&str] = &["she", "he", "shes", "hes", "shed", "hed"];
const OWNERS: &[&str] =
    &["my", "her", "his", "our", "their", "a", "best", "the", "old", "younger", "older", "little", "big"];
/// "with my sister", "like my friend": not the subject.
const PREPOSITIONS: &[&str] =
    &["with", "for", "to", "from", "about", "of", "by", "than", "like", "as", "me", "i", "bring"];
const PAST_VERBS: &[&str] = &["had", "got", "gotten", "did", "done", "tried", "received", "getting"];
/// "I had a question about Botox", "I got an ad", "I've got time today": nothing was done yet.
#[rustfmt::skip]
const NOT_DONE: &[&str] = &[
    "question", "questions", "about", "want", "wanted", "wanting", "need", "like", "thinking", "wondering", "hoping", "looking", "ad",
    "card", "coupon", "to", "time", "interest", "interested", "quote", "planning", "considering", "recommended", "consider",
];
const WISHING: &[&str] =
    &["want", "wanna", "need", "like", "book", "interested", "looking", "schedule", "try", "get"];

/// Is it an interest the caller has now?
pub(super) fn of_interest(tokens: &[Token<'_>], span: &Range<usize>) -> Polarity {
    let spoken = of_speaker(tokens, span);
    if spoken != Polarity::Affirmed {
        return spoken;
    }
    if is_past(tokens, span) {
        return Polarity::Past;
    }
    // "I don't have much time, how much is it": a question starts its own clause.
    let asks = tokens[span.start].word == "how";
    if (!asks && is_negated(tokens, span.start)) || is_denied_after(tokens, span.end) {
        return Polarity::Negated;
    }
    // "If I wanted Botox, what would it cost?" is interest; "someday" is not.
    if near(tokens, span).iter().any(|t| is(t, &["someday", "hypothetically"])) {
        return Polarity::Hypothetical;
    }
    Polarity::Affirmed
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
    if is_hypothetical(tokens, span.start) { Polarity::Hypothetical } else { Polarity::Affirmed }
}

/// Is it the caller's wish to buy soon? A `weak` phrase ("today") needs a word of buying near it.
pub(super) fn of_urgency(tokens: &[Token<'_>], span: &Range<usize>, weak: bool) -> Polarity {
    let spoken = of_speaker(tokens, span);
    if spoken != Polarity::Affirmed {
        return spoken;
    }
    if is_past_verb_before(tokens, span.start) {
        return Polarity::Past;
    }
    if is_negated(tokens, span.start) {
        return Polarity::Negated;
    }
    if is_hypothetical(tokens, span.start) {
        return Polarity::Hypothetical;
    }
    if is_about_buying(tokens, span, weak) { Polarity::Affirmed } else { Polarity::OffTopic }
}

/// A wish in the caller's own name right at `at`: "I want it again", "book that too".
pub(super) fn is_own_wish(tokens: &[Token<'_>], at: usize) -> bool {
    const AGAIN: &[&str] =
        &["it", "that", "some", "one", "again", "same", "more", "another", "too", "them", "try"];
    const UNDOING: &[&str] = &[
        "removed",
        "dissolved",
        "fixed",
        "gone",
        "out",
        "off",
        "know",
        "refund",
        "ask",
        "reversed",
        "stopped",
    ];
    let next = ahead(tokens, at + 1, 5);
    let wishes = match tokens[at].word.as_ref() {
        "want" | "wanna" | "need" | "try" | "book" => next.iter().take(4).any(|t| is(t, AGAIN)),
        "like" | "love" => {
            next.len() > 1
                && is(&next[0], &["to"])
                && is(&next[1], &["get", "try", "do", "have", "book", "come"])
        }
        "again" => behind(tokens, at, 3).any(|t| is(t, &["do", "doing", "get", "getting", "having"])),
        _ => false,
    };
    let here = at..at + 1;
    wishes
        && !next.iter().any(|t| is(t, UNDOING))
        && of_speaker(tokens, &here) == Polarity::Affirmed
        && !is_negated(tokens, at)
}

/// Denied by a word before it, within the clause.
pub(super) fn is_negated(tokens: &[Token<'_>], at: usize) -> bool {
    for (i, token) in clause_before(tokens, at, LOOK_BACK) {
        if is(token, CONTRAST) || (starts_a_clause(tokens, i) && !is_bridged(tokens, i)) {
            return false;
        }
        if is(token, NEGATORS) && !is_harmless(tokens, i) {
            return true;
        }
    }
    false
}

fn is_harmless(tokens: &[Token<'_>], negator: usize) -> bool {
    let word = tokens[negator].word.as_ref();
    let Some(next) = tokens.get(negator + 1) else { return true };
    match word {
        "never" => next.word == "know",
        "rather" => next.word != "than",
        "instead" => next.word != "of",
        _ => is(next, HARMLESS_AFTER_NEGATOR) || (word == "cant" && next.word == "wait"),
    }
}

fn is_denied_after(tokens: &[Token<'_>], end: usize) -> bool {
    let next = ahead(tokens, end, 4);
    let word = |i: usize| next.get(i).map_or("", |t| t.word.as_ref());
    let denial =
        |from: usize| matches!(word(from), "for" | "what" | "my" | "something" | "necessary" | "anymore");
    match (word(0), word(1)) {
        ("no", "thanks" | "thank" | "way") => true,
        ("isnt" | "arent" | "not", _) => denial(1),
        ("is" | "are", "not") => denial(2),
        _ => false,
    }
}

/// "I'd love to, but I can't."
fn is_taken_back(tokens: &[Token<'_>], end: usize) -> bool {
    #[rustfmt::skip]
    const BACK: &[&str] =
        &["cant", "cannot", "not", "too", "expensive", "dont", "wont", "unfortunately", "maybe", "later", "no", "couldnt"];
    let next = ahead(tokens, end, 10);
    let but = next.iter().position(|t| is(t, CONTRAST));
    but.is_some_and(|but| next[but + 1..].iter().take(5).any(|t| is(t, BACK)))
}

fn of_speaker(tokens: &[Token<'_>], span: &Range<usize>) -> Polarity {
    if tokens[span.clone()].iter().any(|t| t.quoted) {
        return Polarity::Quoted;
    }
    for (i, token) in sentence_before(tokens, span.start, LOOK_BACK_PERSON) {
        let told = is(token, FIRST_PERSON) && is_bridged(tokens, i);
        // "My mom said you do lasers" is about the clinic, "you should" about the caller.
        let advised = token.word == "you" && is(&tokens[i + 1], &["should", "need", "must", "have", "look"]);
        if (is(token, FIRST_PERSON) || is(token, &["you", "how"])) && !told && !advised {
            return Polarity::Affirmed;
        }
        if is(token, SHE_OR_HE) || (is(token, PEOPLE) && is_subject(tokens, i)) {
            return Polarity::OtherPerson;
        }
    }
    Polarity::Affirmed
}

fn is_subject(tokens: &[Token<'_>], person: usize) -> bool {
    let mut before = behind(tokens, person, 4).skip_while(|t| is(t, OWNERS));
    let owned = person > 0 && is(&tokens[person - 1], OWNERS);
    let first = before.next();
    let joined = first.is_some_and(|t| t.word == "and")
        && before.next().is_some_and(|t| is(t, &["me", "i", "myself"]));
    owned && !joined && !first.is_some_and(|t| is(t, PREPOSITIONS))
}

fn is_past(tokens: &[Token<'_>], span: &Range<usize>) -> bool {
    if is_past_verb_before(tokens, span.start) || is_aftercare(tokens, span.start) {
        return true;
    }
    let wished = clause_before(tokens, span.start, LOOK_BACK_PAST).any(|(_, t)| is(t, WISHING));
    !wished && is_past_after(tokens, span.end)
}

fn is_past_verb_before(tokens: &[Token<'_>], at: usize) -> bool {
    for (i, token) in clause_before(tokens, at, LOOK_BACK_PAST) {
        if is(token, NOT_DONE) || is(token, CONTRAST) {
            return false;
        }
        let asked =
            i > 0 && is(&tokens[i - 1], &["you", "you've", "to", "about", "interested", "like", "of", "in"]);
        if is(token, PAST_VERBS) && !asked {
            let ongoing = token.word == "getting";
            return !ongoing
                || (i > 0 && is(&tokens[i - 1], &["after", "been", "since", "started", "before"]));
        }
    }
    false
}

/// "after my filler", "since the laser", "my last Botox".
fn is_aftercare(tokens: &[Token<'_>], at: usize) -> bool {
    let word = |back: usize| at.checked_sub(back).map_or("", |i| tokens[i].word.as_ref());
    matches!(word(1), "last" | "previous")
        || (matches!(word(1), "my" | "the" | "last") && matches!(word(2), "after" | "since" | "from"))
}

fn is_past_after(tokens: &[Token<'_>], end: usize) -> bool {
    let next = ahead(tokens, end, LOOK_AHEAD);
    for (i, token) in next.iter().enumerate() {
        if token.before == Break::Comma || is(token, FIRST_PERSON) || is(token, CONTRAST) {
            return false;
        }
        let last =
            token.word == "last" && next.get(i + 1).is_some_and(|t| t.word != "minute" && t.word != "long");
        if last || is(token, &["ago", "yesterday", "previously"]) {
            return true;
        }
    }
    false
}

/// "if I had the budget", "I wish".
fn is_hypothetical(tokens: &[Token<'_>], at: usize) -> bool {
    for (i, token) in clause_before(tokens, at, LOOK_BACK) {
        let after_if = tokens.get(i + 1).is_some_and(|t| is(t, &["i", "only", "we"]))
            && tokens.get(i + 2).is_some_and(|t| is(t, &["had", "have", "were", "was", "won", "could", "i"]));
        let unreal_if =
            token.word == "if" && (after_if || tokens.get(i + 1).is_some_and(|t| t.word == "only"));
        if unreal_if || is(token, &["wish", "someday", "hypothetically"]) {
            return true;
        }
    }
    false
}

fn is_about_buying(tokens: &[Token<'_>], span: &Range<usize>, weak: bool) -> bool {
    #[rustfmt::skip]
    const ELSEWHERE: &[&str] = &[
        "directions", "address", "parking", "park", "lost", "driving", "traffic", "gps", "located", "map", "swollen", "swelling",
        "bleeding", "pain", "fever", "infected", "infection", "breathing", "breathe", "hives", "vision", "cancel", "refund", "late",
        "closed", "closing", "close", "hours", "busy", "vacation", "weather", "town", "complain", "lawyer", "resume", "hiring", "job",
    ];
    #[rustfmt::skip]
    const BUYING: &[&str] = &[
        "want", "wanna", "need", "book", "booking", "appointment", "schedule", "get", "come", "see", "slot", "slots", "opening",
        "openings", "availability", "available", "spot", "spots", "fit", "squeeze", "do", "done", "like", "treatment", "session",
        "consult", "consultation", "have", "anything", "something", "possible", "start", "botox", "filler",
    ];
    const GREETING: &[&str] = &["you", "doing", "calling", "call", "day", "called", "going"];
    let sentence = near(tokens, span);
    let has = |words: &[&str]| sentence.iter().any(|t| is(t, words));
    let pair =
        |first: &str, next: &[&str]| sentence.windows(2).any(|two| two[0].word == first && is(&two[1], next));
    let on_the_way = has(&["how"]) && pair("get", &["there", "to", "here"]);
    let opening_hours =
        has(&["open"]) && !has(&["anything", "something", "slot", "slots", "spot", "times", "time"]);
    if has(ELSEWHERE) || on_the_way || opening_hours {
        return false;
    }
    let greeting = span.start > 0 && is(&tokens[span.start - 1], GREETING) && !pair("see", &["you"]);
    !weak || (!greeting && (has(BUYING) || sentence.len() <= span.len() + SHORT_ANSWER))
}

fn is(token: &Token<'_>, words: &[&str]) -> bool {
    words.contains(&token.word.as_ref())
}

fn starts_a_clause(tokens: &[Token<'_>], at: usize) -> bool {
    is(&tokens[at], FIRST_PERSON) || tokens[at].word == "you"
}

fn is_bridged(tokens: &[Token<'_>], at: usize) -> bool {
    at > 0 && tokens[at].before == Break::None && is(&tokens[at - 1], BRIDGES)
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

fn clause_before<'a, 't>(
    tokens: &'a [Token<'t>],
    at: usize,
    most: usize,
) -> impl Iterator<Item = (usize, &'a Token<'t>)> {
    back(tokens, at, most, Break::None)
}

fn sentence_before<'a, 't>(
    tokens: &'a [Token<'t>],
    at: usize,
    most: usize,
) -> impl Iterator<Item = (usize, &'a Token<'t>)> {
    back(tokens, at, most, Break::Comma)
}

fn behind<'a, 't>(tokens: &'a [Token<'t>], at: usize, most: usize) -> impl Iterator<Item = &'a Token<'t>> {
    sentence_before(tokens, at, most).map(|(_, token)| token)
}

/// The words from `at` to the end of the sentence, at most `most`.
fn ahead<'a, 't>(tokens: &'a [Token<'t>], at: usize, most: usize) -> &'a [Token<'t>] {
    let rest = &tokens[at.min(tokens.len())..];
    let end = rest.iter().take(most).position(|t| t.before == Break::Stop);
    &rest[..end.unwrap_or(most.min(rest.len()))]
}

/// The phrase with what surrounds it in its sentence.
pub(super) fn near<'a, 't>(tokens: &'a [Token<'t>], span: &Range<usize>) -> &'a [Token<'t>] {
    let from = sentence_before(tokens, span.start, SENTENCE_REACH).last().map_or(span.start, |(i, _)| i);
    &tokens[from..span.end + ahead(tokens, span.end, SENTENCE_REACH).len()]
}
