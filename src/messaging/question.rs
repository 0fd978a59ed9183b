//! What we asked somebody by text, so that a short answer means something.

use std::str::FromStr;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::text::UnknownWord;
use crate::phone::Phone;
use crate::platform::ids::{AppointmentId, HoldId, QuestionId, ResourceId, TextId};

/// What was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum QuestionKind {
    /// Will you come? About a visit.
    ConfirmVisit,
    /// Which of these times? About the visit that moves.
    ChooseTime,
    /// Which of these visits?
    ChooseVisit,
    /// Do you take this time? About an offer of the waitlist.
    Offer,
    /// What we still need to know. About a visit or a call.
    Details,
    /// Did we help, or shall somebody call? About a call.
    Helped,
    /// Which of these times shall be booked? About the call of whoever wants a visit.
    BookTime,
}

impl QuestionKind {
    const ALL: [Self; 7] = [
        Self::ConfirmVisit,
        Self::ChooseTime,
        Self::ChooseVisit,
        Self::Offer,
        Self::Details,
        Self::Helped,
        Self::BookTime,
    ];

    /// Its name in the database and in the API.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ConfirmVisit => "confirm_visit",
            Self::ChooseTime => "choose_time",
            Self::ChooseVisit => "choose_visit",
            Self::Offer => "offer",
            Self::Details => "details",
            Self::Helped => "helped",
            Self::BookTime => "book_time",
        }
    }
}

impl FromStr for QuestionKind {
    type Err = UnknownWord;

    fn from_str(word: &str) -> Result<Self, UnknownWord> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word).ok_or(UnknownWord("kind of question"))
    }
}

/// What somebody wants with a visit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Wish {
    /// To come.
    Confirm,
    /// To come at another time.
    Move,
    /// Not to come.
    Cancel,
}

/// What a 1 or a 2 stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Choice {
    /// A time that the visit could have, kept for them until the question lapses.
    Time {
        /// When.
        starts_at: Timestamp,
        /// With whom.
        practitioner: ResourceId,
        /// What keeps it.
        hold: Option<HoldId>,
    },
    /// A visit, and what they wanted with it.
    Visit {
        /// Which.
        appointment: AppointmentId,
        /// What for.
        wish: Wish,
    },
}

/// A question to ask. Holds a number: deliberately no `Debug`.
pub struct NewQuestion<'a> {
    /// Whom.
    pub phone: &'a Phone,
    /// What.
    pub kind: QuestionKind,
    /// The visit, offer or call it is about.
    pub subject: Option<Uuid>,
    /// What 1, 2, … stand for, in this order.
    pub options: &'a [Choice],
    /// The text that asks.
    pub text: Option<TextId>,
    /// From then on a short answer means something else.
    pub expires_at: Timestamp,
}

/// A question that waits for an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// Which.
    pub id: QuestionId,
    /// What was asked.
    pub kind: QuestionKind,
    /// The visit, offer or call it is about.
    pub subject: Option<Uuid>,
    /// What 1, 2, … stand for.
    pub options: Vec<Choice>,
    /// When it was asked.
    pub asked_at: Timestamp,
    /// From then on a short answer means something else.
    pub expires_at: Timestamp,
}

impl Question {
    /// Whether a 1 or a 2 answers it.
    pub const fn offers_a_choice(&self) -> bool {
        matches!(self.kind, QuestionKind::ChooseTime | QuestionKind::ChooseVisit | QuestionKind::BookTime)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn kinds_are_read_back() {
        for kind in QuestionKind::ALL {
            assert_eq!(kind.as_str().parse::<QuestionKind>().unwrap(), kind);
        }
        assert!("riddle".parse::<QuestionKind>().is_err());
    }

    #[test]
    fn choices_are_kept_as_the_next_version_reads_them() {
        let choices = [
            Choice::Time {
                starts_at: "2026-12-03T22:00:00Z".parse().unwrap(),
                practitioner: ResourceId(Uuid::nil()),
                hold: None,
            },
            Choice::Visit { appointment: AppointmentId(Uuid::nil()), wish: Wish::Move },
        ];
        let kept = serde_json::to_string(&choices).unwrap();
        assert_eq!(
            kept,
            r#"[{"kind":"time","starts_at":"2026-12-03T22:00:00Z","practitioner":"00000000-0000-0000-0000-000000000000","hold":null},{"kind":"visit","appointment":"00000000-0000-0000-0000-000000000000","wish":"move"}]"#
        );
        assert_eq!(serde_json::from_str::<Vec<Choice>>(&kept).unwrap(), choices);
    }
}
