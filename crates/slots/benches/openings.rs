//! How long the openings of a day and of a month take, beside a naive search for the same answer.
//!
//! Targets: a practitioner's day under 5 µs, a month of a full clinic under 2 ms.
#![allow(clippy::unwrap_used, reason = "a bench")]

use divan::{Bencher, black_box};
use jiff::{
    SignedDuration, Timestamp, ToSpan,
    civil::Date,
    tz::{AmbiguousOffset, TimeZone},
};
use uuid::Uuid;
use voxanne_slots::{
    Busy, Candidate, FIRST_LANE, Guest, Hours, LocalSpan, Need, Opening, Practitioner, Rules, Service, fit,
    openings,
};

fn main() {
    divan::main();
}

type Interval = (Uuid, u16, Timestamp, Timestamp);

struct Clinic {
    zone: TimeZone,
    hours: Hours,
    service: Service,
    practitioners: Vec<Practitioner>,
    needs: Vec<Need>,
    guest: Guest,
    intervals: Vec<Interval>,
    from: Date,
    to: Date,
    now: Timestamp,
}

impl Clinic {
    /// One practitioner with twenty busy intervals on the day.
    fn of_a_day() -> Self {
        Self::new(1, 0, 0, 1, 20)
    }

    /// Eight practitioners with own hours, a pool of six rooms and one of three devices, 2,000 busy intervals.
    fn of_a_month() -> Self {
        let mut clinic = Self::new(8, 6, 3, 30, 2_000);
        let own = [LocalSpan::hm((9, 0), (13, 0)), LocalSpan::hm((13, 30), (18, 0))].map(Option::unwrap);
        for practitioner in &mut clinic.practitioners {
            practitioner.hours = Some(Hours::daily(&own));
        }
        clinic
    }

    /// The resources are numbered: practitioners, rooms, devices. Busy intervals of 10 to 25 minutes are dealt out
    /// evenly over them and over the days.
    fn new(practitioners: u128, rooms: u128, devices: u128, days: i64, busy: u32) -> Self {
        let from: Date = "2026-05-04".parse().unwrap();
        let zone = TimeZone::get("America/New_York").unwrap();
        let opens = zone.to_timestamp(from.at(9, 0, 0, 0)).unwrap();
        let all = practitioners + rooms + devices;
        let pool = |first: u128, count: u128| {
            let ids = first..first + count;
            ids.map(|id| Candidate { resource: Uuid::from_u128(id), lanes: 1 }).collect::<Vec<_>>()
        };
        let interval = |n: u32| {
            let minutes = i64::from(n) * 7_919 % 540 + i64::from(n) % days * 24 * 60;
            let start = opens + SignedDuration::from_mins(minutes);
            let end = start + SignedDuration::from_mins(10 + i64::from(n % 16));
            (Uuid::from_u128(u128::from(n) * 31 % all), FIRST_LANE, start, end)
        };
        Self {
            zone,
            hours: Hours::daily(&[LocalSpan::hm((9, 0), (18, 0)).unwrap()]),
            service: Service {
                duration_minutes: 45,
                buffer_before_minutes: 0,
                buffer_after_minutes: 5,
                grid_minutes: 15,
                minimum_notice_minutes: 60,
                horizon_days: 90,
                daily_cap: None,
            },
            practitioners: (0..practitioners)
                .map(|id| Practitioner { id: Uuid::from_u128(id), ..Practitioner::default() })
                .collect(),
            needs: [pool(practitioners, rooms), pool(practitioners + rooms, devices)]
                .into_iter()
                .filter(|candidates| !candidates.is_empty())
                .map(|candidates| Need { candidates, cleanup_minutes: 10 })
                .collect(),
            guest: Guest::default(),
            intervals: (0..busy).map(interval).collect(),
            from,
            to: from.checked_add((days - 1).days()).unwrap(),
            now: opens - SignedDuration::from_hours(24),
        }
    }

    fn rules(&self) -> Rules<'_> {
        Rules {
            zone: &self.zone,
            hours: &self.hours,
            service: &self.service,
            practitioners: &self.practitioners,
            needs: &self.needs,
            supervisors: None,
            guest: &self.guest,
        }
    }

    fn busy(&self) -> Busy {
        Busy::new(self.intervals.iter().copied())
    }

    fn openings(&self, busy: &Busy) -> Vec<Opening> {
        openings(&self.rules(), busy, self.from, self.to, self.now)
    }

    /// Every slot resolved on its own, every check a scan over all intervals.
    fn naive_openings(&self) -> Vec<Opening> {
        let mut found = Vec::new();
        for date in self.from.series(1.day()).take_while(|date| *date <= self.to) {
            for minute in (0..24 * 60).step_by(self.service.grid_minutes.into()) {
                let local = date.at(0, 0, 0, 0).checked_add(i64::from(minute).minutes()).unwrap();
                let ambiguous = self.zone.to_ambiguous_timestamp(local);
                if matches!(ambiguous.offset(), AmbiguousOffset::Gap { .. }) {
                    continue;
                }
                let starts_at = ambiguous.earlier().unwrap();
                found.extend(self.naive_opening(date, starts_at));
            }
        }
        found
    }

    fn naive_opening(&self, date: Date, starts_at: Timestamp) -> Option<Opening> {
        let minutes = |count: u16| SignedDuration::from_mins(count.into());
        let ends_at = starts_at + minutes(self.service.duration_minutes);
        let within = |hours: &Hours| {
            let windows = hours.windows(date, &self.zone);
            windows.iter().any(|&(opens, closes)| opens <= starts_at && ends_at <= closes)
        };
        let free = |id: Uuid, until: Timestamp| {
            self.intervals.iter().all(|&(busy, _, from, to)| busy != id || until <= from || to <= starts_at)
        };
        if !within(&self.hours) {
            return None;
        }
        let met = self.needs.iter().all(|need| {
            need.candidates.iter().any(|c| free(c.resource, ends_at + minutes(need.cleanup_minutes)))
        });
        let buffered = ends_at + minutes(self.service.buffer_after_minutes);
        let mut practitioners = self.practitioners.iter().filter(|_| met);
        let practitioner =
            practitioners.find(|p| p.hours.as_ref().is_none_or(within) && free(p.id, buffered))?.id;
        Some(Opening { starts_at, ends_at, practitioner })
    }
}

#[divan::bench(args = ["day", "month"])]
fn engine(bencher: Bencher<'_, '_>, which: &str) {
    let clinic = clinic(which);
    let busy = clinic.busy();
    assert_eq!(clinic.openings(&busy), clinic.naive_openings());
    bencher.bench_local(|| black_box(&clinic).openings(black_box(&busy)));
}

#[divan::bench(args = ["day", "month"])]
fn engine_with_building_busy(bencher: Bencher<'_, '_>, which: &str) {
    let clinic = clinic(which);
    bencher.bench_local(|| black_box(&clinic).openings(&clinic.busy()));
}

#[divan::bench(args = ["day", "month"])]
fn naive(bencher: Bencher<'_, '_>, which: &str) {
    let clinic = clinic(which);
    bencher.bench_local(|| black_box(&clinic).naive_openings());
}

#[divan::bench(args = ["day", "month"])]
fn one_fit(bencher: Bencher<'_, '_>, which: &str) {
    let clinic = clinic(which);
    let busy = clinic.busy();
    let opening = *clinic.openings(&busy).last().unwrap();
    bencher.bench_local(|| fit(&black_box(&clinic).rules(), black_box(&busy), opening.starts_at, clinic.now));
}

fn clinic(which: &str) -> Clinic {
    if which == "day" { Clinic::of_a_day() } else { Clinic::of_a_month() }
}
