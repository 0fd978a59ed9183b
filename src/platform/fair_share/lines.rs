//! The lines in which orgs wait, and which of them are held back.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

use crate::platform::clock::Clock;
use crate::platform::ids::OrgId;

/// For so long after it asked for something an org counts as one that is there: whoever reads a page asks for another.
const PRESENT: SignedDuration = SignedDuration::from_secs(10);
/// For so long a request of an org that is held back gives way before it begins. Most are over within milliseconds; whoever waits
/// for somebody else meanwhile, such as a calendar, keeps nobody out.
const PATIENCE: Duration = Duration::from_millis(500);
/// For so long after it has begun it stands aside. Less, for it may have a connection meanwhile that others wait for.
const STANDS_ASIDE: SignedDuration = SignedDuration::from_millis(100);
/// How many times as much an org asks for as one that it gives way to.
const MUCH_MORE: f64 = 2.0;

/// Every org that has a request in hand or is there, and no other.
///
/// Orgs are told apart by how much they asked for at once in about the last second. One that asked for more than half of its share of
/// the cores is held back while others are there: its requests have half of the cores, at least one, begin in their order
/// while those who ask for much less leave it free, and stand aside when one of those comes. Whoever is alone, and whoever asks for
/// little, has all their seats.
pub(super) struct Lines {
    clock: Clock,
    cores: u32,
    all: Mutex<HashMap<OrgId, Line>>,
    /// A request is over.
    over: Notify,
}

struct Line {
    seats: Arc<Semaphore>,
    /// Of those that are held back the one that is next.
    next: Arc<tokio::sync::Mutex<()>>,
    /// Waiting or worked on.
    guests: usize,
    running: u32,
    /// Of those the ones that had been held back.
    held_back: u32,
    /// Of those the ones that stand aside.
    aside: u32,
    /// How many guests there were at once until `at`, where what is longer ago counts for less.
    load: f64,
    at: Timestamp,
    asked_at: Timestamp,
}

/// A request in the line of an org, seated or waiting.
pub(super) struct Guest {
    lines: Arc<Lines>,
    pub org: OrgId,
}

/// A request that is worked on. Fields go in this order: the line is not forgotten before its seat is free.
pub(super) struct Seated {
    running: Running,
    _seat: OwnedSemaphorePermit,
}

struct Running {
    guest: Guest,
    /// Where it had been held back: until when it stands aside for others.
    yields_until: Option<Timestamp>,
}

/// A request that stands aside for those who ask for much less; dropped, it goes on.
pub(super) struct Aside {
    lines: Arc<Lines>,
    org: OrgId,
    /// For how long at most.
    left: SignedDuration,
}

impl Lines {
    pub fn new(clock: Clock, cores: u32) -> Self {
        Self { clock, cores, all: Mutex::default(), over: Notify::new() }
    }

    fn locked(&self) -> MutexGuard<'_, HashMap<OrgId, Line>> {
        self.all.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Comes into the line of `org`; `None` when as many wait as may.
    pub fn come(self: &Arc<Self>, org: OrgId, (seats_max, waiting_max): (usize, usize)) -> Option<Guest> {
        let now = self.clock.now();
        let mut all = self.locked();
        all.retain(|_, line| line.is_there(now));
        let line = all.entry(org).or_insert_with(|| Line::new(seats_max, now));
        if line.guests >= seats_max + waiting_max {
            return None;
        }
        line.note(now);
        line.guests += 1;
        line.asked_at = now;
        drop(all);
        Some(Guest { lines: self.clone(), org })
    }

    /// How many of the cores, by now, those have who ask for much less than `org`.
    fn before(&self, all: &mut HashMap<OrgId, Line>, org: OrgId) -> u32 {
        let now = self.clock.now();
        for line in all.values_mut() {
            line.note(now);
        }
        let load = all.get(&org).map_or(0.0, |line| line.load);
        all.values().filter(|line| line.load * MUCH_MORE < load).map(|line| line.running).sum()
    }

    fn half(&self) -> u32 {
        (self.cores / 2).max(1)
    }

    /// Waits until `is_free`, asked again whenever a request is over.
    async fn until(&self, is_free: impl Fn() -> bool) {
        loop {
            let mut over = std::pin::pin!(self.over.notified());
            over.as_mut().enable();
            if is_free() {
                return;
            }
            over.await;
        }
    }
}

impl Line {
    fn new(seats: usize, now: Timestamp) -> Self {
        let (seats, next) = (Arc::new(Semaphore::new(seats)), Arc::default());
        Self { seats, next, guests: 0, running: 0, held_back: 0, aside: 0, load: 0.0, at: now, asked_at: now }
    }

    fn is_there(&self, now: Timestamp) -> bool {
        self.guests > 0 || now.duration_since(self.asked_at) < PRESENT
    }

    /// What was asked for until `now` is remembered for about a second.
    fn note(&mut self, now: Timestamp) {
        let seconds = now.duration_since(self.at).as_secs_f64().max(0.0);
        #[expect(clippy::cast_precision_loss, reason = "as many as wait in one process")]
        let guests = self.guests as f64;
        self.load = guests + (self.load - guests) * (-seconds).exp();
        self.at = now;
    }
}

impl Guest {
    /// The seats of its line, and who is next there.
    fn line(&self) -> Option<(Arc<Semaphore>, Arc<tokio::sync::Mutex<()>>)> {
        self.lines.locked().get(&self.org).map(|line| (line.seats.clone(), line.next.clone()))
    }

    fn is_held_back(&self) -> bool {
        let now = self.lines.clock.now();
        let mut all = self.lines.locked();
        let there = all.values().filter(|line| line.is_there(now)).count();
        let there = u32::try_from(there).unwrap_or(u32::MAX);
        let share = f64::from((self.lines.cores / there.max(1)).max(1));
        all.get_mut(&self.org).is_some_and(|line| {
            line.note(now);
            there > 1 && line.load > share / 2.0
        })
    }

    /// Waits for a seat, and where the org is held back for its turn.
    pub async fn sit(self) -> Option<Seated> {
        let (seats, next) = self.line()?;
        let seat = seats.acquire_owned().await.ok()?;
        let held_back = self.is_held_back();
        let has_begun = held_back && timeout(PATIENCE, self.give_way(&next)).await.is_ok();
        if !has_begun {
            self.begin(&mut self.lines.locked(), held_back);
        }
        let yields_until = held_back.then(|| self.lines.clock.now() + STANDS_ASIDE);
        Some(Seated { running: Running { guest: self, yields_until }, _seat: seat })
    }

    /// Begins when it is next and half of the cores are free.
    async fn give_way(&self, next: &tokio::sync::Mutex<()>) {
        let _next = next.lock().await;
        self.lines.until(|| self.begin_if_free()).await;
    }

    fn begin_if_free(&self) -> bool {
        let mut all = self.lines.locked();
        let before = self.lines.before(&mut all, self.org);
        let is_free = all.get(&self.org).is_none_or(|line| line.held_back + before < self.lines.half());
        if is_free {
            self.begin(&mut all, true);
        }
        is_free
    }

    fn begin(&self, all: &mut HashMap<OrgId, Line>, held_back: bool) {
        if let Some(line) = all.get_mut(&self.org) {
            line.running += 1;
            line.held_back += u32::from(held_back);
        }
    }
}

impl Drop for Guest {
    fn drop(&mut self) {
        let now = self.lines.clock.now();
        if let Some(line) = self.lines.locked().get_mut(&self.org) {
            line.note(now);
            line.guests -= 1;
        }
    }
}

impl Seated {
    pub fn org(&self) -> OrgId {
        self.running.guest.org
    }

    /// Stands aside if it was held back and those who ask for much less need its core by now.
    pub fn stand_aside(&self) -> Option<Aside> {
        let (lines, org) = (&self.running.guest.lines, self.org());
        let left = self.running.yields_until?.duration_since(lines.clock.now());
        if left <= SignedDuration::ZERO {
            return None;
        }
        let mut all = lines.locked();
        let before = lines.before(&mut all, org);
        let line = all.get_mut(&org)?;
        if line.held_back - line.aside + before <= lines.half() {
            return None;
        }
        line.aside += 1;
        drop(all);
        Some(Aside { lines: lines.clone(), org, left: left.min(STANDS_ASIDE) })
    }
}

impl Aside {
    /// Waits until a core is left for it, or until it has stood aside for long enough.
    pub async fn until_free(self) {
        let is_free = || {
            let mut all = self.lines.locked();
            let before = self.lines.before(&mut all, self.org);
            all.get(&self.org).is_none_or(|line| line.held_back - line.aside + before < self.lines.half())
        };
        // Late is as good as free.
        let _ = timeout(self.left.unsigned_abs(), self.lines.until(is_free)).await;
    }
}

impl Drop for Aside {
    fn drop(&mut self) {
        if let Some(line) = self.lines.locked().get_mut(&self.org) {
            line.aside -= 1;
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let lines = &self.guest.lines;
        if let Some(line) = lines.locked().get_mut(&self.guest.org) {
            line.running -= 1;
            line.held_back -= u32::from(self.yields_until.is_some());
        }
        lines.over.notify_waiters();
    }
}

#[cfg(test)]
mod tests;
