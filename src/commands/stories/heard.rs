//! Days and times in what the assistant says.

use jiff::civil::Date;

use crate::when;

/// Every `9 AM` or `10:30 AM` in a sentence.
pub(super) fn times_in(sentence: &str) -> Vec<String> {
    let words: Vec<&str> =
        sentence.split_whitespace().map(|w| w.trim_end_matches([',', '.', '?', ';'])).collect();
    let is_half = |word: &str| matches!(word, "AM" | "PM");
    words.windows(2).filter(|pair| is_half(pair[1])).map(|pair| pair.join(" ")).collect()
}

/// The day that a sentence names as the nearest with openings, not before `earliest`.
pub(super) fn named_day(sentence: &str, earliest: Date) -> Option<Date> {
    let (_, rest) = sentence.split_once("The nearest day with openings is ")?;
    when::parse_date(rest.split_once(", from")?.0, earliest).ok()
}

/// `2:30 PM` as the wire wants it.
pub(super) fn wire_time(said: &str) -> String {
    when::parse_time(said).map_or_else(|_question| said.to_owned(), |time| time.strftime("%H:%M").to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_heard_in_an_answer() {
        let answer =
            "For Sunday, February 1st, I have availability at 9 AM, 10:30 AM, and 3 more times. Which?";
        assert_eq!(times_in(answer), ["9 AM", "10:30 AM"]);
        let none = "I'm sorry, we're closed on Sunday, November 29th. The nearest day with openings is Tuesday, December 1st, from 9 AM; would that work?";
        let december = |day| jiff::civil::date(2026, 12, day);
        assert_eq!(named_day(none, jiff::civil::date(2026, 11, 30)), Some(december(1)));
        assert_eq!(wire_time("10:30 AM"), "10:30");
        assert_eq!(wire_time("2 PM"), "14:00");
    }
}
