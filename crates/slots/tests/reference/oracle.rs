//! The slow, obvious answer: what the local clock reads at every minute, a flag for every minute somebody is there
//! or a lane is busy, and every way to meet the needs tried.

use std::{collections::HashMap, rc::Rc};

use jiff::{Timestamp, civil::Date};
use uuid::Uuid;
use voxanne_slots::{FIRST_LANE, Hours, Practitioner};

use crate::{
    clock::{Clock, DAY, instant, minute_of, reading},
    worlds::World,
};

pub struct Oracle<'a> {
    world: &'a World,
    clock: Rc<Clock>,
    busy: HashMap<(Uuid, u16), Vec<bool>>,
    location: Vec<bool>,
    own: Vec<Vec<bool>>,
    /// When at least one supervisor is there, each on their own.
    supervisors: Option<Vec<Vec<bool>>>,
}

impl<'a> Oracle<'a> {
    pub fn new(world: &'a World) -> Self {
        Self::reading(world, Rc::new(Clock::new(&world.zone, world.from, world.to)))
    }

    /// Of another world with the same zone and dates.
    pub fn beside<'b>(&self, world: &'b World) -> Oracle<'b> {
        Oracle::reading(world, Rc::clone(&self.clock))
    }

    fn reading(world: &'a World, clock: Rc<Clock>) -> Self {
        let mut busy: HashMap<(Uuid, u16), Vec<bool>> = HashMap::new();
        for &(resource, lane, from, to) in &world.busy {
            let flags = busy.entry((resource, lane)).or_insert_with(|| vec![false; clock.reads.len()]);
            flags[clock.range(from, to)].fill(true);
        }
        let location = clock.open_minutes(&world.hours);
        let there = |hours: &Option<Hours>, away: &[(Timestamp, Timestamp)]| {
            let everything = || vec![true; clock.reads.len()];
            let mut there = hours.as_ref().map_or_else(everything, |hours| clock.open_minutes(hours));
            for &(from, to) in away {
                there[clock.range(from.as_second() / 60, to.as_second() / 60)].fill(false);
            }
            there
        };
        let own = world.practitioners.iter().map(|who| there(&who.hours, &who.away)).collect();
        let all = world.supervisors.as_ref();
        let supervisors = all.map(|all| all.iter().map(|who| there(&who.hours, &who.away)).collect());
        Self { world, clock, busy, location, own, supervisors }
    }

    /// Grid starts and who is free, in order.
    pub fn openings(&self) -> Vec<(i64, Uuid)> {
        let mut starts = Vec::new();
        for window in self.clock.windows(&self.world.hours) {
            let day = window.opening_reads.div_euclid(DAY);
            if day < day_of(self.world.from) || day > day_of(self.world.to) {
                continue;
            }
            for index in window.opens..window.closes {
                let reads = self.clock.reads[index];
                let since_opening = reads - window.opening_reads;
                let on_grid = since_opening >= 0
                    && since_opening % self.grid() == 0
                    && reads < window.closing_reads
                    && index + self.duration() <= window.closes;
                if on_grid {
                    starts.push(index);
                }
            }
        }
        starts.sort_unstable();
        starts.dedup();
        let first = self.clock.first;
        starts.into_iter().filter_map(|index| Some((first + to_i64(index), self.who(index)?))).collect()
    }

    /// Who would give a visit that starts in this UTC minute.
    pub fn who_at(&self, minute: i64) -> Option<Uuid> {
        self.who(self.clock.index(minute).unwrap())
    }

    fn who(&self, start: usize) -> Option<Uuid> {
        let end = start + self.duration();
        let is_supervised = match &self.supervisors {
            Some(all) => all.iter().any(|there| throughout(there, start, end)),
            None => true,
        };
        if !self.is_in_time(start)
            || !throughout(&self.location, start, end)
            || !is_supervised
            || self.is_full(start)
            || !self.guest_may(start)
        {
            return None;
        }
        let mut people = self.world.practitioners.iter().zip(&self.own);
        people.find(|(who, there)| self.gives(who, there, start, end)).map(|(who, _)| who.id)
    }

    fn is_in_time(&self, start: usize) -> bool {
        let (service, world) = (&self.world.service, self.world);
        let last_day = reading(world.now, &world.zone).div_euclid(DAY) + i64::from(service.horizon_days);
        self.clock.first + to_i64(start) >= world.now + i64::from(service.minimum_notice_minutes)
            && self.clock.day(start) <= last_day
    }

    fn is_full(&self, start: usize) -> bool {
        let counts = self.world.counts.0.iter();
        let count = counts.filter(|(date, _)| day_of(**date) == self.clock.day(start)).map(|(_, n)| *n).sum();
        self.world.service.daily_cap.is_some_and(|cap: u16| cap <= count)
    }

    fn guest_may(&self, start: usize) -> bool {
        let guest = &self.world.guest;
        let minute = |instant: &Timestamp| instant.as_second() / 60;
        let days_before = |instant: &Timestamp| {
            self.clock.day(start) - reading(minute(instant), &self.world.zone).div_euclid(DAY)
        };
        guest.prerequisites.iter().all(|wanted| {
            wanted.visits.iter().any(|visit| {
                minute(visit) <= self.clock.first + to_i64(start)
                    && (wanted.valid_days.is_none()
                        || days_before(visit) <= i64::from(wanted.valid_days.unwrap()))
            })
        }) && guest.spacings.iter().all(|spacing| {
            spacing.visits.iter().all(|visit| days_before(visit).abs() >= i64::from(spacing.days))
        })
    }

    fn gives(&self, who: &Practitioner, there: &[bool], start: usize, end: usize) -> bool {
        let service = &self.world.service;
        let kept_from = start - usize::from(service.buffer_before_minutes);
        let kept_to = end + usize::from(service.buffer_after_minutes);
        let day = self.clock.day(start);
        let mut visits = 0;
        for ((id, date), count) in &self.world.counts.1 {
            if *id == who.id && day_of(*date) == day {
                visits += count;
            }
        }
        throughout(there, start, end)
            && !self.lanes_busy(who.id, FIRST_LANE, kept_from..kept_to).any(|lanes| lanes > 0)
            && (who.last_date.is_none() || day <= day_of(who.last_date.unwrap()))
            && (who.daily_cap.is_none() || visits < who.daily_cap.unwrap())
            && self.needs_are_met(0, who.id, start, &mut Vec::new())
    }

    /// Tries every candidate for the first need, and for each of them every candidate for the rest. `taken` are the
    /// resources of the needs before, with the ends of their claims.
    fn needs_are_met(&self, need: usize, giver: Uuid, start: usize, taken: &mut Vec<(Uuid, usize)>) -> bool {
        let Some(wanted) = self.world.needs.get(need) else { return true };
        let end = start + self.duration() + usize::from(wanted.cleanup_minutes);
        for candidate in wanted.candidates.iter().filter(|candidate| candidate.resource != giver) {
            let by_others = self.lanes_busy(candidate.resource, candidate.lanes, start..end);
            let has_room = (start..end).zip(by_others).all(|(minute, by_others)| {
                let same = taken.iter().filter(|(id, end)| *id == candidate.resource && minute < *end);
                by_others + same.count() < usize::from(candidate.lanes)
            });
            if has_room {
                taken.push((candidate.resource, end));
                if self.needs_are_met(need + 1, giver, start, taken) {
                    return true;
                }
                taken.pop();
            }
        }
        false
    }

    /// For each of the minutes, how many lanes up to `last` are busy.
    fn lanes_busy(
        &self,
        resource: Uuid,
        last: u16,
        minutes: std::ops::Range<usize>,
    ) -> impl Iterator<Item = usize> {
        let lanes: Vec<&Vec<bool>> =
            (FIRST_LANE..=last).filter_map(|lane| self.busy.get(&(resource, lane))).collect();
        minutes.map(move |minute| lanes.iter().filter(|flags| flags[minute]).count())
    }

    /// When a lane that is busy in some of `from..to` is through with it and with all that follows at once.
    pub fn through(&self, resource: Uuid, lane: u16, from: i64, to: i64) -> Option<i64> {
        let flags = self.busy.get(&(resource, lane))?;
        let last = self.clock.range(from, to).rev().find(|index| flags[*index])?;
        (last..flags.len()).find(|index| !flags[*index]).map(|index| self.clock.first + to_i64(index))
    }

    pub fn duration(&self) -> usize {
        usize::from(self.world.service.duration_minutes.max(1))
    }

    fn grid(&self) -> i64 {
        match self.world.service.grid_minutes {
            0 => to_i64(self.duration()),
            minutes => i64::from(minutes),
        }
    }
}

/// When somebody who is away in some of `from..to` is back.
pub fn back(who: &Practitioner, from: i64, to: i64) -> Option<i64> {
    let away = |minute: i64| who.away.iter().any(|away| (away.0..away.1).contains(&instant(minute)));
    let last = (from..to).rev().find(|minute| away(*minute))?;
    (last..last + 9 * DAY).find(|minute| !away(*minute))
}

fn throughout(flags: &[bool], from: usize, to: usize) -> bool {
    flags[from..to].iter().all(|flag| *flag)
}

fn day_of(date: Date) -> i64 {
    minute_of(date) / DAY
}

fn to_i64(index: usize) -> i64 {
    i64::try_from(index).unwrap()
}
