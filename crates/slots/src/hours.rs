//! Opening hours: civil spans by weekday and by date, and the instants they mean.

use std::{borrow::Cow, collections::BTreeMap};

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

    /// What is left of the span, ascending, when `breaks` (in any order, overlapping or not) are cut out.
    pub fn without(self, breaks: &[Self]) -> Vec<Self> {
        let mut breaks = breaks.to_vec();
        breaks.sort_unstable();
        let mut left = Vec::new();
        let mut from = self.opens_minute;
        for pause in breaks {
            left.extend(Self::new(from, pause.opens_minute.min(self.closes_minute)));
            from = from.max(pause.closes_minute);
        }
        left.extend(Self::new(from, self.closes_minute));
        left
    }
}

const fn minute_of_day((hour, minute): (u16, u16)) -> Option<u16> {
    if hour <= 24 && minute < 60 { Some(hour * 60 + minute) } else { None }
}

/// A week of civil spans that repeats between two dates.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Week {
    /// The first civil date it is in effect; `None` is since ever.
    pub from: Option<Date>,
    /// The last civil date it is in effect; `None` is for good.
    pub to: Option<Date>,
    /// Spans by weekday, Monday first. Empty is closed.
    pub days: [Vec<LocalSpan>; 7],
}

impl Week {
    fn spans(&self, date: Date) -> &[LocalSpan] {
        if self.from.is_some_and(|from| date < from) || self.to.is_some_and(|to| to < date) {
            return &[];
        }
        let monday_first = usize::try_from(date.weekday().to_monday_zero_offset()).unwrap_or(0);
        self.days.get(monday_first).map_or(&[], Vec::as_slice)
    }
}

/// Civil opening hours: weeks that repeat, and the dates that differ from them. Without any week, closed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hours {
    /// Weeks with effective dates. A date has the spans of all weeks in effect on it.
    pub weeks: Vec<Week>,
    /// Spans of the dates that differ. Empty is closed on that civil date.
    pub overrides: BTreeMap<Date, Vec<LocalSpan>>,
}

impl Hours {
    /// The same spans on every day of the week, for good, no overrides.
    pub fn daily(spans: &[LocalSpan]) -> Self {
        Self::weekly(std::array::from_fn(|_| spans.to_vec()))
    }

    /// One week, Monday first, for good, no overrides.
    pub fn weekly(days: [Vec<LocalSpan>; 7]) -> Self {
        Self { weeks: vec![Week { from: None, to: None, days }], overrides: BTreeMap::new() }
    }

    /// The spans of a civil date: its override, otherwise those of the weeks in effect.
    ///
    /// An override's or a single week's come as they were given. Those of several weeks come sorted, and as one
    /// where they overlap; spans that only touch stay apart, because each has its own grid.
    pub fn spans(&self, date: Date) -> Cow<'_, [LocalSpan]> {
        if let Some(spans) = self.overrides.get(&date) {
            return Cow::Borrowed(spans);
        }
        let mut in_effect = self.weeks.iter().map(|week| week.spans(date)).filter(|spans| !spans.is_empty());
        let first = in_effect.next().unwrap_or_default();
        match in_effect.next() {
            None => Cow::Borrowed(first),
            Some(second) => Cow::Owned(union(
                in_effect.fold([first, second].concat(), |all, spans| [&all, spans].concat()),
            )),
        }
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

fn union(mut spans: Vec<LocalSpan>) -> Vec<LocalSpan> {
    spans.sort_unstable();
    spans.dedup_by(|next, kept| {
        let overlaps = next.opens_minute < kept.closes_minute;
        if overlaps {
            kept.closes_minute = kept.closes_minute.max(next.closes_minute);
        }
        overlaps
    });
    spans
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
