//! The one clock. Time is an argument everywhere else.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use jiff::{SignedDuration, Timestamp};

/// Tells the time: the system's, the system's moved by some distance (demo), or one that a test moves by hand. Its copies
/// are moved together.
#[derive(Debug, Clone)]
pub struct Clock(Kind);

/// In microseconds.
#[derive(Debug, Clone)]
enum Kind {
    Moved(Arc<AtomicI64>),
    Fixed(Arc<AtomicI64>),
}

impl Clock {
    /// The system's clock.
    pub fn system() -> Self {
        Self(Kind::Moved(Arc::default()))
    }

    /// Starts at `now` and runs from there.
    pub fn starting_at(now: Timestamp) -> Self {
        let clock = Self::system();
        clock.advance(now.duration_since(system_now()));
        clock
    }

    /// Stands still until [`Clock::advance`].
    pub fn fixed(now: Timestamp) -> Self {
        Self(Kind::Fixed(Arc::new(AtomicI64::new(now.as_microsecond()))))
    }

    /// The current instant, to the microsecond (what PostgreSQL keeps).
    pub fn now(&self) -> Timestamp {
        let micros = match &self.0 {
            Kind::Moved(distance) => {
                system_now().as_microsecond().saturating_add(distance.load(Ordering::SeqCst))
            }
            Kind::Fixed(micros) => micros.load(Ordering::SeqCst),
        };
        Timestamp::from_microsecond(micros).unwrap_or(Timestamp::MAX)
    }

    /// Moves it on, or back; one that runs goes on running.
    pub fn advance(&self, by: SignedDuration) {
        let (Kind::Moved(micros) | Kind::Fixed(micros)) = &self.0;
        micros.fetch_add(i64::try_from(by.as_micros()).unwrap_or(0), Ordering::SeqCst);
    }
}

#[expect(clippy::disallowed_methods, reason = "the one place that asks the system")]
fn system_now() -> Timestamp {
    Timestamp::now()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn a_clock_that_is_moved_moves_its_copies_and_no_other() {
        let (clock, other) = (Clock::system(), Clock::system());
        let copy = clock.clone();
        clock.advance(SignedDuration::from_hours(-48));
        let behind = other.now().duration_since(copy.now());
        assert!((behind - SignedDuration::from_hours(48)).abs() < SignedDuration::from_mins(1), "{behind}");
        let then = "2026-12-01T17:00:00Z".parse().unwrap();
        assert!(Clock::starting_at(then).now().duration_since(then) < SignedDuration::from_mins(1));
    }
}
