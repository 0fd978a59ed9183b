//! Many clients at once, each with random operations, and everything they were told.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use jiff::{SignedDuration, Timestamp};
use tokio::sync::{Mutex, RwLock};
use tokio::task::JoinSet;

use super::clinic::{CELLS, MIDNIGHT, PRACTITIONERS, SERVICES};
use super::spec::{Answer, Id, Op, Wish};
use super::writer::{Fault, Writer};
use crate::durability::chance::Chance;
use crate::harness::NOW;

/// How much is asked, by how many, about how much time.
#[derive(Debug, Clone, Copy)]
pub struct Size {
    pub clients: u8,
    pub ops: u64,
    /// Two days each, from this one on; fewer make more quarrel.
    pub first_block: u16,
    pub blocks: u16,
    /// Cells in which visits start, around the midnight inside a block.
    pub starts: u16,
}

/// An operation, when it was asked and answered in the one order of all, and at which time by the clock.
#[derive(Debug, Clone)]
pub struct Record {
    pub asked: u64,
    pub answered: u64,
    pub now: Timestamp,
    pub op: Op,
    pub answer: Answer,
}

/// What a run left behind.
#[derive(Debug, Default)]
pub struct History {
    /// Per block, in the order in which they were asked.
    pub blocks: BTreeMap<u16, Vec<Record>>,
    pub faults: Vec<Fault>,
    pub ended_at: Timestamp,
}

impl History {
    /// How many were told what.
    pub fn outcomes(&self) -> String {
        let all = || self.blocks.values().flatten();
        let count = |is: fn(&Answer) -> bool| all().filter(|r| is(&r.answer)).count();
        format!(
            "{} operations: {} placed, {} refused, {} of visits that were gone, {} others",
            all().count(),
            count(|a| matches!(a, Answer::Placed(_))),
            count(|a| matches!(a, Answer::Refused)),
            count(|a| matches!(a, Answer::Gone)),
            count(|a| matches!(a, Answer::Done | Answer::Mirrored(_))),
        )
    }
}

/// What clients know of each other's visits and holds in a block.
#[derive(Default)]
struct Board {
    visits: Vec<(Id, u8)>,
    holds: Vec<(Id, u8, Wish)>,
}

struct Run {
    writer: Arc<Writer>,
    size: Size,
    boards: Vec<Mutex<Board>>,
    /// Moves only between operations: a hold has lapsed for everybody or for nobody.
    clock: RwLock<Timestamp>,
    order: AtomicU64,
    left: AtomicU64,
}

/// Lets every client ask until `size.ops` have been asked.
pub async fn run(writer: Arc<Writer>, size: Size, chance: &Chance) -> History {
    let run = Arc::new(Run {
        writer,
        size,
        boards: (0..size.blocks).map(|_| Mutex::default()).collect(),
        clock: RwLock::new(NOW.parse().unwrap()),
        order: AtomicU64::new(0),
        left: AtomicU64::new(size.ops),
    });
    let mut clients = JoinSet::new();
    for client in 0..size.clients {
        clients.spawn(run.clone().play(client, chance.child()));
    }
    let mut history = History::default();
    for (records, faults) in clients.join_all().await {
        for (block, record) in records {
            history.blocks.entry(block).or_default().push(record);
        }
        history.faults.extend(faults);
    }
    for block in history.blocks.values_mut() {
        block.sort_unstable_by_key(|record| record.asked);
    }
    history.ended_at = *run.clock.read().await;
    history
}

impl Run {
    async fn play(self: Arc<Self>, client: u8, chance: Chance) -> (Vec<(u16, Record)>, Vec<Fault>) {
        let (mut records, mut faults) = (Vec::new(), Vec::new());
        while self.left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |n| n.checked_sub(1)).is_ok() {
            if chance.one_in(400) {
                *self.clock.write().await += SignedDuration::from_mins(i64::from(below(&chance, 12)) + 1);
            }
            let now = self.clock.read().await;
            let block = self.size.first_block + below(&chance, self.size.blocks);
            let op = self.next(block, client, &chance, *now).await;
            let asked = self.order.fetch_add(1, Ordering::SeqCst);
            let told = self.writer.perform(block, &op, *now).await;
            let answered = self.order.fetch_add(1, Ordering::SeqCst);
            match told {
                Ok(answer) => {
                    self.tell_others(block, &op, &answer).await;
                    records.push((block, Record { asked, answered, now: *now, op, answer }));
                }
                Err(fault) => faults.push(fault),
            }
        }
        (records, faults)
    }

    async fn next(&self, block: u16, call: u8, chance: &Chance, now: Timestamp) -> Op {
        let board = &mut *self.board(block).lock().await;
        let id = u128::from(chance.below(u64::MAX)) << 64 | u128::from(chance.below(u64::MAX));
        let service = u8::try_from(chance.below(SERVICES.len() as u64)).unwrap();
        let wish = |service| Wish { service, start: self.start(service, chance) };
        match chance.below(100) {
            0..12 => {
                let until = now + SignedDuration::from_mins(i64::from(below(chance, 15)) + 1);
                Op::Hold { id, call, wish: wish(service), until }
            }
            12..20 if !board.holds.is_empty() => {
                let (hold, call, wish) = board.holds.swap_remove(pick(chance, board.holds.len()));
                Op::Confirm { hold, id, call, wish }
            }
            20..22 => Op::HangUp { call },
            22..40 if !board.visits.is_empty() => {
                let (id, service) = board.visits[pick(chance, board.visits.len())];
                Op::Move { id, to: wish(service) }
            }
            40..65 if !board.visits.is_empty() => {
                let at = pick(chance, board.visits.len());
                // Now and then somebody else still believes in it.
                let (id, service) =
                    if chance.one_in(8) { board.visits[at] } else { board.visits.swap_remove(at) };
                Op::Cancel { id, service }
            }
            65..67 => {
                let from = self.start(service, chance);
                let busy = if chance.one_in(3) { Vec::new() } else { vec![(from, from + 2)] };
                Op::Import { practitioner: u8::try_from(below(chance, PRACTITIONERS.into())).unwrap(), busy }
            }
            _ => Op::Book { id, call, wish: wish(service) },
        }
    }

    fn board(&self, block: u16) -> &Mutex<Board> {
        &self.boards[usize::from(block - self.size.first_block)]
    }

    fn start(&self, service: u8, chance: &Chance) -> u16 {
        let first = MIDNIGHT - self.size.starts / 2;
        let last = CELLS - SERVICES[usize::from(service)].cells_in_all();
        (first + below(chance, self.size.starts)).min(last)
    }

    async fn tell_others(&self, block: u16, op: &Op, answer: &Answer) {
        let Answer::Placed(_) = answer else { return };
        let mut board = self.board(block).lock().await;
        match op {
            Op::Book { id, wish, .. } | Op::Confirm { id, wish, .. } => {
                board.visits.push((*id, wish.service));
            }
            Op::Hold { id, call, wish, .. } => board.holds.push((*id, *call, *wish)),
            _ => {}
        }
    }
}

fn below(chance: &Chance, bound: u16) -> u16 {
    u16::try_from(chance.below(bound.into())).unwrap()
}

fn pick(chance: &Chance, of: usize) -> usize {
    usize::try_from(chance.below(of as u64)).unwrap()
}
