//! How many of a resource's places are taken, over time.

use jiff::Timestamp;

use uuid::Uuid;

use crate::{Busy, stretches::Interval};

/// A resource's depth: how many of its lanes are busy, step by step, for starts that ascend from call to call.
#[derive(Clone, Debug)]
pub(crate) struct Depth {
    /// Sorted, disjoint, at least one deep.
    steps: Vec<Step>,
    passed: usize,
}

#[derive(Clone, Copy, Debug)]
struct Step {
    from: Timestamp,
    to: Timestamp,
    depth: u16,
}

impl Depth {
    /// Over the lanes up to `capacity`: what is on a lane that no longer exists takes no place.
    pub(crate) fn of(busy: &Busy, resource: Uuid, capacity: u16) -> Self {
        let lanes: Vec<&[Interval]> = busy.lanes(resource, capacity).collect();
        let steps = match lanes[..] {
            [only] => only.iter().map(|&(from, to)| Step { from, to, depth: 1 }).collect(),
            _ => sweep(&lanes),
        };
        Self { steps, passed: 0 }
    }

    /// The greatest depth in `wanted`.
    pub(crate) fn max(&mut self, wanted: Interval) -> u16 {
        self.pass(wanted.0);
        self.reaching_into(wanted).map(|step| step.depth).max().unwrap_or(0)
    }

    /// Whether it is less than `depth` deep all through `wanted`.
    pub(crate) fn is_below(&mut self, depth: u16, wanted: Interval) -> bool {
        self.pass(wanted.0);
        self.reaching_into(wanted).all(|step| step.depth < depth)
    }

    /// When the last stretch that is `depth` deep or more and reaches into `wanted` ends.
    pub(crate) fn until(&mut self, depth: u16, wanted: Interval) -> Option<Timestamp> {
        self.pass(wanted.0);
        let mut until = None;
        for step in self.steps.iter().skip(self.passed).filter(|step| step.depth >= depth) {
            if step.from >= wanted.1 && until != Some(step.from) {
                break;
            }
            until = Some(step.to);
        }
        until
    }

    fn pass(&mut self, starts_at: Timestamp) {
        while self.steps.get(self.passed).is_some_and(|step| step.to <= starts_at) {
            self.passed += 1;
        }
    }

    fn reaching_into(&self, (_, ends_at): Interval) -> impl Iterator<Item = &Step> {
        self.steps.iter().skip(self.passed).take_while(move |step| step.from < ends_at)
    }
}

fn sweep(lanes: &[&[Interval]]) -> Vec<Step> {
    let intervals = || lanes.iter().flat_map(|lane| lane.iter());
    let mut changes: Vec<(Timestamp, bool)> =
        intervals().flat_map(|&(from, to)| [(from, true), (to, false)]).collect();
    changes.sort_unstable();
    let mut steps = Vec::new();
    let mut depth: u16 = 0;
    for (index, &(from, begins)) in changes.iter().enumerate() {
        depth = if begins { depth.saturating_add(1) } else { depth.saturating_sub(1) };
        if let Some(&(to, _)) = changes.get(index + 1)
            && from < to
            && depth > 0
        {
            steps.push(Step { from, to, depth });
        }
    }
    steps
}
