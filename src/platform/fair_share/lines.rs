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
/// For so long a request of an org that is held back gives way. Most are over within milliseconds; whoever waits for somebody
/// else meanwhile, such as a calendar, keeps nobody out.
const PATIENCE: Duration = Duration::from_millis(500);
/// How many times as much an org asks for as one that it gives way to.
const MUCH_MORE: f64 = 2.0;

/// Every org that has a request in hand or is there, and no other.
///
/// Orgs are told apart by how much they asked for at once in about the last second. One that asked for more than half of its share of
/// the cores is held back while others are there: its requests have half of the cores, at least one, and begin in their order
/// while those who ask for much less leave it free. Whoever is alone, and whoever asks for little, has all their seats.
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
    held_back: bool,
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
}

impl Line {
    fn new(seats: usize, now: Timestamp) -> Self {
        let (seats, next) = (Arc::new(Semaphore::new(seats)), Arc::default());
        Self { seats, next, guests: 0, running: 0, held_back: 0, load: 0.0, at: now, asked_at: now }
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
        Some(Seated { running: Running { guest: self, held_back }, _seat: seat })
    }

    /// Begins when it is next and half of the cores are free.
    async fn give_way(&self, next: &tokio::sync::Mutex<()>) {
        let _next = next.lock().await;
        loop {
            let mut over = std::pin::pin!(self.lines.over.notified());
            over.as_mut().enable();
            if self.begin_if_free() {
                return;
            }
            over.await;
        }
    }

    fn begin_if_free(&self) -> bool {
        let now = self.lines.clock.now();
        let mut all = self.lines.locked();
        all.values_mut().for_each(|line| line.note(now));
        let Some((own, load)) = all.get(&self.org).map(|line| (line.held_back, line.load)) else {
            return true;
        };
        let before: u32 =
            all.values().filter(|line| line.load * MUCH_MORE < load).map(|line| line.running).sum();
        let is_free = own + before < (self.lines.cores / 2).max(1);
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
}

impl Drop for Running {
    fn drop(&mut self) {
        let lines = &self.guest.lines;
        if let Some(line) = lines.locked().get_mut(&self.guest.org) {
            line.running -= 1;
            line.held_back -= u32::from(self.held_back);
        }
        lines.over.notify_waiters();
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use futures::FutureExt as _;
    use uuid::Uuid;

    use super::*;

    const SECOND: SignedDuration = SignedDuration::from_secs(1);

    fn lines(cores: u32) -> (Arc<Lines>, Clock) {
        let clock = Clock::fixed(Timestamp::UNIX_EPOCH);
        (Arc::new(Lines::new(clock.clone(), cores)), clock)
    }

    fn come(lines: &Arc<Lines>, org: u128) -> Option<Guest> {
        lines.come(OrgId(Uuid::from_u128(org)), (6, 100))
    }

    /// Whether a request of the org begins at once.
    fn sits(lines: &Arc<Lines>, org: u128) -> Option<Seated> {
        come(lines, org)?.sit().now_or_never().flatten()
    }

    /// The first org asks for six at once, for a second.
    fn flood(lines: &Arc<Lines>, clock: &Clock) {
        let all: Vec<_> = (0..6).map(|_| sits(lines, 1).unwrap()).collect();
        clock.advance(SECOND);
        drop(all);
    }

    #[test]
    fn only_orgs_that_asked_lately_are_remembered_and_none_waits_beyond_its_line() {
        let (lines, clock) = lines(2);
        let come = |org| lines.come(OrgId(Uuid::from_u128(org)), (1, 1));
        let (first, second) = (come(1).unwrap(), come(1).unwrap());
        assert!(come(1).is_none(), "one on the seat, one in line");
        drop((first, come(2)));
        assert!(come(1).is_some());
        clock.advance(PRESENT);
        drop(come(3));
        assert_eq!(lines.locked().len(), 2, "whoever has a request in hand stays");
        drop(second);
        drop(come(3));
        assert_eq!(lines.locked().len(), 1);
    }

    #[tokio::test]
    async fn w27_whoever_takes_much_has_one_core_while_somebody_else_is_there_and_all_seats_alone() {
        let (lines, clock) = lines(2);
        flood(&lines, &clock);
        let alone: Vec<_> = (0..6).map(|_| sits(&lines, 1).unwrap()).collect();
        assert!(sits(&lines, 1).is_none(), "there are six");
        drop(alone);
        // Somebody reads a page: whoever floods is worked on one by one from then on.
        drop(sits(&lines, 2).unwrap());
        let one = sits(&lines, 1).unwrap();
        let mut next = Box::pin(come(&lines, 1).unwrap().sit());
        assert!(next.as_mut().now_or_never().is_none());
        assert!(sits(&lines, 2).is_some() && sits(&lines, 3).is_some(), "nobody else waits");
        drop(one);
        let next = next.now_or_never().flatten().unwrap();
        // Until that is long ago.
        clock.advance(PRESENT);
        assert!(sits(&lines, 1).is_some());
        drop(next);
    }

    #[tokio::test]
    async fn w27_whoever_takes_much_begins_when_those_who_take_little_are_answered() {
        let (lines, clock) = lines(2);
        flood(&lines, &clock);
        let page = sits(&lines, 2).unwrap();
        let mut first = Box::pin(come(&lines, 1).unwrap().sit());
        let mut second = Box::pin(come(&lines, 1).unwrap().sit());
        assert!(first.as_mut().now_or_never().is_none() && second.as_mut().now_or_never().is_none());
        drop(page);
        assert!(second.as_mut().now_or_never().is_none(), "each in its turn");
        drop(first.now_or_never().flatten().unwrap());
        assert!(second.now_or_never().flatten().is_some());
    }

    #[tokio::test]
    async fn two_clinics_that_take_much_do_not_give_way_to_each_other() {
        let (lines, clock) = lines(2);
        let both: Vec<_> = [1, 2, 1, 2, 2].map(|org| sits(&lines, org).unwrap()).into();
        clock.advance(SECOND);
        drop(both);
        let (one, other) = (sits(&lines, 1), sits(&lines, 2));
        assert!(one.is_some() && other.is_some());
        assert!(sits(&lines, 1).is_none() && sits(&lines, 2).is_none(), "each has half of the cores");
    }

    #[tokio::test]
    async fn w27_whoever_takes_much_has_half_of_more_cores() {
        let (lines, clock) = lines(8);
        flood(&lines, &clock);
        let _page = sits(&lines, 2).unwrap();
        let _three: Vec<_> = (0..3).map(|_| sits(&lines, 1).unwrap()).collect();
        assert!(sits(&lines, 1).is_none(), "a half of eight, with what others have of it");
    }

    #[tokio::test]
    async fn a_clinic_with_a_slow_request_is_not_held_back() {
        let (lines, clock) = lines(8);
        drop(sits(&lines, 2));
        let _slow = sits(&lines, 1).unwrap();
        clock.advance(SECOND * 5);
        let _pages: Vec<_> = (0..5).map(|_| sits(&lines, 1).unwrap()).collect();
    }

    #[tokio::test]
    async fn whoever_is_held_back_is_not_held_up_by_what_does_not_end() {
        let (lines, clock) = lines(1);
        flood(&lines, &clock);
        drop(sits(&lines, 2));
        let _endless = sits(&lines, 1).unwrap();
        assert!(come(&lines, 1).unwrap().sit().await.is_some());
    }
}
