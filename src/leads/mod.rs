//! Who is worth calling back now: the score of a finished call, and one alert per call whatever raised it, told step by
//! step until somebody has taken it; and a word to those whose call ended before they were helped. By which rules, what
//! other ones would have changed, and whether "hot" was true.
//!
//! **Invariant.** A telling commits with its text, its rung and the job of the next one, under the lock of its ladder.

mod acknowledge;
mod alert;
mod chase_rescoring;
mod clinical;
mod escalate;
mod escalation;
mod hear_danger;
mod judge;
mod ladder;
mod ladder_tasks;
mod missed;
mod named_help;
mod offer_times;
mod outcomes;
mod preview_rules;
mod recipients;
mod rescore_calls;
mod roster;
mod rules;
mod rules_versions;
mod save_rules;
mod score_call;
mod score_past;
mod scored_call;
mod scored_calls;
pub mod scoring;
mod scoring_settings;
mod store;
mod suggest_threshold;
mod tally_days;
mod text_back;
mod thresholds;
mod value;
mod verdict;
mod window;

pub use acknowledge::{
    Acknowledged, ToldAlert, acknowledge, acknowledge_by_text, alerts_waiting, called_back, close_test,
    told_alert,
};
pub use alert::{NewAlert, Raised, Trigger, raise_alert};
pub use chase_rescoring::chase_rescoring;
pub use clinical::{NewClinicalAlert, raise_clinical_alert};
pub use escalate::{escalate, watch_alerts};
pub use escalation::{AlertKind, Escalation, Taken, Via};
pub use hear_danger::{Heard, InDanger, hear_danger, heard_before};
pub use judge::{Finding, Judgement, Quality};
pub use ladder::{ESCALATE_TASK, EscalateAlert};
pub use offer_times::{OFFER_TIMES_TASK, OfferTimes};
pub use outcomes::{Band, ByTemperature, HOURS_TO_BOOK, Outcome, Outcomes, lately, outcomes};
pub use preview_rules::{Change, NowAndThen, RulesPreview, Temperatures, Verdict, preview_rules};
pub use recipients::{
    AlertShift, Listed, Listing, RECIPIENTS_MAX, RecipientFields, SaveError, StaffPhone, confirm_recipients,
    find_recipient, list_recipients, remove_recipient, save_recipient,
};
pub use rescore_calls::{RESCORE_TASK, RESCORED_DAYS, RescoreCalls, rescore_calls};
pub use roster::{Recipient, Shift};
pub use rules::{ExtraWords, OwnRules, rules_in_force};
pub use rules_versions::rules_versions;
pub use save_rules::save_rules;
pub use score_call::{ScoreError, score_call};
pub use score_past::score_past;
pub use scored_call::scored_call;
pub use scored_calls::scored_calls;
pub use scoring_settings::{ScoringInForce, ScoringSettings, lock_scoring_rules, scoring_in_force};
pub use store::list::{Lead, LeadWithEvidence, WantedLeads};
pub use store::rules::RulesVersion;
pub use store::{AlertListing, AlertSummary, ListedAlert, ListedTelling, alert_summary, list_alerts};
pub use suggest_threshold::suggest_threshold;
pub use tally_days::keep_tallies;
pub use text_back::{TEXT_BACK_TASK, TextBack, TextBackError, is_the_clinics_own, text_back};
pub use thresholds::{AlertsFrom, Thresholds, thresholds};
pub use window::Window;
