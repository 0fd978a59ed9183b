//! Finds days and times inside what was said: "my Botox on December 3rd at 2".

use jiff::civil::{Date, Time};

use super::date::{DateQuestion, parse_date};
use super::time::{TimeQuestion, parse_time};
use super::words;

/// "Thursday, the third of December, 2026" has as many.
const WORDS_MAX: usize = 6;

/// The days that the longest words for one can mean; none when no day is named.
pub fn dates_within(said: &str, today: Date) -> Vec<Date> {
    let found = longest_first(said, |part, _| match parse_date(part, today) {
        Ok(date) => Some(vec![date]),
        Err(DateQuestion::TwoReadings(one, other)) => Some(vec![one, other]),
        Err(DateQuestion::Past { said, .. }) => Some(vec![said]),
        Err(_) => None,
    });
    found.unwrap_or_default()
}

/// The times that the longest words for one can mean. A bare number is one only behind "at".
pub fn times_within(said: &str) -> Vec<Time> {
    let found = longest_first(said, |part, before| match parse_time(part) {
        Ok(time) => Some(vec![time]),
        Err(TimeQuestion::TwoReadings(one, other)) if before == Some("at") || part.contains(':') => {
            Some(vec![one, other])
        }
        Err(_) => None,
    });
    found.unwrap_or_default()
}

/// What the first of the longest runs of words is read as, given the word before it.
fn longest_first<T>(said: &str, read: impl Fn(&str, Option<&str>) -> Option<T>) -> Option<T> {
    let clean = words::clean(said)?;
    let words: Vec<&str> = clean.split_whitespace().collect();
    (1..=WORDS_MAX.min(words.len())).rev().find_map(|length| {
        words.windows(length).enumerate().find_map(|(at, run)| {
            let before = at.checked_sub(1).and_then(|at| words.get(at)).copied();
            // A run that begins with "at" is the same run without it.
            (run.first() != Some(&"at")).then(|| read(&run.join(" "), before)).flatten()
        })
    })
}

#[cfg(test)]
mod tests {
    use jiff::civil::{date, time};

    use super::*;

    #[test]
    fn a_day_is_found_among_other_words() {
        let tuesday = date(2026, 11, 24);
        let third = vec![date(2026, 12, 3)];
        for said in [
            "botox on December 3rd",
            "my botox on Thursday, December 3rd at 2 PM",
            "the Botox, 2026-12-03 14:00",
            "that one on the third",
        ] {
            assert_eq!(dates_within(said, tuesday), third, "{said}");
        }
        let next = vec![date(2026, 12, 1)];
        assert_eq!(dates_within("the facial next Tuesday please", tuesday), next);
        for none in ["", "botox", "the morning one", "my lip filler", "🎉"] {
            assert_eq!(dates_within(none, tuesday), Vec::<Date>::new(), "{none}");
        }
    }

    #[test]
    fn a_time_is_found_among_other_words_and_a_day_is_none() {
        let at = |hour, minute| time(hour, minute, 0, 0);
        for (said, times) in [
            ("the one at 2 PM", vec![at(14, 0)]),
            ("botox on December 3rd at 9:45 AM", vec![at(9, 45)]),
            ("the one at 2", vec![at(2, 0), at(14, 0)]),
            ("2026-12-03 14:00", vec![at(14, 0)]),
            ("at noon", vec![at(12, 0)]),
            ("December 3", vec![]),
            ("botox on the 3rd", vec![]),
            ("two visits", vec![]),
        ] {
            assert_eq!(times_within(said), times, "{said}");
        }
    }
}
