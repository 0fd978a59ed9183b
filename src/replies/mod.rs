//! What people text back: kept once, STOP at once, everything else answered by a job.

mod answer_text;
pub mod http;
mod receive;

pub use answer_text::{ANSWER_TASK, AnswerError, AnswerText, answer_text};
