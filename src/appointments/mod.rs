//! Visits and held times: one ledger, one way to write it.
//!
//! **Invariant.** Every writer opens the ledger first ([`scheduling::open_ledger`](crate::scheduling::open_ledger)):
//! sorted locks, lapsed holds reaped whole. Claims go in sorted, and fewer rows than asked for means taken.
//! **Invariant.** Nothing is deleted but holds.

mod book;
mod check_zones;
mod hold;
mod hold_instead;
mod list;
mod spoken;
mod store;

pub use book::{BookError, Booked, NewBooking, Status, book};
pub use check_zones::check_zones;
pub use hold::{Held, hold, release_holds};
pub use hold_instead::hold_instead;
pub use list::{Visit, visits_of_phone};
pub use spoken::{SENTENCES, refused_sentence};
pub use store::{Upcoming, next_of_contact};
