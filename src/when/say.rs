//! Dates and times as a person says them, and as a text message shows them.

use jiff::Zoned;
use jiff::civil::{Date, Time};

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
            let name = |names: &'static [&str], nth: i8| {
                usize::try_from(nth).ok().and_then(|nth| names.get(nth)).copied().unwrap_or_default()
            };
            let weekday = name(&WEEKDAYS_ES, date.weekday().to_monday_zero_offset());
            format!("{weekday} {} de {}", date.day(), name(&MONTHS_ES, date.month() - 1))
        }
    }
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
