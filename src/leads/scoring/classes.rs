//! What kind of call it is. Decided before any score: only a lead can be hot.

use std::ops::Range;

use super::lexicon::Hit;
use super::scope;
use super::tokens::{Break, Token};
use super::{CallClass, Polarity, Rule};

const QUESTION_REACH: usize = 10;
#[rustfmt::skip]
const STATEMENT: &[&str] =
    &["is", "are", "am", "im", "ive", "its", "shes", "hes", "theres", "looks", "feels", "woke", "keeps", "stop", "stopped"];
#[rustfmt::skip]
const ASKING: &[&str] = &[
    "does", "will", "should", "how", "if", "risk", "risks", "chance", "chances", "cause", "causes", "worried", "afraid", "scared",
    "nervous", "avoid", "prevent", "case", "possible", "common", "anyone", "people", "read", "heard", "expect", "what",
];
/// "Is swelling normal" asks after one of these (or nothing); "my lip is swelling" states.
const OPENERS: &[&str] = &[
    "",
    "hi",
    "hello",
    "hey",
    "so",
    "and",
    "or",
    "but",
    "know",
    "ask",
    "wondering",
    "ok",
    "okay",
    "question",
    "please",
];

/// What the caller's words say about the class, collected over the whole transcript.
#[derive(Debug, Default)]
pub(super) struct Signs {
    strong: Vec<Rule>,
    weak: Vec<Rule>,
}

impl Signs {
    pub fn add(&mut self, hit: &Hit) {
        let signs = if hit.weak { &mut self.weak } else { &mut self.strong };
        if !signs.contains(&hit.rule) {
            signs.push(hit.rule);
        }
    }

    /// `treated`: a treatment was mentioned at all. `interested`: the caller wants a service.
    pub fn class(&self, treated: bool, interested: bool) -> CallClass {
        let says =
            |rule, hint_counts| self.strong.contains(&rule) || (hint_counts && self.weak.contains(&rule));
        let by_rank = [
            (says(Rule::Clinical, treated), CallClass::ClinicalUrgency),
            (says(Rule::WrongNumber, !interested), CallClass::WrongNumber),
            (says(Rule::Vendor, !interested), CallClass::Vendor),
            (says(Rule::JobSeeker, !interested), CallClass::JobSeeker),
            (says(Rule::Complaint, !interested), CallClass::Complaint),
            (says(Rule::ExistingPatient, true), CallClass::ExistingPatient),
        ];
        by_rank.into_iter().find(|(said, _)| *said).map_or(CallClass::NewLead, |(_, class)| class)
    }
}

/// Whether a class phrase is meant as said.
pub(super) fn polarity(tokens: &[Token<'_>], hit: &Hit) -> Polarity {
    if hit.void {
        return Polarity::OffTopic;
    }
    match hit.rule {
        Rule::Clinical => of_symptom(tokens, &hit.span),
        // "My lawyer", "the worst service": a complaint stays one however it is denied around it.
        Rule::Complaint | Rule::ExistingPatient => Polarity::Affirmed,
        _ if scope::is_negated(tokens, hit.span.start) => Polarity::Negated,
        _ => Polarity::Affirmed,
    }
}

/// Somebody has the symptom now. When in doubt it is affirmed: a false alarm costs a call, a miss may cost an eye.
fn of_symptom(tokens: &[Token<'_>], span: &Range<usize>) -> Polarity {
    if is_absent(tokens, span.start) {
        return Polarity::Negated;
    }
    if is_over(tokens, span) {
        return Polarity::Past;
    }
    if is_general_question(tokens, span.start) {
        return Polarity::Question;
    }
    Polarity::Affirmed
}

/// "no swelling", "don't have any swelling"; but "won't stop bleeding", "it isn't right it's swollen".
fn is_absent(tokens: &[Token<'_>], at: usize) -> bool {
    const ABSENT: &[&str] =
        &["no", "not", "never", "dont", "doesnt", "didnt", "isnt", "arent", "without", "wasnt", "havent"];
    const BETWEEN: &[&str] =
        &["any", "have", "had", "really", "much", "that", "see", "seen", "got", "a", "the", "too", "even"];
    let nearest = before(tokens, at, 4).map(|(_, word)| word).find(|word| !BETWEEN.contains(word));
    nearest.is_some_and(|word| ABSENT.contains(&word))
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
    let gone = next.iter().any(|w| matches!(*w, "gone" | "went" | "subsided" | "resolved" | "stopped"));
    let sentence = scope::near(tokens, span);
    let long_ago = sentence.windows(2).any(|two| {
        matches!(
            (two[0].word.as_ref(), two[1].word.as_ref()),
            ("last", "year" | "time" | "summer") | ("years" | "months", "ago")
        )
    });
    (gone && !denied) || long_ago
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
        "could" | "might" | "may" => !matches!(next, "be" | "it" | "this" | "have"),
        "do" | "did" | "can" | "would" => !matches!(word_before(tokens, i, 1), "i" | "we") && next != "about",
        "normal" => !matches!(word_before(tokens, i, 1), "not" | "isnt"),
        "effect" | "effects" => !matches!(
            word_before(tokens, i, 2),
            "having" | "had" | "got" | "these" | "my" | "bad" | "serious"
        ),
        "any" => i + 1 == at,
        _ => ASKING.contains(&word),
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
        word => STATEMENT.contains(&word),
    }
}

fn word_before<'a>(tokens: &'a [Token<'_>], at: usize, back: usize) -> &'a str {
    at.checked_sub(back).map_or("", |i| tokens[i].word.as_ref())
}

fn before<'a>(tokens: &'a [Token<'_>], at: usize, most: usize) -> impl Iterator<Item = (usize, &'a str)> {
    let sentence = (0..at).rev().take(most).take_while(|i| tokens[i + 1].before != Break::Stop);
    sentence.map(|i| (i, tokens[i].word.as_ref()))
}
