//! How long an event lasts.

use jiff::civil::DateTime;
use jiff::{SignedDuration, Span, Timestamp};

use super::ReadError;
use super::event::{Calendar, Event};
use super::when::{When, instant};

/// Nothing lasts longer. An event that says so would have to be looked for from the beginning of time.
const DAYS_MAX: i64 = 3_660;

/// The length of each instance.
#[derive(Clone, Debug)]
pub(super) enum Length {
    /// From one time to another: as long, or until the wall clock shows the same, whichever is later. RFC 5545 says the
    /// first, most calendars show the second, and they differ when the clocks change during the event.
    Until { exact: SignedDuration, wall: SignedDuration },
    /// Whole days, and then a time.
    Span(Span),
}

impl Length {
    pub fn of(calendar: &Calendar, event: &Event, start: &When) -> Result<Self, ReadError> {
        let end =
            calendar.time(event, "DTEND", if start.is_day() { start.zone() } else { floating(start) })?;
        let length = match (end, event.value("DURATION")) {
            (Some(end), _) => Self::between(start, &end)?,
            (None, Some(duration)) => Self::written(duration)?,
            (None, None) if start.is_day() => Self::Span(Span::new().days(1)),
            (None, None) => Self::Span(Span::new()),
        };
        Ok(length)
    }

    /// From `start` to `end`.
    pub fn between(start: &When, end: &When) -> Result<Self, ReadError> {
        if start.is_day() != end.is_day() {
            return Err(ReadError::Time);
        }
        if let (When::Day(first, _), When::Day(last, _)) = (start, end) {
            let days = first.until(*last).map_err(|_out_of_range| ReadError::Time)?.get_days();
            // Some programs end a day on the day itself.
            return checked(Self::Span(Span::new().days(days.max(i32::from(days == 0)))));
        }
        let exact = start.at()?.duration_until(end.at()?);
        let end_local = start.zone().to_datetime(end.at()?);
        checked(Self::Until { exact, wall: start.local().duration_until(end_local) })
    }

    /// Reads `PT1H30M`, `P1D`, `P2W`.
    pub fn written(duration: &str) -> Result<Self, ReadError> {
        let is_iso = duration.trim_start_matches(['+', '-']).starts_with(['P', 'p']);
        let span = is_iso.then(|| duration.parse::<Span>().ok()).flatten().ok_or(ReadError::Time)?;
        checked(Self::Span(span))
    }

    /// When an instance that starts at `local` in `start`'s zone, which is `at`, ends.
    pub fn end_of(&self, start: &When, local: DateTime, at: Timestamp) -> Result<Timestamp, ReadError> {
        match self {
            Self::Until { exact, wall } => {
                let by_clock = local.checked_add(*wall).map_err(|_out_of_range| ReadError::Time)?;
                let exactly = at.checked_add(*exact).map_err(|_out_of_range| ReadError::Time)?;
                Ok(exactly.max(instant(by_clock, start.zone())?))
            }
            Self::Span(span) => {
                let end = at.to_zoned(start.zone().clone()).checked_add(*span);
                end.map(|end| end.timestamp()).map_err(|_out_of_range| ReadError::Time)
            }
        }
    }

    /// At least as many days as it lasts.
    pub fn days(&self) -> i64 {
        match self {
            Self::Until { exact, wall } => exact.as_hours().max(wall.as_hours()) / 24 + 1,
            Self::Span(span) => days_of(span),
        }
    }
}

/// Times without a zone stay in the reader's, which is the start's own if that has none either.
fn floating(start: &When) -> &jiff::tz::TimeZone {
    start.zone()
}

fn days_of(span: &Span) -> i64 {
    let hours = i64::from(span.get_hours()) + span.get_minutes() / 60 + span.get_seconds() / 3_600;
    i64::from(span.get_years()) * 366
        + i64::from(span.get_months()) * 31
        + i64::from(span.get_weeks()) * 7
        + i64::from(span.get_days())
        + hours / 24
        + 1
}

/// Refuses what ends before it starts.
fn checked(length: Length) -> Result<Length, ReadError> {
    let is_negative = match &length {
        Length::Until { exact, .. } => exact.is_negative(),
        Length::Span(span) => span.is_negative(),
    };
    if is_negative || length.days() > DAYS_MAX { Err(ReadError::Time) } else { Ok(length) }
}
