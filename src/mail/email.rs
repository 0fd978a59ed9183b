//! An e-mail: what it is for, and how far it has got.

use std::str::FromStr;

use uuid::Uuid;

use crate::accounts::Link;
use crate::platform::ids::{InvitationId, ResetId};

/// What an e-mail is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A caller to call back now.
    HotLeadAlert,
    /// Somebody may be hurt.
    ClinicalAlert,
    /// What happened yesterday.
    DailySummary,
    /// Whether it arrives.
    Test,
    /// A link by which somebody becomes staff.
    Invitation,
    /// A link by which a password is replaced.
    PasswordReset,
}

impl Kind {
    const ALL: [Self; 6] = [
        Self::HotLeadAlert,
        Self::ClinicalAlert,
        Self::DailySummary,
        Self::Test,
        Self::Invitation,
        Self::PasswordReset,
    ];

    /// Its name in the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::HotLeadAlert => "hot_lead_alert",
            Self::ClinicalAlert => "clinical_alert",
            Self::DailySummary => "daily_summary",
            Self::Test => "test",
            Self::Invitation => "invitation",
            Self::PasswordReset => "password_reset",
        }
    }

    /// The queue it leaves by: an alert never waits behind summaries.
    pub(super) const fn queue(self) -> &'static str {
        match self {
            Self::HotLeadAlert | Self::ClinicalAlert => "email_alerts",
            Self::DailySummary | Self::Test | Self::Invitation | Self::PasswordReset => "email_others",
        }
    }

    /// What it is called in a sentence to staff.
    pub(super) const fn words(self) -> &'static str {
        match self {
            Self::HotLeadAlert => "a hot lead alert",
            Self::ClinicalAlert => "a clinical alert",
            Self::DailySummary => "the daily summary",
            Self::Test => "the test e-mail",
            Self::Invitation => "an invitation",
            Self::PasswordReset => "the link of a forgotten password",
        }
    }

    /// What the link in it is for, and its row; `None` where there is no link.
    pub(super) const fn link(self, row: Uuid) -> Option<Link> {
        match self {
            Self::Invitation => Some(Link::Invitation(InvitationId(row))),
            Self::PasswordReset => Some(Link::Reset(ResetId(row))),
            Self::HotLeadAlert | Self::ClinicalAlert | Self::DailySummary | Self::Test => None,
        }
    }
}

/// A word of the database that this version does not know.
#[derive(Debug, thiserror::Error)]
#[error("unknown {0}")]
pub struct UnknownWord(&'static str);

impl FromStr for Kind {
    type Err = UnknownWord;

    fn from_str(word: &str) -> Result<Self, UnknownWord> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word).ok_or(UnknownWord("kind of e-mail"))
    }
}

/// How far an e-mail has got. Only ever forward; the last two are ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EmailState {
    /// Waiting for the worker.
    Queued,
    /// Being handed over; the server may have it.
    Sending,
    /// The server has it.
    Sent,
    /// Nobody tries any more.
    Failed,
}

impl EmailState {
    const ALL: [Self; 4] = [Self::Queued, Self::Sending, Self::Sent, Self::Failed];

    /// Its name in the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Sending => "sending",
            Self::Sent => "sent",
            Self::Failed => "failed",
        }
    }
}

impl FromStr for EmailState {
    type Err = UnknownWord;

    fn from_str(word: &str) -> Result<Self, UnknownWord> {
        Self::ALL.into_iter().find(|state| state.as_str() == word).ok_or(UnknownWord("state of an e-mail"))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn names_are_read_back() {
        for state in EmailState::ALL {
            assert_eq!(state.as_str().parse::<EmailState>().unwrap(), state);
        }
        for kind in Kind::ALL {
            assert_eq!(kind.as_str().parse::<Kind>().unwrap(), kind);
        }
        assert!("unknown".parse::<EmailState>().is_err());
    }
}
