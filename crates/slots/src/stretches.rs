//! Disjoint stretches of time, asked from the past to the future.

use std::borrow::Cow;

use jiff::Timestamp;

/// Half-open: from the first instant, up to but without the second.
pub(crate) type Interval = (Timestamp, Timestamp);

/// Sorted stretches, none touching the next. Starts asked about ascend from call to call: what has ended by a
/// start is passed for good, so that a whole month of questions walks the stretches once.
#[derive(Clone, Debug)]
pub(crate) struct Stretches<'a> {
    all: Cow<'a, [Interval]>,
    passed: usize,
}

impl<'a> Stretches<'a> {
    /// Of stretches that are merged already.
    pub(crate) fn borrowed(merged: &'a [Interval]) -> Self {
        Self { all: Cow::Borrowed(merged), passed: 0 }
    }

    /// Of intervals in any order, overlapping, empty or not.
    pub(crate) fn of(intervals: &[Interval]) -> Self {
        let mut merged: Vec<Interval> = intervals.iter().copied().filter(|(from, to)| from < to).collect();
        merge(&mut merged);
        Self { all: Cow::Owned(merged), passed: 0 }
    }

    /// The end of the last stretch that reaches into `wanted`; `None` if none does.
    pub(crate) fn until(&mut self, (starts_at, ends_at): Interval) -> Option<Timestamp> {
        while self.all.get(self.passed).is_some_and(|&(_, to)| to <= starts_at) {
            self.passed += 1;
        }
        let ahead = self.all.iter().skip(self.passed);
        ahead.take_while(|&&(from, _)| from < ends_at).last().map(|&(_, to)| to)
    }

    /// Whether `wanted` is inside one stretch, for ends that ascend as well.
    pub(crate) fn hold(&mut self, (starts_at, ends_at): Interval) -> bool {
        while self.all.get(self.passed).is_some_and(|&(_, to)| to < ends_at) {
            self.passed += 1;
        }
        self.all.get(self.passed).is_some_and(|&(from, _)| from <= starts_at)
    }
}

/// Sorts, and joins what overlaps or touches.
pub(crate) fn merge(intervals: &mut Vec<Interval>) {
    intervals.sort_unstable();
    intervals.dedup_by(|next, kept| {
        let touches = next.0 <= kept.1;
        if touches {
            kept.1 = kept.1.max(next.1);
        }
        touches
    });
}
