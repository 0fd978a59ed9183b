//! What was counted of days that are over, kept until something changes that it was counted from ([ADR
//! 40](../../docs/adr/0040-days-that-are-over-are-kept.md)).
//!
//! Triggers write the instants of what changes late into `day_changes`; whoever reads takes no day that has one, and a round
//! that comes by itself forgets those days, with their changes, and counts them again. What else a count depends on, such as
//! hours and prices, is a number that is kept with it and has to be the same.
//!
//! **Invariant.** A reader never writes, and only the holder of the round's lock keeps: a count is never replaced by an older one.

mod forget_changed;
mod keep;
mod kept;
mod store;

use std::hash::{DefaultHasher, Hash, Hasher as _};

use jiff::Timestamp;

pub use forget_changed::forget_changed;
pub use keep::{keep, missing};
pub use kept::kept;

/// What was counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// What the receptionist did and what it earned, of a site.
    Figures,
    /// Whether hot calls were booked, of a site.
    Hot,
    /// What came of scored calls, by a zone's days.
    Tally,
}

impl Kind {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Figures => "figures",
            Self::Hot => "hot",
            Self::Tally => "tally",
        }
    }
}

/// A day of a place, and what a count of it depends on besides the rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Day {
    /// A site, or a zone.
    pub place: String,
    /// Its first instant …
    pub since: Timestamp,
    /// … up to here.
    pub until: Timestamp,
    /// Of [`rules`]: counts by other ones are none.
    pub counted_by: i64,
}

/// A number that changes with whatever is given. Another release may number otherwise: then days are counted again.
pub fn rules(of: &impl Hash) -> i64 {
    let mut hasher = DefaultHasher::new();
    of.hash(&mut hasher);
    hasher.finish().cast_signed()
}
