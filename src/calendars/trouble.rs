//! Why a provider did not do what it was asked, in one set of words for all of them.

use std::time::Duration;

use voxanne_caldav as caldav;
use voxanne_google_calendar as google;

/// What stands in the way at the provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Trouble {
    /// Its credentials were revoked or have expired: a person has to connect again.
    #[error("the provider refuses the credentials")]
    NeedsReconnect,
    /// The account may not do this, for lack of a granted permission or of rights in the calendar.
    #[error("the account is not allowed to")]
    Forbidden,
    /// Too many requests.
    #[error("the provider asks for a pause")]
    Limited {
        /// For how long, if it says so.
        retry_after: Option<Duration>,
    },
    /// The calendar or event is not there.
    #[error("it is not there")]
    Missing,
    /// The sync token is forgotten: everything has to be asked again.
    #[error("the provider has forgotten the sync token")]
    TokenGone,
    /// Somebody changed the event meanwhile.
    #[error("the event was changed meanwhile")]
    Changed,
    /// The event's name is taken: it is there, or was.
    #[error("the event's name is taken")]
    Duplicate,
    /// Out of reach, silent or failing.
    #[error("the provider does not answer")]
    Away,
    /// It answered something that cannot be read.
    #[error("the provider's answer cannot be read")]
    Unreadable,
    /// It refuses the request as it is.
    #[error("the provider refuses the request")]
    Refused,
    /// The server's address is none that we ask.
    #[error("the address is not permitted")]
    NotPermitted,
}

impl Trouble {
    /// Its word, as stored and counted.
    pub const fn word(self) -> &'static str {
        match self {
            Self::NeedsReconnect => "needs_reconnect",
            Self::Forbidden => "forbidden",
            Self::Limited { .. } => "limited",
            Self::Missing => "missing",
            Self::TokenGone => "token_gone",
            Self::Changed => "changed",
            Self::Duplicate => "duplicate",
            Self::Away => "away",
            Self::Unreadable => "unreadable",
            Self::Refused => "refused",
            Self::NotPermitted => "not_permitted",
        }
    }

    /// About one event, not about the calendar: says nothing of its health.
    pub const fn is_about_an_event(self) -> bool {
        matches!(self, Self::Changed | Self::Duplicate | Self::TokenGone)
    }
}

impl From<google::Error> for Trouble {
    fn from(error: google::Error) -> Self {
        match error {
            google::Error::Unauthorized | google::Error::InvalidGrant => Self::NeedsReconnect,
            google::Error::Forbidden { .. } => Self::Forbidden,
            google::Error::Busy { retry_after, .. } => Self::Limited { retry_after },
            google::Error::NotFound => Self::Missing,
            google::Error::Duplicate => Self::Duplicate,
            google::Error::SyncTokenGone => Self::TokenGone,
            google::Error::Changed => Self::Changed,
            google::Error::Unavailable { .. } | google::Error::Unreachable { .. } => Self::Away,
            google::Error::Unreadable => Self::Unreadable,
            google::Error::Rejected { .. } => Self::Refused,
        }
    }
}

impl From<caldav::Error> for Trouble {
    fn from(error: caldav::Error) -> Self {
        match error {
            caldav::Error::Unauthorized => Self::NeedsReconnect,
            caldav::Error::Forbidden => Self::Forbidden,
            caldav::Error::Busy { retry_after, .. } => Self::Limited { retry_after },
            caldav::Error::NotFound => Self::Missing,
            caldav::Error::SyncTokenGone => Self::TokenGone,
            caldav::Error::Changed => Self::Changed,
            caldav::Error::Unavailable { .. } | caldav::Error::Unreachable { .. } => Self::Away,
            caldav::Error::Unreadable => Self::Unreadable,
            caldav::Error::Rejected { .. } => Self::Refused,
            caldav::Error::NotAllowed => Self::NotPermitted,
        }
    }
}
