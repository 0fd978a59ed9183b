//! Whether the person of a visit said that they will come. Pure.

use std::str::FromStr;

use jiff::{SignedDuration, Timestamp};

use super::change::Appointment;

/// How long somebody has to answer before staff are told that they have not.
const TIME_TO_ANSWER: SignedDuration = SignedDuration::from_hours(4);
/// Staff can do something about a missing answer from here on; before, there is another reminder.
const NEAR: SignedDuration = SignedDuration::from_hours(24);

/// What is known of whether a visit's person comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Attendance {
    /// Nobody asked them about its present time.
    NotAsked,
    /// They were asked, and can still answer.
    Asked,
    /// They said that they will come.
    Confirmed,
    /// The visit is near, and they had time to answer.
    NoAnswer,
}

impl Attendance {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::NotAsked, Self::Asked, Self::Confirmed, Self::NoAnswer];

    /// Its word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NotAsked => "not_asked",
            Self::Asked => "asked",
            Self::Confirmed => "confirmed",
            Self::NoAnswer => "no_answer",
        }
    }

    /// Of a visit, as of `now`.
    pub fn of(visit: &Appointment, now: Timestamp) -> Self {
        Self::when(visit.starts_at.timestamp(), visit.asked_at, visit.confirmed_at, now)
    }

    /// No answer is none within four hours, or within half of what was left when they were asked; and only once the
    /// visit is less than a day away.
    pub(super) fn when(
        starts_at: Timestamp,
        asked_at: Option<Timestamp>,
        confirmed_at: Option<Timestamp>,
        now: Timestamp,
    ) -> Self {
        match (asked_at, confirmed_at) {
            (_, Some(_)) => Self::Confirmed,
            (None, None) => Self::NotAsked,
            (Some(asked_at), None) => {
                let is_near = starts_at.duration_since(now) <= NEAR;
                if is_near && Self::is_overdue(starts_at, asked_at, now) {
                    Self::NoAnswer
                } else {
                    Self::Asked
                }
            }
        }
    }

    /// Whether somebody who was asked then has had time to answer.
    pub(super) fn is_overdue(starts_at: Timestamp, asked_at: Timestamp, now: Timestamp) -> bool {
        now.duration_since(asked_at) >= TIME_TO_ANSWER.min(starts_at.duration_since(asked_at) / 2)
    }
}

/// A word that is none of them.
#[derive(Debug, thiserror::Error)]
#[error("unknown attendance")]
pub struct UnknownAttendance;

impl FromStr for Attendance {
    type Err = UnknownAttendance;

    fn from_str(word: &str) -> Result<Self, UnknownAttendance> {
        Self::ALL.into_iter().find(|known| known.as_str() == word).ok_or(UnknownAttendance)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(hour: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + SignedDuration::from_hours(1000 + hour)
    }

    #[test]
    fn no_answer_is_known_when_there_was_time_for_one_and_staff_can_still_act() {
        let of = |asked: i64, now: i64| Attendance::when(at(0), Some(at(asked)), None, at(now)).as_str();
        // Asked three days before: the reminder of the day before comes first.
        assert_eq!(of(-72, -72), "asked");
        assert_eq!(of(-72, -25), "asked");
        assert_eq!(of(-72, -24), "no_answer");
        assert_eq!(of(-24, -21), "asked");
        assert_eq!(of(-24, -20), "no_answer");
        // Asked two hours before: one of them is theirs.
        assert_eq!(of(-2, -2), "asked");
        assert_eq!(of(-2, -1), "no_answer");
        assert_eq!(of(-2, 5), "no_answer");
    }

    #[test]
    fn whoever_said_that_they_come_has_answered_also_unasked() {
        for asked in [None, Some(at(-72))] {
            let of = Attendance::when(at(0), asked, Some(at(-30)), at(-1));
            assert_eq!(of, Attendance::Confirmed);
        }
        assert_eq!(Attendance::when(at(0), None, None, at(-1)), Attendance::NotAsked);
    }
}
