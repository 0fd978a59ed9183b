//! Why a command came to nothing, for the person who gave it.

use std::error::Error;
use std::process::ExitCode;

/// What went wrong. Printed with its causes as one sentence.
#[derive(Debug, thiserror::Error)]
pub enum CommandError {
    /// Something below refused.
    #[error("could not {doing}")]
    Failed {
        /// What was being done.
        doing: &'static str,
        /// Why it failed; names the setting where one is at fault.
        source: Box<dyn Error + Send + Sync>,
    },
    /// The state of things forbids it; the sentence says what to change.
    #[error("{0}")]
    Refused(String),
    /// The command line does not make sense.
    #[error("{0}")]
    Usage(String),
}

impl CommandError {
    /// 2 for the command line, 1 for everything else.
    pub fn exit_code(&self) -> ExitCode {
        ExitCode::from(if matches!(self, Self::Usage(_)) { 2 } else { 1 })
    }
}

/// Adds what was being done.
pub(super) trait Doing<T> {
    fn doing(self, doing: &'static str) -> Result<T, CommandError>;
}

impl<T, E: Into<Box<dyn Error + Send + Sync>>> Doing<T> for Result<T, E> {
    fn doing(self, doing: &'static str) -> Result<T, CommandError> {
        self.map_err(|error| CommandError::Failed { doing, source: error.into() })
    }
}
