//! Holds what the assistant said in a call against what the tools returned and the clinic's own data.
//!
//! **Invariant.** Silent when in doubt: a promise is false only if rows contradict it and none bears it out.
//! **Invariant.** What was said is quoted in the task alone, never in a notification, a metric or the log.

mod check;
pub mod claims;
pub mod compare;
mod moments;
mod money;
mod phrases;
mod prices;
mod sentences;
mod store;
#[cfg(test)]
mod tests;
mod wording;

pub use check::{CheckError, check_promises};

use jiff::civil::Date;

use moments::Moment;

/// Every day and time in a text.
fn all_moments(text: &str, today: Date) -> Vec<Moment> {
    let parts = sentences::sentences(text);
    let language = sentences::language(&parts);
    parts
        .iter()
        .flat_map(|sentence| moments::moments(sentence, 0..sentence.words.len(), (today, language)))
        .collect()
}
