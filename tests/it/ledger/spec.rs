//! What each operation means, one after the other: the oracle. It knows cells and owners, no intervals and no SQL.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::clinic::{CELLS, LANES, Resource, SERVICES};

pub type Id = u128;

/// A service at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Wish {
    pub service: u8,
    pub start: u16,
}

#[derive(Debug, Clone)]
pub enum Op {
    /// Books, or converts what the call holds at that time.
    Book {
        id: Id,
        call: u8,
        wish: Wish,
    },
    Hold {
        id: Id,
        call: u8,
        wish: Wish,
        until: Timestamp,
    },
    /// Turns a hold into a visit; one that lapsed is checked again.
    Confirm {
        hold: Id,
        id: Id,
        call: u8,
        wish: Wish,
    },
    /// The call ends: whatever it holds is free.
    HangUp {
        call: u8,
    },
    Move {
        id: Id,
        to: Wish,
    },
    Cancel {
        id: Id,
        service: u8,
    },
    /// A practitioner's outside calendar as it is now.
    Import {
        practitioner: Resource,
        busy: Vec<(u16, u16)>,
    },
}

/// A lane of a resource from one cell up to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Claim {
    pub resource: Resource,
    pub lane: u8,
    pub from: u16,
    pub until: u16,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// With these claims and no others.
    Placed(Vec<Claim>),
    Refused,
    /// There is no such visit any more.
    Gone,
    Done,
    /// What the calendar said before.
    Mirrored(Vec<(u16, u16)>),
}

/// Why something is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reason {
    Visit,
    Hold { call: u8, start: u16, until: Timestamp },
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Owner {
    pub reason: Reason,
    pub claims: Vec<Claim>,
}

impl Owner {
    fn has_lapsed(&self, now: Timestamp) -> bool {
        matches!(self.reason, Reason::Hold { until, .. } if until <= now)
    }
}

/// What is taken in a block.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct State {
    pub owners: BTreeMap<Id, Owner>,
    pub busy: BTreeMap<Resource, Vec<(u16, u16)>>,
}

impl State {
    /// Does one operation whole.
    pub fn apply(&mut self, op: &Op, now: Timestamp) -> Answer {
        match op {
            Op::Book { id, call, wish } => {
                self.open(&SERVICES[usize::from(wish.service)].resources(), now);
                self.convert(*call, *wish);
                self.place(*id, *wish, Reason::Visit, now)
            }
            Op::Hold { id, call, wish, until } => {
                self.open(&SERVICES[usize::from(wish.service)].resources(), now);
                self.convert(*call, *wish);
                self.place(*id, *wish, Reason::Hold { call: *call, start: wish.start, until: *until }, now)
            }
            Op::Confirm { hold, id, call, wish } => {
                self.open(&SERVICES[usize::from(wish.service)].resources(), now);
                self.convert(*call, *wish);
                self.owners.remove(hold);
                self.place(*id, *wish, Reason::Visit, now)
            }
            Op::HangUp { call } => {
                self.owners
                    .retain(|_, o| !matches!(o.reason, Reason::Hold { call: own, .. } if own == *call));
                Answer::Done
            }
            Op::Move { id, to } => {
                self.open(&SERVICES[usize::from(to.service)].resources(), now);
                if !self.owners.contains_key(id) {
                    return Answer::Gone;
                }
                self.place(*id, *to, Reason::Visit, now)
            }
            Op::Cancel { id, service } => {
                self.open(&SERVICES[usize::from(*service)].resources(), now);
                self.owners.remove(id).map_or(Answer::Gone, |_| Answer::Done)
            }
            Op::Import { practitioner, busy } => {
                self.open(&[*practitioner], now);
                let before = self.busy.remove(practitioner).unwrap_or_default();
                if !busy.is_empty() {
                    self.busy.insert(*practitioner, busy.clone());
                }
                Answer::Mirrored(before)
            }
        }
    }

    /// Lapsed holds of any of these go, whole.
    fn open(&mut self, resources: &[Resource], now: Timestamp) {
        let opened: BTreeSet<_> = resources.iter().collect();
        self.owners.retain(|_, owner| {
            !(owner.has_lapsed(now) && owner.claims.iter().any(|c| opened.contains(&c.resource)))
        });
    }

    /// Every lapsed hold goes: what is left of one decides nothing.
    pub fn forget_lapsed(&mut self, now: Timestamp) {
        self.owners.retain(|_, owner| !owner.has_lapsed(now));
    }

    /// What the call holds at that time makes way for what it wants now.
    fn convert(&mut self, call: u8, wish: Wish) {
        self.owners.retain(|_, o| {
            !matches!(o.reason, Reason::Hold { call: own, start, .. } if own == call && start == wish.start)
        });
    }

    /// The first of each need whose cells are all free; all or nothing.
    fn place(&mut self, id: Id, wish: Wish, reason: Reason, now: Timestamp) -> Answer {
        let taken = self.paint(id, now);
        let service = &SERVICES[usize::from(wish.service)];
        let mut claims = Vec::new();
        for need in service.needs {
            let (from, until) = (wish.start, wish.start + service.cells + need.cells_after);
            let mut lanes =
                need.one_of.iter().flat_map(|r| (1..=LANES[usize::from(*r)]).map(move |lane| (*r, lane)));
            let free = lanes.find(|lane| (from..until).all(|cell| !taken.contains(*lane, cell)));
            let Some((resource, lane)) = free else { return Answer::Refused };
            claims.push(Claim { resource, lane, from, until });
        }
        claims.sort();
        self.owners.insert(id, Owner { reason, claims: claims.clone() });
        Answer::Placed(claims)
    }

    /// Every cell that is taken by anybody but `id`.
    fn paint(&self, id: Id, now: Timestamp) -> Cells {
        let others = self.owners.iter().filter(|(owner, what)| **owner != id && !what.has_lapsed(now));
        let claims = others.flat_map(|(_, owner)| &owner.claims);
        let mut cells = Cells::default();
        for claim in claims {
            cells.take((claim.resource, claim.lane), claim.from, claim.until);
        }
        for (practitioner, busy) in &self.busy {
            for (from, until) in busy {
                cells.take((*practitioner, 1), *from, *until);
            }
        }
        cells
    }
}

/// Two days of every lane.
struct Cells([[[bool; CELLS as usize]; 2]; LANES.len()]);

impl Default for Cells {
    fn default() -> Self {
        Self([[[false; CELLS as usize]; 2]; LANES.len()])
    }
}

impl Cells {
    fn take(&mut self, (resource, lane): (Resource, u8), from: u16, until: u16) {
        self.0[usize::from(resource)][usize::from(lane) - 1][usize::from(from)..usize::from(until)]
            .fill(true);
    }

    fn contains(&self, (resource, lane): (Resource, u8), cell: u16) -> bool {
        self.0[usize::from(resource)][usize::from(lane) - 1][usize::from(cell)]
    }
}
