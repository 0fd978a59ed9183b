//! Busy intervals, ready to be asked.

use std::collections::BTreeMap;

use jiff::Timestamp;
use uuid::Uuid;

/// Half-open: from the first instant, up to but without the second.
pub(crate) type Interval = (Timestamp, Timestamp);

/// What is taken: per resource and lane, half-open intervals, sorted and merged.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Busy {
    lanes: BTreeMap<(Uuid, u16), Vec<Interval>>,
}

impl Busy {
    /// From `(resource, lane, starts_at, ends_at)` in any order, overlapping or not. Intervals that end before
    /// they start, or as they start, take nothing.
    ///
    /// Practitioners, rooms and devices are all resources; what has room for one is on lane
    /// [`FIRST_LANE`](crate::FIRST_LANE).
    pub fn new(intervals: impl IntoIterator<Item = (Uuid, u16, Timestamp, Timestamp)>) -> Self {
        let mut lanes: BTreeMap<(Uuid, u16), Vec<Interval>> = BTreeMap::new();
        for (resource, lane, starts_at, ends_at) in intervals {
            if starts_at < ends_at {
                lanes.entry((resource, lane)).or_default().push((starts_at, ends_at));
            }
        }
        for intervals in lanes.values_mut() {
            merge(intervals);
        }
        Self { lanes }
    }

    /// When this lane is through with all that stands in the way of `starts_at..ends_at`; `None` if it is free.
    pub fn busy_until(
        &self,
        resource: Uuid,
        lane: u16,
        starts_at: Timestamp,
        ends_at: Timestamp,
    ) -> Option<Timestamp> {
        self.lane(resource, lane).busy_until((starts_at, ends_at))
    }

    pub(crate) fn lane(&self, resource: Uuid, lane: u16) -> Lane<'_> {
        let intervals = self.lanes.get(&(resource, lane)).map_or(&[][..], Vec::as_slice);
        Lane { key: (resource, lane), ahead: intervals }
    }
}

/// One lane of one resource, read from the past to the future.
#[derive(Clone, Debug)]
pub(crate) struct Lane<'a> {
    pub(crate) key: (Uuid, u16),
    ahead: &'a [Interval],
}

impl Lane<'_> {
    /// As [`Busy::busy_until`], for starts that ascend from call to call: what has ended by a start is dropped,
    /// so that a whole month of questions walks the intervals once.
    pub(crate) fn busy_until(&mut self, (starts_at, ends_at): Interval) -> Option<Timestamp> {
        while let [(_, busy_to), later @ ..] = self.ahead
            && *busy_to <= starts_at
        {
            self.ahead = later;
        }
        self.ahead
            .iter()
            .take_while(|(busy_from, _)| *busy_from < ends_at)
            .last()
            .map(|&(_, busy_to)| busy_to)
    }

    pub(crate) fn is_free(&mut self, wanted: Interval) -> bool {
        self.busy_until(wanted).is_none()
    }
}

fn merge(intervals: &mut Vec<Interval>) {
    intervals.sort_unstable();
    intervals.dedup_by(|next, kept| {
        let touches = next.0 <= kept.1;
        if touches {
            kept.1 = kept.1.max(next.1);
        }
        touches
    });
}
