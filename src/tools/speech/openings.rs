//! Open times over several days.

use jiff::civil::{Date, Time};

use super::list;
use crate::when::{say_date, say_time};

pub(in crate::tools) const WHICH_WEEKDAYS: &str =
    "I didn't catch which days of the week suit you. Could you name them once more?";
pub(in crate::tools) const BACKWARDS: &str =
    "Those days end before they begin. From which day on would you like to come in?";

/// A day with its open times.
pub(in crate::tools) type DayTimes = (Date, Vec<Time>);

/// "I have Thursday, December 3rd at 9 AM or 10:30 AM, and Friday, December 4th at 1 PM. Which would you like?"
pub(in crate::tools) fn nearest(days: &[DayTimes]) -> String {
    format!("I have {}. Which would you like?", say_days(days))
}

/// Nothing on the days or at the times that were asked for, but something else.
pub(in crate::tools) fn others(days: &[DayTimes]) -> String {
    format!("I have nothing at those times, but I do have {}. Would one of those work?", say_days(days))
}

/// Nothing up to a day, and the first opening after it.
pub(in crate::tools) fn none_until(until: Date, next: Option<(Date, Time)>) -> String {
    let until = say_date(until);
    match next {
        Some((day, time)) => format!(
            "I'm sorry, we have nothing left up to {until}. The next day with openings is {}, from {}; would that work?",
            say_date(day),
            say_time(time)
        ),
        None => {
            format!(
                "I'm sorry, we have nothing left up to {until}. Would you like our team to call you back?"
            )
        }
    }
}

fn say_days(days: &[DayTimes]) -> String {
    let said: Vec<String> =
        days.iter().map(|(date, times)| format!("{} at {}", say_date(*date), say_choice(times))).collect();
    match said.as_slice() {
        // Each has commas of its own.
        [first @ .., last] if !first.is_empty() => format!("{}, and {last}", first.join(", ")),
        _ => list(&said),
    }
}

/// "9 AM", "9 AM or 10:30 AM", "9 AM, 1 PM, or 3 PM".
fn say_choice(times: &[Time]) -> String {
    let said: Vec<String> = times.iter().map(|time| say_time(*time)).collect();
    match said.as_slice() {
        [first, second] => format!("{first} or {second}"),
        [first @ .., last] if !first.is_empty() => format!("{}, or {last}", first.join(", ")),
        _ => said.concat(),
    }
}

pub(super) fn samples() -> Vec<String> {
    let day = |n: i8, count: i8| {
        let times = (0..count).map(|hour| jiff::civil::time(9 + hour, 45, 0, 0)).collect();
        (jiff::civil::date(2026, 9, n), times)
    };
    let mut all = vec![WHICH_WEEKDAYS.to_owned(), BACKWARDS.to_owned()];
    for days in [
        vec![day(23, 1)],
        vec![day(23, 5)],
        vec![day(23, 3), day(24, 2)],
        vec![day(23, 2), day(24, 2), day(30, 1)],
    ] {
        all.extend([nearest(&days), others(&days)]);
    }
    let until = jiff::civil::date(2026, 9, 23);
    let next = (jiff::civil::date(2026, 9, 30), jiff::civil::time(10, 45, 0, 0));
    all.extend([none_until(until, Some(next)), none_until(until, None)]);
    all
}
