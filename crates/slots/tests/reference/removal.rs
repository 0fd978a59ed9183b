//! What a cause means: the change to the world that removes it, and nothing else.

use jiff::ToSpan;
use uuid::Uuid;
use voxanne_slots::{Candidate, Cause, FIRST_LANE, LocalSpan, Practitioner, Supervisor};

use crate::{clock::instant, worlds::World};

/// Ids that no world has.
const SOMEBODY: Uuid = Uuid::from_u128(90);
const SOMETHING: u128 = 91;

/// How a busy resource gets free.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Freeing {
    /// One place more. On what has room for one, that is dropping what stands in the way.
    OnePlace,
    /// All that stands in the way is dropped: never less than a place.
    Everything,
}

/// The world without `cause`, which is against a visit at `start`.
pub fn remove(world: &mut World, cause: &Cause, start: i64, freeing: Freeing) {
    match cause {
        Cause::InThePast => (world.now, world.service.minimum_notice_minutes) = (start, 0),
        Cause::TooSoon { .. } => world.service.minimum_notice_minutes = 0,
        Cause::BeyondHorizon { .. } => world.service.horizon_days = u16::MAX,
        Cause::ClosedThatDay | Cause::OutsideHours { .. } => open_around(world, start),
        Cause::ServiceFull { .. } => world.service.daily_cap = None,
        Cause::PrerequisiteMissing { service, .. } => {
            world.guest.prerequisites.retain(|wanted| wanted.service != *service);
        }
        Cause::TooCloseToAnotherVisit { visit_at, days, .. } => {
            let mut same = world.guest.spacings.iter_mut().filter(|spacing| spacing.days == *days);
            let spacing = same.find(|spacing| spacing.visits.contains(visit_at)).unwrap();
            let index = spacing.visits.iter().position(|visit| visit == visit_at).unwrap();
            spacing.visits.remove(index);
        }
        Cause::NoSupervisor => {
            let supervisors = world.supervisors.as_mut().unwrap();
            supervisors.push(Supervisor { id: SOMEBODY, ..Supervisor::default() });
        }
        Cause::NobodyEligible => {
            world.practitioners.push(Practitioner { id: SOMEBODY, ..Practitioner::default() });
        }
        Cause::LicenceExpired { practitioner, .. } => person(world, *practitioner).last_date = None,
        Cause::NotWorking { practitioner, .. } => person(world, *practitioner).hours = None,
        Cause::Away { practitioner, .. } => person(world, *practitioner).away.clear(),
        Cause::PractitionerFull { practitioner, .. } => person(world, *practitioner).daily_cap = None,
        Cause::PractitionerBusy { practitioner, .. } | Cause::BusyElsewhere { practitioner, .. } => {
            let from = start - i64::from(world.service.buffer_before_minutes);
            let to = ends(world, start) + i64::from(world.service.buffer_after_minutes);
            drop_busy(world, *practitioner, FIRST_LANE, from, to);
        }
        Cause::ResourceBusy { resource, need, .. } => {
            let capacity = world.capacity(*resource).unwrap();
            if capacity == 1 || freeing == Freeing::Everything {
                let to = ends(world, start) + i64::from(world.needs[*need].cleanup_minutes);
                drop_busy(world, *resource, capacity, start, to);
            } else {
                add_place(world, *resource, capacity);
            }
        }
        Cause::NoResource { need } => {
            let resource = Uuid::from_u128(SOMETHING + u128::try_from(*need).unwrap());
            world.needs[*need].candidates.push(Candidate { resource, lanes: 1 });
        }
    }
}

fn ends(world: &World, start: i64) -> i64 {
    start + i64::from(world.service.duration_minutes.max(1))
}

/// A visit may be on two dates; and where the clocks go back over midnight, the date before it opened tomorrow's.
fn open_around(world: &mut World, start: i64) {
    let date = |minute| world.zone.to_datetime(instant(minute)).date();
    let (first, last) = (date(start).yesterday().unwrap(), date(ends(world, start)).tomorrow().unwrap());
    for date in first.series(1.day()).take_while(|date| *date <= last) {
        world.hours.overrides.insert(date, vec![LocalSpan::new(0, 1440).unwrap()]);
    }
}

fn person(world: &mut World, id: Uuid) -> &mut Practitioner {
    world.practitioners.iter_mut().find(|practitioner| practitioner.id == id).unwrap()
}

fn drop_busy(world: &mut World, resource: Uuid, last_lane: u16, from: i64, to: i64) {
    world.busy.retain(|busy| busy.0 != resource || busy.1 > last_lane || busy.3 <= from || to <= busy.2);
}

/// What was beyond the capacity stays out of the way.
fn add_place(world: &mut World, resource: Uuid, capacity: u16) {
    world.busy.retain(|busy| busy.0 != resource || busy.1 <= capacity);
    for candidate in world.needs.iter_mut().flat_map(|need| &mut need.candidates) {
        if candidate.resource == resource {
            candidate.lanes = capacity + 1;
        }
    }
}
