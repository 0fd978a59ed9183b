//! Random clinics: most of them on the days around a clock change.

use jiff::{Timestamp, ToSpan, civil::Date, tz::TimeZone};
use proptest::{collection::vec, option, prelude::*, sample::select};
use uuid::Uuid;
use voxanne_slots::{Busy, Candidate, Hours, LocalSpan, Need, Practitioner, Rules, Service};

use crate::oracle::{DAY, instant, minute_of};

#[derive(Clone, Debug)]
pub struct World {
    pub zone: TimeZone,
    pub hours: Hours,
    pub service: Service,
    pub practitioners: Vec<Practitioner>,
    pub needs: Vec<Need>,
    pub guest: voxanne_slots::Guest,
    /// Resource, lane, and UTC minutes.
    pub busy: Vec<(Uuid, u16, i64, i64)>,
    pub from: Date,
    pub to: Date,
    /// A UTC minute.
    pub now: i64,
    /// UTC minutes on which a visit might start.
    pub starts: Vec<i64>,
}

impl World {
    pub fn rules(&self) -> Rules<'_> {
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

    pub fn busy(&self) -> Busy {
        Busy::new(self.busy.iter().map(|&(id, lane, from, to)| (id, lane, instant(from), instant(to))))
    }
}

const ZONES: [&str; 18] = [
    "America/New_York",
    "America/Havana",
    "America/Santiago",
    "America/Phoenix",
    "America/Sao_Paulo",
    "America/St_Johns",
    "America/Nuuk",
    "Africa/Cairo",
    "Africa/Casablanca",
    "Asia/Beirut",
    "Asia/Gaza",
    "Asia/Kathmandu",
    "Asia/Pyongyang",
    "Atlantic/Azores",
    "Australia/Lord_Howe",
    "Europe/London",
    "Pacific/Apia",
    "Pacific/Chatham",
];

/// A zone and a date near one of its changes between 2005 and 2035, where it has any.
fn place() -> impl Strategy<Value = (TimeZone, Date)> {
    (select(&ZONES[..]), any::<prop::sample::Index>(), -2_i64..=2, 0_i64..10_000).prop_map(
        |(name, nth, days, any_day)| {
            let zone = TimeZone::get(name).unwrap();
            let start: Timestamp = "2005-01-01T00:00:00Z".parse().unwrap();
            let end: Timestamp = "2035-01-01T00:00:00Z".parse().unwrap();
            let changes: Vec<Timestamp> =
                zone.following(start).map(|change| change.timestamp()).take_while(|at| *at < end).collect();
            let date = if changes.is_empty() {
                zone.to_datetime(start).date().checked_add(any_day.days()).unwrap()
            } else {
                zone.to_datetime(*nth.get(&changes)).date().checked_add(days.days()).unwrap()
            };
            (zone, date)
        },
    )
}

fn span() -> impl Strategy<Value = LocalSpan> {
    // Most clocks change on these hours.
    let hour = select(vec![0_u16, 60, 120, 180, 1380, 1440]);
    let minute = prop_oneof![0_u16..=1440, (0_u16..=288).prop_map(|five| five * 5), 0_u16..=240, hour];
    let anything =
        (minute.clone(), minute).prop_filter_map("empty", |(a, b)| LocalSpan::new(a.min(b), a.max(b)));
    prop_oneof![
        2 => anything,
        1 => Just(LocalSpan::new(0, 1440).unwrap()),
        1 => Just(LocalSpan::hm((9, 0), (18, 0)).unwrap()),
    ]
}

/// The spans of a day: rarely none.
fn spans() -> impl Strategy<Value = Vec<LocalSpan>> {
    prop_oneof![1 => Just(Vec::new()), 8 => vec(span(), 1..=2)]
}

/// Hours relative to a date that is drawn elsewhere.
#[derive(Clone, Debug)]
struct Plan {
    weekly: Vec<Vec<LocalSpan>>,
    overrides: Vec<(i64, Vec<LocalSpan>)>,
}

impl Plan {
    fn around(self, date: Date) -> Hours {
        let dated = |(days, spans): (i64, _)| (date.checked_add(days.days()).unwrap(), spans);
        Hours {
            weeks: Hours::weekly(self.weekly.try_into().unwrap()).weeks,
            overrides: self.overrides.into_iter().map(dated).collect(),
        }
    }
}

fn plan() -> impl Strategy<Value = Plan> {
    (vec(spans(), 7), vec((-1_i64..=2, spans()), 0..=1))
        .prop_map(|(weekly, overrides)| Plan { weekly, overrides })
}

fn service() -> impl Strategy<Value = Service> {
    let duration = prop_oneof![select(vec![15_u16, 30, 45, 60]), 0_u16..=200];
    let buffer = prop_oneof![Just(0_u16), 0_u16..=45];
    let grid = prop_oneof![select(vec![0_u16, 15, 30, 45]), 5_u16..=120];
    let notice = prop_oneof![3 => Just(0_u32), 1 => 0_u32..=1500];
    (duration, buffer.clone(), buffer, grid, notice, 0_u16..=5).prop_map(
        |(duration_minutes, before, after, grid_minutes, minimum_notice_minutes, horizon_days)| Service {
            duration_minutes,
            buffer_before_minutes: before,
            buffer_after_minutes: after,
            grid_minutes,
            minimum_notice_minutes,
            horizon_days,
            daily_cap: None,
        },
    )
}

/// Practitioners are 1 to 3, rooms and devices 4 to 6; a need may also ask for a practitioner.
fn need() -> impl Strategy<Value = Need> {
    let candidate = (3_u128..=6, prop_oneof![1 => Just(0_u16), 6 => 1_u16..=2]).prop_map(|(id, lanes)| {
        Candidate { resource: Uuid::from_u128(id), lanes: lanes.max(u16::from(id < 5)) }
    });
    (prop_oneof![1 => vec(candidate.clone(), 0..=1), 9 => vec(candidate, 1..=3)], 0_u16..=40)
        .prop_map(|(candidates, cleanup_minutes)| Need { candidates, cleanup_minutes })
}

pub fn world() -> impl Strategy<Value = World> {
    let lane = prop_oneof![4 => Just(1_u16), 1 => Just(2_u16)];
    let minutes = prop_oneof![3 => 0_i64..=120, 1 => 0_i64..=600];
    let busy = vec((1_u128..=6, lane, -60..DAY + DAY / 2, minutes), 0..=40);
    let practitioners = prop_oneof![1 => Just(Vec::new()), 20 => vec(option::of(plan()), 1..=3)];
    let needs = vec(need(), 0..=3);
    let when = (0_i64..=1, -2 * DAY..=DAY, vec(-DAY..=2 * DAY, 8));
    (place(), plan(), service(), practitioners, needs, busy, when).prop_map(
        |((zone, from), location, service, practitioners, needs, busy, (days, now, starts))| {
            let to = from.checked_add(days.days()).unwrap();
            let midnight = minute_of(from);
            let mut world = World {
                hours: location.around(from),
                practitioners: (1..)
                    .zip(practitioners)
                    .map(|(id, own)| Practitioner {
                        id: Uuid::from_u128(id),
                        hours: own.map(|own| own.around(from)),
                        ..Practitioner::default()
                    })
                    .collect(),
                busy: busy
                    .into_iter()
                    .map(|(id, lane, at, minutes)| {
                        (Uuid::from_u128(id), lane, midnight + at, midnight + at + minutes)
                    })
                    .collect(),
                now: midnight + now - DAY / 2,
                starts: starts.into_iter().map(|at| midnight + at).collect(),
                zone,
                service,
                needs,
                guest: voxanne_slots::Guest::default(),
                from,
                to,
            };
            // Starts that touch what is busy find the errors by one.
            let edges: Vec<i64> = world.busy.iter().map(|busy| busy.3).collect();
            world.starts.extend(edges);
            let dates = world.from..=world.to;
            let zone = world.zone.clone();
            world.starts.retain(|&minute| dates.contains(&zone.to_datetime(instant(minute)).date()));
            world
        },
    )
}
