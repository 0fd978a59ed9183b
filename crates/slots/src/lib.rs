//! Openings: which visits a clinic can offer, from its civil rules and its busy intervals.
//!
//! Pure. No clock, no I/O, no clinic: time, zone, rules and busy intervals are arguments, so the voice, the
//! dashboard and the write path get the same answer from the same function. Daylight saving gaps and folds are
//! decided here (in [`windows`](Hours::windows) and the grid) and nowhere else.
//!
//! Intervals are half-open everywhere: what ends at ten does not touch what starts at ten.
//!
//! * [`openings`]: the grid starts of some days, one practitioner each.
//! * [`fit`]: one start, on the grid or not: what a booking must claim, or every cause that stands in the way.
//! * [`round_robin`]: whose turn it is, for the order of preference.

mod busy;
mod depth;
mod fit;
mod grid;
mod guest;
mod hours;
mod lanes;
mod matching;
mod needs;
mod openings;
mod premises;
mod refusal;
mod roster;
mod rotation;
mod rules;
mod stretches;
mod visit;

pub use busy::Busy;
pub use fit::{Claim, Fit, LaneMove, fit};
pub use guest::{Guest, Prerequisite, Spacing};
pub use hours::{Hours, LocalSpan, Week, day_bounds};
pub use openings::{Opening, openings};
pub use refusal::{Cause, Refusal};
pub use rotation::round_robin;
pub use rules::{Candidate, FIRST_LANE, Need, Practitioner, Rules, Service, Supervisor};
