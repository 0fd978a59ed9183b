//! A small clinic to ask.

use std::collections::BTreeMap;

use jiff::{Timestamp, ToSpan, civil::Date, tz::TimeZone};
use uuid::Uuid;
use voxanne_slots::{
    Busy, Candidate, Cause, FIRST_LANE, Fit, Guest, Hours, LocalSpan, Need, Practitioner, Refusal, Rules,
    Service, Supervisor, fit, openings,
};

pub const ANNA: Uuid = Uuid::from_u128(1);
pub const BEA: Uuid = Uuid::from_u128(2);
pub const LASER: Uuid = Uuid::from_u128(10);
pub const ROOM: Uuid = Uuid::from_u128(11);

/// The defaults of a new org: nine to six, 45 minutes, grid 45; one practitioner, nothing else needed.
#[derive(Clone, Debug)]
pub struct Clinic {
    pub zone: TimeZone,
    pub hours: Hours,
    pub service: Service,
    pub practitioners: Vec<Practitioner>,
    pub needs: Vec<Need>,
    pub supervisors: Option<Vec<Supervisor>>,
    pub guest: Guest,
    pub busy: Vec<(Uuid, u16, Timestamp, Timestamp)>,
    /// Visits of the service on a civil day, and of a practitioner.
    pub counts: (BTreeMap<Date, u16>, BTreeMap<(Uuid, Date), u16>),
    pub now: Timestamp,
}

impl Clinic {
    pub fn in_zone(name: &str) -> Self {
        Self {
            zone: TimeZone::get(name).unwrap(),
            hours: Hours::daily(&[span((9, 0), (18, 0))]),
            service: Service {
                duration_minutes: 45,
                buffer_before_minutes: 0,
                buffer_after_minutes: 0,
                grid_minutes: 45,
                minimum_notice_minutes: 0,
                horizon_days: u16::MAX,
                daily_cap: None,
            },
            practitioners: vec![person(ANNA)],
            needs: Vec::new(),
            supervisors: None,
            guest: Guest::default(),
            busy: Vec::new(),
            counts: Default::default(),
            now: at("2000-01-01T00:00:00Z"),
        }
    }

    pub fn open(mut self, opens: (u16, u16), closes: (u16, u16)) -> Self {
        self.hours = Hours::daily(&[span(opens, closes)]);
        self
    }

    /// Visits of `minutes`, offered every `grid` minutes.
    pub fn visits(mut self, minutes: u16, grid: u16) -> Self {
        self.service.duration_minutes = minutes;
        self.service.grid_minutes = grid;
        self
    }

    pub fn rules(&self) -> Rules<'_> {
        Rules {
            zone: &self.zone,
            hours: &self.hours,
            service: &self.service,
            practitioners: &self.practitioners,
            needs: &self.needs,
            supervisors: self.supervisors.as_deref(),
            guest: &self.guest,
        }
    }

    pub fn offers(&self, date: &str) -> Vec<Timestamp> {
        self.offers_between(date, date)
    }

    pub fn offers_between(&self, from: &str, to: &str) -> Vec<Timestamp> {
        let (from, to) = (from.parse().unwrap(), to.parse().unwrap());
        let offered = openings(&self.rules(), &self.taken(), from, to, self.now);
        offered.into_iter().map(|opening| opening.starts_at).collect()
    }

    /// The offers as the clock on the wall says them.
    pub fn says(&self, date: &str) -> Vec<String> {
        self.offers(date)
            .into_iter()
            .map(|start| self.zone.to_datetime(start).strftime("%-H:%M").to_string())
            .collect()
    }

    pub fn fit(&self, start: Timestamp) -> Result<Fit, Refusal> {
        fit(&self.rules(), &self.taken(), start, self.now)
    }

    fn taken(&self) -> Busy {
        Busy::new(self.busy.clone()).with_counts(self.counts.0.clone(), self.counts.1.clone())
    }

    /// The causes against a wall-clock time; none if it can be booked.
    pub fn causes(&self, local: &str) -> Vec<Cause> {
        self.fit(self.local(local)).err().map_or(Vec::new(), |refusal| refusal.causes)
    }

    pub fn book(&mut self, start: Timestamp) -> Fit {
        let fitted = self.fit(start).unwrap();
        for moved in &fitted.moves {
            let claim = (moved.resource, moved.from_lane, moved.starts_at, moved.ends_at);
            let index = self.busy.iter().position(|busy| *busy == claim).unwrap();
            self.busy[index].1 = moved.to_lane;
        }
        let (date, who) = (self.zone.to_datetime(start).date(), fitted.opening.practitioner);
        *self.counts.0.entry(date).or_default() += 1;
        *self.counts.1.entry((who, date)).or_default() += 1;
        self.busy.extend(fitted.claims.iter().map(|c| (c.resource, c.lane, c.starts_at, c.ends_at)));
        fitted
    }

    pub fn busy(mut self, who: Uuid, from: &str, to: &str) -> Self {
        let (from, to) = (self.local(from), self.local(to));
        self.busy.push((who, FIRST_LANE, from, to));
        self
    }

    /// The instant of a wall-clock time that comes once.
    pub fn local(&self, local: &str) -> Timestamp {
        self.zone.to_ambiguous_timestamp(local.parse().unwrap()).unambiguous().unwrap()
    }
}

/// A refusal for one cause alone.
pub fn because(cause: Cause) -> Result<Fit, Refusal> {
    Err(Refusal { causes: vec![cause] })
}

/// Somebody without restrictions.
pub fn person(id: Uuid) -> Practitioner {
    Practitioner { id, ..Practitioner::default() }
}

pub fn at(instant: &str) -> Timestamp {
    instant.parse().unwrap()
}

pub fn day(date: &str) -> Date {
    date.parse().unwrap()
}

pub fn days_of_2026() -> impl Iterator<Item = Date> {
    day("2026-01-01").series(1.day()).take_while(|date| date.year() == 2026)
}

pub fn span(opens: (u16, u16), closes: (u16, u16)) -> LocalSpan {
    LocalSpan::hm(opens, closes).unwrap()
}

/// Any one of `resources`, each with room for one.
pub fn need(resources: &[Uuid], cleanup_minutes: u16) -> Need {
    let candidates = resources.iter().map(|&resource| Candidate { resource, lanes: 1 }).collect();
    Need { candidates, cleanup_minutes }
}
