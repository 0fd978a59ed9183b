//! Which room and which device: one place for each need.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use crate::{
    Busy, Cause, Claim, LaneMove, Need, Practitioner, depth::Depth, lanes, matching::Matching,
    rules::minutes, stretches::Interval, visit::Visit,
};

/// A resource, and which of its free places: the first, the second, and so on. Not a lane.
///
/// The claims of one visit's needs all start together, so that each is inside the longer ones. Hence they fit on a
/// resource exactly if each can have a number of its own that is no greater than the places free for its length.
type Place = (Uuid, u16);

/// The needs of a service with what could meet them, asked about ascending starts.
pub(crate) struct Needs<'a> {
    busy: &'a Busy,
    pools: Vec<Pool>,
    capacities: BTreeMap<Uuid, u16>,
    /// Whether one claim can take away another's place: two needs share a resource, or a practitioner is one.
    entangled: bool,
}

struct Pool {
    candidates: Vec<Room>,
    cleanup: SignedDuration,
}

struct Room {
    resource: Uuid,
    capacity: u16,
    depth: Depth,
}

impl<'a> Needs<'a> {
    pub(crate) fn new(needs: &[Need], practitioners: &[Practitioner], busy: &'a Busy) -> Self {
        let mut capacities = BTreeMap::new();
        for candidate in needs.iter().flat_map(|need| &need.candidates) {
            let least: &mut u16 = capacities.entry(candidate.resource).or_insert(candidate.lanes);
            *least = candidate.lanes.min(*least);
        }
        let pool = |need: &Need| {
            let in_service = need.candidates.iter().filter_map(|candidate| {
                let capacity =
                    capacities.get(&candidate.resource).copied().filter(|&capacity| capacity > 0)?;
                let depth = Depth::of(busy, candidate.resource, capacity);
                Some(Room { resource: candidate.resource, capacity, depth })
            });
            Pool { candidates: in_service.collect(), cleanup: minutes(need.cleanup_minutes) }
        };
        let pools = needs.iter().map(pool).collect();
        Self { busy, pools, entangled: are_entangled(needs, practitioners), capacities }
    }

    /// Whether each need, taken by itself, can be met. Necessary, and without entanglement sufficient.
    pub(crate) fn each_can_be_met(&mut self, visit: &Visit) -> bool {
        self.pools.iter_mut().all(|pool| pool.has_room(visit))
    }

    /// Whether all needs can be met at once, `giver` being taken. Given that each can.
    pub(crate) fn can_be_met_beside(&mut self, giver: Uuid, visit: &Visit) -> bool {
        !self.entangled || Matching::is_perfect(self.free_places(Some(giver), visit))
    }

    /// A cause for each need that stays unmet when as many as possible are met, `giver` being taken.
    pub(crate) fn causes(&mut self, giver: Option<Uuid>, visit: &Visit) -> Vec<Cause> {
        let chosen = Matching::all(self.free_places(giver, visit)).chosen;
        let mut taken: BTreeMap<Uuid, u16> = BTreeMap::new();
        for (resource, _) in chosen.iter().flatten() {
            *taken.entry(*resource).or_default() += 1;
        }
        let (mut unmet, mut freeable) = (Vec::new(), Vec::new());
        for (need, pool) in self.pools.iter_mut().enumerate() {
            if chosen.get(need).is_some_and(Option::is_none) {
                unmet.push(need);
                freeable.push(pool.places_to_free(giver, &taken, visit, chosen.len()));
            }
        }
        let places = freeable.iter().map(|places| places.iter().map(|&(_, place)| place).collect()).collect();
        let freed = Matching::all(places).chosen;
        let cause = |((need, places), freed): ((usize, &Vec<(_, Place)>), Option<Place>)| {
            let found = freed.and_then(|freed| places.iter().find(|&&(_, place)| place == freed));
            found.map_or(Cause::NoResource { need }, |&(until, (resource, _))| Cause::ResourceBusy {
                resource,
                need,
                until,
            })
        };
        unmet.into_iter().zip(&freeable).zip(freed).map(cause).collect()
    }

    /// The claims that meet all needs, `giver` being taken, and what makes room for them. Given that all can be met.
    pub(crate) fn claims(&mut self, giver: Uuid, visit: &Visit) -> (Vec<Claim>, Vec<LaneMove>) {
        let chosen = Matching::all(self.free_places(Some(giver), visit)).chosen;
        let mut wanted: BTreeMap<Uuid, Vec<Interval>> = BTreeMap::new();
        for (pool, (resource, _)) in self.pools.iter().zip(chosen.into_iter().flatten()) {
            wanted.entry(resource).or_default().push(visit.with_cleanup(pool.cleanup));
        }
        let (mut claims, mut moves) = (Vec::new(), Vec::new());
        for (resource, wanted) in wanted {
            let capacity = self.capacities.get(&resource).copied().unwrap_or(crate::FIRST_LANE);
            let (lanes, mut moved) = lanes::settle(self.busy, resource, capacity, &wanted);
            let claim = |(lane, (starts_at, ends_at))| Claim { resource, lane, starts_at, ends_at };
            claims.extend(lanes.into_iter().zip(wanted).map(claim));
            moves.append(&mut moved);
        }
        (claims, moves)
    }

    fn free_places(&mut self, giver: Option<Uuid>, visit: &Visit) -> Vec<Vec<Place>> {
        let needs = self.pools.len();
        self.pools.iter_mut().map(|pool| pool.free_places(giver, visit, needs)).collect()
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

impl Pool {
    fn has_room(&mut self, visit: &Visit) -> bool {
        let wanted = visit.with_cleanup(self.cleanup);
        self.candidates.iter_mut().any(|room| room.depth.is_below(room.capacity, wanted))
    }

    /// Who gives the visit does not meet one of its needs as well.
    fn beside(&mut self, giver: Option<Uuid>) -> impl Iterator<Item = &mut Room> {
        self.candidates.iter_mut().filter(move |room| Some(room.resource) != giver)
    }

    /// No more of a resource than there are needs, as nobody could ask for them.
    fn free_places(&mut self, giver: Option<Uuid>, visit: &Visit, needs: usize) -> Vec<Place> {
        let wanted = visit.with_cleanup(self.cleanup);
        let places = self.beside(giver).flat_map(|room| {
            let free = room.capacity.saturating_sub(room.depth.max(wanted));
            (1..=free).take(needs).map(|place| (room.resource, place))
        });
        places.collect()
    }

    /// The places that others take and this visit does not, with their ends, those that are free first first.
    fn places_to_free(
        &mut self,
        giver: Option<Uuid>,
        taken: &BTreeMap<Uuid, u16>,
        visit: &Visit,
        needs: usize,
    ) -> Vec<(Option<Timestamp>, Place)> {
        let wanted = visit.with_cleanup(self.cleanup);
        let places = self.beside(giver).flat_map(|room| {
            let own = taken.get(&room.resource).copied().unwrap_or(0);
            let places = (own.saturating_add(1)..=room.capacity).take(needs);
            let level = |place| room.capacity - place + 1;
            let until = |place| (room.depth.until(level(place), wanted), (room.resource, place));
            places.map(until).collect::<Vec<_>>()
        });
        let mut places: Vec<_> = places.collect();
        places.sort_by_key(|&(until, _)| until);
        places
    }
}
