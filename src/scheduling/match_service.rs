//! From what a caller (or the model) calls a service to the clinic's own: by name, alias and close spelling.

use super::rule_book::{Practitioner, RuleBook, Service};

/// Closer than this is a misspelling; farther is another word. Jaro–Winkler, 0 to 1.
const CLOSE_SPELLING: f64 = 0.9;
/// Shorter words are too easily close to each other.
const SPELLING_LENGTH_MIN: usize = 5;

/// What a spoken service name was matched to.
#[derive(Debug, Clone, Copy)]
pub enum Matched<'b> {
    /// One of the clinic's services.
    Known(&'b Service),
    /// Not in the catalogue: the catch-all service, and the words are kept as said.
    Other(&'b Service),
}

impl<'b> Matched<'b> {
    /// The service to book.
    pub const fn service(&self) -> &'b Service {
        match self {
            Self::Known(service) | Self::Other(service) => service,
        }
    }
}

/// Matches `said` against the catalogue; `None` only when the org has no catch-all service either.
pub fn match_service<'b>(book: &'b RuleBook, said: &str) -> Option<Matched<'b>> {
    let said = words(said);
    let named = book.services.iter().filter(|s| !s.is_other);
    let other = book.services.iter().find(|s| s.is_other).map(Matched::Other);
    if said.is_empty() {
        return other;
    }
    let names = |s: &'b Service| std::iter::once(&s.name).chain(&s.aliases).map(|n| words(n));
    let exact = named.clone().find(|s| names(s).any(|name| name == said));
    // The longest name inside what was said wins: "lip filler touch up" is Lip Filler before it is Filler.
    let inside = || {
        let within = named.clone().flat_map(|s| names(s).map(move |n| (n, s)));
        within.filter(|(n, _)| contains_words(&said, n)).max_by_key(|(n, _)| n.len()).map(|(_, s)| s)
    };
    let misspelt = || {
        let spoken: Vec<&str> = said.split(' ').filter(|w| w.len() >= SPELLING_LENGTH_MIN).collect();
        let single = named.clone().flat_map(|s| names(s).map(move |n| (n, s)));
        let near = |name: &str| spoken.iter().any(|w| strsim::damerau_levenshtein(w, name) <= 1);
        single
            .filter(|(n, _)| !n.contains(' ') && n.len() >= SPELLING_LENGTH_MIN)
            .find(|(n, _)| near(n))
            .map(|(_, s)| s)
    };
    let close = || {
        let scored = named.clone().flat_map(|s| names(s).map(move |n| (n, s)));
        scored
            .map(|(n, s)| (strsim::jaro_winkler(&n, &said), n, s))
            .filter(|(score, n, _)| *score >= CLOSE_SPELLING && n.len() >= SPELLING_LENGTH_MIN)
            .max_by(|a, b| a.0.total_cmp(&b.0))
            .map(|(_, _, s)| s)
    };
    exact.or_else(inside).or_else(misspelt).or_else(close).map(Matched::Known).or(other)
}

/// What callers and models say when anybody will do.
const ANYBODY: [&str; 16] = [
    "any",
    "anyone",
    "anybody",
    "whoever",
    "no preference",
    "none",
    "null",
    "first available",
    "no one",
    "nobody",
    "n a",
    "na",
    "doesn t matter",
    "does not matter",
    "any practitioner",
    "any provider",
];

/// Whether no particular practitioner is meant.
pub fn means_anybody(said: &str) -> bool {
    let said = words(said);
    said.is_empty() || ANYBODY.contains(&said.as_str())
}

/// The practitioner a caller asked for, by whole or first name or close spelling; `None` when nobody is meant.
pub fn match_practitioner<'b>(book: &'b RuleBook, said: &str) -> Option<&'b Practitioner> {
    let said = words(said);
    let said = said.strip_prefix("dr ").or_else(|| said.strip_prefix("doctor ")).unwrap_or(&said);
    if said.is_empty() {
        return None;
    }
    let close = |name: &str| {
        name == said
            || contains_words(name, said)
            || (said.len() >= 4 && strsim::jaro_winkler(name, said) >= CLOSE_SPELLING)
    };
    book.practitioners.iter().find(|p| close(&words(&p.name)))
}

fn words(text: &str) -> String {
    let lower = text.to_lowercase();
    lower.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).collect::<Vec<_>>().join(" ")
}

fn contains_words(text: &str, part: &str) -> bool {
    !part.is_empty() && format!(" {text} ").contains(&format!(" {part} "))
}
