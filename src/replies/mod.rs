//! What people text back: kept once, STOP at once, everything else done and answered by a job.
//!
//! **Invariant.** A number is no credential: a text changes, and an answer names, only a visit whose time was texted to that
//! same number before (T22).
//! **Invariant.** The effect of a text, its answer and the mark that it was answered commit together.

mod alerts;
mod answer_text;
mod conversation;
mod decide;
pub mod http;
mod offers;
mod receive;
mod times;
mod visits;

pub use answer_text::{ANSWER_TASK, AnswerError, AnswerText, answer_text};
