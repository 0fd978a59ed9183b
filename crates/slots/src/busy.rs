//! What is taken, ready to be asked.

use std::{collections::BTreeMap, ops::Range};

use jiff::{Timestamp, civil::Date};
use uuid::Uuid;

use crate::stretches::{Interval, Stretches, merge};

/// A resource and one of its lanes.
pub(crate) type LaneKey = (Uuid, u16);

/// What is taken: per resource and lane, half-open intervals; and how many visits the days have.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Busy {
    /// Each interval as it was given, sorted: whoever changes lanes must name it.
    claims: Vec<(LaneKey, Interval)>,
    /// Where a lane's stretches are, sorted by lane.
    lanes: Vec<(LaneKey, Range<usize>)>,
    /// Sorted and merged, lane by lane.
    stretches: Vec<Interval>,
    of_service: BTreeMap<Date, u16>,
    of_practitioner: BTreeMap<(Uuid, Date), u16>,
    /// Of the claims, those that another calendar of a practitioner makes.
    elsewhere: Vec<(Uuid, Interval)>,
}

impl Busy {
    /// From `(resource, lane, starts_at, ends_at)` in any order, overlapping or not. Intervals that end before
    /// they start, or as they start, take nothing.
    ///
    /// Practitioners, rooms and devices are all resources; what has room for one is on lane
    /// [`FIRST_LANE`](crate::FIRST_LANE).
    pub fn new(intervals: impl IntoIterator<Item = (Uuid, u16, Timestamp, Timestamp)>) -> Self {
        let mut claims: Vec<(LaneKey, Interval)> = intervals
            .into_iter()
            .filter(|(_, _, starts_at, ends_at)| starts_at < ends_at)
            .map(|(resource, lane, starts_at, ends_at)| ((resource, lane), (starts_at, ends_at)))
            .collect();
        claims.sort_unstable();
        let (mut lanes, mut stretches) = (Vec::new(), Vec::with_capacity(claims.len()));
        for of_lane in claims.chunk_by(|one, next| one.0 == next.0) {
            let mut merged: Vec<Interval> = of_lane.iter().map(|&(_, interval)| interval).collect();
            merge(&mut merged);
            let start = stretches.len();
            stretches.append(&mut merged);
            lanes.extend(of_lane.first().map(|&(key, _)| (key, start..stretches.len())));
        }
        Self { claims, lanes, stretches, ..Self::default() }
    }

    /// How many visits each civil day already has: of the service asked for at the location, and of any service
    /// for a practitioner. A day that is not in there has none.
    #[must_use]
    pub fn with_counts(
        self,
        service: BTreeMap<Date, u16>,
        practitioner: BTreeMap<(Uuid, Date), u16>,
    ) -> Self {
        Self { of_service: service, of_practitioner: practitioner, ..self }
    }

    /// Which of the practitioners' intervals are another calendar's, `(practitioner, starts_at, ends_at)`: refusals tell them from
    /// visits.
    #[must_use]
    pub fn with_elsewhere(self, intervals: impl IntoIterator<Item = (Uuid, Timestamp, Timestamp)>) -> Self {
        let elsewhere = intervals.into_iter().map(|(who, starts_at, ends_at)| (who, (starts_at, ends_at)));
        Self { elsewhere: elsewhere.filter(|(_, (from, to))| from < to).collect(), ..self }
    }

    /// Whether nothing but other calendars stands in the way of this practitioner.
    pub(crate) fn is_only_elsewhere(&self, practitioner: Uuid, (starts_at, ends_at): Interval) -> bool {
        let overlaps = |(from, to): &Interval| *from < ends_at && starts_at < *to;
        let claims = self.claims(practitioner, crate::FIRST_LANE).filter(|(_, at)| overlaps(at)).count();
        let elsewhere = self.elsewhere.iter().filter(|(who, at)| *who == practitioner && overlaps(at));
        claims == elsewhere.count()
    }

    pub(crate) fn lane(&self, resource: Uuid, lane: u16) -> Stretches<'_> {
        let found = self.lanes.binary_search_by_key(&(resource, lane), |(key, _)| *key);
        let found = found.ok().and_then(|index| self.lanes.get(index));
        Stretches::borrowed(found.map_or(&[], |(_, range)| self.stretches_in(range)))
    }

    /// The merged stretches of each of a resource's lanes up to `capacity` that has any.
    pub(crate) fn lanes(&self, resource: Uuid, capacity: u16) -> impl Iterator<Item = &[Interval]> {
        let first = self.lanes.partition_point(|(key, _)| *key < (resource, crate::FIRST_LANE));
        let lanes = self.lanes.iter().skip(first);
        lanes
            .take_while(move |(key, _)| *key <= (resource, capacity))
            .map(|(_, range)| self.stretches_in(range))
    }

    /// A resource's intervals as they were given, on lanes up to `capacity`: by lane, then by start.
    pub(crate) fn claims(&self, resource: Uuid, capacity: u16) -> impl Iterator<Item = (u16, Interval)> {
        let first = self.claims.partition_point(|(key, _)| *key < (resource, crate::FIRST_LANE));
        let claims = self.claims.iter().skip(first);
        claims
            .take_while(move |(key, _)| *key <= (resource, capacity))
            .map(|&((_, lane), interval)| (lane, interval))
    }

    pub(crate) fn visits_of_service(&self, date: Date) -> u16 {
        self.of_service.get(&date).copied().unwrap_or(0)
    }

    pub(crate) fn visits_of_practitioner(&self, practitioner: Uuid, date: Date) -> u16 {
        self.of_practitioner.get(&(practitioner, date)).copied().unwrap_or(0)
    }

    fn stretches_in(&self, range: &Range<usize>) -> &[Interval] {
        self.stretches.get(range.clone()).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn intervals_may_come_in_any_order_overlap_and_be_empty() {
        let hour = |hour: i64| Timestamp::UNIX_EPOCH + jiff::SignedDuration::from_hours(hour);
        let id = Uuid::from_u128(9);
        let messy = [(14, 15), (9, 11), (10, 12), (12, 13), (16, 16), (18, 17)];
        let busy = Busy::new(messy.map(|(from, to)| (id, 1, hour(from), hour(to))));
        let until = |lane, from, to| busy.lane(id, lane).until((hour(from), hour(to)));
        assert_eq!(until(1, 8, 9), None);
        assert_eq!(until(1, 8, 10), Some(hour(13)));
        assert_eq!(until(1, 12, 18), Some(hour(15)));
        assert_eq!(until(1, 13, 14), None);
        assert_eq!(until(1, 15, 20), None);
        assert_eq!(until(2, 8, 20), None);
    }
}
