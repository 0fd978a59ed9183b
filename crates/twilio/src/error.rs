//! What can go wrong, told apart by what may be done next.

use std::time::Duration;

use serde::Deserialize;

use crate::{Class, class_of};

/// What refused credentials are when the answer does not say.
const REFUSED: u32 = 20003;

/// Why a text has no receipt. Holds no number, no words and no credential.
#[derive(Debug, thiserror::Error)]
pub enum SendError {
    /// Twilio read the request and said no; sending it again changes nothing.
    #[error("Twilio refused the text with code {code} ({class:?})")]
    Rejected {
        /// Twilio's error code.
        code: u32,
        /// Never [`Class::Auth`] or [`Class::Transient`].
        class: Class,
    },
    /// The credentials were refused (401, 403); nothing goes out until they are replaced.
    #[error("Twilio refused the credentials with code {code}")]
    Auth {
        /// Twilio's code, 20003 when the answer had none.
        code: u32,
    },
    /// Too many at once. Surely not sent; try later.
    #[error("Twilio is busy")]
    Busy {
        /// How long Twilio asked us to wait.
        retry_after: Option<Duration>,
    },
    /// Twilio failed (5xx, 408) and may have sent it all the same.
    #[error("Twilio failed with status {status}")]
    Server {
        /// The HTTP status.
        status: u16,
    },
    /// No answer after the request left us: a timeout, or a connection that died.
    #[error("no answer from Twilio")]
    Unknown {
        /// Without its URL.
        source: reqwest::Error,
    },
    /// No connection came about, so nothing was sent.
    #[error("could not reach Twilio")]
    NotSent {
        /// Without its URL.
        source: reqwest::Error,
    },
    /// An answer nobody can read: not JSON, no code, a redirect, or over 1 MiB. Treated as possibly sent.
    #[error("unreadable answer from Twilio with status {status}")]
    Garbled {
        /// The HTTP status.
        status: u16,
    },
}

impl SendError {
    /// Whether trying again with the same text and settings is pointless.
    pub const fn is_permanent(&self) -> bool {
        matches!(self, Self::Rejected { .. } | Self::Auth { .. })
    }

    /// Whether the text may be out. Look it up before trying again.
    pub const fn outcome_is_unknown(&self) -> bool {
        matches!(self, Self::Server { .. } | Self::Unknown { .. } | Self::Garbled { .. })
    }

    pub(crate) fn transport(source: reqwest::Error) -> Self {
        let surely_not_sent = source.is_connect() || source.is_builder();
        let source = source.without_url();
        if surely_not_sent { Self::NotSent { source } } else { Self::Unknown { source } }
    }

    /// Sorts an answer that is not a receipt.
    pub(crate) fn answer(status: u16, body: &[u8], retry_after: Option<Duration>) -> Self {
        if status >= 500 || status == 408 {
            return Self::Server { status };
        }
        let code = serde_json::from_slice::<ErrorBody>(body).ok().and_then(|error| error.code);
        match (code, code.map_or(Class::Other, class_of)) {
            (Some(code), Class::Auth) => Self::Auth { code },
            (_, Class::Transient) => Self::Busy { retry_after },
            (Some(code), class) if class != Class::Other => Self::Rejected { code, class },
            _ if matches!(status, 401 | 403) => Self::Auth { code: REFUSED },
            _ if status == 429 => Self::Busy { retry_after },
            (Some(code), class) if status >= 400 => Self::Rejected { code, class },
            _ => Self::Garbled { status },
        }
    }
}

/// Why a look-up gave no verdict. None of them means "not sent".
#[derive(Debug, thiserror::Error)]
pub enum FindError {
    /// The credentials were refused.
    #[error("Twilio refused the credentials with code {code}")]
    Auth {
        /// Twilio's code.
        code: u32,
    },
    /// Too many at once.
    #[error("Twilio is busy")]
    Busy {
        /// How long Twilio asked us to wait.
        retry_after: Option<Duration>,
    },
    /// Twilio could not be reached, failed, or answered nonsense.
    #[error("could not look the text up")]
    Unavailable(#[source] SendError),
    /// More pages than anyone reads; what was seen proves nothing.
    #[error("too many texts to look through")]
    TooMany,
}

impl From<SendError> for FindError {
    fn from(error: SendError) -> Self {
        match error {
            SendError::Auth { code } => Self::Auth { code },
            SendError::Busy { retry_after } => Self::Busy { retry_after },
            other => Self::Unavailable(other),
        }
    }
}

#[derive(Deserialize)]
struct ErrorBody {
    code: Option<u32>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status: u16, code: u32) -> SendError {
        SendError::answer(status, format!(r#"{{"code":{code},"message":"x"}}"#).as_bytes(), None)
    }

    #[test]
    fn t2_a_refused_text_is_permanent() {
        for code in [21211, 21614, 21408, 21610, 21999, 63038] {
            assert!(matches!(answer(400, code), SendError::Rejected { code: c, .. } if c == code));
            assert!(answer(400, code).is_permanent() && !answer(400, code).outcome_is_unknown());
        }
    }

    #[test]
    fn t3_credentials_refused_in_any_form_is_auth() {
        assert!(matches!(answer(401, 20003), SendError::Auth { code: 20003 }));
        assert!(matches!(answer(400, 20005), SendError::Auth { code: 20005 }));
        assert!(matches!(SendError::answer(403, b"<html>", None), SendError::Auth { code: 20003 }));
    }

    #[test]
    fn t4_busy_answers_are_neither_permanent_nor_unknown() {
        for (status, code) in [(429, 20429), (400, 21611), (429, 30001), (429, 99_999)] {
            let error = answer(status, code);
            assert!(matches!(error, SendError::Busy { .. }), "{status} {code}");
            assert!(!error.is_permanent() && !error.outcome_is_unknown());
        }
    }

    #[test]
    fn t5_a_server_fault_may_have_sent_the_text() {
        for status in [500, 502, 503, 504, 408] {
            assert!(answer(status, 20500).outcome_is_unknown());
        }
    }

    #[test]
    fn an_answer_nobody_can_read_proves_nothing() {
        for (status, body) in [(201, &b"<html>"[..]), (302, b""), (400, b"{}"), (404, b"not json")] {
            let error = SendError::answer(status, body, None);
            assert!(matches!(error, SendError::Garbled { .. }) && error.outcome_is_unknown(), "{status}");
        }
    }
}
