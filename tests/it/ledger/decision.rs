//! What to claim, decided from what a look says is taken: instants, as the product has them.

use jiff::Timestamp;

use super::clinic::{LANES, Need, Resource, SERVICES, instant};
use super::spec::{Claim, Wish};

/// Lanes that are taken, from when until when.
pub type Taken = Vec<(Resource, u8, Timestamp, Timestamp)>;

/// The first lane of each need that nothing taken overlaps.
pub fn decide(block: u16, wish: Wish, taken: &Taken) -> Option<Vec<Claim>> {
    let service = &SERVICES[usize::from(wish.service)];
    let first_free = |need: &Need| {
        let (from, until) = (wish.start, wish.start + service.cells + need.cells_after);
        let (starts_at, ends_at) = (instant(block, from), instant(block, until));
        let lanes = need.one_of.iter().flat_map(|r| (1..=LANES[usize::from(*r)]).map(move |lane| (*r, lane)));
        let is_free = |(resource, lane): &(Resource, u8)| {
            !taken.iter().any(|(r, l, s, e)| r == resource && l == lane && *s < ends_at && starts_at < *e)
        };
        let mut free = lanes.filter(is_free);
        free.next().map(|(resource, lane)| Claim { resource, lane, from, until })
    };
    let mut claims: Vec<Claim> = service.needs.iter().map(first_free).collect::<Option<_>>()?;
    claims.sort();
    Some(claims)
}

/// When a visit begins and ends.
pub fn times(block: u16, wish: Wish) -> (Timestamp, Timestamp) {
    let cells = SERVICES[usize::from(wish.service)].cells;
    (instant(block, wish.start), instant(block, wish.start + cells))
}
