//! What is offered, from when on, and how long it is kept. Pure.

use jiff::{SignedDuration, Timestamp};

use crate::messaging::QuestionKind;
use crate::platform::ids::{CallId, ServiceId};
use crate::scheduling::{self, Location, RuleBook, Service};

/// Times that are offered at once: one per number that can be texted back.
pub(super) const TIMES: usize = 2;
/// What is offered can be answered for at least so long after the text has left.
pub(super) const TO_ANSWER: SignedDuration = SignedDuration::from_hours(1);
/// Staff who have opened can still see the time kept while they call.
const AFTER_OPENING: SignedDuration = SignedDuration::from_hours(1);
/// Times are kept at least and at most so long, whatever the clinic's hours are.
const KEPT_MIN: SignedDuration = SignedDuration::from_hours(2);
const KEPT_MAX: SignedDuration = SignedDuration::from_hours(16);
/// How long a 1 or a 2 means these times. Late is no reason not to try: they may still be free.
pub(super) const ANSWERS: SignedDuration = SignedDuration::from_hours(48);

/// The question that a number answers.
pub(super) const ASKS: QuestionKind = QuestionKind::BookTime;

/// By what the holds of a call's times are found again.
pub fn kept_as(call: CallId) -> String {
    format!("times:{}", call.0)
}

/// The reason of the task at opening.
pub(super) fn task_key(call: CallId) -> String {
    format!("call_hot_lead:{}", call.0)
}

/// Until when times are kept that are offered at `now`: an hour into the next opening.
pub(super) fn kept_until(now: Timestamp, opens_at: Timestamp) -> Timestamp {
    let at = |from: Timestamp, by: SignedDuration| from.checked_add(by).unwrap_or(from);
    at(opens_at, AFTER_OPENING).clamp(at(now, KEPT_MIN), at(now, KEPT_MAX))
}

/// What to offer: what they want, where the catalogue has it, else the clinic's consultation if it has one and no other.
pub(super) fn service(book: &RuleBook, wanted: Option<ServiceId>) -> Option<&Service> {
    let is_booked = |service: &&Service| !service.is_other && !service.practitioners.is_empty();
    if let Some(service) = wanted.and_then(|id| book.service(id)).filter(is_booked) {
        return Some(service);
    }
    let mut consultations = book.services.iter().filter(is_booked).filter(|service| is_consultation(service));
    consultations.next().filter(|_| consultations.next().is_none())
}

fn is_consultation(service: &Service) -> bool {
    service
        .name
        .to_lowercase()
        .split(|c: char| !c.is_alphanumeric())
        .any(|word| word.starts_with("consult") || word.starts_with("valoraci") || word == "assessment")
}

/// When somebody is there again; `None` while somebody is, or when nobody will be.
pub(super) fn closed_until(location: &Location, now: Timestamp) -> Option<Timestamp> {
    if scheduling::open_until(location, now).is_some() {
        return None;
    }
    scheduling::opens_next(location, now).map(|opens| opens.timestamp())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn times_are_kept_an_hour_into_the_opening_but_two_hours_at_least_and_sixteen_at_most() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let kept = |now: &str, opens: &str| kept_until(at(now), at(opens)).to_string();
        assert_eq!(kept("2026-11-27T04:00:00Z", "2026-11-27T17:00:00Z"), "2026-11-27T18:00:00Z");
        assert_eq!(kept("2026-11-27T16:50:00Z", "2026-11-27T17:00:00Z"), "2026-11-27T18:50:00Z");
        // Closed until Monday.
        assert_eq!(kept("2026-11-28T04:00:00Z", "2026-11-30T17:00:00Z"), "2026-11-28T20:00:00Z");
    }
}
