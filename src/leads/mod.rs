//! Who is worth calling back now: the score of a finished call, and one alert per call whatever raised it.

mod alert;
mod score_call;
pub mod scoring;
mod store;

pub use alert::{NewAlert, Raised, Trigger, raise_alert};
pub use score_call::{ScoreError, score_call};
