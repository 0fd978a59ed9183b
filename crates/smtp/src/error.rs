//! What can go wrong, told apart by what may be done next.

/// How far a conversation had come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Connection, encryption, greeting.
    Greeting,
    /// Credentials.
    Login,
    /// The sender's address.
    Sender,
    /// The recipient's.
    Recipient,
    /// The message was announced.
    Announced,
    /// The message was handed over, or begun to be.
    Message,
}

/// Why a message was not taken for certain. Holds no address, no words and no credential.
#[derive(Debug, thiserror::Error)]
pub enum SendError {
    /// The server said no (5xx); the same again changes nothing.
    #[error("the mail server refused with {code} ({stage:?})")]
    Refused {
        /// SMTP's code.
        code: u16,
        /// What it refused.
        stage: Stage,
    },
    /// The server does not take it now (4xx). Surely not taken; try later.
    #[error("the mail server put it off with {code} ({stage:?})")]
    Busy {
        /// SMTP's code.
        code: u16,
        /// What it put off.
        stage: Stage,
    },
    /// The conversation did not come to the message, so nothing was taken.
    #[error("could not talk to the mail server ({stage:?}): {reason}")]
    NotSent {
        /// How far it came.
        stage: Stage,
        /// Why no further, without names.
        reason: String,
    },
    /// No answer after the message was handed over.
    #[error("no answer from the mail server after the message")]
    Unknown,
    /// The message cannot be put into words for a server: a defect.
    #[error("a message cannot be written")]
    Unwritable {
        /// Why not.
        source: lettre::error::Error,
    },
}

impl SendError {
    pub(crate) fn of(error: &lettre::transport::smtp::Error, stage: Stage) -> Self {
        match error.status().map(u16::from) {
            Some(code) if error.is_permanent() => Self::Refused { code, stage },
            Some(code) => Self::Busy { code, stage },
            None if stage == Stage::Message => Self::Unknown,
            None => Self::NotSent { stage, reason: error.to_string() },
        }
    }

    pub(crate) fn timed_out(stage: Stage) -> Self {
        match stage {
            Stage::Message => Self::Unknown,
            _ => Self::NotSent { stage, reason: "it did not answer in time".into() },
        }
    }

    /// Whether the server may have the message.
    pub const fn outcome_is_unknown(&self) -> bool {
        matches!(self, Self::Unknown)
    }

    /// Whether trying again with the same message and settings is pointless.
    pub const fn is_permanent(&self) -> bool {
        matches!(self, Self::Refused { .. } | Self::Unwritable { .. })
    }

    /// SMTP's code, when the server said one.
    pub const fn code(&self) -> Option<u16> {
        match self {
            Self::Refused { code, .. } | Self::Busy { code, .. } => Some(*code),
            _ => None,
        }
    }

    /// What to do about it, for whoever keeps the settings.
    pub const fn hint(&self) -> &'static str {
        match self {
            Self::Refused { code: 530, stage: Stage::Sender | Stage::Recipient, .. } => {
                "The mail server wants us to log in. Set mail.username and mail.password."
            }
            Self::Refused { stage: Stage::Login, .. } => {
                "The mail server refused the credentials. Check mail.username and mail.password."
            }
            Self::Refused { code: 552, stage: Stage::Recipient } => {
                "The mailbox is full. Ask its owner to make room."
            }
            Self::Refused { stage: Stage::Recipient, .. } => {
                "The mail server does not take mail for this address. Check the address."
            }
            Self::Refused { stage: Stage::Sender, .. } => {
                "The mail server does not take mail from mail.from_address. Use an address that the account may send from."
            }
            Self::Refused { stage: Stage::Greeting, .. } => {
                "The mail server does not talk to us. Check mail.host and mail.port."
            }
            Self::Refused { .. } => {
                "The mail server refused the message. Its operator finds the reason in its log."
            }
            Self::Busy { .. } => {
                "The mail server puts mail off. It is tried again; if it lasts, ask its operator."
            }
            Self::NotSent { stage: Stage::Login, .. } => {
                "The mail server knows no way to log in that we know (PLAIN, LOGIN). Check mail.tls: many offer it only encrypted."
            }
            Self::NotSent { .. } => {
                "The mail server could not be talked to. Check mail.host, mail.port and mail.tls, and its certificate."
            }
            Self::Unknown => "The mail server took the message and never said whether it keeps it.",
            Self::Unwritable { .. } => "This is a defect of the program: report it.",
        }
    }
}
