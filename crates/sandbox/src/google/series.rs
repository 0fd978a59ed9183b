//! Recurring events, as far as a clinic's calendar has them.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};

use super::When;

/// An event without an end is cut here.
const INSTANCES_MAX: u32 = 1000;

/// How often.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Every {
    /// Each so many days.
    Days(u32),
    /// Each so many weeks, on the day of the first.
    Weeks(u32),
}

/// How an event recurs; at most a thousand times.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Repeats {
    /// How often.
    pub every: Every,
    /// So many times in all.
    pub count: Option<u32>,
    /// Not after this day.
    pub until: Option<Date>,
    /// Not on these days.
    pub except: Vec<Date>,
}

impl Repeats {
    /// When it is, at the same time of day throughout in `zone`.
    pub(super) fn instances(&self, start: When, end: When, zone: &TimeZone) -> Vec<(When, When)> {
        (0..self.count.unwrap_or(INSTANCES_MAX).min(INSTANCES_MAX))
            .map_while(|nth| Some((self.shifted(start, nth, zone)?, self.shifted(end, nth, zone)?)))
            .take_while(|(start, _)| self.until.is_none_or(|until| start.day(zone) <= until))
            .filter(|(start, _)| !self.except.contains(&start.day(zone)))
            .collect()
    }

    fn shifted(&self, when: When, nth: u32, zone: &TimeZone) -> Option<When> {
        let by = match self.every {
            Every::Days(every) => Span::new().try_days(i64::from(every) * i64::from(nth)).ok()?,
            Every::Weeks(every) => Span::new().try_weeks(i64::from(every) * i64::from(nth)).ok()?,
        };
        Some(match when {
            When::Day(day) => When::Day(day.checked_add(by).ok()?),
            When::At(at) => When::At(at.to_zoned(zone.clone()).checked_add(by).ok()?.timestamp()),
        })
    }
}

impl When {
    fn day(self, zone: &TimeZone) -> Date {
        match self {
            Self::Day(day) => day,
            Self::At(at) => at.to_zoned(zone.clone()).date(),
        }
    }

    /// The end of an instance's id.
    pub(super) fn suffix(self) -> String {
        let plain = |at: Timestamp| at.strftime("%Y%m%dT%H%M%SZ").to_string();
        match self {
            Self::Day(day) => day.strftime("%Y%m%d").to_string(),
            Self::At(at) => plain(at),
        }
    }
}
