//! The one clock. Time is an argument everywhere else.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use jiff::{SignedDuration, Timestamp};

/// Tells the time: the system's, the system's moved by a fixed distance (demo), or one that a test moves by hand.
#[derive(Debug, Clone)]
pub struct Clock(Kind);

#[derive(Debug, Clone)]
enum Kind {
    Moved(SignedDuration),
    Fixed(Arc<AtomicI64>),
}

impl Clock {
    /// The system's clock.
    pub const fn system() -> Self {
        Self(Kind::Moved(SignedDuration::ZERO))
    }

    /// Starts at `now` and runs from there.
    pub fn starting_at(now: Timestamp) -> Self {
        Self(Kind::Moved(now.duration_since(system_now())))
    }

    /// Stands still until [`Clock::advance`].
    pub fn fixed(now: Timestamp) -> Self {
        Self(Kind::Fixed(Arc::new(AtomicI64::new(now.as_microsecond()))))
    }

    /// The current instant, to the microsecond (what PostgreSQL keeps).
    pub fn now(&self) -> Timestamp {
        let micros = match &self.0 {
            Kind::Moved(distance) => {
                system_now().checked_add(*distance).map_or(i64::MAX, Timestamp::as_microsecond)
            }
            Kind::Fixed(micros) => micros.load(Ordering::SeqCst),
        };
        Timestamp::from_microsecond(micros).unwrap_or(Timestamp::MAX)
    }

    /// Moves a fixed clock; a running one is left alone.
    pub fn advance(&self, by: SignedDuration) {
        if let Kind::Fixed(micros) = &self.0 {
            micros.fetch_add(i64::try_from(by.as_micros()).unwrap_or(0), Ordering::SeqCst);
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "the one place that asks the system")]
fn system_now() -> Timestamp {
    Timestamp::now()
}
