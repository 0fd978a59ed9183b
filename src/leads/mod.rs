//! Who is worth calling back now: the score of a finished call, and one alert per call whatever raised it, told step by
//! step until somebody has taken it; and a word to those whose call ended before they were helped.
//!
//! **Invariant.** A telling commits with its text, its rung and the job of the next one, under the lock of its ladder.

mod acknowledge;
mod alert;
mod clinical;
mod escalate;
mod escalation;
mod ladder;
mod missed;
mod offer_times;
mod recipients;
mod roster;
mod rules;
mod score_call;
pub mod scoring;
mod store;
mod text_back;
mod value;
mod verdict;

pub use acknowledge::{
    Acknowledged, ToldAlert, acknowledge, acknowledge_by_text, alerts_waiting, called_back, told_alert,
};
pub use alert::{NewAlert, Raised, Trigger, raise_alert};
pub use clinical::{NewClinicalAlert, raise_clinical_alert};
pub use escalate::{escalate, watch_alerts};
pub use escalation::{AlertKind, Escalation, Taken, Via};
pub use ladder::{ESCALATE_TASK, EscalateAlert};
pub use offer_times::{OFFER_TIMES_TASK, OfferTimes};
pub use recipients::{
    AlertShift, Listed, Listing, RECIPIENTS_MAX, RecipientFields, SaveError, StaffPhone, find_recipient,
    list_recipients, remove_recipient, save_recipient,
};
pub use roster::{Recipient, Shift};
pub use rules::{ExtraWords, OwnRules, rules_in_force};
pub use score_call::{ScoreError, score_call};
pub use store::rules::RulesVersion;
pub use store::{AlertListing, AlertSummary, ListedAlert, ListedTelling, alert_summary, list_alerts};
pub use text_back::{TEXT_BACK_TASK, TextBack, TextBackError, is_the_clinics_own, text_back};
