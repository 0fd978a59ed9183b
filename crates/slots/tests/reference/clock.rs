//! A table of what the local clock reads at every minute. It asks the zone only one way, from instant to offset;
//! the engine asks the other.

use jiff::{
    Timestamp,
    civil::{Date, Time},
    tz::{Offset, TimeZone},
};
use voxanne_slots::Hours;

pub const DAY: i64 = 24 * 60;

/// Minutes since 1970, read as if the date were in UTC.
pub fn minute_of(date: Date) -> i64 {
    Offset::UTC.to_timestamp(date.to_datetime(Time::midnight())).unwrap().as_second() / 60
}

pub fn instant(minute: i64) -> Timestamp {
    Timestamp::from_second(minute * 60).unwrap()
}

/// What the local clock reads at a UTC minute, in minutes.
pub fn reading(minute: i64, zone: &TimeZone) -> i64 {
    minute + i64::from(zone.to_offset(instant(minute)).seconds() / 60)
}

pub struct Clock {
    dates: (Date, Date),
    /// The UTC minute of index 0. The table reaches two days beyond the asked dates.
    pub first: i64,
    pub reads: Vec<i64>,
    /// The highest reading so far, and the lowest from here on: they differ from `reads` only around a fold.
    highest: Vec<i64>,
    lowest: Vec<i64>,
}

/// What the clock reads at opening and closing, and the minutes between.
pub struct Window {
    pub opening_reads: i64,
    pub closing_reads: i64,
    pub opens: usize,
    pub closes: usize,
}

impl Clock {
    pub fn new(zone: &TimeZone, from: Date, to: Date) -> Self {
        let first = minute_of(from) - 2 * DAY;
        let last = minute_of(to) + 3 * DAY;
        let reads: Vec<i64> = (first..last).map(|minute| reading(minute, zone)).collect();
        let highest = running(reads.iter().copied(), i64::max);
        let mut lowest = running(reads.iter().rev().copied(), i64::min);
        lowest.reverse();
        Self { dates: (from, to), first, reads, highest, lowest }
    }

    pub fn index(&self, minute: i64) -> Option<usize> {
        usize::try_from(minute - self.first).ok().filter(|index| *index < self.reads.len())
    }

    /// The part of some UTC minutes that is in the table.
    pub fn range(&self, from: i64, to: i64) -> std::ops::Range<usize> {
        let index = |minute: i64| usize::try_from(minute - self.first).unwrap_or(0).min(self.reads.len());
        index(from)..index(to.max(from))
    }

    /// The civil day that the clock shows, counted from 1970.
    pub fn day(&self, index: usize) -> i64 {
        self.reads[index].div_euclid(DAY)
    }

    /// From the first time the clock reads the opening or more, up to the last time it reads less than the closing.
    pub fn windows(&self, hours: &Hours) -> Vec<Window> {
        let mut windows = Vec::new();
        let mut date = self.dates.0.yesterday().unwrap();
        // The zone may skip the first of the two.
        while date <= self.dates.1.tomorrow().unwrap().tomorrow().unwrap() {
            for (opens_minute, closes_minute) in spans(hours, date) {
                let opening_reads = minute_of(date) + opens_minute;
                let closing_reads = minute_of(date) + closes_minute;
                let opens = self.highest.partition_point(|&reads| reads < opening_reads);
                let closes = if closes_minute == DAY {
                    self.highest.partition_point(|&reads| reads < closing_reads)
                } else {
                    self.lowest.partition_point(|&reads| reads < closing_reads)
                };
                windows.push(Window { opening_reads, closing_reads, opens, closes });
            }
            date = date.tomorrow().unwrap();
        }
        windows
    }

    /// A flag for every minute inside a window.
    pub fn open_minutes(&self, hours: &Hours) -> Vec<bool> {
        let mut open = vec![false; self.reads.len()];
        for window in self.windows(hours) {
            if window.opens < window.closes {
                open[window.opens..window.closes].fill(true);
            }
        }
        open
    }
}

/// Opening and closing minutes of a date.
fn spans(hours: &Hours, date: Date) -> Vec<(i64, i64)> {
    let minutes =
        |span: &voxanne_slots::LocalSpan| (i64::from(span.opens_minute()), i64::from(span.closes_minute()));
    if let Some(spans) = hours.overrides.get(&date) {
        return spans.iter().map(minutes).collect();
    }
    let weekday = usize::try_from(date.weekday().to_monday_zero_offset()).unwrap();
    let mut weeks = Vec::new();
    for week in &hours.weeks {
        let begun = week.from.is_none() || week.from.unwrap() <= date;
        let over = week.to.is_some() && week.to.unwrap() < date;
        if begun && !over && !week.days[weekday].is_empty() {
            weeks.push(week.days[weekday].iter().map(minutes).collect::<Vec<_>>());
        }
    }
    if weeks.len() == 1 { weeks.remove(0) } else { as_one_where_they_overlap(weeks.concat()) }
}

/// Two at a time, until no two overlap.
fn as_one_where_they_overlap(mut spans: Vec<(i64, i64)>) -> Vec<(i64, i64)> {
    for a in 0..spans.len() {
        for b in 0..a {
            if spans[a].0.max(spans[b].0) < spans[a].1.min(spans[b].1) {
                spans[b] = (spans[a].0.min(spans[b].0), spans[a].1.max(spans[b].1));
                spans.remove(a);
                return as_one_where_they_overlap(spans);
            }
        }
    }
    spans
}

fn running(readings: impl Iterator<Item = i64>, pick: fn(i64, i64) -> i64) -> Vec<i64> {
    let mut kept = None;
    readings.map(|reading| *kept.insert(kept.map_or(reading, |kept| pick(kept, reading)))).collect()
}
