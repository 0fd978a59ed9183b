//! The days that a count is about: by the clinic's own clock, told with every number.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::Serialize;
use utoipa::ToSchema;

use crate::platform::bounded::Instant;

/// Civil days of the clinic, today included.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Window {
    /// The beginning of the first day.
    #[schema(inline)]
    pub since: Instant,
    /// Now.
    #[schema(inline)]
    pub until: Instant,
    /// How many days these are, the first and today included.
    pub days: i32,
    /// By whose clock.
    pub time_zone: String,
}

impl Window {
    /// The last `days` days, today included.
    pub(super) fn last(days: i32, time_zone: &str, now: Timestamp) -> Self {
        let zone = zone(time_zone);
        let today = now.to_zoned(zone.clone()).date();
        let first = today.saturating_sub(jiff::Span::new().days(i64::from(days - 1)));
        let since = start_of(first, &zone).unwrap_or(now);
        Self { since: Instant(since), until: Instant(now), days, time_zone: time_zone.to_owned() }
    }
}

/// The last whole week, Monday to Sunday: its Monday, its beginning and its end.
pub(super) fn last_week(time_zone: &str, now: Timestamp) -> (Date, Timestamp, Timestamp) {
    let zone = zone(time_zone);
    let today = now.to_zoned(zone.clone()).date();
    let days_in = i64::from(today.weekday().to_monday_zero_offset());
    let ends = today.saturating_sub(jiff::Span::new().days(days_in));
    let begins = ends.saturating_sub(jiff::Span::new().days(7));
    (begins, start_of(begins, &zone).unwrap_or(now), start_of(ends, &zone).unwrap_or(now))
}

fn zone(name: &str) -> TimeZone {
    TimeZone::get(name).unwrap_or(TimeZone::UTC)
}

fn start_of(day: Date, zone: &TimeZone) -> Option<Timestamp> {
    Some(day.to_zoned(zone.clone()).ok()?.timestamp())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn g9_days_are_the_clinics_own_also_across_a_clock_change() {
        // Tuesday evening in Los Angeles, Wednesday already in Greenwich; the clocks went back on November 1st.
        let now = "2026-11-04T02:30:00Z".parse().unwrap();
        let window = Window::last(7, "America/Los_Angeles", now);
        assert_eq!(window.since.0.to_string(), "2026-10-28T07:00:00Z");
        assert_eq!(window.until.0, now);
        assert_eq!(Window::last(1, "America/Los_Angeles", now).since.0.to_string(), "2026-11-03T08:00:00Z");
    }

    #[test]
    fn the_last_week_is_over_and_begins_on_a_monday() {
        let week = |now: &str| {
            let (monday, since, until) = last_week("America/Los_Angeles", now.parse().unwrap());
            (monday.to_string(), since.to_string(), until.to_string())
        };
        let expected = ("2026-10-26".into(), "2026-10-26T07:00:00Z".into(), "2026-11-02T08:00:00Z".into());
        assert_eq!(week("2026-11-02T08:00:00Z"), expected, "its first moment");
        assert_eq!(week("2026-11-09T07:59:59Z"), expected, "its last");
    }
}
