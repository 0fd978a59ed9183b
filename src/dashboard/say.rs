//! The dashboard's words: English in the pages themselves, Spanish by the English words in `locales/es.toml`.

use std::collections::HashMap;
use std::sync::LazyLock;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::language::Language;
use crate::when;

/// One line for each sentence: `"English" = "Spanish"`.
const SPANISH_LINES: &str = include_str!("../../locales/es.toml");

static SPANISH: LazyLock<HashMap<String, String>> =
    LazyLock::new(|| toml::from_str(SPANISH_LINES).unwrap_or_else(|_| HashMap::new()));

/// One line for each sentence that counts: `"of several" = ["of one", "in Spanish"]`.
const ONE_LINES: &str = include_str!("../../locales/one.toml");

static ONE: LazyLock<HashMap<String, [String; 2]>> =
    LazyLock::new(|| toml::from_str(ONE_LINES).unwrap_or_else(|_| HashMap::new()));

/// The words in `language`; English where a translation is missing, which a test does not let happen.
pub(super) fn t(language: Language, english: &'static str) -> &'static str {
    match language {
        Language::English => english,
        Language::Spanish => SPANISH.get(english).map_or(english, String::as_str),
    }
}

/// The words with `value` in the place of `{}`; those of one thing where it is one.
pub(super) fn tn(language: Language, english: &'static str, value: impl std::fmt::Display) -> String {
    let value = value.to_string();
    let words = match (value.as_str(), ONE.get(english)) {
        ("1", Some([of_one, en_uno])) => match language {
            Language::English => of_one,
            Language::Spanish => en_uno,
        },
        _ => t(language, english),
    };
    words.replacen("{}", &value, 1)
}

/// Whole units and cents of dollars: `$1,250`, `$12.50`.
pub(super) fn money(cents: i64) -> String {
    let sign = if cents < 0 { "-" } else { "" };
    let (dollars, rest) = (cents.unsigned_abs() / 100, cents.unsigned_abs() % 100);
    let dollars = grouped(dollars);
    if rest == 0 { format!("{sign}${dollars}") } else { format!("{sign}${dollars}.{rest:02}") }
}

/// With commas between thousands.
pub(super) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// `(310) 555-0142` for a number of North America; others as they are.
pub(super) fn phone(phone: &str) -> String {
    match phone.strip_prefix("+1") {
        Some(rest) if rest.len() == 10 && rest.is_ascii() => {
            format!("({}) {}-{}", &rest[..3], &rest[3..6], &rest[6..])
        }
        _ => phone.to_owned(),
    }
}

/// The state of a visit for people, in English.
pub(super) fn status(status: &str) -> &'static str {
    match status {
        "pending" => "To confirm",
        "scheduled" => "Confirmed",
        "arrived" => "Arrived",
        "completed" => "Completed",
        "no_show" => "Did not come",
        _ => "Cancelled",
    }
}

/// Where a zone of time is named for: `Los Angeles` of `America/Los_Angeles`.
pub(super) fn place(zone: &str) -> String {
    zone.rsplit('/').next().unwrap_or(zone).replace('_', " ")
}

/// `2:15 PM`.
pub(super) fn clock(at: Timestamp, zone: &TimeZone) -> String {
    time_of_day(at.to_zoned(zone.clone()).time())
}

/// A whole hour of the day: `9 PM`.
pub(super) fn hour(hour: i8) -> String {
    match hour {
        0 => "12 AM".to_owned(),
        1..=11 => format!("{hour} AM"),
        12 => "12 PM".to_owned(),
        _ => format!("{} PM", hour - 12),
    }
}

/// In both languages alike: `2:15 PM`.
fn time_of_day(time: jiff::civil::Time) -> String {
    time.strftime("%-I:%M %p").to_string()
}

/// `Tuesday, November 24`.
pub(super) fn day(date: Date, language: Language) -> String {
    when::text_day(date, language)
}

/// `Friday, December 25, 2026`: of days that may be another year's.
pub(super) fn day_of_year(date: Date, language: Language) -> String {
    format!("{}, {}", day(date, language), date.year())
}

/// `2:15 PM` today, `Nov 23, 2:15 PM` on another day, with the year in another year.
pub(super) fn moment(at: Timestamp, now: Timestamp, zone: &TimeZone, language: Language) -> String {
    let (local, today) = (at.to_zoned(zone.clone()), now.to_zoned(zone.clone()));
    let time = time_of_day(local.time());
    if local.date() == today.date() {
        return time;
    }
    let month = month(local.month(), language);
    let day = match language {
        Language::English => format!("{month} {}", local.day()),
        Language::Spanish => format!("{} {month}", local.day()),
    };
    if local.year() == today.year() {
        format!("{day}, {time}")
    } else {
        format!("{day} {}, {time}", local.year())
    }
}

/// `45 s`, `3 min`, `3 min 05 s`, `2 h 04 min`.
pub(super) fn length(seconds: i64) -> String {
    let seconds = seconds.max(0);
    match seconds {
        0..60 => format!("{seconds} s"),
        60..3600 if seconds % 60 == 0 => format!("{} min", seconds / 60),
        60..3600 => format!("{} min {:02} s", seconds / 60, seconds % 60),
        _ => format!("{} h {:02} min", seconds / 3600, seconds % 3600 / 60),
    }
}

fn month(month: i8, language: Language) -> &'static str {
    const ENGLISH: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    const SPANISH: [&str; 12] =
        ["ene", "feb", "mar", "abr", "may", "jun", "jul", "ago", "sep", "oct", "nov", "dic"];
    let at = usize::try_from(month - 1).unwrap_or(0).min(11);
    match language {
        Language::English => ENGLISH[at],
        Language::Spanish => SPANISH[at],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_spanish_words_can_be_read() {
        assert!(toml::from_str::<HashMap<String, String>>(SPANISH_LINES).is_ok());
        assert_eq!(t(Language::Spanish, "Calls"), "Llamadas");
        assert_eq!(t(Language::English, "Calls"), "Calls");
    }

    #[test]
    fn one_thing_is_not_said_as_several_are() {
        let said = |language, value| tn(language, "{} visits", value);
        assert_eq!([said(Language::English, 1), said(Language::English, 0)], ["1 visit", "0 visits"]);
        assert_eq!([said(Language::Spanish, 1), said(Language::Spanish, 21)], ["1 cita", "21 citas"]);
        for (several, ones) in &*ONE {
            assert!(SPANISH.contains_key(several), "nobody says {several}");
            assert!(ones.iter().all(|one| one.contains("{}")), "{several}");
        }
    }

    #[test]
    fn money_and_lengths_are_written_as_people_write_them() {
        assert_eq!(
            [money(0), money(125_000), money(1250), money(-1_234_567)],
            ["$0", "$1,250", "$12.50", "-$12,345.67"]
        );
        assert_eq!([phone("+13105550142"), phone("+442079460018")], ["(310) 555-0142", "+442079460018"]);
        assert_eq!([length(45), length(185), length(180)], ["45 s", "3 min 05 s", "3 min"]);
        assert_eq!([length(7440), length(3600)], ["2 h 04 min", "1 h 00 min"]);
    }

    #[test]
    fn a_moment_says_the_day_only_when_it_is_another() {
        let zone = TimeZone::get("America/Los_Angeles").unwrap_or(TimeZone::UTC);
        let at = |raw: &str| raw.parse::<Timestamp>().unwrap_or(Timestamp::UNIX_EPOCH);
        let now = at("2026-11-24T18:00:00Z");
        let said = |raw, language| moment(at(raw), now, &zone, language);
        assert_eq!(said("2026-11-24T22:15:00Z", Language::English), "2:15 PM");
        assert_eq!(said("2026-11-24T07:15:00Z", Language::English), "Nov 23, 11:15 PM");
        assert_eq!(said("2025-11-24T22:15:00Z", Language::Spanish), "24 nov 2025, 2:15 PM");
    }
}
