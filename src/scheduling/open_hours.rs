//! Whether somebody is there now, until when, and when somebody is there again.

use jiff::{Timestamp, ToSpan as _, Zoned};

use super::rule_book::Location;

/// Longer closed than this is closed for good.
const LOOK_AHEAD_DAYS: i64 = 60;

/// When the location closes today, if it is open at `now`.
pub fn open_until(location: &Location, now: Timestamp) -> Option<Zoned> {
    let today = now.to_zoned(location.zone.clone()).date();
    let windows = location.hours.windows(today, &location.zone);
    let mut closes_at = windows.iter().find(|(opens, closes)| (*opens..*closes).contains(&now))?.1;
    // Spans that touch are one.
    while let Some((_, later)) =
        windows.iter().find(|(opens, closes)| *opens <= closes_at && *closes > closes_at)
    {
        closes_at = *later;
    }
    Some(closes_at.to_zoned(location.zone.clone()))
}

/// When the location opens next after `now`, if it does within two months.
pub fn opens_next(location: &Location, now: Timestamp) -> Option<Zoned> {
    let today = now.to_zoned(location.zone.clone()).date();
    let days = (0..=LOOK_AHEAD_DAYS).filter_map(|ahead| today.checked_add(ahead.days()).ok());
    days.flat_map(|day| location.hours.windows(day, &location.zone))
        .map(|(opens_at, _)| opens_at)
        .find(|opens_at| *opens_at > now)
        .map(|opens_at| opens_at.to_zoned(location.zone.clone()))
}
