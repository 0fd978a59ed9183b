//! The slow, obvious answer: a table of what the local clock reads at every minute, and a flag for every busy
//! minute. It asks the zone only one way, from instant to offset; the engine asks the other.

use std::collections::HashMap;

use jiff::{
    Timestamp,
    civil::{Date, Time},
    tz::Offset,
};
use uuid::Uuid;
use voxanne_slots::{FIRST_LANE, Hours};

use crate::worlds::World;

pub const DAY: i64 = 24 * 60;

/// Minutes since 1970, read as if the date were in UTC.
pub fn minute_of(date: Date) -> i64 {
    Offset::UTC.to_timestamp(date.to_datetime(Time::midnight())).unwrap().as_second() / 60
}

pub fn instant(minute: i64) -> Timestamp {
    Timestamp::from_second(minute * 60).unwrap()
}

pub struct Oracle<'a> {
    world: &'a World,
    /// The UTC minute of index 0. The table reaches two days beyond the asked dates.
    first: i64,
    /// What the local clock reads, in minutes, minute by minute.
    clock: Vec<i64>,
    /// The highest reading so far, and the lowest from here on: they differ from `clock` only around a fold.
    highest: Vec<i64>,
    lowest: Vec<i64>,
    busy: HashMap<(Uuid, u16), Vec<bool>>,
    location: Vec<(usize, usize)>,
    own: Vec<Option<Vec<(usize, usize)>>>,
}

impl<'a> Oracle<'a> {
    pub fn new(world: &'a World) -> Self {
        let first = minute_of(world.from) - 2 * DAY;
        let last = minute_of(world.to) + 3 * DAY;
        let offset = |minute| i64::from(world.zone.to_offset(instant(minute)).seconds() / 60);
        let clock: Vec<i64> = (first..last).map(|minute| minute + offset(minute)).collect();
        let highest = running(clock.iter().copied(), i64::max);
        let mut lowest = running(clock.iter().rev().copied(), i64::min);
        lowest.reverse();
        let mut oracle = Self {
            world,
            first,
            clock,
            highest,
            lowest,
            busy: HashMap::new(),
            location: Vec::new(),
            own: Vec::new(),
        };
        for &(resource, lane, from, to) in &world.busy {
            let flags =
                oracle.busy.entry((resource, lane)).or_insert_with(|| vec![false; oracle.clock.len()]);
            for minute in from..to {
                if let Some(flag) =
                    usize::try_from(minute - first).ok().and_then(|index| flags.get_mut(index))
                {
                    *flag = true;
                }
            }
        }
        oracle.location = oracle.windows(&world.hours).into_iter().map(|(_, _, window)| window).collect();
        oracle.own = world
            .practitioners
            .iter()
            .map(|p| p.hours.as_ref())
            .map(|hours| hours.map(|hours| oracle.windows(hours).into_iter().map(|w| w.2).collect()))
            .collect();
        oracle
    }

    /// Grid starts and who is free, in order.
    pub fn openings(&self) -> Vec<(i64, Uuid)> {
        let mut starts = Vec::new();
        for (opening_reads, closing_reads, (opens, closes)) in self.windows(&self.world.hours) {
            let day = opening_reads.div_euclid(DAY);
            if day < minute_of(self.world.from) / DAY || day > minute_of(self.world.to) / DAY {
                continue;
            }
            for index in opens..closes {
                let since_opening = self.clock[index] - opening_reads;
                let on_grid = since_opening >= 0
                    && since_opening % self.grid() == 0
                    && self.clock[index] < closing_reads
                    && index + self.duration() <= closes;
                if on_grid {
                    starts.push(index);
                }
            }
        }
        starts.sort_unstable();
        starts.dedup();
        starts.into_iter().filter_map(|index| Some((self.first + to_i64(index), self.who(index)?))).collect()
    }

    /// Who would give a visit that starts in this UTC minute.
    pub fn who_at(&self, minute: i64) -> Option<Uuid> {
        self.who(usize::try_from(minute - self.first).unwrap())
    }

    fn who(&self, start: usize) -> Option<Uuid> {
        let (service, world) = (&self.world.service, self.world);
        let now_reads = world.now + i64::from(world.zone.to_offset(instant(world.now)).seconds() / 60);
        let last_day = now_reads.div_euclid(DAY) + i64::from(service.horizon_days);
        let end = start + self.duration();
        let within = |windows: &[(usize, usize)]| windows.iter().any(|w| w.0 <= start && end <= w.1);
        if self.first + to_i64(start) < world.now + i64::from(service.minimum_notice_minutes)
            || self.clock[start].div_euclid(DAY) > last_day
            || !within(&self.location)
        {
            return None;
        }
        let kept_from = start - usize::from(service.buffer_before_minutes);
        let kept_to = end + usize::from(service.buffer_after_minutes);
        let free = world.practitioners.iter().zip(&self.own).find(|(practitioner, own)| {
            own.as_deref().is_none_or(within)
                && self.is_free((practitioner.id, FIRST_LANE), kept_from, kept_to)
                && self.needs_are_met(0, start, &mut vec![(practitioner.id, FIRST_LANE)])
        });
        free.map(|(practitioner, _)| practitioner.id)
    }

    /// Tries every lane for the first need, and for each of them every lane for the rest.
    fn needs_are_met(&self, need: usize, start: usize, used: &mut Vec<(Uuid, u16)>) -> bool {
        let Some(wanted) = self.world.needs.get(need) else { return true };
        let end = start + self.duration() + usize::from(wanted.cleanup_minutes);
        for candidate in &wanted.candidates {
            for lane in 1..=candidate.lanes {
                let key = (candidate.resource, lane);
                if !used.contains(&key) && self.is_free(key, start, end) {
                    used.push(key);
                    if self.needs_are_met(need + 1, start, used) {
                        return true;
                    }
                    used.pop();
                }
            }
        }
        false
    }

    fn is_free(&self, lane: (Uuid, u16), from: usize, to: usize) -> bool {
        self.busy.get(&lane).is_none_or(|flags| !flags[from..to].contains(&true))
    }

    /// What the clock reads at opening and closing, and the minutes between: from the first time it reads the
    /// opening or more, up to the last time it reads less than the closing.
    fn windows(&self, hours: &Hours) -> Vec<(i64, i64, (usize, usize))> {
        let mut windows = Vec::new();
        let mut date = self.world.from.yesterday().unwrap();
        while date <= self.world.to.tomorrow().unwrap() {
            for span in hours.spans(date).iter() {
                let opening_reads = minute_of(date) + i64::from(span.opens_minute());
                let closing_reads = minute_of(date) + i64::from(span.closes_minute());
                let opens = self.highest.partition_point(|&reads| reads < opening_reads);
                let closes = if i64::from(span.closes_minute()) == DAY {
                    self.highest.partition_point(|&reads| reads < closing_reads)
                } else {
                    self.lowest.partition_point(|&reads| reads < closing_reads)
                };
                windows.push((opening_reads, closing_reads, (opens, closes)));
            }
            date = date.tomorrow().unwrap();
        }
        windows
    }

    fn duration(&self) -> usize {
        usize::from(self.world.service.duration_minutes.max(1))
    }

    fn grid(&self) -> i64 {
        match self.world.service.grid_minutes {
            0 => to_i64(self.duration()),
            minutes => i64::from(minutes),
        }
    }
}

fn running(readings: impl Iterator<Item = i64>, pick: fn(i64, i64) -> i64) -> Vec<i64> {
    let mut kept = None;
    readings.map(|reading| *kept.insert(kept.map_or(reading, |kept| pick(kept, reading)))).collect()
}

fn to_i64(index: usize) -> i64 {
    i64::try_from(index).unwrap()
}
