//! Whether a list shows calls by which somebody of the clinic tried the assistant out.

use std::str::FromStr;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Which of them. What decides is one function of the database, `app_ctx.shows_call`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TestCalls {
    /// None of them, as in figures.
    #[default]
    LeftOut,
    /// All calls.
    With,
    /// Nothing but them.
    Only,
}

/// A word that is none of these.
#[derive(Debug, thiserror::Error)]
#[error("must be one of left_out, with, only")]
pub struct UnknownWord;

impl TestCalls {
    /// All of them, the default first.
    pub const ALL: [Self; 3] = [Self::LeftOut, Self::With, Self::Only];

    /// As it is written.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::LeftOut => "left_out",
            Self::With => "with",
            Self::Only => "only",
        }
    }
}

impl FromStr for TestCalls {
    type Err = UnknownWord;

    fn from_str(word: &str) -> Result<Self, UnknownWord> {
        Self::ALL.into_iter().find(|one| one.as_str() == word).ok_or(UnknownWord)
    }
}
