//! A visit's states and who may bring them about. Pure.

use std::fmt;
use std::str::FromStr;

use uuid::Uuid;

use crate::accounts;

/// How far a visit has come. The words are the database's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Status {
    /// The time is kept; staff still have to confirm.
    Pending,
    /// The calendar said yes, or Voxanne is the calendar.
    Scheduled,
    /// The person is there.
    Arrived,
    /// The visit took place.
    Completed,
    /// Called off by either side.
    Cancelled,
    /// The person did not come.
    NoShow,
}

impl Status {
    /// All of them, in the order of the database's enum.
    pub const ALL: [Self; 6] =
        [Self::Pending, Self::Scheduled, Self::Arrived, Self::Completed, Self::Cancelled, Self::NoShow];

    /// Its word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Scheduled => "scheduled",
            Self::Arrived => "arrived",
            Self::Completed => "completed",
            Self::Cancelled => "cancelled",
            Self::NoShow => "no_show",
        }
    }

    /// Whether it keeps others out.
    pub const fn holds_capacity(self) -> bool {
        matches!(self, Self::Pending | Self::Scheduled | Self::Arrived)
    }

    /// Whether the visit can still be moved or called off.
    pub const fn is_ahead(self) -> bool {
        matches!(self, Self::Pending | Self::Scheduled)
    }

    /// Whether a visit may go from this to `to`; the trigger `appointments_change_legally` holds the same table.
    pub const fn may_become(self, to: Self) -> bool {
        matches!(
            (self, to),
            (Self::Pending, Self::Scheduled | Self::Cancelled | Self::NoShow)
                | (Self::Scheduled, Self::Arrived | Self::Cancelled | Self::NoShow)
                | (Self::Arrived, Self::Completed)
        )
    }
}

/// A word that is no state.
#[derive(Debug, thiserror::Error)]
#[error("unknown state of a visit")]
pub struct UnknownStatus;

impl FromStr for Status {
    type Err = UnknownStatus;

    fn from_str(word: &str) -> Result<Self, UnknownStatus> {
        Self::ALL.into_iter().find(|status| status.as_str() == word).ok_or(UnknownStatus)
    }
}

/// Who books, moves or cancels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Actor {
    /// A caller, through the assistant.
    Voice,
    /// Somebody who took an offer of the waitlist.
    Waitlist,
    /// The person of the visit, by text.
    Text,
    /// A program with this key of the API.
    Key(Uuid),
    /// Somebody of the staff.
    Staff(Uuid),
}

impl From<accounts::Actor> for Actor {
    fn from(actor: accounts::Actor) -> Self {
        match actor {
            accounts::Actor::Key(id) => Self::Key(id.0),
            accounts::Actor::Staff(id) => Self::Staff(id.0),
        }
    }
}

impl fmt::Display for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Voice => f.write_str("voice"),
            Self::Waitlist => f.write_str("waitlist"),
            Self::Text => f.write_str("text"),
            Self::Key(id) => write!(f, "key_{}", id.simple()),
            Self::Staff(id) => write!(f, "usr_{}", id.simple()),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn states_are_read_back() {
        for status in Status::ALL {
            assert_eq!(status.as_str().parse::<Status>().unwrap(), status);
        }
        assert!("booked".parse::<Status>().is_err());
    }

    #[test]
    fn an_end_is_an_end_and_only_what_is_ahead_can_be_called_off() {
        for from in Status::ALL {
            for to in Status::ALL {
                let ends = [Status::Completed, Status::Cancelled, Status::NoShow];
                assert!(!ends.contains(&from) || !from.may_become(to), "{from:?} to {to:?}");
            }
            assert_eq!(from.may_become(Status::Cancelled), from.is_ahead(), "{from:?}");
        }
    }
}
