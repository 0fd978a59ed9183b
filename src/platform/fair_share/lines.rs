//! The lines in which orgs wait, and which of them are held back.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

use crate::platform::clock::Clock;
use crate::platform::ids::OrgId;

/// For so long after it asked for something an org counts as one that is there: whoever reads a page asks for another.
const PRESENT: SignedDuration = SignedDuration::from_secs(10);
/// For so long a request of an org that is held back waits for those before it. Most are over within milliseconds; whoever waits for
/// somebody else meanwhile, such as a calendar, keeps nobody out.
const PATIENCE: Duration = Duration::from_millis(500);

/// Every org that has a request in hand or is there, and no other.
///
/// Orgs are told apart by how much of the machine they took in about the last second. One that took more than half of its share is
/// held back while others are there: its requests share `cores` divided by those that are there, and at least one core. Whoever is
/// alone, and whoever takes little, has all their seats.
pub(super) struct Lines {
    clock: Clock,
    cores: u32,
    all: Mutex<HashMap<OrgId, Line>>,
}

struct Line {
    seats: Arc<Semaphore>,
    cores: Arc<Semaphore>,
    guests: usize,
    running: u32,
    /// How many ran at once until `at`, where what is longer ago counts for less.
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
    _core: Option<OwnedSemaphorePermit>,
    _seat: OwnedSemaphorePermit,
}

struct Running(Guest);

impl Lines {
    pub fn new(clock: Clock, cores: u32) -> Self {
        Self { clock, cores, all: Mutex::default() }
    }

    fn locked(&self) -> MutexGuard<'_, HashMap<OrgId, Line>> {
        self.all.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Comes into the line of `org`; `None` when as many wait as may.
    pub fn come(self: &Arc<Self>, org: OrgId, (seats_max, waiting_max): (usize, usize)) -> Option<Guest> {
        let now = self.clock.now();
        let mut all = self.locked();
        all.retain(|_, line| line.is_there(now));
        let line = all.entry(org).or_insert_with(|| Line::new(seats_max, self.cores, now));
        if line.guests >= seats_max + waiting_max {
            return None;
        }
        line.guests += 1;
        line.asked_at = now;
        drop(all);
        Some(Guest { lines: self.clone(), org })
    }
}

impl Line {
    fn new(seats: usize, cores: u32, now: Timestamp) -> Self {
        let (seats, cores) = (Arc::new(Semaphore::new(seats)), Arc::new(Semaphore::new(cores as usize)));
        Self { seats, cores, guests: 0, running: 0, load: 0.0, at: now, asked_at: now }
    }

    fn is_there(&self, now: Timestamp) -> bool {
        self.guests > 0 || now.duration_since(self.asked_at) < PRESENT
    }

    /// What ran until `now` is remembered for about a second.
    fn note(&mut self, now: Timestamp) {
        let seconds = now.duration_since(self.at).as_secs_f64().max(0.0);
        let running = f64::from(self.running);
        self.load = running + (self.load - running) * (-seconds).exp();
        self.at = now;
    }
}

impl Guest {
    fn seats(&self) -> Option<Arc<Semaphore>> {
        self.lines.locked().get(&self.org).map(|line| line.seats.clone())
    }

    /// How many cores its request is to take, and of which; `None` where the org is not held back.
    fn held_back(&self) -> Option<(Arc<Semaphore>, u32)> {
        let (now, cores) = (self.lines.clock.now(), self.lines.cores);
        let mut all = self.lines.locked();
        let there = all.values().filter(|line| line.is_there(now)).count();
        let there = u32::try_from(there).unwrap_or(u32::MAX);
        let line = all.get_mut(&self.org)?;
        line.note(now);
        let share = (cores / there.max(1)).max(1);
        (there > 1 && line.load > f64::from(share) / 2.0).then(|| (line.cores.clone(), there.min(cores)))
    }

    /// Waits for a seat, and where the org is held back for its turn.
    pub async fn sit(self) -> Option<Seated> {
        let seat = self.seats()?.acquire_owned().await.ok()?;
        let core = match self.held_back() {
            None => None,
            Some((cores, wanted)) => {
                timeout(PATIENCE, cores.acquire_many_owned(wanted)).await.ok().and_then(Result::ok)
            }
        };
        self.count(|running| running + 1);
        Some(Seated { running: Running(self), _core: core, _seat: seat })
    }

    fn count(&self, running: impl FnOnce(u32) -> u32) {
        let now = self.lines.clock.now();
        if let Some(line) = self.lines.locked().get_mut(&self.org) {
            line.note(now);
            line.running = running(line.running);
        }
    }
}

impl Drop for Guest {
    fn drop(&mut self) {
        if let Some(line) = self.lines.locked().get_mut(&self.org) {
            line.guests -= 1;
        }
    }
}

impl Seated {
    pub fn org(&self) -> OrgId {
        self.running.0.org
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.0.count(|running| running.saturating_sub(1));
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
        let flood: Vec<_> = (0..6).map(|_| sits(&lines, 1).unwrap()).collect();
        clock.advance(SECOND);
        drop(flood);
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
    async fn w27_more_cores_are_shared_by_those_who_are_there() {
        let (lines, clock) = lines(8);
        let flood: Vec<_> = (0..6).map(|_| sits(&lines, 1).unwrap()).collect();
        clock.advance(SECOND);
        drop(flood);
        drop((sits(&lines, 2), sits(&lines, 3)));
        let _two = (sits(&lines, 1).unwrap(), sits(&lines, 1).unwrap());
        assert!(sits(&lines, 1).is_none(), "a third of eight");
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
        let flood: Vec<_> = (0..4).map(|_| sits(&lines, 1).unwrap()).collect();
        clock.advance(SECOND);
        drop(flood);
        drop(sits(&lines, 2));
        let _endless = sits(&lines, 1).unwrap();
        assert!(come(&lines, 1).unwrap().sit().await.is_some());
    }
}
