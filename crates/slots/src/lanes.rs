//! Lanes for what is to be claimed on a resource that has room for several.

use std::{cmp::Reverse, collections::BTreeMap};

use jiff::Timestamp;
use uuid::Uuid;

use crate::{Busy, FIRST_LANE, LaneMove, stretches::Interval};

/// A lane for each of `wanted`, which all start together, and the claims of others that change lanes for it.
/// Given that the resource is nowhere deeper than `capacity`, `wanted` included.
pub(crate) fn settle(
    busy: &Busy,
    resource: Uuid,
    capacity: u16,
    wanted: &[Interval],
) -> (Vec<u16>, Vec<LaneMove>) {
    match free_lanes(busy, resource, capacity, wanted) {
        Some(lanes) => (lanes, Vec::new()),
        None => change_lanes(busy, resource, capacity, wanted),
    }
}

/// The longest first, as a lane that is free for it is free for the shorter ones too.
fn free_lanes(busy: &Busy, resource: Uuid, capacity: u16, wanted: &[Interval]) -> Option<Vec<u16>> {
    let mut longest_first: Vec<usize> = (0..wanted.len()).collect();
    longest_first.sort_by_key(|&index| Reverse(wanted.get(index)));
    let mut lanes = vec![0; wanted.len()];
    for index in longest_first {
        let &interval = wanted.get(index)?;
        let is_free =
            |lane: &u16| !lanes.contains(lane) && busy.lane(resource, *lane).until(interval).is_none();
        let lane = (FIRST_LANE..=capacity).find(is_free)?;
        *lanes.get_mut(index)? = lane;
    }
    Some(lanes)
}

/// Intervals on one lane that overlap (a calendar's may) and hence move together; or one that is wanted.
struct Block {
    starts_at: Timestamp,
    ends_at: Timestamp,
    from: Origin,
}

enum Origin {
    Lane(u16, Vec<Interval>),
    Wanted(usize),
}

/// Deals out the blocks that are linked to `wanted` by overlaps, by start, each to its own lane if that is free and
/// otherwise to the first that is. For intervals this never needs more lanes than they are deep.
fn change_lanes(
    busy: &Busy,
    resource: Uuid,
    capacity: u16,
    wanted: &[Interval],
) -> (Vec<u16>, Vec<LaneMove>) {
    let mut lanes = vec![capacity; wanted.len()];
    let mut moves = Vec::new();
    let mut taken_until: BTreeMap<u16, Timestamp> = BTreeMap::new();
    for block in linked(blocks(busy, resource, capacity, wanted)) {
        let is_free = |lane: &u16| taken_until.get(lane).is_none_or(|until| *until <= block.starts_at);
        let own = match block.from {
            Origin::Lane(lane, _) => Some(lane).filter(is_free),
            Origin::Wanted(_) => None,
        };
        let lane = own.or_else(|| (FIRST_LANE..=capacity).find(is_free)).unwrap_or(capacity);
        taken_until.insert(lane, block.ends_at);
        match block.from {
            Origin::Wanted(index) => lanes.iter_mut().skip(index).take(1).for_each(|chosen| *chosen = lane),
            Origin::Lane(from_lane, _) if from_lane == lane => {}
            Origin::Lane(from_lane, intervals) => {
                moves.extend(intervals.into_iter().map(|(starts_at, ends_at)| LaneMove {
                    resource,
                    from_lane,
                    to_lane: lane,
                    starts_at,
                    ends_at,
                }));
            }
        }
    }
    (lanes, moves)
}

/// Sorted by start.
fn blocks(busy: &Busy, resource: Uuid, capacity: u16, wanted: &[Interval]) -> Vec<Block> {
    let mut blocks: Vec<Block> = Vec::new();
    for (lane, interval) in busy.claims(resource, capacity) {
        match blocks.last_mut() {
            Some(Block { ends_at, from: Origin::Lane(same, intervals), .. })
                if *same == lane && interval.0 < *ends_at =>
            {
                *ends_at = interval.1.max(*ends_at);
                intervals.push(interval);
            }
            _ => blocks.push(Block {
                starts_at: interval.0,
                ends_at: interval.1,
                from: Origin::Lane(lane, vec![interval]),
            }),
        }
    }
    let wanted = wanted.iter().enumerate();
    blocks.extend(wanted.map(|(index, &(starts_at, ends_at))| Block {
        starts_at,
        ends_at,
        from: Origin::Wanted(index),
    }));
    blocks.sort_by_key(|block| block.starts_at);
    blocks
}

/// Those of the sorted `blocks` that a chain of overlaps links to what is wanted.
fn linked(blocks: Vec<Block>) -> Vec<Block> {
    let mut chain: Vec<Block> = Vec::new();
    let mut reach = Timestamp::MIN;
    for block in blocks {
        if block.starts_at >= reach {
            if chain.iter().any(|block| matches!(block.from, Origin::Wanted(_))) {
                return chain;
            }
            chain.clear();
        }
        reach = reach.max(block.ends_at);
        chain.push(block);
    }
    chain
}
