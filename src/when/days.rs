//! Reads days of the week, and stretches of days that have a name.

use jiff::civil::{Date, Weekday};
use jiff::{Span, ToSpan as _};

use super::words::{self, Token};

/// Some days of the week.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Weekdays([bool; 7]);

impl Weekdays {
    /// All of them.
    pub const ANY: Self = Self([true; 7]);

    /// Reads "Mondays and Thursdays", "Monday to Friday", "weekends", "weekdays", "any day"; `None` when a word is left
    /// that names no day, such as "not Mondays".
    pub fn parse(said: &str) -> Option<Self> {
        // A dash between words says "to".
        let clean = words::clean(said)?.replace('-', " to ").replace(['&', '+'], " and ");
        let tokens = words::tokens(&clean)?;
        let (mut found, mut until) = ([false; 7], false);
        let mut last: Option<Weekday> = None;
        for token in tokens {
            match day_of(token) {
                Some(day) if until => {
                    let mut at: Weekday = last?;
                    while at != day {
                        at = at.next();
                        mark(&mut found, at);
                    }
                    (until, last) = (false, Some(day));
                }
                Some(day) => {
                    mark(&mut found, day);
                    last = Some(day);
                }
                None => match token {
                    Token::Word("to" | "through" | "thru" | "until") if last.is_some() => until = true,
                    Token::Word("weekend" | "weekends") => {
                        found[5..].fill(true);
                    }
                    Token::Word("weekday" | "weekdays") => found[..5].fill(true),
                    Token::Word("any" | "anytime" | "every" | "everyday" | "all" | "daily" | "whenever") => {
                        found.fill(true);
                    }
                    Token::Word("and" | "or" | "day" | "days" | "of" | "week" | "only" | "either")
                    | Token::Mark(',') => {}
                    Token::Word(word) if words::is_filler(word) => {}
                    _ => return None,
                },
            }
        }
        (!until && found.contains(&true)).then_some(Self(found))
    }

    /// Whether the date falls on one of them.
    pub fn contains(self, date: Date) -> bool {
        self.0[index(date.weekday())]
    }
}

fn index(day: Weekday) -> usize {
    usize::try_from(day.to_monday_zero_offset()).unwrap_or(0)
}

fn mark(found: &mut [bool; 7], day: Weekday) {
    found[index(day)] = true;
}

/// "Monday", "Mondays".
fn day_of(token: Token<'_>) -> Option<Weekday> {
    match token {
        Token::Weekday(day) => Some(day),
        Token::Word(word) => match words::tokens(word.strip_suffix('s')?)?.as_slice() {
            [Token::Weekday(day)] => Some(*day),
            _ => None,
        },
        _ => None,
    }
}

/// The first and last day, from `today` on, of "this week", "next week", "this weekend", "next weekend", "this month" or
/// "next month", or of a month that is named; weeks begin on Monday. `None` when no such stretch is named.
pub fn parse_stretch(said: &str, today: Date) -> Option<(Date, Date)> {
    let clean = words::clean(said)?;
    let tokens = words::tokens(&clean)?;
    let is_filler = |word: &str| words::is_filler(word) || matches!(word, "in" | "during" | "sometime");
    let named: Vec<Token<'_>> =
        tokens.iter().copied().filter(|token| !token.word().is_some_and(is_filler)).collect();
    if let [Token::Month(month)] = named[..] {
        return named_month(month, today);
    }
    let said: Vec<&str> = named.iter().filter_map(Token::word).collect();
    if said.len() > 2 || tokens.len() > said.len() + 4 {
        return None;
    }
    let after = |date: Date, by: Span| date.checked_add(by).ok();
    let monday = after(today, -i64::from(today.weekday().to_monday_zero_offset()).days())?;
    let (first, last) = match said.as_slice() {
        ["this", "week"] => (today, after(monday, 6.days())?),
        ["next", "week"] => (after(monday, 7.days())?, after(monday, 13.days())?),
        ["weekend"] | ["this", "weekend"] => (after(monday, 5.days())?, after(monday, 6.days())?),
        ["next", "weekend"] => (after(monday, 12.days())?, after(monday, 13.days())?),
        ["this", "month"] => (today, today.last_of_month()),
        ["next", "month"] => {
            let first = after(today.first_of_month(), 1.month())?;
            (first, first.last_of_month())
        }
        _ => return None,
    };
    Some((first.max(today), last))
}

/// The month of that number, this year or next, without the days that have passed.
fn named_month(month: u32, today: Date) -> Option<(Date, Date)> {
    let month = i8::try_from(month).ok()?;
    let year = if month < today.month() { today.year().checked_add(1)? } else { today.year() };
    let first = Date::new(year, month, 1).ok()?;
    Some((first.max(today), first.last_of_month()))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use jiff::civil::date;

    use super::*;

    fn read(said: &str) -> Option<String> {
        let days = Weekdays::parse(said)?;
        let monday = date(2026, 11, 23);
        let letters = "mtwtfss".chars().zip(0_i64..);
        Some(letters.map(|(l, n)| if days.contains(monday + n.days()) { l } else { '-' }).collect())
    }

    #[test]
    fn days_of_the_week_are_read_as_people_say_them() {
        for (said, days) in [
            ("Monday", "m------"),
            ("Mondays and Thursdays", "m--t---"),
            ("monday, wednesday or friday", "m-w-f--"),
            ("Mon/Tue", "mt-----"),
            ("Monday to Friday", "mtwtf--"),
            ("Mon-Fri", "mtwtf--"),
            ("Friday through Monday", "m---fss"),
            ("weekends", "-----ss"),
            ("on weekdays please", "mtwtf--"),
            ("weekends and Fridays", "----fss"),
            ("Tue & Thu", "-t-t---"),
            ("any day", "mtwtfss"),
        ] {
            assert_eq!(read(said).as_deref(), Some(days), "{said}");
        }
        for unclear in ["", "not Mondays", "soon", "Monday to", "except Friday", "the 3rd"] {
            assert_eq!(read(unclear), None, "{unclear}");
        }
    }

    #[test]
    fn a_stretch_begins_today_at_the_earliest_and_weeks_begin_on_monday() {
        let tuesday = date(2026, 11, 24);
        for (said, first, last) in [
            ("this week", tuesday, date(2026, 11, 29)),
            ("next week", date(2026, 11, 30), date(2026, 12, 6)),
            ("sometime next week please", date(2026, 11, 30), date(2026, 12, 6)),
            ("the weekend", date(2026, 11, 28), date(2026, 11, 29)),
            ("next weekend", date(2026, 12, 5), date(2026, 12, 6)),
            ("this month", tuesday, date(2026, 11, 30)),
            ("next month", date(2026, 12, 1), date(2026, 12, 31)),
            ("in December", date(2026, 12, 1), date(2026, 12, 31)),
            ("November", tuesday, date(2026, 11, 30)),
            ("sometime in march please", date(2027, 3, 1), date(2027, 3, 31)),
        ] {
            assert_eq!(parse_stretch(said, tuesday), Some((first, last)), "{said}");
        }
        let sunday = date(2026, 11, 29);
        assert_eq!(parse_stretch("this weekend", sunday), Some((sunday, sunday)));
        for other in ["tomorrow", "next Friday", "", "week", "2026-12-01"] {
            assert_eq!(parse_stretch(other, tuesday), None, "{other}");
        }
    }
}
