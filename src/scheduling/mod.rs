//! Hours, services, practitioners and resources; which times of a day are free, and why another is not.
//!
//! **Invariant.** The voice, pages and the write path ask [`voxanne_slots`] through [`RuleBook`] and nothing else.
//! **Invariant.** A rule book is used only while its version is the database's: every look at the ledger brings the
//! version along, and an older book is read again.
//! **Invariant.** A look is kept only while this process hears of every change to what it saw.

pub mod catalogue;
mod kept;
mod match_service;
mod open_times;
mod rule_book;
mod store;
mod taken;

pub use kept::{forget, hear_changes};
pub use match_service::{Matched, match_practitioner, match_service, means_anybody};
pub use open_times::{Day, alternatives, next_open_day, open_times};
pub use rule_book::{Bookable, Location, Practitioner, RuleBook, Service, rule_book};
pub use store::services_for_scoring;
pub use taken::{Calendar, Taken, Writer, open_ledger};
