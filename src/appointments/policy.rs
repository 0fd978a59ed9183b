//! What changing or calling off a visit late costs. Pure.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use sqlx::FromRow;
use voxanne_slots::Hours;

use crate::language::Language;

/// The policy a visit was booked under.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct Policy {
    /// Counts up per org.
    pub version: i32,
    /// From so many minutes before the start on, a change is late.
    pub notice_minutes: i32,
    /// `clock` or `business`: whether minutes count in which the location is closed.
    pub notice_counts: String,
    /// What a late change costs, in cents.
    pub fee_cents: i32,
    /// What a late caller is told; `None` says the fee.
    pub fee_sentence: Option<String>,
}

/// More civil days than any notice reaches back over.
const DAYS_MAX: usize = 120;

impl Policy {
    /// Whether a change at `now` of a visit at `starts_at` is late.
    pub fn is_late(&self, now: Timestamp, starts_at: Timestamp, (hours, zone): (&Hours, &TimeZone)) -> bool {
        let notice = SignedDuration::from_mins(self.notice_minutes.into());
        if notice.is_zero() || starts_at <= now {
            return starts_at <= now && !notice.is_zero();
        }
        let ahead = if self.notice_counts == "business" {
            open_time(now, starts_at, hours, zone)
        } else {
            starts_at.duration_since(now)
        };
        ahead < notice
    }

    /// What a late caller is told.
    pub fn sentence(&self) -> Option<String> {
        if let Some(sentence) = &self.fee_sentence {
            return Some(sentence.clone());
        }
        self.fee().map(|fee| format!("As this is short notice, a fee of {fee} applies."))
    }

    /// The same in a text. A sentence of the clinic's own stays as the clinic wrote it.
    pub fn sentence_in(&self, language: Language) -> Option<String> {
        match (language, &self.fee_sentence) {
            (Language::Spanish, None) => {
                self.fee().map(|fee| format!("Por el poco aviso se cobra un cargo de {fee}."))
            }
            _ => self.sentence(),
        }
    }

    fn fee(&self) -> Option<String> {
        (self.fee_cents > 0).then(|| {
            let dollars = self.fee_cents / 100;
            let cents = self.fee_cents % 100;
            if cents == 0 { format!("${dollars}") } else { format!("${dollars}.{cents:02}") }
        })
    }
}

/// How long the location is open between two instants.
fn open_time(from: Timestamp, to: Timestamp, hours: &Hours, zone: &TimeZone) -> SignedDuration {
    let first = from.to_zoned(zone.clone()).date();
    let last = to.to_zoned(zone.clone()).date();
    let dates = std::iter::successors(first.yesterday().ok(), |date| date.tomorrow().ok());
    let windows =
        dates.take_while(|date| *date <= last).take(DAYS_MAX).flat_map(|date| hours.windows(date, zone));
    let within = windows.map(|(opens, closes)| closes.min(to).duration_since(opens.max(from)));
    within.filter(SignedDuration::is_positive).fold(SignedDuration::ZERO, |sum, open| sum + open)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use voxanne_slots::LocalSpan;

    use super::*;

    fn policy(minutes: i32, counts: &str) -> Policy {
        Policy {
            version: 1,
            notice_minutes: minutes,
            notice_counts: counts.into(),
            fee_cents: 5000,
            fee_sentence: None,
        }
    }

    /// Open on weekdays from 9 to 18 in New York.
    fn is_late(policy: &Policy, now: &str, starts_at: &str) -> bool {
        let day = vec![LocalSpan::hm((9, 0), (18, 0)).unwrap()];
        let mut days: [Vec<LocalSpan>; 7] = std::array::from_fn(|_| day.clone());
        days[5].clear();
        days[6].clear();
        let zone = TimeZone::get("America/New_York").unwrap();
        policy.is_late(now.parse().unwrap(), starts_at.parse().unwrap(), (&Hours::weekly(days), &zone))
    }

    #[test]
    fn by_the_clock_a_day_is_a_day_also_where_the_clocks_change() {
        let policy = policy(24 * 60, "clock");
        // 2026-03-08 has 23 hours in New York: noon to noon is 23 hours.
        assert!(is_late(&policy, "2026-03-07T17:00:00Z", "2026-03-08T16:00:00Z"));
        assert!(!is_late(&policy, "2026-03-07T16:00:00Z", "2026-03-08T16:00:00Z"));
        assert!(is_late(&policy, "2026-03-08T17:00:00Z", "2026-03-08T16:00:00Z"));
    }

    #[test]
    fn in_business_hours_a_weekend_does_not_count() {
        let policy = policy(9 * 60, "business");
        // Monday 10 AM; on Friday at 10 AM there are 8 + 1 open hours ahead, at 11 AM only 7 + 1.
        assert!(!is_late(&policy, "2026-12-04T15:00:00Z", "2026-12-07T15:00:00Z"));
        assert!(is_late(&policy, "2026-12-04T16:00:00Z", "2026-12-07T15:00:00Z"));
        assert!(is_late(&policy, "2026-12-06T12:00:00Z", "2026-12-07T15:00:00Z"));
    }

    #[test]
    fn a_fee_is_said_in_dollars_and_a_sentence_of_the_clinic_wins() {
        assert_eq!(policy(1, "clock").sentence().unwrap(), "As this is short notice, a fee of $50 applies.");
        let spanish = policy(1, "clock").sentence_in(Language::Spanish).unwrap();
        assert_eq!(spanish, "Por el poco aviso se cobra un cargo de $50.");
        let own = Policy { fee_sentence: Some("We keep your deposit.".into()), ..policy(1, "clock") };
        assert_eq!(own.sentence().unwrap(), "We keep your deposit.");
        assert_eq!(own.sentence_in(Language::Spanish), own.sentence());
        assert_eq!(Policy { fee_cents: 0, ..policy(1, "clock") }.sentence(), None);
        assert!(!is_late(&policy(0, "clock"), "2026-12-04T15:00:00Z", "2026-12-04T15:01:00Z"));
    }
}
