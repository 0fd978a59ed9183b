//! What was said, cut once into words and numbers.

use jiff::civil::Weekday;

/// Longer than any date or time a person says in one breath, in bytes.
const SAID_MAX: usize = 200;

/// One word, number or mark.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Token<'a> {
    /// `digits` is how many were written; 0 for a number in words.
    Number {
        value: u32,
        digits: usize,
    },
    /// "3rd", "twenty-first".
    Ordinal(u32),
    /// A sign that means something: one of `: . / - +` at digits, or any comma.
    Mark(char),
    Weekday(Weekday),
    /// 1 to 12.
    Month(u32),
    Word(&'a str),
}

impl<'a> Token<'a> {
    /// The word, unless it means a number, a weekday or a month.
    pub(super) fn word(&self) -> Option<&'a str> {
        if let Self::Word(word) = self { Some(word) } else { None }
    }
}

/// Words that carry nothing, in dates and in times alike.
pub(super) fn is_filler(word: &str) -> bool {
    matches!(
        word,
        "um" | "uh"
            | "er"
            | "erm"
            | "hmm"
            | "well"
            | "so"
            | "ok"
            | "okay"
            | "yes"
            | "yeah"
            | "please"
            | "maybe"
            | "perhaps"
            | "just"
            | "on"
            | "at"
            | "for"
            | "the"
            | "say"
            | "lets"
            | "like"
            | "about"
            | "around"
            | "how"
            | "i"
            | "id"
            | "would"
            | "want"
            | "think"
            | "its"
            | "be"
            | "exactly"
            | "sharp"
    )
}

/// Lower case, without apostrophes (`o'clock`), with one kind of dash; `None` when it is too long.
pub(super) fn clean(said: &str) -> Option<String> {
    (said.len() <= SAID_MAX)
        .then(|| said.trim().to_lowercase().replace(['\'', '’'], "").replace(['–', '—'], "-"))
}

/// Cuts cleaned text; `None` when it holds a sign or number that no date or time has.
pub(super) fn tokens(clean: &str) -> Option<Vec<Token<'_>>> {
    let mut found: Vec<Token<'_>> = Vec::new();
    let mut at = 0;
    while let Some(first) = clean[at..].chars().next() {
        let (before, rest) = clean.split_at(at);
        let run = |belongs: fn(char) -> bool| rest.find(|c| !belongs(c)).unwrap_or(rest.len());
        let length;
        if first.is_ascii_digit() {
            length = run(|c| c.is_ascii_digit());
            let value = rest[..length].parse().ok()?;
            found.push(Token::Number { value, digits: length });
        } else if first.is_alphabetic() {
            length = run(char::is_alphabetic);
            let touches_digit = before.ends_with(|c: char| c.is_ascii_digit());
            push_word(&mut found, &rest[..length], touches_digit);
        } else {
            length = first.len_utf8();
            if is_mark(first, before, &rest[length..])? {
                found.push(Token::Mark(first));
            }
        }
        at += length;
    }
    Some(found)
}

/// Whether this sign means something here; `None` when no date or time has it.
fn is_mark(sign: char, before: &str, after: &str) -> Option<bool> {
    let digit = |c: char| c.is_ascii_digit();
    let between_digits = before.trim_end().ends_with(digit) && after.trim_start().starts_with(digit);
    match sign {
        ',' => Some(true),
        '.' => Some(before.ends_with(digit) && after.starts_with(digit)),
        ':' | '/' => Some(between_digits),
        // A sign before a number is kept even at the start, so that "-3" is never read as 3.
        '-' | '+' => {
            Some(between_digits || (after.starts_with(digit) && !before.ends_with(char::is_alphabetic)))
        }
        '!' | '?' | ';' | '"' | '(' | ')' => Some(false),
        _ => sign.is_whitespace().then_some(false),
    }
}

/// Adds a word, joined with what stands before it: "twenty" "one", "p" "m", "o" "clock", "3" "rd".
fn push_word<'a>(found: &mut Vec<Token<'a>>, word: &'a str, touches_digit: bool) {
    let token = classify(word);
    let joined = match (found.last(), token) {
        (Some(&Token::Number { value, .. }), Token::Word("st" | "nd" | "rd" | "th")) if touches_digit => {
            Some(Token::Ordinal(value))
        }
        (
            Some(&Token::Number { value: tens @ 20..=90, digits: 0 }),
            Token::Number { value: ones @ 1..=9, .. },
        ) if tens % 10 == 0 => Some(Token::Number { value: tens + ones, digits: 0 }),
        (Some(&Token::Number { value: tens @ 20..=90, digits: 0 }), Token::Ordinal(ones @ 1..=9))
            if tens % 10 == 0 =>
        {
            Some(Token::Ordinal(tens + ones))
        }
        (Some(Token::Word("a")), Token::Word("m")) => Some(Token::Word("am")),
        (Some(Token::Word("p")), Token::Word("m")) => Some(Token::Word("pm")),
        (Some(Token::Word("o" | "oh")), Token::Word("clock")) => Some(Token::Word("oclock")),
        _ => None,
    };
    if joined.is_some() {
        found.pop();
    }
    found.push(joined.unwrap_or(token));
}

fn classify(word: &str) -> Token<'_> {
    let index_in =
        |list: &str| list.split(' ').position(|known| known == word).and_then(|i| u32::try_from(i).ok());
    if let Some(value) = index_in(UNITS) {
        Token::Number { value, digits: 0 }
    } else if let Some(tens) = index_in(TENS) {
        Token::Number { value: (tens + 2) * 10, digits: 0 }
    } else if let Some(value) = index_in(ORDINALS) {
        Token::Ordinal(value + 1)
    } else if word == "thirtieth" {
        Token::Ordinal(30)
    } else if let Some(weekday) = weekday(word) {
        Token::Weekday(weekday)
    } else if let Some(month) = (1..).zip(MONTHS.split(' ')).find(|(_, name)| abbreviates(word, name)) {
        Token::Month(month.0)
    } else {
        Token::Word(word)
    }
}

fn weekday(word: &str) -> Option<Weekday> {
    let word = if word == "weds" { "wed" } else { word };
    (1..)
        .zip(WEEKDAYS.split(' '))
        .find(|(_, name)| abbreviates(word, name))
        .and_then(|(n, _)| Weekday::from_monday_one_offset(n).ok())
}

fn abbreviates(word: &str, name: &str) -> bool {
    word.len() >= 3 && name.starts_with(word)
}

const UNITS: &str = "\
    zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen \
    sixteen seventeen eighteen nineteen";
const TENS: &str = "twenty thirty forty fifty";
const ORDINALS: &str = "\
    first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth \
    fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth";
const WEEKDAYS: &str = "monday tuesday wednesday thursday friday saturday sunday";
const MONTHS: &str = "january february march april may june july august september october november december";
