//! Dates and times as iCalendar writes them.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;

use super::ReadError;

/// A day, or a time on a wall clock of some zone.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum When {
    /// The whole day, in the reader's zone.
    Day(Date, TimeZone),
    /// A time of day.
    Time(DateTime, TimeZone),
}

impl When {
    /// As a wall clock shows it; a day begins at midnight.
    pub fn local(&self) -> DateTime {
        match self {
            Self::Day(day, _) => day.to_datetime(Time::midnight()),
            Self::Time(local, _) => *local,
        }
    }

    pub const fn zone(&self) -> &TimeZone {
        match self {
            Self::Day(_, zone) | Self::Time(_, zone) => zone,
        }
    }

    pub const fn is_day(&self) -> bool {
        matches!(self, Self::Day(..))
    }

    pub fn at(&self) -> Result<Timestamp, ReadError> {
        instant(self.local(), self.zone())
    }

    /// The same at another time of the wall clock.
    pub fn with_local(&self, local: DateTime) -> Self {
        match self {
            Self::Day(_, zone) => Self::Day(local.date(), zone.clone()),
            Self::Time(_, zone) => Self::Time(local, zone.clone()),
        }
    }
}

/// When a wall clock shows `local`. What it skips in spring is as much later, and of what it shows twice in autumn the
/// first counts (RFC 5545 section 3.3.5).
pub(super) fn instant(local: DateTime, zone: &TimeZone) -> Result<Timestamp, ReadError> {
    zone.to_ambiguous_timestamp(local).compatible().map_err(|_out_of_range| ReadError::Time)
}

/// Reads `20261126`, `20261126T090000` (in `zone`) or `20261126T090000Z`. Days are in `floating`.
pub(super) fn read(value: &str, zone: &TimeZone, floating: &TimeZone) -> Option<When> {
    let value = value.trim();
    let (value, is_utc) = match value.strip_suffix(['Z', 'z']) {
        Some(value) => (value, true),
        None => (value, false),
    };
    let (date, time) = match value.split_once(['T', 't']) {
        Some((date, time)) => (date, Some(time)),
        None => (value, None),
    };
    let date = digits(date, 8)
        .and_then(|n| Date::new(i16::try_from(n / 10_000).ok()?, part(n, 100)?, part(n, 1)?).ok())?;
    let Some(time) = time else {
        return (!is_utc).then(|| When::Day(date, floating.clone()));
    };
    let time = digits(time, 6).and_then(|n| {
        // A leap second is the one before it.
        Time::new(i8::try_from(n / 10_000).ok()?, part(n, 100)?, part(n, 1)?.min(59), 0).ok()
    })?;
    let zone = if is_utc { TimeZone::UTC } else { zone.clone() };
    Some(When::Time(date.to_datetime(time), zone))
}

fn digits(text: &str, count: usize) -> Option<u32> {
    (text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit()))
        .then(|| text.parse().ok())
        .flatten()
}

fn part(number: u32, unit: u32) -> Option<i8> {
    i8::try_from(number / unit % 100).ok()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use jiff::civil::{date, datetime};

    use super::*;

    #[test]
    fn the_three_forms_are_read() {
        let berlin = TimeZone::get("Europe/Berlin").unwrap();
        let here = TimeZone::get("America/Denver").unwrap();
        let read = |value| read(value, &berlin, &here);
        assert_eq!(read("20261126"), Some(When::Day(date(2026, 11, 26), here.clone())));
        let local = datetime(2026, 11, 26, 9, 30, 59, 0);
        assert_eq!(read("20261126T093059"), Some(When::Time(local, berlin.clone())));
        assert_eq!(read("20261126T093060Z"), Some(When::Time(local, TimeZone::UTC)));
    }

    #[test]
    fn what_is_no_time_is_refused() {
        for value in [
            "",
            "2026",
            "20261301",
            "20260230T000000",
            "20261126T250000",
            "20261126Z",
            "2026-11-26",
            "２０２６１１２６",
        ] {
            assert_eq!(read(value, &TimeZone::UTC, &TimeZone::UTC), None, "{value}");
        }
    }

    #[test]
    fn g16_a_time_that_the_clock_skips_is_as_much_later() {
        let zone = TimeZone::get("America/New_York").unwrap();
        let at = |local| instant(local, &zone).unwrap().to_string();
        assert_eq!(at(datetime(2026, 3, 8, 2, 30, 0, 0)), "2026-03-08T07:30:00Z");
        assert_eq!(at(datetime(2026, 11, 1, 1, 30, 0, 0)), "2026-11-01T05:30:00Z");
    }
}
