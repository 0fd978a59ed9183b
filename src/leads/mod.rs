//! Who is worth calling back now: the score of a finished call, and one alert per call whatever raised it; and a word
//! to those whose call ended before they were helped.

mod alert;
mod missed;
mod score_call;
pub mod scoring;
mod store;
mod text_back;

pub use alert::{NewAlert, Raised, Trigger, raise_alert};
pub use score_call::{ScoreError, score_call};
pub use text_back::{TEXT_BACK_TASK, TextBack, TextBackError, text_back};
