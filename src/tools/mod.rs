//! What the voice may do during a call: one file per tool.
//!
//! Business refusals are results, in words the caller can use; only what the model must repeat differently
//! (unreadable arguments, an unknown tool) and our own failures are errors.

mod arguments;
mod attempt;
mod book_appointment;
mod cancel_appointment;
mod check_availability;
pub mod definitions;
mod find_my_appointments;
mod find_openings;
mod get_clinic_info;
mod in_danger;
mod join_waitlist;
mod notify_hot_lead;
mod own_visit;
mod request_human;
mod reschedule_appointment;
mod run;
pub mod sheet;
mod speech;
mod try_assistant;
mod wanted_practitioner;
mod wanted_start;

pub use run::{Answer, Caller, ToolName, asked_id, run};
pub use speech::SENTENCES;
pub use try_assistant::try_assistant;

#[cfg(test)]
pub(crate) use run::assert_speakable;
