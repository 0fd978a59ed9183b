//! What the voice may do during a call: one file per tool.
//!
//! Business refusals are results, in words the caller can use; only what the model must repeat differently
//! (unreadable arguments, an unknown tool) and our own failures are errors.

mod arguments;
mod attempt;
mod book_appointment;
mod check_availability;
pub mod definitions;
mod join_waitlist;
mod notify_hot_lead;
mod run;
mod speech;
mod wanted_practitioner;

pub use run::{Answer, Caller, ToolName, asked_id, run};
pub use speech::SENTENCES;

#[cfg(test)]
pub(crate) use run::assert_speakable;
