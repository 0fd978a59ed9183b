//! Hours, services, practitioners and resources; which times of a day are free, and why another is not.
//!
//! **Invariant.** The voice, pages and the write path ask [`voxanne_slots`] through [`RuleBook`] and nothing else.
//! **Invariant.** A rule book is used only while its version is the database's: every look at the ledger brings the
//! version along, and an older book is read again.
//! **Invariant.** A look is kept only while this process hears of every change to what it saw.

mod add_from_template;
mod clinic_info;
mod kept;
mod match_service;
mod nearest_times;
mod open_hours;
mod open_times;
mod rule_book;
mod store;
mod taken;
mod templates;

pub use add_from_template::{Added, add_from_template};
pub use clinic_info::{ChangePolicy, ClinicInfo, Treatment, clinic_info, rules_version};
pub use kept::{forget, hear_changes};
pub use match_service::{Matched, match_practitioner, match_service, means_anybody};
pub use nearest_times::{Search, nearest_times};
pub use open_hours::{open_until, opens_next};
pub use open_times::{Day, alternatives, next_open_day, open_times};
pub use rule_book::{Bookable, Location, Practitioner, RuleBook, Service, rule_book};
pub use store::services_for_scoring;
pub use taken::{Calendar, Taken, Writer, open_ledger};
pub use templates::{Requirement, TEMPLATES, Template, TemplateNeed};
