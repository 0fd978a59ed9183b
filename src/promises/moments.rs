//! Days and times in a sentence, in English and Spanish.

use std::ops::Range;

use jiff::civil::{Date, Time};

use super::sentences::Sentence;
use crate::language::Language;
use crate::when::{self, DateQuestion, TimeQuestion};

/// A time with its day, or a day alone. Each holds every reading: "at 2" is two.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Moment {
    pub dates: Vec<Date>,
    pub times: Vec<Time>,
    /// The word it begins at.
    pub at: usize,
    /// Only a bound: "after 2 PM", "from 9 AM", "about 3 PM".
    pub is_loose: bool,
}

/// "Thursday the third of December" has six words, "a las dos y media de la tarde" eight.
const WORDS_MAX: usize = 8;

enum Found {
    Day(Vec<Date>),
    Clock(Vec<Time>),
}

/// What is named in these words. A time takes the day before it, else the next one behind.
pub(super) fn moments(
    sentence: &Sentence,
    range: Range<usize>,
    (today, language): (Date, Language),
) -> Vec<Moment> {
    let words = in_words_of(sentence, language);
    let found = found(&words, range, today);
    let days: Vec<(usize, Vec<Date>)> = found
        .iter()
        .filter_map(
            |(at, found)| if let Found::Day(dates) = found { Some((*at, dates.clone())) } else { None },
        )
        .collect();
    let mut all = Vec::new();
    for (at, found) in &found {
        let Found::Clock(times) = found else { continue };
        let day = days.iter().rev().find(|(day, _)| day < at).or_else(|| days.first());
        let dates = day.map(|(_, dates)| dates.clone()).unwrap_or_default();
        all.push(Moment { dates, times: times.clone(), at: *at, is_loose: is_loose(&words, *at) });
    }
    if all.is_empty() {
        all.extend(days.into_iter().map(|(at, dates)| Moment {
            dates,
            times: Vec::new(),
            at,
            is_loose: is_loose(&words, at),
        }));
    }
    all
}

/// Whether a day or a time begins at this word, or behind its article.
pub(super) fn begins(sentence: &Sentence, at: usize, (today, language): (Date, Language)) -> bool {
    let to = (at + WORDS_MAX + 2).min(sentence.words.len());
    let behind = match sentence.word(at) {
        "on" | "at" | "this" | "the" | "next" | "el" | "la" | "este" | "para" => 1,
        "today" | "hoy" | "a" => 2,
        _ => 0,
    };
    let found = found(&in_words_of(sentence, language), at..to, today);
    found.first().is_some_and(|(first, _)| *first <= at + behind)
}

fn in_words_of(sentence: &Sentence, language: Language) -> Vec<String> {
    match language {
        Language::English => sentence.words.iter().map(|word| word.text.clone()).collect(),
        Language::Spanish => in_english(sentence),
    }
}

fn found(words: &[String], range: Range<usize>, today: Date) -> Vec<(usize, Found)> {
    let (mut all, mut at) = (Vec::new(), range.start);
    while at < range.end {
        let longest = if words[at].is_empty() { 0 } else { WORDS_MAX.min(range.end - at) };
        let read = (1..=longest).rev().find_map(|length| {
            let run: Vec<&str> =
                words[at..at + length].iter().flat_map(|word| word.split_whitespace()).collect();
            let after = words.get(at + length).map_or("", String::as_str);
            let found = day(&run, today).or_else(|| clock(&run, (before(words, at), after)));
            found.map(|found| (found, length))
        });
        match read {
            Some((found, length)) => {
                all.push((at, found));
                at += length;
            }
            None => at += 1,
        }
    }
    all
}

/// The nearest word before that one.
fn before(words: &[String], at: usize) -> &str {
    words[..at].iter().rev().find(|word| !word.is_empty()).map_or("", String::as_str)
}

const HALVES: [&str; 12] = [
    "am",
    "pm",
    "noon",
    "midday",
    "midnight",
    "oclock",
    "morning",
    "afternoon",
    "evening",
    "night",
    "half",
    "quarter",
];

/// A day by its name, its date, or as tomorrow. "Today" and "in two weeks" are said of too much else.
fn day(run: &[&str], today: Date) -> Option<Found> {
    const DAYS: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
    const MONTHS: [&str; 12] = [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ];
    let (first, last) = (*run.first()?, *run.last()?);
    let is_filler = |word: &str| matches!(word, "on" | "for" | "the" | "a" | "of" | "in" | "and");
    // A time behind the day is read by itself.
    let is_time = |word: &&str| {
        HALVES.contains(word)
            || word.contains(':')
            || matches!(*word, "at" | "from" | "by" | "to" | "or" | "between")
    };
    if is_filler(first) || is_filler(last) || run.iter().any(is_time) {
        return None;
    }
    let is_ordinal = |word: &str| {
        let digits = word.trim_end_matches(char::is_alphabetic);
        !digits.is_empty() && digits.len() < word.len() && digits.chars().all(|c| c.is_ascii_digit())
    };
    let is_iso = |word: &str| word.len() == 10 && word.matches('-').count() == 2;
    let is_named = |word: &str| {
        word == "tomorrow"
            || DAYS.contains(&word)
            || MONTHS.contains(&word)
            || is_ordinal(word)
            || is_iso(word)
    };
    if !run.iter().any(|word| is_named(word)) {
        return None;
    }
    match when::parse_date(&run.join(" "), today) {
        Ok(date) => Some(Found::Day(vec![date])),
        Err(DateQuestion::TwoReadings(one, other)) => Some(Found::Day(vec![one, other])),
        Err(DateQuestion::Past { said, .. }) => Some(Found::Day(vec![said])),
        Err(_) => None,
    }
}

/// A time of day. A bare number is one only behind "at" or with a colon.
fn clock(run: &[&str], (before, after): (&str, &str)) -> Option<Found> {
    let first = *run.first()?;
    let is_start = first.starts_with(|c: char| c.is_ascii_digit())
        || matches!(first, "noon" | "midday" | "midnight" | "half" | "quarter")
        || !matches!(when::parse_time(first), Err(TimeQuestion::Unclear));
    let is_else = |word: &&str| {
        matches!(*word, "minute" | "minutes" | "hour" | "hours" | "at" | "on" | "for" | "and" | "day")
    };
    if !is_start || run.iter().any(is_else) {
        return None;
    }
    let is_marked = run.iter().any(|w| HALVES.contains(w) || w.contains(':'));
    // "At four", "at five forty five"; not "at nine hundred dollars" or "at one of our sites".
    let is_counted =
        matches!(after, "dollars" | "dollar" | "bucks" | "percent" | "units" | "of" | "hundred" | "thousand");
    let is_bare_hour = before == "at"
        && run.len() <= 3
        && first.len() <= 8
        && !is_counted
        && !run.contains(&"hundred")
        && (run.len() > 1 || first.len() <= 2 || first.chars().all(char::is_alphabetic));
    if !is_marked && !is_bare_hour {
        return None;
    }
    match when::parse_time(&run.join(" ")) {
        Ok(time) => Some(Found::Clock(vec![time])),
        Err(TimeQuestion::TwoReadings(one, other)) => Some(Found::Clock(vec![one, other])),
        Err(_) => None,
    }
}

fn is_loose(words: &[String], at: usize) -> bool {
    let mut behind = words[..at].iter().rev().map(String::as_str).filter(|word| !word.is_empty());
    let nearest = behind.find(|word| !matches!(*word, "at" | "on" | "the"));
    matches!(
        nearest.unwrap_or_default(),
        "after"
            | "before"
            | "until"
            | "till"
            | "from"
            | "between"
            | "around"
            | "about"
            | "by"
            | "past"
            | "to"
            | "through"
            | "desde"
            | "hasta"
            | "entre"
            | "despues"
            | "antes"
    )
}

/// The same words as English ones, each in its place; what English does not say is empty.
fn in_english(sentence: &Sentence) -> Vec<String> {
    let mut words: Vec<String> = sentence.words.iter().map(|word| english(&word.text).to_owned()).collect();
    let said = |at: usize| sentence.word(at);
    for at in 0..words.len() {
        // "dos y media", "dos y cuarto"
        if said(at) == "y" && matches!(said(at + 1), "media" | "cuarto") && at > 0 {
            let minutes = if said(at + 1) == "media" { "30" } else { "15" };
            words[at - 1] = format!("{}:{minutes}", words[at - 1]);
            (words[at], words[at + 1]) = (String::new(), String::new());
        }
        // "de la tarde", "por la mañana"
        if matches!(said(at), "de" | "por" | "en") && said(at + 1) == "la" {
            let half = match said(at + 2) {
                "manana" => "am",
                "tarde" | "noche" => "pm",
                _ => continue,
            };
            words[at] = if said(at) == "de" { half.to_owned() } else { String::new() };
            (words[at + 1], words[at + 2]) = (String::new(), String::new());
        }
        // "a las dos"
        if said(at) == "a" && matches!(said(at + 1), "las" | "la") {
            (words[at], words[at + 1]) = (String::new(), "at".to_owned());
        }
        // "3 de diciembre"
        if said(at) == "de" && at > 0 && MONTHS_ES.iter().any(|(month, _)| *month == said(at + 1)) {
            let day = std::mem::take(&mut words[at - 1]);
            let month = std::mem::take(&mut words[at + 1]);
            words[at - 1] = format!("{month} {day}");
            words[at] = String::new();
        }
    }
    words
}

const MONTHS_ES: [(&str, &str); 12] = [
    ("enero", "january"),
    ("febrero", "february"),
    ("marzo", "march"),
    ("abril", "april"),
    ("mayo", "may"),
    ("junio", "june"),
    ("julio", "july"),
    ("agosto", "august"),
    ("septiembre", "september"),
    ("octubre", "october"),
    ("noviembre", "november"),
    ("diciembre", "december"),
];

fn english(word: &str) -> &str {
    const WORDS: [(&str, &str); 25] = [
        ("lunes", "monday"),
        ("martes", "tuesday"),
        ("miercoles", "wednesday"),
        ("jueves", "thursday"),
        ("viernes", "friday"),
        ("sabado", "saturday"),
        ("domingo", "sunday"),
        ("manana", "tomorrow"),
        ("hoy", "today"),
        ("mediodia", "noon"),
        ("medianoche", "midnight"),
        ("una", "1"),
        ("dos", "2"),
        ("tres", "3"),
        ("cuatro", "4"),
        ("cinco", "5"),
        ("seis", "6"),
        ("siete", "7"),
        ("ocho", "8"),
        ("nueve", "9"),
        ("diez", "10"),
        ("once", "11"),
        ("doce", "12"),
        ("el", ""),
        ("proximo", ""),
    ];
    let known = WORDS.iter().chain(&MONTHS_ES).find(|(spanish, _)| *spanish == word);
    known.map_or(word, |(_, english)| english)
}

#[cfg(test)]
mod tests {
    use jiff::civil::{date, time};

    use super::super::sentences::{language, sentences};
    use super::*;

    fn read(said: &str) -> Vec<(Vec<Date>, Vec<Time>)> {
        let all = sentences(said);
        let sentence = &all[0];
        let today = date(2026, 11, 24);
        moments(sentence, 0..sentence.words.len(), (today, language(&all)))
            .into_iter()
            .map(|moment| (moment.dates, moment.times))
            .collect()
    }

    #[test]
    fn a_time_takes_the_day_before_it_else_the_one_behind() {
        let (wednesday, december) = (date(2026, 11, 25), date(2026, 12, 1));
        let at = |hour, minute| vec![time(hour, minute, 0, 0)];
        for (said, expected) in [
            ("You're booked for tomorrow at 2 PM", vec![(vec![wednesday], at(14, 0))]),
            (
                "I have 9 AM or 9:45 AM tomorrow",
                vec![(vec![wednesday], at(9, 0)), (vec![wednesday], at(9, 45))],
            ),
            (
                "I have Wednesday, November 25th at 9 AM, and Tuesday, December 1st at 2:30 p.m.",
                vec![(vec![wednesday], at(9, 0)), (vec![december], at(14, 30))],
            ),
            ("Your visit is on December first", vec![(vec![december], vec![])]),
            ("See you at noon", vec![(vec![], at(12, 0))]),
            ("We call within 24 hours, on 310 555 0142, for 45 minutes", vec![]),
            ("It takes two to three days and one of our team calls", vec![]),
            (
                "Su cita es el martes 1 de diciembre a las dos y media de la tarde",
                vec![(vec![december], at(14, 30))],
            ),
            ("Queda para mañana a las 9 de la mañana", vec![(vec![wednesday], at(9, 0))]),
        ] {
            assert_eq!(read(said), expected, "{said}");
        }
    }

    #[test]
    fn at_two_is_either_half_of_the_day() {
        let either = vec![time(2, 0, 0, 0), time(14, 0, 0, 0)];
        assert_eq!(read("You're booked at 2"), [(vec![], either)]);
    }
}
