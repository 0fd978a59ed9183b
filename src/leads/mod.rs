//! Who is worth calling back now: the score of a finished call, and one alert per call whatever raised it; and a word
//! to those whose call ended before they were helped.

mod alert;
mod missed;
mod rules;
mod score_call;
pub mod scoring;
mod store;
mod text_back;
mod value;
mod verdict;

pub use alert::{NewAlert, Raised, Trigger, raise_alert};
pub use rules::{ExtraWords, OwnRules, rules_in_force};
pub use score_call::{ScoreError, score_call};
pub use store::rules::RulesVersion;
pub use text_back::{TEXT_BACK_TASK, TextBack, TextBackError, text_back};
