//! Random clinics: most of them on the days around a clock change, each with a few of the rules.

use std::collections::BTreeMap;

use jiff::{Timestamp, ToSpan, civil::Date, tz::TimeZone};
use proptest::{collection::vec, option, prelude::*, sample::select};
use uuid::Uuid;
use voxanne_slots::{
    Busy, Candidate, Guest, Hours, LocalSpan, Need, Practitioner, Prerequisite, Rules, Service, Spacing,
    Supervisor, Week,
};

use crate::clock::{DAY, instant, minute_of};

#[derive(Clone, Debug)]
pub struct World {
    pub zone: TimeZone,
    pub hours: Hours,
    pub service: Service,
    pub practitioners: Vec<Practitioner>,
    pub needs: Vec<Need>,
    pub supervisors: Option<Vec<Supervisor>>,
    pub guest: Guest,
    /// Resource, lane, and UTC minutes.
    pub busy: Vec<(Uuid, u16, i64, i64)>,
    /// Visits on a civil day: of the service, and of a practitioner.
    pub counts: (BTreeMap<Date, u16>, BTreeMap<(Uuid, Date), u16>),
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
            supervisors: self.supervisors.as_deref(),
            guest: &self.guest,
        }
    }

    pub fn busy(&self) -> Busy {
        Busy::new(self.busy.iter().map(|&(id, lane, from, to)| (id, lane, instant(from), instant(to))))
            .with_counts(self.counts.0.clone(), self.counts.1.clone())
    }

    /// How many visits a resource holds at once; `None` if no need names it.
    pub fn capacity(&self, resource: Uuid) -> Option<u16> {
        let mut candidates = self.needs.iter().flat_map(|need| &need.candidates);
        candidates.find(|candidate| candidate.resource == resource).map(|candidate| candidate.lanes)
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

/// The other values are relative to this date.
#[derive(Clone, Copy)]
struct Origin {
    date: Date,
    midnight: i64,
}

impl Origin {
    fn date(self, days: i64) -> Date {
        self.date.checked_add(days.days()).unwrap()
    }

    fn instant(self, minute: i64) -> Timestamp {
        instant(self.midnight + minute)
    }

    fn intervals(self, minutes: &[(i64, i64)]) -> Vec<(Timestamp, Timestamp)> {
        minutes.iter().map(|&(at, length)| (self.instant(at), self.instant(at + length))).collect()
    }
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

/// Whole hours relative to a date that is drawn elsewhere.
type Plan = (Vec<(Option<i64>, Option<i64>, Vec<Vec<LocalSpan>>)>, Vec<(i64, Vec<LocalSpan>)>);

fn plan() -> impl Strategy<Value = Plan> {
    let week =
        |edge: f64| (option::weighted(edge, -2_i64..=1), option::weighted(edge, 0_i64..=3), vec(spans(), 7));
    let weeks = prop_oneof![4 => vec(week(0.1), 1), 1 => vec(week(0.6), 2..=3)];
    (weeks, vec((-1_i64..=2, spans()), 0..=1))
}

fn hours((weeks, overrides): Plan, origin: Origin) -> Hours {
    let week = |(from, to, days): (Option<i64>, Option<i64>, Vec<_>)| Week {
        from: from.map(|days| origin.date(days)),
        to: to.map(|days| origin.date(days)),
        days: days.try_into().unwrap(),
    };
    Hours {
        weeks: weeks.into_iter().map(week).collect(),
        overrides: overrides.into_iter().map(|(days, spans)| (origin.date(days), spans)).collect(),
    }
}

fn service() -> impl Strategy<Value = Service> {
    let duration = prop_oneof![select(vec![15_u16, 30, 45, 60]), 0_u16..=200];
    let buffer = prop_oneof![Just(0_u16), 0_u16..=45];
    let grid = prop_oneof![select(vec![0_u16, 15, 30, 45]), 5_u16..=120];
    let notice = prop_oneof![3 => Just(0_u32), 1 => 0_u32..=1500];
    let cap = option::weighted(0.2, 0_u16..=3);
    (duration, buffer.clone(), buffer, grid, notice, 0_u16..=5, cap).prop_map(
        |(duration_minutes, before, after, grid_minutes, minimum_notice_minutes, horizon_days, daily_cap)| {
            Service {
                duration_minutes,
                buffer_before_minutes: before,
                buffer_after_minutes: after,
                grid_minutes,
                minimum_notice_minutes,
                horizon_days,
                daily_cap,
            }
        },
    )
}

/// Minutes and lengths of time off.
fn away() -> impl Strategy<Value = Vec<(i64, i64)>> {
    vec((-DAY / 2..DAY * 3 / 2, 0_i64..=600), 0..=1)
}

type Person = (Option<Plan>, Vec<(i64, i64)>, Option<i64>, Option<u16>);

fn person() -> impl Strategy<Value = Person> {
    let expiry = option::weighted(0.15, -1_i64..=1);
    (option::of(plan()), away(), expiry, option::weighted(0.25, 0_u16..=2))
}

fn practitioner(id: u128, (own, away, last, daily_cap): Person, origin: Origin) -> Practitioner {
    Practitioner {
        id: Uuid::from_u128(id),
        hours: own.map(|own| hours(own, origin)),
        away: origin.intervals(&away),
        last_date: last.map(|days| origin.date(days)),
        daily_cap,
    }
}

type Watch = Option<Vec<(Option<Plan>, Vec<(i64, i64)>)>>;

fn watch() -> impl Strategy<Value = Watch> {
    option::weighted(0.25, vec((option::weighted(0.7, plan()), away()), 0..=2))
}

fn supervisors(watch: Watch, origin: Origin) -> Option<Vec<Supervisor>> {
    let person = |(id, (own, away)): (u128, (Option<Plan>, Vec<_>))| Supervisor {
        id: Uuid::from_u128(id),
        hours: own.map(|own| hours(own, origin)),
        away: origin.intervals(&away),
    };
    watch.map(|people| (40..).zip(people).map(person).collect())
}

/// Days of validity with ends of visits; days apart with starts of visits.
type Past = (Vec<(Option<u16>, Vec<i64>)>, Vec<(u16, Vec<i64>)>);

fn past() -> impl Strategy<Value = Past> {
    let required = (option::of(0_u16..=4), vec(-4 * DAY..DAY, 0..=3));
    let spaced = (0_u16..=3, vec(-4 * DAY..5 * DAY, 0..=2));
    let few = |most: usize| prop_oneof![4 => Just(0_usize), 1 => 1_usize..=most];
    (
        few(2).prop_flat_map(move |count| vec(required.clone(), count)),
        few(2).prop_flat_map(move |count| vec(spaced.clone(), count)),
    )
}

fn guest((required, spaced): Past, origin: Origin) -> Guest {
    let instants = |minutes: Vec<i64>| minutes.into_iter().map(|minute| origin.instant(minute)).collect();
    let prerequisite = |(service, (valid_days, visits)): (u128, (_, Vec<i64>))| Prerequisite {
        service: Uuid::from_u128(service),
        valid_days,
        visits: instants(visits),
    };
    Guest {
        prerequisites: (50..).zip(required).map(prerequisite).collect(),
        spacings: spaced
            .into_iter()
            .map(|(days, visits)| Spacing { days, visits: instants(visits) })
            .collect(),
    }
}

/// Practitioners are 1 to 3, rooms and devices 4 to 6; a need may also ask for a practitioner.
fn needs() -> impl Strategy<Value = Vec<Need>> {
    let capacity = prop_oneof![1 => Just(0_u16), 4 => Just(1_u16), 2 => Just(2_u16), 1 => Just(3_u16)];
    let one = prop_oneof![1 => vec(0_usize..4, 0..=1), 9 => vec(0_usize..4, 1..=3)];
    (vec(capacity, 4), vec((one, 0_u16..=40), 0..=3)).prop_map(|(capacities, needs)| {
        let candidate = |index: usize| Candidate {
            resource: Uuid::from_u128([3, 4, 5, 6][index]),
            lanes: capacities[index],
        };
        let need = |(candidates, cleanup_minutes): (Vec<usize>, u16)| Need {
            candidates: candidates.into_iter().map(candidate).collect(),
            cleanup_minutes,
        };
        needs.into_iter().map(need).collect()
    })
}

type Counts = (Vec<(i64, u16)>, Vec<(u128, i64, u16)>);

fn counts() -> impl Strategy<Value = Counts> {
    (vec((-1_i64..=2, 0_u16..=4), 0..=3), vec((1_u128..=3, -1_i64..=2, 0_u16..=3), 0..=6))
}

pub fn world() -> impl Strategy<Value = World> {
    let lane = select(vec![1_u16, 1, 1, 1, 2, 2, 3]);
    let minutes = prop_oneof![3 => 0_i64..=120, 1 => 0_i64..=600];
    let busy = vec((1_u128..=6, lane, -60..DAY + DAY / 2, minutes), 0..=40);
    let practitioners = prop_oneof![1 => Just(Vec::new()), 20 => vec(person(), 1..=3)];
    let when = (0_i64..=1, -2 * DAY..=DAY, vec(-DAY..=2 * DAY, 8));
    let people = (practitioners, watch(), past(), counts());
    (place(), plan(), service(), people, needs(), busy, when).prop_map(
        |((zone, from), location, service, people, needs, busy, (days, now, starts))| {
            let origin = Origin { date: from, midnight: minute_of(from) };
            let (practitioners, watch, past, (of_service, of_person)) = people;
            let mut world = World {
                hours: hours(location, origin),
                practitioners: (1..)
                    .zip(practitioners)
                    .map(|(id, person)| practitioner(id, person, origin))
                    .collect(),
                supervisors: supervisors(watch, origin),
                guest: guest(past, origin),
                busy: busy
                    .into_iter()
                    .map(|(id, lane, at, minutes)| {
                        (Uuid::from_u128(id), lane, origin.midnight + at, origin.midnight + at + minutes)
                    })
                    .collect(),
                counts: (
                    of_service.into_iter().map(|(days, count)| (origin.date(days), count)).collect(),
                    of_person
                        .into_iter()
                        .map(|(id, days, count)| ((Uuid::from_u128(id), origin.date(days)), count))
                        .collect(),
                ),
                now: origin.midnight + now - DAY / 2,
                starts: starts.into_iter().map(|at| origin.midnight + at).collect(),
                to: origin.date(days),
                from,
                zone,
                service,
                needs,
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
