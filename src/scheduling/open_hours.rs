//! Whether somebody is there now, until when, and when somebody is there again.

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan as _, Zoned};

use super::rule_book::{Location, Practitioner};

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

/// When somebody works there on a civil day, time off not yet taken out: while the location is open, and they are there.
pub fn works_on(person: &Practitioner, location: &Location, date: Date) -> Vec<(Timestamp, Timestamp)> {
    let open = location.hours.windows(date, &location.zone);
    let Some((_, own)) = person.places.iter().find(|(place, _)| *place == location.id) else {
        return Vec::new();
    };
    let Some(own) = own.as_ref().map(|hours| hours.windows(date, &location.zone)) else { return open };
    let mut both: Vec<(Timestamp, Timestamp)> = open
        .iter()
        .flat_map(|(opens, closes)| own.iter().map(|(from, to)| (*opens.max(from), *closes.min(to))))
        .filter(|(from, to)| from < to)
        .collect();
    both.sort_unstable();
    both
}
