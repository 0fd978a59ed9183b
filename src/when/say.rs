//! Dates and times as a person says them, and as a text message shows them.

use jiff::Zoned;
use jiff::civil::{Date, Time};
use jiff::fmt::strtime::BrokenDownTime;

use crate::language::Language;

/// "Sunday, February 1st". Without the year: nobody says it for the next visit.
pub fn say_date(date: Date) -> String {
    let suffix = match date.day() {
        1 | 21 | 31 => "st",
        2 | 22 => "nd",
        3 | 23 => "rd",
        _ => "th",
    };
    format!("{}{suffix}", date.strftime("%A, %B %-d"))
}

/// "2 PM", "2:45 PM", "12 PM"; never 14:00.
pub fn say_time(time: Time) -> String {
    let format = if time.minute() == 0 { "%-I %p" } else { "%-I:%M %p" };
    time.strftime(format).to_string()
}

/// "Sunday, February 1st at 2 PM".
pub fn say_moment(moment: &Zoned) -> String {
    format!("{} at {}", say_date(moment.date()), say_time(moment.time()))
}

/// The first `limit` times as a spoken list, and how many more there are: "9 AM, 1 PM, and 3 more times".
pub fn say_times(times: &[Time], limit: usize) -> String {
    let mut said: Vec<String> = times.iter().take(limit).map(|time| say_time(*time)).collect();
    match times.len() - said.len() {
        0 => {}
        1 => said.push("1 more time".into()),
        more => said.push(format!("{more} more times")),
    }
    match said.as_slice() {
        [first, second] => format!("{first} and {second}"),
        [first @ .., last] if !first.is_empty() => format!("{}, and {last}", first.join(", ")),
        _ => said.concat(),
    }
}

const WEEKDAYS_ES: [&str; 7] = ["lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo"];
const MONTHS_ES: [&str; 12] = [
    "enero",
    "febrero",
    "marzo",
    "abril",
    "mayo",
    "junio",
    "julio",
    "agosto",
    "septiembre",
    "octubre",
    "noviembre",
    "diciembre",
];

/// For a text message: "Sunday, February 1 at 2:00 PM", "domingo 1 de febrero a las 2:00 PM".
pub fn text_moment(moment: &Zoned, language: Language) -> String {
    let (day, time) = (text_day(moment.date(), language), text_time(moment.time(), language));
    match language {
        Language::English => format!("{day} at {time}"),
        Language::Spanish => format!("{day} a {time}"),
    }
}

/// For a text message: "Sunday, February 1", "domingo 1 de febrero".
pub fn text_day(date: Date, language: Language) -> String {
    match language {
        Language::English => date.strftime("%A, %B %-d").to_string(),
        Language::Spanish => {
            let weekday = name(&WEEKDAYS_ES, date.weekday().to_monday_zero_offset());
            format!("{weekday} {} de {}", date.day(), name(&MONTHS_ES, date.month() - 1))
        }
    }
}

fn name(names: &'static [&str], nth: i8) -> &'static str {
    usize::try_from(nth).ok().and_then(|nth| names.get(nth)).copied().unwrap_or_default()
}

/// For a text message: "2:00 PM"; in Spanish with its article, "las 2:00 PM" and "la 1:40 PM".
pub fn text_time(time: Time, language: Language) -> String {
    let clock = time.strftime("%-I:%M %p");
    match (language, time.hour() % 12) {
        (Language::English, _) => clock.to_string(),
        (Language::Spanish, 1) => format!("la {clock}"),
        (Language::Spanish, _) => format!("las {clock}"),
    }
}

/// What was written of a day or a time in English, in Spanish: "Friday, December 4 at 2:00 PM", "Sunday, February 1st", "Thursday at
/// 9 AM", "6 PM". `None` where it is neither.
pub fn spanish(english: &str) -> Option<String> {
    if let Some(time) = spanish_time(english) {
        return Some(time);
    }
    let (day, time) = english.split_once(" at ").map_or((english, None), |(day, time)| (day, Some(time)));
    let day = match day.split_once(", ") {
        Some((weekday, date)) => format!("{} {}", spanish_weekday(weekday)?, spanish_date(date)?),
        None => spanish_weekday(day)?.to_owned(),
    };
    match time {
        Some(time) => Some(format!("{day} a {}", spanish_time(time)?)),
        None => Some(day),
    }
}

fn spanish_weekday(english: &str) -> Option<&'static str> {
    let weekday = BrokenDownTime::parse("%A", english).ok()?.weekday()?;
    Some(name(&WEEKDAYS_ES, weekday.to_monday_zero_offset()))
}

/// Of "December 4" and "December 4th".
fn spanish_date(english: &str) -> Option<String> {
    let date = english.trim_end_matches(|c: char| c.is_ascii_lowercase());
    let date = BrokenDownTime::parse("%B %d", date).ok()?;
    Some(format!("{} de {}", date.day()?, name(&MONTHS_ES, date.month()? - 1)))
}

/// Of "2:00 PM" and "2 PM", with its article.
fn spanish_time(english: &str) -> Option<String> {
    let clock = english.strip_suffix(" AM").or_else(|| english.strip_suffix(" PM"))?;
    let (hour, minute) = clock.split_once(':').unwrap_or((clock, "00"));
    let is_hour = hour.parse::<u8>().is_ok_and(|hour| (1..=12).contains(&hour));
    let is_minute = minute.len() == 2 && minute.parse::<u8>().is_ok_and(|minute| minute < 60);
    let article = if hour == "1" { "la" } else { "las" };
    (is_hour && is_minute).then(|| format!("{article} {english}"))
}
