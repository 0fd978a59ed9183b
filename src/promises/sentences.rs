//! Cuts what was said into sentences and plain words.

use crate::language::Language;

/// One word, lower case and without accents; a contraction is as many as it stands for.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Word {
    pub text: String,
    /// A comma, a colon or a dash follows.
    pub ends_part: bool,
}

/// One sentence, with its place in the turn in chars.
pub(super) struct Sentence {
    pub start: usize,
    pub end: usize,
    pub words: Vec<Word>,
    /// Words before the question that it ends with; none when all of it asks.
    pub stated: usize,
}

impl Sentence {
    pub fn word(&self, at: usize) -> &str {
        self.words.get(at).map_or("", |word| word.text.as_str())
    }

    /// Where the part of the sentence begins that holds `at`: behind a comma or a conjunction.
    pub fn part_of(&self, at: usize) -> usize {
        const JOINS: [&str; 9] = ["and", "but", "so", "because", "then", "y", "pero", "porque", "entonces"];
        (0..at)
            .rev()
            .find(|before| self.words[*before].ends_part || JOINS.contains(&self.word(*before)))
            .map_or(0, |before| before + 1)
    }
}

/// Behind these a full stop ends no sentence.
const ABBREVIATIONS: [&str; 11] =
    ["dr", "dra", "mr", "mrs", "ms", "sr", "sra", "st", "ave", "blvd", "approx"];

/// The sentences of a turn.
pub(super) fn sentences(said: &str) -> Vec<Sentence> {
    let chars: Vec<char> = said.chars().collect();
    let (mut all, mut start) = (Vec::new(), 0);
    for at in 0..chars.len() {
        if ends_sentence(&chars, at) {
            all.extend(sentence(&chars, start, at + 1));
            start = at + 1;
        }
    }
    all.extend(sentence(&chars, start, chars.len()));
    all
}

fn ends_sentence(chars: &[char], at: usize) -> bool {
    let next = chars.get(at + 1).copied().unwrap_or(' ');
    match chars[at] {
        '!' | '?' | ';' | '\n' | '…' => true,
        '.' if next.is_alphanumeric() => false,
        '.' => {
            let before: String = chars[..at]
                .iter()
                .rev()
                .take_while(|c| c.is_alphabetic())
                .collect::<Vec<_>>()
                .into_iter()
                .rev()
                .collect();
            let before = before.to_lowercase();
            let is_half = before == "m" || before == "am" || before == "pm";
            let follows = chars[at + 1..].iter().find(|c| !c.is_whitespace());
            if is_half {
                return follows.is_none_or(|c| c.is_uppercase() || "¿¡".contains(*c));
            }
            before.chars().count() != 1 && !ABBREVIATIONS.contains(&before.as_str())
        }
        _ => false,
    }
}

fn sentence(chars: &[char], from: usize, to: usize) -> Option<Sentence> {
    let start = from + chars[from..to].iter().take_while(|c| c.is_whitespace()).count();
    let said = &chars[start.min(to)..to];
    let (words, asks_from) = words(said);
    if words.is_empty() {
        return None;
    }
    let stated = if said.last() == Some(&'?') { stated(&words, asks_from) } else { words.len() };
    Some(Sentence { start, end: to, words, stated })
}

/// What a question that follows a statement begins with.
const ASKS: [&str; 24] = [
    "would", "will", "does", "do", "did", "is", "are", "shall", "can", "could", "which", "what", "when",
    "where", "how", "anything", "may", "should", "have", "ok", "okay", "right", "correct", "sound",
];

/// How many words are stated before the question. What is only read back ("…, is that right?") states nothing.
fn stated(words: &[Word], asks_from: Option<usize>) -> usize {
    let behind_comma =
        (1..words.len()).find(|at| words[at - 1].ends_part && ASKS.contains(&words[*at].text.as_str()));
    let Some(from) = asks_from.filter(|from| *from > 0).or(behind_comma) else { return 0 };
    let reads_back = words[from..].iter().any(|word| {
        matches!(
            word.text.as_str(),
            "right" | "correct" | "ok" | "okay" | "correcto" | "cierto" | "verdad" | "bien"
        )
    });
    if reads_back { 0 } else { from }
}

/// The words, and the one that an opening question mark stands before.
fn words(said: &[char]) -> (Vec<Word>, Option<usize>) {
    let (mut all, mut current, mut asks_from) = (Vec::new(), String::new(), None);
    for (at, sign) in said.iter().copied().enumerate() {
        let around = (at.checked_sub(1).map(|at| said[at]), said.get(at + 1).copied());
        if sign.is_alphanumeric() || sign == '$' || sign == '%' || joins(sign, around) {
            current.push(if sign == '’' { '\'' } else { sign });
            continue;
        }
        // "p.m." is one word.
        if sign == '.' && matches!(around, (Some('a' | 'p' | 'A' | 'P'), Some('m' | 'M'))) {
            continue;
        }
        push(&mut all, &mut current);
        let is_dash = matches!(sign, '—' | '–') || (sign == '-' && around.0 == Some(' '));
        if (matches!(sign, ',' | ':') || is_dash)
            && let Some(last) = all.last_mut()
        {
            last.ends_part = true;
        }
        if sign == '¿' {
            asks_from = Some(all.len());
        }
    }
    push(&mut all, &mut current);
    (all, asks_from)
}

/// Whether a sign belongs to the word around it: "1,200", "9:45", "you're".
fn joins(sign: char, around: (Option<char>, Option<char>)) -> bool {
    let (Some(before), Some(after)) = around else { return false };
    match sign {
        '.' | ',' | ':' | '/' | '-' => before.is_ascii_digit() && after.is_ascii_digit(),
        '\'' | '’' => before.is_alphabetic() && after.is_alphabetic(),
        _ => false,
    }
}

fn push(all: &mut Vec<Word>, current: &mut String) {
    let raw = std::mem::take(current).to_lowercase();
    if raw.is_empty() {
        return;
    }
    let texts = if raw == "sí" { vec!["yes".to_owned()] } else { expanded(&folded(&raw)) };
    all.extend(texts.into_iter().map(|text| Word { text, ends_part: false }));
}

fn folded(word: &str) -> String {
    let plain = |c| match c {
        'á' => 'a',
        'é' => 'e',
        'í' => 'i',
        'ó' => 'o',
        'ú' | 'ü' => 'u',
        'ñ' => 'n',
        other => other,
    };
    word.chars().map(plain).collect()
}

/// "you're" is "you are"; transcribers leave the apostrophe out.
fn expanded(word: &str) -> Vec<String> {
    let two = |one: &str, other: &str| vec![one.to_owned(), other.to_owned()];
    match word {
        "can't" | "cant" | "cannot" => return two("can", "not"),
        "won't" | "wont" => return two("will", "not"),
        "let's" => return two("let", "us"),
        "youre" => return two("you", "are"),
        "youll" => return two("you", "will"),
        "youve" => return two("you", "have"),
        "ive" => return two("i", "have"),
        "im" => return two("i", "am"),
        "weve" => return two("we", "have"),
        "theyll" => return two("they", "will"),
        "thats" => return two("that", "is"),
        "isnt" => return two("is", "not"),
        "havent" => return two("have", "not"),
        "dont" => return two("do", "not"),
        "couldnt" => return two("could", "not"),
        _ => {}
    }
    let Some((stem, end)) = word.split_once('\'') else { return vec![word.to_owned()] };
    match end {
        "re" => two(stem, "are"),
        "ve" => two(stem, "have"),
        "ll" => two(stem, "will"),
        "m" => two(stem, "am"),
        "d" => two(stem, "would"),
        "t" => two(stem.strip_suffix('n').unwrap_or(stem), "not"),
        "s" if matches!(
            stem,
            "it" | "that" | "there" | "here" | "what" | "everything" | "he" | "she" | "appointment"
        ) =>
        {
            two(stem, "is")
        }
        "s" => vec![stem.to_owned()],
        other => vec![format!("{stem}{other}")],
    }
}

/// Which of our languages a turn is in.
pub(super) fn language(sentences: &[Sentence]) -> Language {
    const SPANISH: [&str; 25] = [
        "el", "la", "los", "las", "su", "tu", "de", "que", "para", "es", "esta", "una", "un", "con", "por",
        "le", "te", "usted", "cita", "manana", "queda", "gracias", "tenemos", "tengo", "y",
    ];
    const ENGLISH: [&str; 20] = [
        "the", "you", "your", "is", "are", "for", "at", "to", "and", "we", "i", "it", "of", "on", "with",
        "will", "have", "that", "thank", "our",
    ];
    let count = |known: &[&str]| {
        sentences.iter().flat_map(|s| &s.words).filter(|w| known.contains(&w.text.as_str())).count()
    };
    if count(&SPANISH) > count(&ENGLISH) { Language::Spanish } else { Language::English }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(sentence: &Sentence) -> String {
        sentence.words.iter().map(|word| word.text.as_str()).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn a_turn_is_cut_into_sentences_and_times_money_and_titles_stay_whole() {
        let said = "You're all set with Dr. Chen at 2 p.m. It's $1,200.50; I can't text you. OK?";
        let all = sentences(said);
        let plain: Vec<String> = all.iter().map(plain).collect();
        assert_eq!(
            plain,
            ["you are all set with dr chen at 2 pm", "it is $1,200.50", "i can not text you", "ok"]
        );
        let first: String = said.chars().skip(all[0].start).take(all[0].end - all[0].start).collect();
        assert_eq!(first, "You're all set with Dr. Chen at 2 p.m.");
    }

    #[test]
    fn what_is_stated_before_a_question_is_told_from_what_is_asked() {
        let stated = |said: &str| sentences(said).last().map(|s| s.stated);
        assert_eq!(stated("I have 2 PM, would that work?"), Some(4));
        assert_eq!(stated("Would 2 PM work?"), Some(0));
        assert_eq!(stated("You're booked for 2 PM, is that right?"), Some(0));
        assert_eq!(stated("Tengo a las 2, ¿le sirve?"), Some(4));
    }

    #[test]
    fn a_turn_is_read_in_the_language_it_is_in() {
        assert_eq!(language(&sentences("Su cita está confirmada para el martes.")), Language::Spanish);
        assert_eq!(language(&sentences("Your visit is booked for Tuesday.")), Language::English);
        assert_eq!(language(&sentences("Botox")), Language::English);
    }
}
