//! Splits what a caller said into words that know where they stand.
//!
//! Works on speech-to-text output: punctuation may be missing, hesitations ("um") are dropped, apostrophes are
//! removed from the word ("don't" and "dont" are one word, `dont`). One pass; never looks back further than one word.

use std::borrow::Cow;

use super::hash::number_of_word;
use super::lexicon::{self, Known};
use super::words::Tags;

/// What separates a word from the one before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Break {
    None,
    /// A comma, colon or dash: the sentence goes on.
    Comma,
    /// The sentence ended.
    Stop,
}

/// One word of a turn.
#[derive(Debug, Clone)]
pub(super) struct Token<'t> {
    /// Lower case, without accents, apostrophes and digit separators.
    pub word: Cow<'t, str>,
    /// Its number, by which it is looked up.
    pub number: u64,
    /// What the lexicon knows of the word.
    pub known: Known,
    /// The word as it stands in the turn.
    pub raw: &'t str,
    /// Byte offset of `raw` in the turn.
    pub byte: usize,
    /// Char offset of `raw` in the turn.
    pub start: usize,
    /// Char offset one past `raw`.
    pub end: usize,
    /// What stands before the word.
    pub before: Break,
    /// Inside quotation marks: somebody else's words.
    pub quoted: bool,
}

/// A single quote that stays open longer than this was an apostrophe ("'cause").
const QUOTE_WORDS_MAX: usize = 40;
/// Fewer words between quotes are a name ("Botox"), not speech.
const QUOTE_WORDS_MIN: usize = 3;
/// Words that lose their beginning in speech; the mark before them opens no quotation.
const ELIDED: [&str; 6] = ["cause", "em", "til", "bout", "tis", "cuz"];

impl Token<'_> {
    /// Whether the word has any of these properties.
    pub fn is(&self, of: Tags) -> bool {
        self.known.tags.any(of)
    }
}

/// The words of `text`, in order.
pub(super) fn tokenize(text: &str) -> Vec<Token<'_>> {
    // Hardly a word is shorter, with the space behind it.
    let mut reader = Reader { tokens: Vec::with_capacity(text.len() / 4 + 1), ..Reader::default() };
    let bytes = text.as_bytes();
    // The place by bytes and by chars.
    let (mut byte, mut at) = (0, 0);
    let mut previous = ' ';
    let mut word_from: Option<(usize, usize)> = None;
    while byte < bytes.len() {
        // Most of it is plain letters.
        let letters = bytes[byte..].iter().take_while(|byte| byte.is_ascii_alphanumeric()).count();
        if letters > 0 {
            word_from = word_from.or(Some((at, byte)));
            (byte, at) = (byte + letters, at + letters);
            previous = char::from(bytes[byte - 1]);
            continue;
        }
        if bytes[byte] == b' ' {
            if let Some((start, from)) = word_from.take() {
                reader.push(&text[from..byte], from, start, at);
            }
            previous = ' ';
            (byte, at) = (byte + 1, at + 1);
            continue;
        }
        let mut chars = text[byte..].chars();
        let char = chars.next().unwrap_or(' ');
        let next = chars.next().unwrap_or(' ');
        let inside = in_word(char, previous, next);
        match (inside, word_from) {
            (true, None) => word_from = Some((at, byte)),
            (false, Some((start, from))) => {
                reader.push(&text[from..byte], from, start, at);
                word_from = None;
            }
            _ => {}
        }
        if !inside {
            reader.punctuation(char, previous, next);
        }
        previous = char;
        (byte, at) = (byte + char.len_utf8(), at + 1);
    }
    if let Some((start, from)) = word_from {
        let raw = &text[from..];
        reader.push(raw, from, start, start + raw.chars().count());
    }
    reader.tokens
}

fn in_word(char: char, previous: char, next: char) -> bool {
    match char {
        '$' => next.is_ascii_digit() && !previous.is_alphanumeric(),
        '.' | ',' => previous.is_ascii_digit() && next.is_ascii_digit(),
        _ if is_apostrophe(char) => previous.is_alphanumeric() && next.is_alphanumeric(),
        _ => char.is_alphanumeric(),
    }
}

const fn is_apostrophe(char: char) -> bool {
    matches!(char, '\'' | '\u{2019}' | '\u{2018}' | '`')
}

fn is_hesitation(word: &str) -> bool {
    matches!(word, "um" | "umm" | "uh" | "uhh" | "uhm" | "erm" | "er" | "hmm" | "mmm" | "eh" | "ehm" | "em")
}

fn normal(raw: &str) -> Cow<'_, str> {
    if raw.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit()) {
        return Cow::Borrowed(raw);
    }
    if raw.is_ascii() {
        let kept = raw.bytes().filter(|b| b.is_ascii_alphanumeric() || matches!(b, b'$' | b'.'));
        return Cow::Owned(kept.map(|b| char::from(b.to_ascii_lowercase())).collect());
    }
    let kept = raw.chars().filter(|c| c.is_alphanumeric() || *c == '$' || *c == '.');
    Cow::Owned(kept.flat_map(char::to_lowercase).map(plain).collect())
}

/// Transcribers write Spanish and French names with and without accents.
const fn plain(char: char) -> char {
    match char {
        'á' | 'à' | 'â' | 'ä' | 'ã' => 'a',
        'é' | 'è' | 'ê' | 'ë' => 'e',
        'í' | 'ì' | 'î' | 'ï' => 'i',
        'ó' | 'ò' | 'ô' | 'ö' | 'õ' => 'o',
        'ú' | 'ù' | 'û' | 'ü' => 'u',
        'ñ' => 'n',
        'ç' => 'c',
        other => other,
    }
}

#[derive(Default)]
struct Reader<'t> {
    tokens: Vec<Token<'t>>,
    pending: Option<Break>,
    after_hesitation: bool,
    open_double: Option<usize>,
    open_single: Option<usize>,
}

impl<'t> Reader<'t> {
    fn push(&mut self, raw: &'t str, byte: usize, start: usize, end: usize) {
        let word = normal(raw);
        if is_hesitation(&word) {
            // "I don't want, um, Botox" is one clause.
            self.after_hesitation = true;
            self.pending = self.pending.filter(|b| *b == Break::Stop);
            return;
        }
        let before = match self.pending.take() {
            Some(Break::Comma) if self.after_hesitation => Break::None,
            found => found.unwrap_or(Break::None),
        };
        self.after_hesitation = false;
        // "I, I want", "the the laser": a word said twice was said once.
        if before != Break::Stop && self.tokens.last().is_some_and(|last| last.word == word) {
            return;
        }
        let number = number_of_word(&word);
        let known = lexicon::known(number);
        self.tokens.push(Token { word, number, known, raw, byte, start, end, before, quoted: false });
    }

    fn punctuation(&mut self, char: char, previous: char, next: char) {
        if char == ' ' {
            return;
        }
        let found = match char {
            // The points of "A.S.A.P." and "p.m." end nothing.
            '.' if next.is_alphanumeric() || self.after_initial(previous) => Break::None,
            '.' | '!' | '?' | ';' | '\n' | '\u{2026}' => Break::Stop,
            ',' | ':' | '\u{2014}' | '\u{2013}' => Break::Comma,
            '-' if previous == ' ' || next == ' ' => Break::Comma,
            _ => Break::None,
        };
        self.pending = self.pending.max(Some(found));
        self.quote(char, previous, next);
    }

    fn after_initial(&self, previous: char) -> bool {
        let last = self.tokens.last().map_or("", |t| t.raw);
        previous.is_alphabetic() && last.chars().nth(1).is_none() && !last.eq_ignore_ascii_case("i")
    }

    fn quote(&mut self, char: char, previous: char, next: char) {
        let here = self.tokens.len();
        match char {
            '\u{201c}' => self.open_double = Some(here),
            '"' | '\u{201d}' => match self.open_double.take() {
                Some(from) => self.mark(from),
                None if char == '"' => self.open_double = Some(here),
                None => {}
            },
            _ if is_apostrophe(char) => {
                if next.is_alphanumeric() && !previous.is_alphanumeric() {
                    self.open_single = Some(here);
                } else if let Some(from) = self.open_single.take()
                    && here - from <= QUOTE_WORDS_MAX
                {
                    self.mark(from);
                }
            }
            _ => {}
        }
    }

    fn mark(&mut self, from: usize) {
        let elided = self.tokens.get(from).is_some_and(|t| ELIDED.contains(&t.word.as_ref()));
        if !elided && self.tokens.len() - from >= QUOTE_WORDS_MIN {
            self.tokens[from..].iter_mut().for_each(|t| t.quoted = true);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<String> {
        tokenize(text).iter().map(|t| t.word.to_string()).collect()
    }

    #[test]
    fn apostrophes_hesitations_and_separators_do_not_split_words() {
        assert_eq!(words("I don’t, um, want it"), ["i", "dont", "want", "it"]);
        assert_eq!(words("$1,500 is ok. A.S.A.P."), ["$1500", "is", "ok", "a", "s", "a", "p"]);
        assert_eq!(words("touch-up at Facebook"), ["touch", "up", "at", "facebook"]);
    }

    #[test]
    fn breaks_are_kept_where_they_mean_something() {
        let breaks = |text| tokenize(text).iter().map(|t| t.before).collect::<Vec<_>>();
        assert_eq!(breaks("no, botox"), [Break::None, Break::Comma]);
        assert_eq!(breaks("want, um, botox"), [Break::None, Break::None]);
        assert_eq!(breaks("ok. botox"), [Break::None, Break::Stop]);
        assert_eq!(breaks("2 p.m. today"), [Break::None; 4]);
    }

    #[test]
    fn only_closed_quotations_of_some_length_are_speech() {
        let quoted = |text| tokenize(text).iter().filter(|t| t.quoted).count();
        assert_eq!(quoted("he said 'get botox now' to me"), 3);
        assert_eq!(quoted("he said “don’t get botox” to me"), 3);
        assert_eq!(quoted("'cause I want botox, my sisters' too"), 0, "an elision opens nothing");
        assert_eq!(quoted("is \"Botox\" ok"), 0);
    }

    #[test]
    fn offsets_count_chars_not_bytes() {
        let text = "ça va… Bötox";
        let last = &tokenize(text)[2];
        assert_eq!((last.start, last.end, last.raw), (7, 12, "Bötox"));
        assert_eq!(&text[last.byte..last.byte + last.raw.len()], "Bötox");
    }
}
