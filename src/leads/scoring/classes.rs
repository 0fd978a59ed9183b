//! What kind of call it is. Decided before any score: only a lead can be hot.

use std::ops::Range;

use super::lexicon::Hit;
use super::scope;
use super::tokens::{Break, Token};
use super::words::{ABSENT, ASK_RISK, LINK, PERSON, STATING};
use super::{CallClass, Danger, Polarity, Rule};

const QUESTION_REACH: usize = 10;
/// "Is swelling normal" asks after one of these (or nothing); "my lip is swelling" states.
#[rustfmt::skip]
const OPENERS: &[&str] = &[
    "", "hi", "hello", "hey", "so", "and", "or", "but", "know", "ask", "wondering", "ok", "okay", "question", "please", "y", "es",
];
/// A strong sign, or two weak ones, decide; a weak one in company counts as two.
const DECIDES: u8 = 2;

/// Whether the caller wants a service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Interested {
    No,
    /// It is named, and not denied.
    Names,
    /// It is wished for.
    Wishes,
}

/// What the caller's words say about the class, collected over the whole transcript.
#[derive(Debug, Default)]
pub(super) struct Signs {
    strength: [u8; CLASSES],
    has_strong_symptom: bool,
    /// More than circumstances.
    has_symptom: bool,
    /// Weak phrases that counted, by the rule and a number for their words: said twice is one sign.
    weak: Vec<(Rule, u64)>,
    grave: bool,
}

const CLASSES: usize = 6;

const fn place(rule: Rule) -> usize {
    match rule {
        Rule::Clinical => 0,
        Rule::WrongNumber => 1,
        Rule::Vendor => 2,
        Rule::JobSeeker => 3,
        Rule::Complaint => 4,
        _ => 5,
    }
}

impl Signs {
    /// `words`: the phrase as said; a weak one counts once for its line and once for its words.
    pub fn add(&mut self, hit: &Hit, words: &str) {
        if !hit.rule.is_sign() {
            return;
        }
        let words = if hit.line == 0 { super::hash::number_of(words) } else { u64::from(hit.line) };
        let strength = &mut self.strength[place(hit.rule)];
        self.grave |= hit.grave && hit.rule == Rule::Clinical;
        self.has_symptom |= !hit.idle && hit.rule == Rule::Clinical;
        if !hit.weak {
            self.has_strong_symptom |= hit.rule == Rule::Clinical;
            *strength = strength.saturating_add(DECIDES);
        } else if !self.weak.contains(&(hit.rule, words)) {
            self.weak.push((hit.rule, words));
            *strength = strength.saturating_add(1);
        }
    }

    /// `treated`: a treatment was had. `interest`: whether the caller wants a service. `buys`: something earned points.
    pub fn class(&self, treated: bool, interest: Interested, buys: bool) -> CallClass {
        let says = |rule, in_company: bool| {
            let strength = self.strength[place(rule)];
            // Who wants a service may have a job, a website and a bad memory.
            let needed = match rule {
                // "Red nose" and "bumpy skin" are what the treatment is for.
                Rule::Clinical if interest != Interested::No && !self.has_strong_symptom => DECIDES + 1,
                // "Sorry, wrong number" is meant, whatever else they would like.
                Rule::Clinical | Rule::WrongNumber | Rule::ExistingPatient => DECIDES,
                // "Sorry, wrong number" is no wish, whatever is said in good humour after it.
                _ if interest == Interested::Wishes && rule != Rule::WrongNumber => 2 * DECIDES,
                _ => DECIDES,
            };
            strength >= needed || (in_company && strength > 0)
        };
        // "I'm with the spa depot, about hot tubs": one hint is no symptom of who plainly sells, seeks work or misdialled.
        let stranger = [Rule::WrongNumber, Rule::Vendor, Rule::JobSeeker];
        let is_stranger = stranger.iter().any(|rule| self.strength[place(*rule)] >= DECIDES);
        let alone = interest == Interested::No && self.has_symptom && !is_stranger;
        let by_rank = [
            (says(Rule::Clinical, alone), CallClass::ClinicalUrgency),
            (says(Rule::WrongNumber, !buys && !treated), CallClass::WrongNumber),
            (says(Rule::Vendor, !buys), CallClass::Vendor),
            (says(Rule::JobSeeker, !buys), CallClass::JobSeeker),
            (says(Rule::Complaint, !buys), CallClass::Complaint),
            (says(Rule::ExistingPatient, treated), CallClass::ExistingPatient),
        ];
        by_rank.into_iter().find(|(said, _)| *said).map_or(CallClass::NewLead, |(_, class)| class)
    }

    /// How fast somebody must act, if it is a clinical urgency.
    pub const fn danger(&self) -> Danger {
        if self.grave { Danger::Emergency } else { Danger::Urgent }
    }
}

/// Whether a class phrase is meant as said.
pub(super) fn polarity(tokens: &[Token<'_>], hit: &Hit) -> Polarity {
    if hit.void {
        return Polarity::OffTopic;
    }
    match hit.rule {
        Rule::Clinical => of_symptom(tokens, &hit.span, hit.weak),
        // "My lawyer", "the worst service": a complaint stays one however it is denied around it.
        Rule::Complaint | Rule::ExistingPatient => Polarity::Affirmed,
        _ if scope::is_negated(tokens, hit.span.start) => Polarity::Negated,
        _ => Polarity::Affirmed,
    }
}

/// Somebody has the symptom now. When in doubt it is affirmed: a false alarm costs a call, a miss may cost an eye.
fn of_symptom(tokens: &[Token<'_>], span: &Range<usize>, weak: bool) -> Polarity {
    if is_absent(tokens, span) {
        return Polarity::Negated;
    }
    if is_over(tokens, span) {
        return Polarity::Past;
    }
    if is_figure_of_speech(tokens, span) || (weak && is_about_looks(tokens, span)) {
        return Polarity::OffTopic;
    }
    if is_feared(tokens, span) {
        return Polarity::Question;
    }
    let states = tokens[span.start + 1..span.end].iter().any(|t| t.is(STATING));
    if !states && is_general_question(tokens, span.start) {
        return Polarity::Question;
    }
    Polarity::Affirmed
}

/// "no swelling", "don't have any swelling"; but "won't stop bleeding", "it isn't right it's swollen".
fn is_absent(tokens: &[Token<'_>], span: &Range<usize>) -> bool {
    // A phrase that begins with its own denial ("can't breathe", "no puedo respirar") is not denied by it.
    let nearest = before(tokens, span.start, 6)
        .map(|(i, _)| &tokens[i])
        .find(|token| !token.is(LINK) || token.is(ABSENT));
    nearest.is_some_and(|token| token.is(ABSENT))
}

fn is_over(tokens: &[Token<'_>], span: &Range<usize>) -> bool {
    let next: Vec<&str> = tokens[span.end..]
        .iter()
        .take(4)
        .take_while(|t| t.before != Break::Stop)
        .map(|t| t.word.as_ref())
        .collect();
    let denied =
        next.iter().any(|w| matches!(*w, "isnt" | "not" | "hasnt" | "wont" | "never" | "didnt" | "doesnt"));
    let gone = next
        .iter()
        .any(|w| matches!(*w, "gone" | "went" | "subsided" | "resolved" | "stopped" | "healed" | "cleared"));
    let sentence = scope::near(tokens, span);
    let long_ago = sentence.windows(2).any(|two| {
        matches!(
            (two[0].word.as_ref(), two[1].word.as_ref()),
            ("last", "year" | "time" | "summer")
                | ("years" | "months" | "anos", "ago")
                | ("hace", "anos" | "meses")
                | ("one" | "that", "time")
        )
    });
    let healed = sentence.iter().any(|t| matches!(t.word.as_ref(), "healed" | "subsided"));
    (gone && !denied) || long_ago || healed
}

/// "these elevens are killing me", "I'm dying to", "chest pain paying for it".
fn is_figure_of_speech(tokens: &[Token<'_>], span: &Range<usize>) -> bool {
    const THINGS: &[&str] = &[
        "jeans", "price", "prices", "wallet", "elevens", "wrinkles", "paying", "sticker", "laughing", "haha",
        "traffic", "commute", "suspense",
    ];
    scope::near(tokens, span).iter().any(|t| THINGS.contains(&t.word.as_ref()))
}

/// "My brows are heavy, I'm getting older": a wish for another look, unless it began lately.
fn is_about_looks(tokens: &[Token<'_>], span: &Range<usize>) -> bool {
    const LOOKS: &[&str] = &[
        "always",
        "aging",
        "ageing",
        "age",
        "older",
        "rosacea",
        "melasma",
        "acne",
        "freckles",
        "sunspots",
        "genetics",
        "genetic",
        "born",
        "teenager",
        "menopause",
        "wrinkles",
        "mirror",
        "makeup",
        "concealer",
        "lift",
        "tighten",
        "tightening",
        "firm",
        "edad",
        "siempre",
        "arrugas",
        "acne",
        "espejo",
        "maquillaje",
    ];
    const LATELY: &[&str] = &[
        "after",
        "since",
        "woke",
        "yesterday",
        "today",
        "now",
        "suddenly",
        "started",
        "ago",
        "last",
        "night",
        "morning",
        "turned",
        "gone",
        "went",
        "got",
        "hours",
        "days",
        "injected",
        "treatment",
        "desde",
        "ayer",
        "hoy",
        "despues",
        "ahora",
        "pusieron",
        "hicieron",
    ];
    let sentence = scope::near(tokens, span);
    let has = |words: &[&str]| sentence.iter().any(|t| words.contains(&t.word.as_ref()));
    has(LOOKS) && !has(LATELY)
}

/// "My friend's eyelid drooped and I'm scared of it."
fn is_feared(tokens: &[Token<'_>], span: &Range<usize>) -> bool {
    const FEAR: &[&str] =
        &["scared", "afraid", "nervous", "terrified", "scares", "terrifies", "freaks", "miedo"];
    const NOW: &[&str] =
        &["now", "just", "today", "yesterday", "since", "hours", "morning", "ahora", "ayer", "hoy"];
    let sentence = scope::near(tokens, span);
    let has = |words: &[&str]| sentence.iter().any(|t| words.contains(&t.word.as_ref()));
    let others =
        sentence.iter().any(|t| t.is(PERSON) || matches!(t.word.as_ref(), "people" | "someone" | "somebody"));
    others && has(FEAR) && !has(NOW)
}

/// "Does filler cause swelling?"; not "can you help, my face is swollen".
fn is_general_question(tokens: &[Token<'_>], at: usize) -> bool {
    for (i, _) in before(tokens, at, QUESTION_REACH) {
        let asks = asks(tokens, i, at);
        if asks || states(tokens, i, at) {
            return asks;
        }
    }
    false
}

/// The word at `i` makes what follows a question about what may happen.
fn asks(tokens: &[Token<'_>], i: usize, at: usize) -> bool {
    let (word, next) = (tokens[i].word.as_ref(), tokens[i + 1].word.as_ref());
    match word {
        "is" | "are" => {
            matches!(next, "there" | "it" | "this" | "that")
                || (i + 1 == at && OPENERS.contains(&word_before(tokens, i, 1)))
        }
        // "Can the nurse look at it, it went grey."
        "can" | "could" if matches!(next, "the" | "someone" | "somebody" | "a" | "anyone") => false,
        "could" | "might" | "may" => !matches!(next, "be" | "it" | "this" | "have"),
        "do" | "did" | "can" | "would" | "puede" => {
            !matches!(word_before(tokens, i, 1), "i" | "we") && next != "about"
        }
        "normal" => !matches!(word_before(tokens, i, 1), "not" | "isnt"),
        "effect" | "effects" => !matches!(
            word_before(tokens, i, 2),
            "having" | "had" | "got" | "these" | "my" | "bad" | "serious"
        ),
        "any" => i + 1 == at,
        _ => tokens[i].is(ASK_RISK),
    }
}

/// The word at `i` says that it is so.
fn states(tokens: &[Token<'_>], i: usize, at: usize) -> bool {
    let modal = |word: &str| matches!(word, "will" | "would" | "can" | "could" | "should" | "might" | "may");
    match tokens[i].word.as_ref() {
        "my" | "this" | "these" | "her" | "his" => i + 1 == at,
        "have" | "got" | "had" => {
            matches!(word_before(tokens, i, 1), "i" | "we") && !modal(word_before(tokens, i, 2))
        }
        "about" => word_before(tokens, i, 1) == "do",
        _ => tokens[i].is(STATING),
    }
}

fn word_before<'a>(tokens: &'a [Token<'_>], at: usize, back: usize) -> &'a str {
    at.checked_sub(back).map_or("", |i| tokens[i].word.as_ref())
}

fn before<'a>(tokens: &'a [Token<'_>], at: usize, most: usize) -> impl Iterator<Item = (usize, &'a str)> {
    let sentence = (0..at).rev().take(most).take_while(|i| tokens[i + 1].before != Break::Stop);
    sentence.map(|i| (i, tokens[i].word.as_ref()))
}
