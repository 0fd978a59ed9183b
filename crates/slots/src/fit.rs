//! One start, on the grid or not: what a booking must claim, or why it cannot be.

use jiff::{Timestamp, civil::Date};
use uuid::Uuid;

use crate::{
    Busy, FIRST_LANE, Opening, Refusal, Rules,
    needs::Needs,
    roster::{Shift, windows_around},
    visit::{Bookable, Visit},
};

/// An interval that a booking must reserve on one lane of one resource, buffers and clean-up included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Claim {
    /// The practitioner, room or device.
    pub resource: Uuid,
    /// Counted from [`FIRST_LANE`](crate::FIRST_LANE).
    pub lane: u16,
    /// From here …
    pub starts_at: Timestamp,
    /// … up to here, half-open.
    pub ends_at: Timestamp,
}

/// A visit that can be booked and what it must reserve.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fit {
    /// The visit itself.
    pub opening: Opening,
    /// Sorted by resource and lane, no two on the same lane: the practitioner's and one per need.
    pub claims: Vec<Claim>,
}

/// Whether a visit may start at `starts_at` when it is `now`, on the grid or not. The write path's check.
///
/// Takes the first practitioner in order of preference who is free, and for each need the first resource that is.
pub fn fit(rules: &Rules<'_>, busy: &Busy, starts_at: Timestamp, now: Timestamp) -> Result<Fit, Refusal> {
    let bookable = Bookable::new(rules.service, rules.zone, now);
    bookable.check(starts_at)?;
    let visit =
        Visit::at(starts_at, rules.service).ok_or(Refusal::BeyondHorizon { latest: bookable.latest })?;
    let date = rules.zone.to_datetime(starts_at).date();
    check_open(rules, &visit, date)?;

    let mut needs = Needs::new(rules.needs, rules.practitioners, busy);
    // The reason that is nearest to a booking counts: nobody works, everybody is busy, no room.
    let mut refusal = Refusal::NobodyWorks;
    for mut shift in Shift::roster(rules, busy, date, date) {
        if !shift.works(&visit) {
            continue;
        }
        if let Some(until) = shift.busy_until(&visit) {
            refusal = busy_sooner(refusal, until);
            continue;
        }
        match needs.claims(shift.id, &visit) {
            Ok(claims) => return Ok(fitted(shift.id, &visit, claims)),
            Err(no_room) => refusal = no_room,
        }
    }
    Err(refusal)
}

fn check_open(rules: &Rules<'_>, visit: &Visit, date: Date) -> Result<(), Refusal> {
    if windows_around(rules.hours, rules, date, date).into_iter().any(|window| visit.is_inside(window)) {
        return Ok(());
    }
    let spans = rules.hours.spans(date);
    if spans.is_empty() {
        Err(Refusal::ClosedThatDay)
    } else {
        Err(Refusal::OutsideHours { spans: spans.to_vec() })
    }
}

fn busy_sooner(refusal: Refusal, until: Timestamp) -> Refusal {
    match refusal {
        Refusal::NobodyWorks => Refusal::PractitionerBusy { until },
        Refusal::PractitionerBusy { until: other } => Refusal::PractitionerBusy { until: other.min(until) },
        no_room => no_room,
    }
}

fn fitted(practitioner: Uuid, visit: &Visit, mut claims: Vec<Claim>) -> Fit {
    let (starts_at, ends_at) = visit.with_buffers;
    claims.push(Claim { resource: practitioner, lane: FIRST_LANE, starts_at, ends_at });
    claims.sort_unstable_by_key(|claim| (claim.resource, claim.lane));
    Fit { opening: Opening { starts_at: visit.starts_at, ends_at: visit.ends_at, practitioner }, claims }
}
