//! A small clinic to ask.

use jiff::{Timestamp, ToSpan, civil::Date, tz::TimeZone};
use uuid::Uuid;
use voxanne_slots::{
    Busy, Candidate, FIRST_LANE, Fit, Hours, LocalSpan, Need, Practitioner, Refusal, Rules, Service, fit,
    openings,
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
    pub busy: Vec<(Uuid, u16, Timestamp, Timestamp)>,
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
            },
            practitioners: vec![Practitioner { id: ANNA, hours: None }],
            needs: Vec::new(),
            busy: Vec::new(),
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
        }
    }

    pub fn offers(&self, date: &str) -> Vec<Timestamp> {
        self.offers_between(date, date)
    }

    pub fn offers_between(&self, from: &str, to: &str) -> Vec<Timestamp> {
        let (from, to) = (from.parse().unwrap(), to.parse().unwrap());
        let offered = openings(&self.rules(), &Busy::new(self.busy.clone()), from, to, self.now);
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
        fit(&self.rules(), &Busy::new(self.busy.clone()), start, self.now)
    }

    pub fn book(&mut self, start: Timestamp) -> Fit {
        let fitted = self.fit(start).unwrap();
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
