//! The time that an event keeps.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

use crate::{Event, EventStatus, EventTime, Response};

/// Entries about a day, not about time in it.
const KEEPS_NO_TIME: &[&str] = &["workingLocation", "birthday"];

/// Which of the doubtful events keep time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BusyRules {
    /// Tentative ones, and invitations answered "maybe". One not answered yet always keeps its time.
    pub tentative: bool,
    /// All-day ones.
    pub all_day: bool,
}

impl Event {
    /// The time it keeps, if any, end exclusive.
    ///
    /// None for what is cancelled, shown as free, declined, a working location or a birthday, for what `rules` leave out,
    /// and for what takes no time at all. An all-day event is from midnight to midnight in `zone`, however long that is.
    pub fn busy(&self, zone: &TimeZone, rules: &BusyRules) -> Option<(Timestamp, Timestamp)> {
        let is_tentative =
            self.status == EventStatus::Tentative || self.own_response == Some(Response::Tentative);
        let is_all_day = matches!(self.start, Some(EventTime::Day(_)));
        let keeps_time = self.status != EventStatus::Cancelled
            && !self.is_transparent
            && self.own_response != Some(Response::Declined)
            && !KEEPS_NO_TIME.contains(&self.kind.as_str())
            && (rules.tentative || !is_tentative)
            && (rules.all_day || !is_all_day);
        self.span(zone).filter(|(start, end)| keeps_time && start < end)
    }

    /// From when to when it is, whether it keeps that time or not; days are those of `zone`.
    pub fn span(&self, zone: &TimeZone) -> Option<(Timestamp, Timestamp)> {
        let start = match self.start? {
            EventTime::At(at) => at,
            EventTime::Day(day) => midnight(day, zone).unwrap_or(Timestamp::MIN),
        };
        let end = match (self.end?, self.start?) {
            (EventTime::At(at), _) => at,
            // Some programs write one day as a day that ends on itself.
            (EventTime::Day(end), EventTime::Day(start)) if end <= start => {
                start.checked_add(1.day()).ok().and_then(|end| midnight(end, zone)).unwrap_or(Timestamp::MAX)
            }
            (EventTime::Day(end), _) => midnight(end, zone).unwrap_or(Timestamp::MAX),
        };
        (start <= end).then_some((start, end))
    }
}

/// The first instant of a day: where clocks skip midnight, the one after the gap; where they repeat it, the earlier one.
fn midnight(day: Date, zone: &TimeZone) -> Option<Timestamp> {
    zone.to_timestamp(day.at(0, 0, 0, 0)).ok()
}

#[cfg(test)]
#[path = "busy_tests.rs"]
mod tests;
