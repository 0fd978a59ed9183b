//! Hours, services, practitioners and resources; which times of a day are free, and why another is not.
//!
//! **Invariant.** The voice, pages and the write path ask [`voxanne_slots`] through [`RuleBook`] and nothing else.
//! **Invariant.** A rule book is used only while its version is the database's: every look at the ledger brings the
//! version along, and an older book is read again.
//! **Invariant.** A look is kept only while this process hears of every change to what it saw.

mod add_from_template;
mod bookable;
pub mod catalogue;
mod clinic_info;
mod hours;
mod kept;
mod match_service;
mod open_hours;
mod open_times;
mod reason;
mod reason_spanish;
mod rule_book;
mod site_hours;
mod store;
mod taken;
mod templates;
mod understood;

pub use add_from_template::{Added, Chosen, add_from_template};
pub use bookable::Bookable;
pub use clinic_info::{ChangePolicy, ClinicInfo, Treatment, clinic_info, rules_version};
pub use kept::{forget, hear_changes};
pub use match_service::{Matched, match_practitioner, match_service, means_anybody};
pub use open_hours::{open_until, opens_next, works_on};
pub use open_times::{Found, Search, alternatives, next_open_day, open_times, openings_from, why_not};
pub use reason::Teller;
pub use rule_book::{Location, Practitioner, Prerequisite, RuleBook, Service, rule_book};
pub use site_hours::{SiteHours, site_hours};
pub use store::templates::{allow, need_one_of, space};
pub use store::{ScoredService, count_turn, services_for_scoring};
pub use taken::{
    Calendar, Calendars, Opening, Taken, Window, Writer, ask_calendars, lock_claims, open_ledger,
};
pub use templates::{Requirement, TEMPLATES, Template, TemplateNeed};
