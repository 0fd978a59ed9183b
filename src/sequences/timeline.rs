//! When steps leave. Pure: the preview and the worker ask the same functions.

use jiff::civil::Time;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan as _};

use super::sequence::{Step, StopReason};
use crate::messaging::Rule;
use crate::platform::bounded::Count;

/// Between two steps to one person, however they are planned.
const GAP: SignedDuration = SignedDuration::from_hours(12);
/// A step that is later than this is left out when the one after it is due too.
const LATE: SignedDuration = SignedDuration::from_hours(12);
/// How often a step is moved by a day because a cap was reached.
pub(super) const MOVES_MAX: i16 = 2;
/// At which hour a step leaves that does not say.
pub(super) const HOUR_DEFAULT: i8 = 11;

/// The beginning of a run, and the clock by which its steps are counted.
#[derive(Debug, Clone)]
pub(super) struct Beginning {
    pub entered_at: Timestamp,
    pub zone: TimeZone,
    pub max_days: i16,
}

impl Beginning {
    /// When `step` is due that follows one which was queued then.
    pub fn due(&self, step: &Step, last_sent_at: Option<Timestamp>) -> Timestamp {
        let planned = self.planned(step);
        let earliest = last_sent_at.and_then(|sent| sent.checked_add(GAP).ok());
        earliest.map_or(planned, |earliest| planned.max(earliest))
    }

    fn planned(&self, step: &Step) -> Timestamp {
        if let Some(minutes) = step.after_minutes {
            let after = SignedDuration::from_mins(minutes.get().into());
            return self.entered_at.checked_add(after).unwrap_or(Timestamp::MAX);
        }
        let days = step.after_days.map_or(1, Count::get);
        let hour = step.at_hour.and_then(|hour| i8::try_from(hour.get()).ok()).unwrap_or(HOUR_DEFAULT);
        let date = self.zone.to_datetime(self.entered_at).date().saturating_add(days.days());
        let time = Time::new(hour, 0, 0, 0).unwrap_or(Time::midnight());
        // Where the clocks skip the hour, the first instant after.
        let moment = self.zone.to_ambiguous_zoned(date.to_datetime(time)).compatible();
        moment.map_or(Timestamp::MAX, |moment| moment.timestamp())
    }

    /// Whether the run has lasted too long for anything to leave at that instant.
    pub fn is_over(&self, at: Timestamp) -> bool {
        at.duration_since(self.entered_at) > SignedDuration::from_hours(24 * i64::from(self.max_days))
    }

    /// The same hour of the next day.
    fn a_day_after(&self, at: Timestamp) -> Timestamp {
        let moment = at.to_zoned(self.zone.clone()).checked_add(1.day());
        moment.map_or(Timestamp::MAX, |moment| moment.timestamp())
    }

    /// What becomes of a step at `at` that `rule` keeps from leaving.
    pub fn held_back(&self, rule: Rule, moves: i16, at: Timestamp) -> Next {
        match rule {
            Rule::OptedOut => Next::Stop(StopReason::OptedOut),
            Rule::NoConsent => Next::Stop(StopReason::NoConsent),
            Rule::Number(_) | Rule::NumberUnreachable => Next::Stop(StopReason::Rule(rule.code())),
            Rule::TooLate => Next::Skip(rule.code()),
            // Caps, and the kill switch: tomorrow is another day, but not for ever.
            _ if moves >= MOVES_MAX => Next::Skip(rule.code()),
            _ => Next::Later { at: self.a_day_after(at), moves: moves + 1 },
        }
    }
}

/// What becomes of a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Next {
    /// It waits.
    Later { at: Timestamp, moves: i16 },
    /// It is left out, by this rule.
    Skip(&'static str),
    /// It and whatever comes after it is not sent.
    Stop(StopReason),
}

/// Whether a step that was due at `due` is left out: it is late, and the one after it is due as well.
pub(super) fn is_overtaken(due: Timestamp, following: Option<Timestamp>, now: Timestamp) -> bool {
    now.duration_since(due) > LATE && following.is_some_and(|following| following <= now)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use serde_json::json;

    use super::*;

    fn step(value: serde_json::Value) -> Step {
        serde_json::from_value(value).unwrap()
    }

    fn days(days: i32, hour: i32) -> Step {
        step(json!({"after_days": days, "at_hour": hour, "words": {"en": "Hi"}}))
    }

    fn beginning(at: &str) -> Beginning {
        Beginning {
            entered_at: at.parse().unwrap(),
            zone: TimeZone::get("America/Los_Angeles").unwrap(),
            max_days: 30,
        }
    }

    #[test]
    fn days_are_counted_by_the_calendar_and_hours_by_the_clock_across_both_changes_of_it() {
        // The Saturdays before the clocks go forward and back, at 10 PM there.
        let (spring, autumn) = (beginning("2026-03-08T06:00:00Z"), beginning("2026-11-01T05:00:00Z"));
        assert_eq!(spring.due(&days(1, 11), None).to_string(), "2026-03-08T18:00:00Z");
        assert_eq!(autumn.due(&days(1, 11), None).to_string(), "2026-11-01T19:00:00Z");
        let soon = step(json!({"after_minutes": 600, "words": {"en": "Hi"}}));
        assert_eq!(spring.due(&soon, None).to_string(), "2026-03-08T16:00:00Z");
    }

    #[test]
    fn two_steps_to_one_person_lie_half_a_day_apart() {
        let begun = beginning("2026-11-24T18:00:00Z");
        let due = begun.due(&days(1, 11), Some("2026-11-25T10:00:00Z".parse().unwrap()));
        assert_eq!(due.to_string(), "2026-11-25T22:00:00Z");
        assert_eq!(
            begun.due(&days(2, 11), Some("2026-11-25T10:00:00Z".parse().unwrap())).to_string(),
            "2026-11-26T19:00:00Z"
        );
    }

    #[test]
    fn a_cap_moves_a_step_by_two_days_at_most_and_other_rules_end_the_run() {
        let begun = beginning("2026-10-31T18:00:00Z");
        let at = "2026-10-31T18:00:00Z".parse().unwrap();
        // An hour longer: the clocks go back that night.
        let later = Next::Later { at: "2026-11-01T19:00:00Z".parse().unwrap(), moves: 1 };
        assert_eq!(begun.held_back(Rule::MarketingHadEnough, 0, at), later);
        assert_eq!(begun.held_back(Rule::MarketingHadEnough, 2, at), Next::Skip("marketing_had_enough"));
        assert_eq!(begun.held_back(Rule::NoConsent, 0, at), Next::Stop(StopReason::NoConsent));
        assert_eq!(begun.held_back(Rule::OptedOut, 0, at), Next::Stop(StopReason::OptedOut));
        let landline = Next::Stop(StopReason::Rule("number_unreachable"));
        assert_eq!(begun.held_back(Rule::NumberUnreachable, 0, at), landline);
    }

    #[test]
    fn a_late_step_leaves_unless_the_one_after_it_is_due() {
        let at = |hour: i64| Timestamp::UNIX_EPOCH + SignedDuration::from_hours(hour);
        assert!(!is_overtaken(at(0), Some(at(100)), at(50)));
        assert!(!is_overtaken(at(0), None, at(50)));
        assert!(is_overtaken(at(0), Some(at(50)), at(50)));
        assert!(!is_overtaken(at(0), Some(at(5)), at(12)));
    }

    #[test]
    fn a_run_is_over_once_its_days_have_passed() {
        let begun = beginning("2026-11-24T18:00:00Z");
        assert!(begun.is_over("2026-12-24T18:00:01Z".parse().unwrap()));
        assert!(!begun.is_over("2026-12-24T18:00:00Z".parse().unwrap()));
    }
}
