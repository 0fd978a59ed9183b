//! The labelled corpus: one call per line of JSON, what it is and which of the caller's words say so.
//!
//! `docs/scoring.md` says how a call is labelled. Labels follow what was meant, never what the rules found.

use serde::{Deserialize, Serialize};

use super::hash::number_of_word;
use super::{CallClass, Polarity, Rule, Sentiment, Temperature, Turn};

/// A call and what people made of it.
#[derive(Clone, Serialize, Deserialize)]
pub struct Labelled {
    /// Unique in the corpus.
    pub id: String,
    /// `en` or `es`.
    pub language: String,
    /// What kind of call it was.
    pub class: CallClass,
    /// How soon to call back.
    pub temperature: Temperature,
    /// The treatment wanted, in its usual spelling.
    pub interest: Option<String>,
    /// The caller's mood.
    pub sentiment: Sentiment,
    /// What was said.
    pub turns: Vec<Turn>,
    /// The caller's words that matter, and those that only seem to.
    pub evidence: Vec<LabelledEvidence>,
}

/// Words of the caller and whether they count.
#[derive(Clone, Serialize, Deserialize)]
pub struct LabelledEvidence {
    /// What they are about.
    pub rule: Rule,
    /// Index into all turns.
    pub turn: usize,
    /// As said; their first occurrence in the turn is meant.
    pub words: String,
    /// Whether they count.
    pub polarity: Polarity,
}

/// A line that is not a labelled call.
#[derive(Debug, thiserror::Error)]
#[error("line {line} of the corpus cannot be read")]
pub struct CorpusError {
    line: usize,
    #[source]
    source: serde_json::Error,
}

/// Reads a file of the corpus.
pub fn read(text: &str) -> Result<Vec<Labelled>, CorpusError> {
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    lines
        .map(|(at, line)| serde_json::from_str(line).map_err(|source| CorpusError { line: at + 1, source }))
        .collect()
}

/// A single sentence of a caller, and what it says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Utterance {
    /// What its words count for; nothing, if they only sound like it.
    pub rules: Vec<Rule>,
    /// As said.
    pub text: String,
}

/// Reads a file of utterances: `[rule rule]` or `[none]` begins a part, then one a line; `//` is a comment.
pub fn read_utterances(text: &str) -> Vec<Utterance> {
    let mut rules: Vec<Rule> = Vec::new();
    let mut all = Vec::new();
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with("//")) {
        match line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
            Some(names) => {
                rules =
                    names.split(' ').filter_map(|name| serde_json::from_value(name.into()).ok()).collect();
            }
            None => all.push(Utterance { rules: rules.clone(), text: line.to_owned() }),
        }
    }
    all
}

/// A number for all that files of the corpus hold, in their order: the fitted model carries it.
pub fn digest(files: &[String]) -> u64 {
    files.iter().fold(0, |before, file| before.rotate_left(7) ^ number_of_word(file))
}
