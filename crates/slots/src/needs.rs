//! Which room and which device: one lane for each need.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use crate::{Busy, Claim, FIRST_LANE, Need, Practitioner, Refusal, busy::Lane, rules::minutes, visit::Visit};

type LaneKey = (Uuid, u16);

/// The needs of a service with the lanes that could meet them, asked about ascending starts.
pub(crate) struct Needs<'a> {
    needs: Vec<Pool<'a>>,
    /// Whether one claim can take away another's lane: two needs share a resource, or a practitioner is one.
    entangled: bool,
}

struct Pool<'a> {
    lanes: Vec<Lane<'a>>,
    cleanup: SignedDuration,
}

impl<'a> Needs<'a> {
    pub(crate) fn new(needs: &[Need], practitioners: &[Practitioner], busy: &'a Busy) -> Self {
        let entangled = are_entangled(needs, practitioners);
        Self { needs: needs.iter().map(|need| Pool::new(need, busy)).collect(), entangled }
    }

    /// Whether each need, taken by itself, can be met. Necessary, and without entanglement sufficient.
    pub(crate) fn each_can_be_met(&mut self, visit: &Visit) -> bool {
        self.needs.iter_mut().all(|pool| pool.has_room(visit))
    }

    /// Whether all needs can be met at once, `practitioner` being taken. Given that each can.
    pub(crate) fn can_be_met_beside(&mut self, practitioner: Uuid, visit: &Visit) -> bool {
        !self.entangled || self.assign(practitioner, visit).is_ok()
    }

    /// The claims that meet all needs, `practitioner` being taken; otherwise why there are none.
    pub(crate) fn claims(&mut self, practitioner: Uuid, visit: &Visit) -> Result<Vec<Claim>, Refusal> {
        match self.assign(practitioner, visit) {
            Ok(keys) => Ok(self.needs.iter().zip(keys).map(|(pool, key)| pool.claim(key, visit)).collect()),
            Err(unmet) => {
                Err(self.needs.get_mut(unmet).map_or(Refusal::NoResource, |pool| pool.refusal(visit)))
            }
        }
    }

    /// One lane for each need, no lane twice; otherwise the first need that gets none.
    fn assign(&mut self, practitioner: Uuid, visit: &Visit) -> Result<Vec<LaneKey>, usize> {
        let free = self.needs.iter_mut().map(|pool| pool.free_lanes(practitioner, visit)).collect();
        let mut matching = Matching { free, holder: BTreeMap::new(), chosen: vec![None; self.needs.len()] };
        match (0..self.needs.len()).find(|&need| !matching.place(need)) {
            Some(unmet) => Err(unmet),
            None => Ok(matching.chosen.into_iter().flatten().collect()),
        }
    }
}

fn are_entangled(needs: &[Need], practitioners: &[Practitioner]) -> bool {
    if needs.is_empty() {
        return false;
    }
    let mut elsewhere: BTreeSet<Uuid> = practitioners.iter().map(|practitioner| practitioner.id).collect();
    needs.iter().any(|need| {
        let own: BTreeSet<Uuid> = need.candidates.iter().map(|candidate| candidate.resource).collect();
        let shared = !own.is_disjoint(&elsewhere);
        elsewhere.extend(own);
        shared
    })
}

impl<'a> Pool<'a> {
    fn new(need: &Need, busy: &'a Busy) -> Self {
        let lanes = need
            .candidates
            .iter()
            .flat_map(|candidate| {
                (FIRST_LANE..=candidate.lanes).map(|lane| busy.lane(candidate.resource, lane))
            })
            .collect();
        Self { lanes, cleanup: minutes(need.cleanup_minutes) }
    }

    fn has_room(&mut self, visit: &Visit) -> bool {
        let wanted = visit.with_cleanup(self.cleanup);
        self.lanes.iter_mut().any(|lane| lane.is_free(wanted))
    }

    fn free_lanes(&mut self, practitioner: Uuid, visit: &Visit) -> Vec<LaneKey> {
        let wanted = visit.with_cleanup(self.cleanup);
        let lanes = self.lanes.iter_mut().filter(|lane| lane.key != (practitioner, FIRST_LANE));
        lanes.filter_map(|lane| lane.is_free(wanted).then_some(lane.key)).collect()
    }

    fn claim(&self, (resource, lane): LaneKey, visit: &Visit) -> Claim {
        let (starts_at, ends_at) = visit.with_cleanup(self.cleanup);
        Claim { resource, lane, starts_at, ends_at }
    }

    fn refusal(&mut self, visit: &Visit) -> Refusal {
        let wanted = visit.with_cleanup(self.cleanup);
        let by_end = self.lanes.iter_mut().map(|lane| (lane.busy_until(wanted), lane.key.0));
        // A free lane (`None`) sorts first: then only this visit's own claims stand in the way.
        match by_end.min_by_key(|&(until, _): &(Option<Timestamp>, Uuid)| until) {
            Some((until, resource)) => Refusal::ResourceBusy { resource, until },
            None => Refusal::NoResource,
        }
    }
}

/// A bipartite matching, grown need by need along augmenting paths: a need may push an earlier one to another
/// lane, so that greed never refuses what would fit.
struct Matching {
    free: Vec<Vec<LaneKey>>,
    holder: BTreeMap<LaneKey, usize>,
    chosen: Vec<Option<LaneKey>>,
}

impl Matching {
    fn place(&mut self, need: usize) -> bool {
        let mut wanted_by: BTreeMap<LaneKey, usize> = BTreeMap::new();
        let mut queue = VecDeque::from([need]);
        while let Some(asking) = queue.pop_front() {
            for &lane in self.free.get(asking).into_iter().flatten() {
                if wanted_by.contains_key(&lane) {
                    continue;
                }
                wanted_by.insert(lane, asking);
                let Some(&holding) = self.holder.get(&lane) else {
                    self.hand_over(lane, &wanted_by);
                    return true;
                };
                queue.push_back(holding);
            }
        }
        false
    }

    /// Gives `lane` to the need that wanted it, that one's former lane to the need that wanted that, and so on.
    fn hand_over(&mut self, lane: LaneKey, wanted_by: &BTreeMap<LaneKey, usize>) {
        let mut next = Some(lane);
        while let Some(lane) = next
            && let Some(&need) = wanted_by.get(&lane)
            && let Some(chosen) = self.chosen.get_mut(need)
        {
            self.holder.insert(lane, need);
            next = chosen.replace(lane);
        }
    }
}
