//! The steps of the first run, in their order.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, sqlx::Type, ToSchema)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "text", rename_all = "snake_case")]
#[schema(as = SetupStep)]
pub enum Step {
    /// Where the clinic is, and its own number.
    Clinic,
    /// When it is open.
    Hours,
    /// What can be booked.
    Services,
    /// Who gives it.
    Practitioners,
    /// The voice platform's assistant.
    Assistant,
    /// The number that callers dial, which it answers.
    PhoneNumber,
    /// Who is told of hot leads.
    AlertPhone,
    /// The outside calendar, or that there is none.
    Calendar,
}

impl Step {
    /// All of them, in the order in which a clinic takes them: none needs one that comes later.
    pub const ALL: [Self; 8] = [
        Self::Clinic,
        Self::Hours,
        Self::Services,
        Self::Practitioners,
        Self::Assistant,
        Self::PhoneNumber,
        Self::AlertPhone,
        Self::Calendar,
    ];

    /// As it is stored and written.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Clinic => "clinic",
            Self::Hours => "hours",
            Self::Services => "services",
            Self::Practitioners => "practitioners",
            Self::PhoneNumber => "phone_number",
            Self::AlertPhone => "alert_phone",
            Self::Calendar => "calendar",
            Self::Assistant => "assistant",
        }
    }

    /// The step of this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|step| step.name() == name)
    }
}

/// What somebody says about a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, sqlx::Type, ToSchema)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum Decision {
    /// It is settled.
    Done,
    /// Not now: it is not asked for again.
    Skipped,
    /// It is to be asked for again.
    Open,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_is_read_as_it_is_written() {
        for step in Step::ALL {
            assert_eq!(Step::parse(step.name()), Some(step));
            assert_eq!(serde_json::to_value(step).ok(), Some(step.name().into()));
        }
        assert_eq!(Step::parse("party"), None);
    }
}
