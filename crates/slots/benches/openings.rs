//! How long the openings of a day, of a fortnight with every rule and of a month take, beside a naive search for the
//! same answer.
//!
//! Targets: a practitioner's day under 5 µs, a fortnight with every rule under 1 ms in 99 of 100 runs, a month of a
//! full clinic under 2 ms.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a bench")]

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use divan::{Bencher, black_box};
use jiff::{
    SignedDuration, Timestamp, ToSpan,
    civil::Date,
    tz::{AmbiguousOffset, TimeZone},
};
use uuid::Uuid;
use voxanne_slots::{
    Busy, Candidate, FIRST_LANE, Guest, Hours, LocalSpan, Need, Opening, Practitioner, Prerequisite, Rules,
    Service, Spacing, Supervisor, Week, fit, openings,
};

/// Enough for a p99 that does not jump.
const RUNS: usize = 2_000;

fn main() {
    divan::main();
    // Not when a test run only tries the benches.
    if std::env::args().any(|arg| arg == "--bench") {
        print_percentiles();
    }
}

fn print_percentiles() {
    let clinic = Clinic::with_every_rule();
    let busy = clinic.busy();
    let engine = sorted(RUNS, || drop(black_box(black_box(&clinic).openings(black_box(&busy)))));
    let naive = sorted(RUNS / 100, || drop(black_box(black_box(&clinic).naive_openings())));
    let (p50, p99) = (engine[RUNS / 2], engine[RUNS * 99 / 100]);
    let times = naive[naive.len() / 2].as_secs_f64() / p50.as_secs_f64();
    println!(
        "a fortnight with every rule: p50 {p50:?}, p99 {p99:?} of {RUNS} runs; {times:.0} times the naive speed"
    );
}

fn sorted(runs: usize, run: impl Fn()) -> Vec<Duration> {
    let timed = |_| {
        let start = Instant::now();
        run();
        start.elapsed()
    };
    let mut times: Vec<Duration> = (0..runs).map(timed).collect();
    times.sort_unstable();
    times
}

type Interval = (Uuid, u16, Timestamp, Timestamp);

struct Clinic {
    zone: TimeZone,
    hours: Hours,
    service: Service,
    practitioners: Vec<Practitioner>,
    needs: Vec<Need>,
    supervisors: Option<Vec<Supervisor>>,
    guest: Guest,
    counts: (BTreeMap<Date, u16>, BTreeMap<(Uuid, Date), u16>),
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

    /// Two weeks of that clinic, and every rule in force: own hours in two seasons, time off, licences, caps,
    /// supervision, a guest with a past. The devices hold three at once.
    fn with_every_rule() -> Self {
        let mut clinic = Self::new(8, 6, 3, 14, 2_000);
        let date = |days: i64| clinic.from.checked_add(days.days()).unwrap();
        let instant = |days| clinic.zone.to_timestamp(date(days).at(12, 0, 0, 0)).unwrap();
        let day = [LocalSpan::hm((9, 0), (13, 0)), LocalSpan::hm((13, 30), (18, 0))].map(Option::unwrap);
        let [early, late] = [(None, Some(date(6))), (Some(date(7)), None)];
        let season = |(from, to)| Week { from, to, days: std::array::from_fn(|_| day.to_vec()) };
        let own = Hours { weeks: vec![season(early), season(late)], overrides: BTreeMap::new() };
        let away = |days| (instant(days), instant(days) + SignedDuration::from_hours(4));
        clinic.practitioners = (0..8)
            .map(|id| Practitioner {
                id: Uuid::from_u128(id),
                hours: Some(own.clone()),
                away: [2, 5, 9].map(away).to_vec(),
                last_date: Some(date(if id % 2 == 0 { 10 } else { 300 })),
                daily_cap: Some(9),
            })
            .collect();
        let supervisor =
            |id| Supervisor { id: Uuid::from_u128(id), hours: Some(own.clone()), away: vec![away(3)] };
        clinic.supervisors = Some([50, 51].map(supervisor).to_vec());
        clinic.guest = Guest {
            prerequisites: vec![Prerequisite {
                service: Uuid::from_u128(60),
                valid_days: Some(90),
                visits: vec![instant(-30), instant(-60)],
            }],
            spacings: vec![Spacing { days: 2, visits: vec![instant(-9), instant(12)] }],
        };
        clinic.service.daily_cap = Some(30);
        let people = (0..8).flat_map(|id| (0..14).map(move |days| (id, days)));
        clinic.counts = (
            (0..14).map(|days| (date(days), if days == 4 { 30 } else { 12 })).collect(),
            people
                .map(|(id, days)| ((Uuid::from_u128(id), date(days)), u16::try_from(days).unwrap() % 10))
                .collect(),
        );
        for device in &mut clinic.needs[1].candidates {
            device.lanes = 3;
        }
        for interval in clinic.intervals.iter_mut().filter(|interval| interval.0.as_u128() >= 14) {
            interval.1 = u16::try_from(interval.2.as_second() / 60 % 3).unwrap() + FIRST_LANE;
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
            supervisors: None,
            guest: Guest::default(),
            counts: (BTreeMap::new(), BTreeMap::new()),
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
            supervisors: self.supervisors.as_deref(),
            guest: &self.guest,
        }
    }

    fn busy(&self) -> Busy {
        Busy::new(self.intervals.iter().copied()).with_counts(self.counts.0.clone(), self.counts.1.clone())
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
        let there = |hours: &Option<Hours>, away: &[(Timestamp, Timestamp)]| {
            hours.as_ref().is_none_or(within)
                && away.iter().all(|&(from, to)| ends_at <= from || to <= starts_at)
        };
        let supervised = |all: &Vec<Supervisor>| all.iter().any(|who| there(&who.hours, &who.away));
        let count = self.counts.0.get(&date).copied().unwrap_or(0);
        if !within(&self.hours)
            || self.service.daily_cap.is_some_and(|cap| cap <= count)
            || !self.supervisors.as_ref().is_none_or(supervised)
            || !self.naive_guest_may(date, starts_at)
        {
            return None;
        }
        let taken = |id: Uuid, lane: u16, until: Timestamp| {
            let mut lane_of = self.intervals.iter().filter(|interval| (interval.0, interval.1) == (id, lane));
            lane_of.any(|&(_, _, from, to)| from < until && starts_at < to)
        };
        // Where it is not full at any start of another claim, it is full nowhere.
        let full = |candidate: &Candidate, until: Timestamp| {
            let starts = self.intervals.iter().filter(|interval| interval.0 == candidate.resource);
            let edges = starts.map(|interval| interval.2).chain([starts_at]);
            edges.filter(|edge| (starts_at..until).contains(edge)).any(|edge| {
                let covers = |lane: &u16| {
                    self.intervals.iter().any(|&(id, on, from, to)| {
                        (id, on) == (candidate.resource, *lane) && from <= edge && edge < to
                    })
                };
                (FIRST_LANE..=candidate.lanes).all(|lane| covers(&lane))
            })
        };
        let met = self
            .needs
            .iter()
            .all(|need| need.candidates.iter().any(|c| !full(c, ends_at + minutes(need.cleanup_minutes))));
        let buffered = ends_at + minutes(self.service.buffer_after_minutes);
        let gives = |who: &&Practitioner| {
            let visits = self.counts.1.get(&(who.id, date)).copied().unwrap_or(0);
            there(&who.hours, &who.away)
                && who.last_date.is_none_or(|last| date <= last)
                && who.daily_cap.is_none_or(|cap| visits < cap)
                && !taken(who.id, FIRST_LANE, buffered)
        };
        let practitioner = self.practitioners.iter().filter(|_| met).find(gives)?.id;
        Some(Opening { starts_at, ends_at, practitioner })
    }

    fn naive_guest_may(&self, date: Date, starts_at: Timestamp) -> bool {
        let days_before =
            |visit: Timestamp| date.duration_since(self.zone.to_datetime(visit).date()).as_hours() / 24;
        let had = |wanted: &Prerequisite| {
            wanted.visits.iter().any(|&visit| {
                visit <= starts_at && wanted.valid_days.is_none_or(|days| days_before(visit) <= days.into())
            })
        };
        let far = |spacing: &Spacing| {
            spacing.visits.iter().all(|&visit| days_before(visit).abs() >= spacing.days.into())
        };
        self.guest.prerequisites.iter().all(had) && self.guest.spacings.iter().all(far)
    }
}

#[divan::bench(args = ["day", "fortnight", "month"])]
fn engine(bencher: Bencher<'_, '_>, which: &str) {
    let clinic = clinic(which);
    let busy = clinic.busy();
    assert_eq!(clinic.openings(&busy), clinic.naive_openings());
    bencher.bench_local(|| black_box(&clinic).openings(black_box(&busy)));
}

#[divan::bench(args = ["day", "fortnight", "month"])]
fn engine_with_building_busy(bencher: Bencher<'_, '_>, which: &str) {
    let clinic = clinic(which);
    bencher.bench_local(|| black_box(&clinic).openings(&clinic.busy()));
}

#[divan::bench(args = ["day", "fortnight", "month"])]
fn naive(bencher: Bencher<'_, '_>, which: &str) {
    let clinic = clinic(which);
    bencher.bench_local(|| black_box(&clinic).naive_openings());
}

#[divan::bench(args = ["day", "fortnight", "month"])]
fn one_fit(bencher: Bencher<'_, '_>, which: &str) {
    let clinic = clinic(which);
    let busy = clinic.busy();
    let opening = *clinic.openings(&busy).last().unwrap();
    bencher.bench_local(|| fit(&black_box(&clinic).rules(), black_box(&busy), opening.starts_at, clinic.now));
}

fn clinic(which: &str) -> Clinic {
    match which {
        "day" => Clinic::of_a_day(),
        "fortnight" => Clinic::with_every_rule(),
        _ => Clinic::of_a_month(),
    }
}
