//! One start, on the grid or not: what a booking must claim, or why it cannot be.

use jiff::Timestamp;
use uuid::Uuid;

use crate::{
    Busy, Cause, FIRST_LANE, Opening, Refusal, Rules,
    needs::Needs,
    premises::Premises,
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
    /// The claims of others that change lanes to make room, all at once. Empty where a lane is free, and always
    /// on what has room for one.
    pub moves: Vec<LaneMove>,
}

/// A claim, named by what [`Busy::new`] was given, that changes lanes on its resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct LaneMove {
    /// The room or device.
    pub resource: Uuid,
    /// The lane it is on.
    pub from_lane: u16,
    /// The lane it goes to.
    pub to_lane: u16,
    /// From here …
    pub starts_at: Timestamp,
    /// … up to here, half-open.
    pub ends_at: Timestamp,
}

/// Whether a visit may start at `starts_at` when it is `now`, on the grid or not. The write path's check.
///
/// Takes the first practitioner in order of preference who is free, and for each need the first resource that is.
pub fn fit(rules: &Rules<'_>, busy: &Busy, starts_at: Timestamp, now: Timestamp) -> Result<Fit, Refusal> {
    let date = rules.zone.to_datetime(starts_at).date();
    let bookable = Bookable::new(rules.service, rules.zone, now);
    let Some(visit) = Visit::at(starts_at, date, rules.service) else {
        return Err(Refusal { causes: vec![Cause::BeyondHorizon { latest: bookable.latest }] });
    };
    let mut causes = bookable.causes(starts_at, date);
    causes.extend(closed(rules, &visit));
    Premises::new(rules, busy, (date, date)).push_causes(&visit, &mut causes);

    let mut needs = Needs::new(rules.needs, rules.practitioners, busy);
    let mut nearest: Option<Vec<Cause>> = None;
    for mut shift in Shift::roster(rules, busy, (date, date)) {
        let mut missing = shift.causes(&visit);
        missing.extend(needs.causes(Some(shift.id()), &visit));
        if causes.is_empty() && missing.is_empty() {
            return Ok(fitted(shift.id(), &visit, &mut needs));
        }
        if nearest.as_ref().is_none_or(|nearest| missing.len() < nearest.len()) {
            nearest = Some(missing);
        }
    }
    causes.extend(nearest.unwrap_or_else(|| {
        let mut missing = vec![Cause::NobodyEligible];
        missing.extend(needs.causes(None, &visit));
        missing
    }));
    Err(Refusal { causes })
}

fn closed(rules: &Rules<'_>, visit: &Visit) -> Option<Cause> {
    if windows_around(rules.hours, rules, (visit.date, visit.date)).hold(visit.interval()) {
        return None;
    }
    let spans = rules.hours.spans(visit.date);
    Some(if spans.is_empty() {
        Cause::ClosedThatDay
    } else {
        Cause::OutsideHours { spans: spans.into_owned() }
    })
}

fn fitted(practitioner: Uuid, visit: &Visit, needs: &mut Needs<'_>) -> Fit {
    let (mut claims, moves) = needs.claims(practitioner, visit);
    let (starts_at, ends_at) = visit.with_buffers;
    claims.push(Claim { resource: practitioner, lane: FIRST_LANE, starts_at, ends_at });
    claims.sort_unstable_by_key(|claim| (claim.resource, claim.lane));
    Fit {
        opening: Opening { starts_at: visit.starts_at, ends_at: visit.ends_at, practitioner },
        claims,
        moves,
    }
}
