//! What can go wrong between us and a calendar server, told apart by what may be done next.

use std::error::Error as _;
use std::time::Duration;

use crate::guard::AddressRefused;

/// Why a calendar server did not do what was asked. Holds no address, no credential and nothing of an event.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The name or password was refused (401); nothing works until they are replaced.
    #[error("the calendar server refused the credentials")]
    Unauthorized,
    /// Signed in, but not allowed to do this (403), such as writing into a calendar that is only shared for reading.
    #[error("the calendar server does not allow this")]
    Forbidden,
    /// There is no such thing at the server (404, 410).
    #[error("the calendar server has no such thing")]
    NotFound,
    /// The condition did not hold (412): changed by someone else, or there already.
    #[error("it was changed at the calendar server in the meantime")]
    Changed,
    /// The server no longer knows this sync token: ask for everything.
    #[error("the calendar server no longer knows the sync token")]
    SyncTokenGone,
    /// Too many at once (429, or 503 with a time). Surely not done; try later.
    #[error("the calendar server is busy")]
    Busy {
        /// The HTTP status.
        http: u16,
        /// How long the server asked us to wait.
        retry_after: Option<Duration>,
    },
    /// The server read the request and said no; asking again changes nothing.
    #[error("the calendar server refused with status {http}")]
    Rejected {
        /// The HTTP status.
        http: u16,
    },
    /// The server failed (5xx, 408) and may have done it all the same.
    #[error("the calendar server failed with status {http}")]
    Unavailable {
        /// The HTTP status.
        http: u16,
    },
    /// No answer.
    #[error("could not reach the calendar server")]
    Unreachable {
        /// Whether the request left us, so that it may have been done.
        is_unknown: bool,
        /// Without its URL.
        source: reqwest::Error,
    },
    /// An answer nobody can read: no multistatus, not UTF-8, or longer than 8 MiB.
    #[error("the calendar server's answer is unreadable")]
    Unreadable,
    /// The address is not one that we ask: see [`crate::Guard`].
    #[error("this address is not permitted")]
    NotAllowed,
}

impl Error {
    /// Whether the same request may work later without anybody doing something about it.
    pub const fn is_passing(&self) -> bool {
        matches!(
            self,
            // A page of maintenance comes with 200 as often as with 503.
            Self::Busy { .. } | Self::Unavailable { .. } | Self::Unreachable { .. } | Self::Unreadable
        )
    }

    /// Whether a write may have been done. Read it again before trying a second time.
    pub const fn outcome_is_unknown(&self) -> bool {
        matches!(
            self,
            Self::Unavailable { .. } | Self::Unreachable { is_unknown: true, .. } | Self::Unreadable
        )
    }

    /// The HTTP status that the server said no with; nothing where it did not answer, or says it in other ways.
    pub const fn status(&self) -> Option<u16> {
        match self {
            Self::Unauthorized => Some(401),
            Self::Forbidden => Some(403),
            Self::Changed => Some(412),
            Self::Busy { http, .. } | Self::Rejected { http } | Self::Unavailable { http } => Some(*http),
            Self::NotFound
            | Self::SyncTokenGone
            | Self::Unreachable { .. }
            | Self::Unreadable
            | Self::NotAllowed => None,
        }
    }

    pub(crate) fn transport(source: reqwest::Error) -> Self {
        let mut cause = source.source();
        while let Some(error) = cause {
            if error.is::<AddressRefused>() {
                return Self::NotAllowed;
            }
            cause = error.source();
        }
        let is_unknown = !(source.is_connect() || source.is_builder());
        Self::Unreachable { is_unknown, source: source.without_url() }
    }

    /// Sorts an answer that is no success.
    pub(crate) const fn answer(http: u16, retry_after: Option<Duration>) -> Self {
        match http {
            401 => Self::Unauthorized,
            403 => Self::Forbidden,
            404 | 410 => Self::NotFound,
            412 => Self::Changed,
            429 => Self::Busy { http, retry_after },
            503 if retry_after.is_some() => Self::Busy { http, retry_after },
            408 | 500.. => Self::Unavailable { http },
            _ => Self::Rejected { http },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WAIT: Option<Duration> = Some(Duration::from_secs(9));

    #[test]
    fn g4_g9_only_what_may_pass_is_tried_again() {
        for (http, passing) in [(401, false), (403, false), (404, false), (409, false), (412, false)] {
            assert_eq!(Error::answer(http, None).is_passing(), passing, "{http}");
        }
        for http in [408, 429, 500, 502, 503, 504, 507] {
            assert!(Error::answer(http, None).is_passing(), "{http}");
        }
        assert!(Error::Unreadable.is_passing() && !Error::NotAllowed.is_passing());
        assert!(!Error::SyncTokenGone.is_passing());
    }

    #[test]
    fn a_server_fault_may_have_done_it_and_a_busy_server_has_not() {
        assert!(Error::answer(500, None).outcome_is_unknown());
        assert!(!Error::answer(429, WAIT).outcome_is_unknown());
        assert!(matches!(Error::answer(503, WAIT), Error::Busy { retry_after: WAIT, .. }));
        assert!(matches!(Error::answer(503, None), Error::Unavailable { http: 503 }));
    }

    #[test]
    fn the_status_of_every_refusal_is_kept() {
        for http in [401, 403, 405, 408, 412, 429, 500, 503, 507] {
            assert_eq!(Error::answer(http, None).status(), Some(http));
        }
        assert_eq!(Error::answer(503, WAIT).status(), Some(503));
        assert_eq!((Error::answer(404, None).status(), Error::Unreadable.status()), (None, None));
    }
}
