//! Reads a spoken date.

use jiff::civil::{Date, Weekday};
use jiff::{Span, ToSpan};

use super::time::{TimeQuestion, parse_time, timestamp_clock};
use super::words::{self, Token};
use Token::{Mark, Month, Number, Ordinal, Word};

/// Why a date cannot be taken as said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DateQuestion {
    /// No date was understood.
    #[error("the date was not understood")]
    Unclear,
    /// No calendar shows it: February 30th, the year 10000.
    #[error("there is no such date")]
    Impossible,
    /// It has passed.
    #[error("the date has passed")]
    Past {
        /// The date as said.
        said: Date,
        /// The same day and month, today or later, this year or next: what was probably meant.
        same_day_ahead: Option<Date>,
    },
    /// Either of these, the likelier first.
    #[error("the date has two readings")]
    TwoReadings(Date, Date),
}
use DateQuestion::{Impossible, Past, TwoReadings, Unclear};

type Reading = Result<Date, DateQuestion>;

/// The date that was said on `today`, the call's date in the location's zone.
pub fn parse_date(said: &str, today: Date) -> Reading {
    let lower = words::clean(said).ok_or(Unclear)?;
    let mut tokens = words::tokens(day_part(&lower)).ok_or(Unclear)?;
    tokens.retain(|token| {
        !matches!(token, Mark(',') | Word("of")) && !token.word().is_some_and(words::is_filler)
    });
    drop_part_of_day(&mut tokens);
    relative(&tokens, today)
        .or_else(|| by_weekday(&tokens, today))
        .unwrap_or_else(|| by_calendar(&tokens, today))
}

/// "tomorrow at 2 PM" without the time, if it is one.
fn day_part(said: &str) -> &str {
    match said.split_once(" at ") {
        Some((day, time)) if parse_time(time) != Err(TimeQuestion::Unclear) => day,
        _ => said,
    }
}

/// "friday in the morning", "tomorrow afternoon": the part of the day is not the date's business.
fn drop_part_of_day(tokens: &mut Vec<Token<'_>>) {
    if let [.., Word("morning" | "afternoon" | "evening" | "night")] = tokens[..] {
        tokens.pop();
        if tokens.last() == Some(&Word("in")) {
            tokens.pop();
        }
    }
}

fn relative(tokens: &[Token<'_>], today: Date) -> Option<Reading> {
    let after = |start: Date, span: Span| Some(start.checked_add(span).ok().ok_or(Impossible));
    match tokens {
        // "This" is what is left of "this afternoon".
        [day @ Word("today" | "tonight" | "now" | "tomorrow")] => anchor(*day, today).map(Ok),
        [Word("this")] => Some(Ok(today)),
        [Word("yesterday")] => today.yesterday().ok().map(|said| Err(Past { said, same_day_ahead: None })),
        [Word("day"), Word("after"), day] => after(anchor(*day, today)?, 1.day()),
        [Word("in"), count, unit] => after(today, span(*count, *unit)?),
        [count, unit, Word("from" | "after"), day] | [count, unit @ Word("week" | "weeks"), day] => {
            after(anchor(*day, today)?, span(*count, *unit)?)
        }
        _ => None,
    }
}

fn span(count: Token<'_>, unit: Token<'_>) -> Option<Span> {
    let count = match count {
        Number { value, .. } => i64::from(value),
        Word("a" | "an") => 1,
        _ => return None,
    };
    let span = Span::new();
    // A count beyond the calendar's range is read as its end, which the addition then refuses.
    Some(match unit {
        Word("day" | "days") => span.try_days(count).unwrap_or(7_304_484.days()),
        Word("week" | "weeks") => span.try_weeks(count).unwrap_or(1_043_497.weeks()),
        Word("month" | "months") => span.try_months(count).unwrap_or(239_976.months()),
        _ => return None,
    })
}

/// A day to count from.
fn anchor(token: Token<'_>, today: Date) -> Option<Date> {
    match token {
        Word("today" | "tonight" | "now") => Some(today),
        Word("tomorrow") => today.tomorrow().ok(),
        Token::Weekday(weekday) => soonest(weekday, today),
        _ => None,
    }
}

/// The soonest such weekday, today included.
fn soonest(weekday: Weekday, today: Date) -> Option<Date> {
    today.checked_add(i64::from(today.weekday().until(weekday)).days()).ok()
}

fn by_weekday(tokens: &[Token<'_>], today: Date) -> Option<Reading> {
    let reading = match tokens {
        [Token::Weekday(day)]
        | [Word("this" | "coming"), Token::Weekday(day)]
        | [Word("this"), Word("coming"), Token::Weekday(day)] => soonest(*day, today).map(Ok),
        [Word("next"), Token::Weekday(day)] => next(*day, today),
        [Token::Weekday(day), Word("after"), Word("next")] => {
            let later = |date: Date| date.checked_add(1.week()).ok();
            match next(*day, today)? {
                Err(TwoReadings(first, second)) => Some(Err(TwoReadings(later(first)?, later(second)?))),
                found => found.ok().and_then(later).map(Ok),
            }
        }
        [Token::Weekday(day), Word("week")] => soonest(*day, today)?.checked_add(1.week()).ok().map(Ok),
        [Token::Weekday(day), Word("next"), Word("week")]
        | [Word("next"), Word("week"), Token::Weekday(day)] => {
            in_week(*day, today.checked_add(1.week()).ok()?).map(Ok)
        }
        [Token::Weekday(day), Word("this"), Word("week")]
        | [Word("this"), Word("week"), Token::Weekday(day)] => in_week(*day, today)
            .map(|said| if said < today { Err(Past { said, same_day_ahead: None }) } else { Ok(said) }),
        [Word("weekend")] | [Word("this"), Word("weekend")] => weekend(today),
        [Ordinal(count @ 1..=5), Token::Weekday(day), Month(month)]
        | [Ordinal(count @ 1..=5), Token::Weekday(day), Word("in"), Month(month)] => {
            nth_of_month(*count, *day, *month, today).map(Ok)
        }
        _ => return None,
    };
    Some(reading.unwrap_or(Err(Impossible)))
}

/// "next Tuesday": a question when the soonest one is still in this week.
fn next(day: Weekday, today: Date) -> Option<Reading> {
    let soonest = soonest(day, today.tomorrow().ok()?)?;
    let sunday = in_week(Weekday::Sunday, today)?;
    Some(if soonest > sunday {
        Ok(soonest)
    } else {
        Err(TwoReadings(soonest, soonest.checked_add(1.week()).ok()?))
    })
}

/// "The first Monday in December", this year or next.
fn nth_of_month(count: u32, day: Weekday, month: u32, today: Date) -> Option<Date> {
    let count = i8::try_from(count).ok()?;
    let of_year = |year| {
        let month = Date::new(year, i8::try_from(month).ok()?, 1).ok()?;
        month.nth_weekday_of_month(count, day).ok().filter(|date| *date >= today)
    };
    of_year(today.year()).or_else(|| of_year(today.year() + 1))
}

/// That weekday in the Monday-based week of `date`.
fn in_week(day: Weekday, date: Date) -> Option<Date> {
    let days = day.to_monday_zero_offset() - date.weekday().to_monday_zero_offset();
    date.checked_add(i64::from(days).days()).ok()
}

/// Saturday or Sunday; on a Sunday, today or next Saturday.
fn weekend(today: Date) -> Option<Reading> {
    let days = (soonest(Weekday::Saturday, today)?, soonest(Weekday::Sunday, today)?);
    Some(Err(TwoReadings(days.0.min(days.1), days.0.max(days.1))))
}

/// A date by month and day, with or without its weekday; the two must agree.
fn by_calendar(tokens: &[Token<'_>], today: Date) -> Reading {
    let Some((at, weekday)) = tokens.iter().enumerate().find_map(|(at, token)| match token {
        Token::Weekday(weekday) => Some((at, *weekday)),
        _ => None,
    }) else {
        return calendar_date(tokens, today);
    };
    let (before, after) = tokens.split_at(at);
    let before = match before {
        [before @ .., Word("this" | "next" | "coming")] | before => before,
    };
    let date = calendar_date(&[before, &after[1..]].concat(), today)?;
    if date.weekday() == weekday {
        return Ok(date);
    }
    Err(nearest(weekday, date, today).map_or(Unclear, |other| TwoReadings(date, other)))
}

/// The nearest such weekday to `date` that has not passed.
fn nearest(weekday: Weekday, date: Date, today: Date) -> Option<Date> {
    let later = soonest(weekday, date)?;
    let earlier = later.checked_sub(1.week()).ok()?;
    let earlier_is_nearer = i64::from(date.weekday().until(weekday)) > 3 && earlier >= today;
    Some(if earlier_is_nearer { earlier } else { later })
}

fn calendar_date(tokens: &[Token<'_>], today: Date) -> Reading {
    match tokens {
        [
            year @ Number { digits: 4, .. },
            Mark('-'),
            Number { value: month, .. },
            Mark('-'),
            Number { value: day, .. },
            clock @ ..,
        ] => {
            let date = on(year_of(*year), *month, *day, today);
            match clock {
                [] => date,
                clock => match timestamp_clock(clock) {
                    Err(TimeQuestion::Unclear) => Err(Unclear),
                    Err(TimeQuestion::Impossible) => Err(Impossible),
                    Ok(_) | Err(TimeQuestion::TwoReadings(..)) => date,
                },
            }
        }
        [
            year @ Number { digits: 4, .. },
            Mark('/'),
            Number { value: month, .. },
            Mark('/'),
            Number { value: day, .. },
        ] => on(year_of(*year), *month, *day, today),
        [Number { value: first, .. }, Mark(mark @ ('/' | '-' | '.')), Number { value: second, .. }] => {
            in_numbers(*first, *second, *mark, None, today)
        }
        [
            Number { value: a, .. },
            Mark(mark @ ('/' | '-' | '.')),
            Number { value: b, .. },
            Mark(again),
            year @ Number { .. },
        ] if mark == again => in_numbers(*a, *b, *mark, Some(year_of(*year).ok_or(Impossible)?), today),
        [Ordinal(day)] => in_months(*day, 0..=12, today),
        [Ordinal(day), Word("this"), Word("month")] => in_months(*day, 0..=0, today),
        [Ordinal(day), Word("next"), Word("month")] => in_months(*day, 1..=1, today),
        [Month(month), Ordinal(day) | Number { value: day, digits: 0..=2 }, year @ ..]
        | [Ordinal(day) | Number { value: day, digits: 0..=2 }, Month(month), year @ ..] => match year {
            [] => on_or_after(today, *month, *day).ok_or(Impossible),
            year => on(Some(spoken_year(year).ok_or(Unclear)?), *month, *day, today),
        },
        _ => Err(Unclear),
    }
}

/// "2026", "twenty twenty six", "two thousand and twenty six".
fn spoken_year(tokens: &[Token<'_>]) -> Option<u32> {
    match tokens {
        [Number { value, digits: 4 }] => Some(*value),
        [Number { value: 20, digits: 0 }, Number { value: rest @ 10..=99, digits: 0 }] => Some(2000 + rest),
        [Number { value: 2, .. }, Word("thousand"), Number { value: rest @ 1..=99, .. }]
        | [Number { value: 2, .. }, Word("thousand"), Word("and"), Number { value: rest @ 1..=99, .. }] => {
            Some(2000 + rest)
        }
        _ => None,
    }
}

/// A year in digits: all four, or the last two.
fn year_of(token: Token<'_>) -> Option<u32> {
    match token {
        Number { value, digits: 4 } => Some(value),
        Number { value, digits: 2 } => Some(2000 + value),
        _ => None,
    }
}

/// Month first, unless only day first is a date. Dots are written both ways.
fn in_numbers(first: u32, second: u32, mark: char, year: Option<u32>, today: Date) -> Reading {
    let read = |month, day| match year {
        Some(_) => on(year, month, day, today),
        None => on_or_after(today, month, day).ok_or(Impossible),
    };
    let (month_first, day_first) = (read(first, second), read(second, first));
    match (month_first, day_first) {
        (Ok(one), Ok(other)) if mark == '.' && one != other => Err(TwoReadings(one, other)),
        (Err(Impossible), other) => other,
        (Err(Past { .. }), Ok(other)) if mark == '.' => Ok(other),
        (one, _) => one,
    }
}

/// That day of the first of these months, counted from this one, in which it exists and has not passed.
fn in_months(day: u32, mut months: std::ops::RangeInclusive<i64>, today: Date) -> Reading {
    let found = months.find_map(|ahead| {
        let month = today.first_of_month().checked_add(ahead.months()).ok()?;
        Date::new(month.year(), month.month(), i8::try_from(day).ok()?).ok().filter(|date| *date >= today)
    });
    found.ok_or(Impossible)
}

/// That day and month, this year or next, not before `today`.
fn on_or_after(today: Date, month: u32, day: u32) -> Option<Date> {
    let year = u32::try_from(today.year()).ok()?;
    [year, year + 1].into_iter().filter_map(|year| civil(year, month, day)).find(|date| *date >= today)
}

fn on(year: Option<u32>, month: u32, day: u32, today: Date) -> Reading {
    let said = year.and_then(|year| civil(year, month, day)).ok_or(Impossible)?;
    if said < today {
        return Err(Past { said, same_day_ahead: on_or_after(today, month, day) });
    }
    Ok(said)
}

fn civil(year: u32, month: u32, day: u32) -> Option<Date> {
    Date::new(i16::try_from(year).ok()?, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}
