//! Spoken dates and times: read what a caller said, say what the calendar holds.
//!
//! Two possible readings become a question, never a guess; no input makes these functions panic. `today` is
//! the call's clock in the location's zone (`timestamp.to_zoned(zone).date()`), never the server's date.
//!
//! # Dates
//!
//! * `2026-12-03` is exact; so is the date of a timestamp (`2026-12-03T14:00:00Z`): models write the clinic's
//!   civil time and add `Z` or an offset by habit, so both are ignored, for dates and for times.
//! * A date before today, last year's included, is [`DateQuestion::Past`]. A date that does not exist, or
//!   lies beyond the year 9999, is [`DateQuestion::Impossible`].
//! * Without a year: the next occurrence, today included. Without a month (`the 3rd`): likewise. February
//!   29th must fall in this year or the next.
//! * `12/3` and `12-3` are month first; `13/12` is day first, the only possible reading. Dots (`12.3.`) are
//!   written both ways, hence two readings unless one of them is impossible or past.
//! * A weekday alone, or after `this` or `coming`, is the soonest one, today included.
//! * `next Tuesday` is the soonest Tuesday after today if that lies in the next week (weeks begin on Monday),
//!   so on a Tuesday it is in seven days. If it lies in this week (said on a Monday) there are two readings:
//!   it, and the one after. `Tuesday after next` is a week later than that; `Tuesday next week` is exact.
//! * `a week from Friday`, `a week on Friday`, `Friday week`: the coming Friday and seven days.
//! * `this weekend` is Saturday or Sunday; `next weekend`, `next week`, `next month` name no day.
//! * A weekday that disagrees with its date (`Friday December 3rd`, a Thursday): the date, or the nearest
//!   such weekday.
//! * A time or part of the day behind the date (`tomorrow at 2 PM`, `Friday morning`) is left to
//!   [`parse_time`].
//!
//! # Times
//!
//! * A two-digit hour before a colon or dot is the 24-hour clock, as the wire's `HH:MM` is: `09:05`, `02:00`,
//!   `14.30`. Everything else up to twelve without AM, PM or a part of the day has two readings (`9:05`,
//!   `at 2`, `two thirty`); the caller of [`parse_time`] takes the one within opening hours if there is
//!   exactly one.
//! * `12 PM` and `noon` are 12:00; `12 AM` and `midnight` are 0:00 of the date said. `24:00` is impossible.
//! * `quarter of five` is 4:45. `half two` differs between countries and `ten to eleven` is also a range:
//!   unclear.

mod date;
mod days;
mod say;
#[cfg(test)]
mod spoken_forms;
#[cfg(test)]
mod tests;
mod time;
mod within;
mod words;

use jiff::Zoned;
use jiff::civil::{Date, Time};
use jiff::tz::{AmbiguousOffset, TimeZone};

pub use date::{DateQuestion, parse_date};
pub use days::{Weekdays, parse_stretch};
pub use say::{say_date, say_moment, say_time, say_times, spanish, text_day, text_moment, text_time};
pub use time::{TimeQuestion, parse_time};
pub use within::{dates_within, times_within};

/// The part of the day a caller asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PartOfDay {
    /// Before noon.
    Morning,
    /// From noon until 5 PM.
    Afternoon,
    /// From 5 PM.
    Evening,
    /// No preference.
    Any,
}

impl PartOfDay {
    /// Reads "morning", "after lunch", "pm", "whenever" and the like; nothing said is [`PartOfDay::Any`],
    /// words that name no part of the day are `None`.
    pub fn parse(said: &str) -> Option<Self> {
        let lower = words::clean(said)?;
        let tokens = words::tokens(&lower)?;
        let said: Vec<&str> = tokens.iter().filter_map(words::Token::word).collect();
        if said.len() < tokens.len() {
            return None;
        }
        match said
            .iter()
            .copied()
            .filter(|word| !words::is_filler(word))
            .collect::<Vec<_>>()
            .join(" ")
            .as_str()
        {
            "morning" | "in morning" | "early morning" | "late morning" | "am" | "early" | "before noon"
            | "before lunch" | "mornings" | "this morning" => Some(Self::Morning),
            "afternoon" | "in afternoon" | "early afternoon" | "late afternoon" | "pm" | "after noon"
            | "after lunch" | "afternoons" | "this afternoon" => Some(Self::Afternoon),
            "evening" | "in evening" | "evenings" | "this evening" | "night" | "tonight" | "after work"
            | "late" | "after hours" => Some(Self::Evening),
            "" | "any" | "anytime" | "any time" | "whenever" | "all day" | "no preference"
            | "any time of day" | "dont mind" | "doesnt matter" => Some(Self::Any),
            _ => None,
        }
    }

    /// The part that `time` lies in.
    pub fn of(time: Time) -> Self {
        let parts = [Self::Morning, Self::Afternoon];
        parts.into_iter().find(|part| part.contains(time)).unwrap_or(Self::Evening)
    }

    /// As it is stored.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Morning => "morning",
            Self::Afternoon => "afternoon",
            Self::Evening => "evening",
            Self::Any => "any",
        }
    }

    /// Whether a visit that starts at `time` is in this part of the day.
    pub fn contains(self, time: Time) -> bool {
        match self {
            Self::Morning => time.hour() < 12,
            Self::Afternoon => (12..17).contains(&time.hour()),
            Self::Evening => time.hour() >= 17,
            Self::Any => true,
        }
    }
}

/// Why a civil date and time is not one instant.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum LocalTimeError {
    /// The clocks skip it (or it lies beyond the last instant of the calendar).
    #[error("the clocks skip this local time")]
    DoesNotExist,
    /// The clocks pass it twice: the earlier and the later instant.
    #[error("the clocks pass this local time twice")]
    Twice(Zoned, Zoned),
}

/// The one instant at which the clocks of `zone` show `date` and `time`.
pub fn resolve(date: Date, time: Time, zone: &TimeZone) -> Result<Zoned, LocalTimeError> {
    let moment = zone.to_ambiguous_zoned(date.to_datetime(time));
    let existing = |found: Result<Zoned, jiff::Error>| found.ok().ok_or(LocalTimeError::DoesNotExist);
    match moment.offset() {
        AmbiguousOffset::Unambiguous { .. } => existing(moment.unambiguous()),
        AmbiguousOffset::Gap { .. } => Err(LocalTimeError::DoesNotExist),
        AmbiguousOffset::Fold { .. } => {
            Err(LocalTimeError::Twice(existing(moment.clone().earlier())?, existing(moment.later())?))
        }
    }
}
