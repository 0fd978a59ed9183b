//! Who is worth calling back now: the score of a finished call, and one alert per call whatever raised it; and a word
//! to those whose call ended before they were helped.

mod alert;
mod missed;
mod offer_times;
mod rules;
mod score_call;
pub mod scoring;
mod store;
mod text_back;
mod value;
mod verdict;

pub use alert::{NewAlert, Raised, Trigger, raise_alert};
pub use offer_times::{OFFER_TIMES_TASK, OfferTimes};
pub use rules::{ExtraWords, OwnRules, rules_in_force};
pub use score_call::{ScoreError, score_call};
pub use store::rules::RulesVersion;
pub use text_back::{TEXT_BACK_TASK, TextBack, TextBackError, is_the_clinics_own, text_back};
