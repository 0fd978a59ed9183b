//! Opening hours: civil spans by weekday and by date, and the instants they mean.

use std::collections::BTreeMap;

use jiff::{
    SignedDuration, Timestamp,
    civil::{Date, DateTime, Time},
    tz::{AmbiguousOffset, TimeZone},
};

const MINUTES_PER_DAY: u16 = 24 * 60;

/// An open stretch of one civil day, in minutes after local midnight: `opens < closes`, both at most 1440.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LocalSpan {
    opens_minute: u16,
    closes_minute: u16,
}

impl LocalSpan {
    /// From minutes after local midnight; `None` unless `opens < closes <= 1440`.
    pub const fn new(opens_minute: u16, closes_minute: u16) -> Option<Self> {
        if opens_minute < closes_minute && closes_minute <= MINUTES_PER_DAY {
            Some(Self { opens_minute, closes_minute })
        } else {
            None
        }
    }

    /// From hours and minutes: `LocalSpan::hm((9, 0), (18, 0))`. Midnight at the end is `(24, 0)`.
    pub const fn hm(opens: (u16, u16), closes: (u16, u16)) -> Option<Self> {
        match (minute_of_day(opens), minute_of_day(closes)) {
            (Some(opens_minute), Some(closes_minute)) => Self::new(opens_minute, closes_minute),
            _ => None,
        }
    }

    /// Minutes after local midnight, `0..1440`.
    pub const fn opens_minute(self) -> u16 {
        self.opens_minute
    }

    /// Minutes after local midnight, `1..=1440`.
    pub const fn closes_minute(self) -> u16 {
        self.closes_minute
    }
}

const fn minute_of_day((hour, minute): (u16, u16)) -> Option<u16> {
    if hour <= 24 && minute < 60 { Some(hour * 60 + minute) } else { None }
}

/// Civil opening hours: a week that repeats, and the dates that differ from it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hours {
    /// Spans by weekday, Monday first. Empty is closed.
    pub weekly: [Vec<LocalSpan>; 7],
    /// Spans of the dates that differ. Empty is closed on that civil date.
    pub overrides: BTreeMap<Date, Vec<LocalSpan>>,
}

impl Hours {
    /// The same spans on every day of the week, no overrides.
    pub fn daily(spans: &[LocalSpan]) -> Self {
        Self { weekly: std::array::from_fn(|_| spans.to_vec()), overrides: BTreeMap::new() }
    }

    /// The spans of a civil date: its override, otherwise its weekday's.
    pub fn spans(&self, date: Date) -> &[LocalSpan] {
        if let Some(spans) = self.overrides.get(&date) {
            return spans;
        }
        let monday_first = usize::try_from(date.weekday().to_monday_zero_offset()).unwrap_or(0);
        self.weekly.get(monday_first).map_or(&[], Vec::as_slice)
    }

    /// The instants a civil date is open, one half-open window per span, in the order of the spans.
    ///
    /// A clock change never loses open time: an opening or closing that the clocks skip is the first instant
    /// after the gap; one inside a stretch that they show twice opens at the earlier and closes at the later (closing
    /// as that stretch begins is not inside it). Closing at 1440 is
    /// the start of the next civil day, also where that day has no midnight. A span that the gap swallows whole
    /// has no window, nor has one beyond the ends of representable time.
    pub fn windows(&self, date: Date, zone: &TimeZone) -> Vec<(Timestamp, Timestamp)> {
        self.spans(date).iter().filter_map(|&span| window(span, date, zone)).collect()
    }
}

/// The instants of a civil day: from its first to the first of the next, 23 to 25 hours as a rule.
///
/// Empty for a date that the zone skipped; clamped at the ends of representable time.
pub fn day_bounds(date: Date, zone: &TimeZone) -> (Timestamp, Timestamp) {
    let starts_at = first_instant(date.to_datetime(Time::midnight()), zone).unwrap_or(Timestamp::MIN);
    (starts_at, next_midnight(date, zone).unwrap_or(Timestamp::MAX))
}

pub(crate) fn window(span: LocalSpan, date: Date, zone: &TimeZone) -> Option<(Timestamp, Timestamp)> {
    let opens_at = first_instant(at_minute(date, span.opens_minute)?, zone)?;
    let closes_at = if span.closes_minute == MINUTES_PER_DAY {
        next_midnight(date, zone)?
    } else {
        last_instant(at_minute(date, span.closes_minute)?, zone)?
    };
    (opens_at < closes_at).then_some((opens_at, closes_at))
}

/// The civil time `minute` minutes after midnight; `None` from 1440 on.
pub(crate) fn at_minute(date: Date, minute: u16) -> Option<DateTime> {
    let hour = i8::try_from(minute / 60).ok()?;
    let minute = i8::try_from(minute % 60).ok()?;
    Some(date.to_datetime(Time::new(hour, minute, 0, 0).ok()?))
}

/// Not the later one where midnight comes twice: days must not overlap.
fn next_midnight(date: Date, zone: &TimeZone) -> Option<Timestamp> {
    first_instant(date.tomorrow().ok()?.to_datetime(Time::midnight()), zone)
}

fn first_instant(local: DateTime, zone: &TimeZone) -> Option<Timestamp> {
    let ambiguous = zone.to_ambiguous_timestamp(local);
    match ambiguous.offset() {
        AmbiguousOffset::Gap { .. } => end_of_gap(local, zone),
        _ => ambiguous.earlier().ok(),
    }
}

fn last_instant(local: DateTime, zone: &TimeZone) -> Option<Timestamp> {
    let ambiguous = zone.to_ambiguous_timestamp(local);
    match ambiguous.offset() {
        AmbiguousOffset::Gap { .. } => end_of_gap(local, zone),
        AmbiguousOffset::Unambiguous { offset } => offset.to_timestamp(local).ok(),
        AmbiguousOffset::Fold { before, after } => {
            let later = after.to_timestamp(local).ok()?;
            // What closes as the fold begins has closed when the clocks first read it: nothing before it is repeated.
            let just_before = later.checked_sub(SignedDuration::from_nanos(1)).ok()?;
            let is_repeated = zone.to_offset(just_before) == after;
            if is_repeated { Some(later) } else { before.to_timestamp(local).ok() }
        }
    }
}

/// The instant at which the clocks jump over `local`.
fn end_of_gap(local: DateTime, zone: &TimeZone) -> Option<Timestamp> {
    let ambiguous = zone.to_ambiguous_timestamp(local);
    // Read with the offset after the gap, a skipped time lies before the jump; with the one before it, at or after.
    let (before, not_before) = (ambiguous.earlier().ok()?, ambiguous.later().ok()?);
    let old_offset = zone.to_offset(before);
    let jump = zone
        .following(before)
        .take_while(|transition| transition.timestamp() <= not_before)
        .find(|transition| transition.offset() != old_offset);
    Some(jump.map_or(not_before, |transition| transition.timestamp()))
}
