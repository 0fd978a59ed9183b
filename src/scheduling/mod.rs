//! Hours, services, practitioners and resources; which times of a day are free, and why another is not.
//!
//! **Invariant.** The voice, pages and the write path ask [`voxanne_slots`] through [`RuleBook`] and nothing else.
//! **Invariant.** A rule book is used only while its version is the database's: every look at the ledger brings the
//! version along, and an older book is read again.
//! **Invariant.** A look is kept only while this process hears of every change to what it saw.

mod bookable;
mod hours;
mod kept;
mod match_service;
mod open_times;
mod reason;
mod rule_book;
mod store;
mod taken;

pub use bookable::Bookable;
pub use kept::{forget, hear_changes};
pub use match_service::{Matched, match_practitioner, match_service, means_anybody};
pub use open_times::{Found, Search, alternatives, next_open_day, open_times, why_not};
pub use reason::Teller;
pub use rule_book::{Location, Practitioner, Prerequisite, RuleBook, Service, rule_book};
pub use store::{count_turn, services_for_scoring};
pub use taken::{Calendar, Opening, Taken, Window, Writer, lock_claims, open_ledger};
