//! A sequence: who enters, what is texted when, and what ends it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::language::Language;
use crate::platform::bounded::{Count, List, Text};
use crate::platform::ids::{SequenceId, ServiceId};
use crate::platform::public::Public;

/// Who enters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, sqlx::Type, ToSchema)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum Trigger {
    /// A new lead called and did not book.
    NoBooking,
    /// A visit was completed.
    AfterVisit,
    /// The last completed visit is long ago, and nothing is ahead.
    Lapsed,
}

/// The words of a step, per language; the other one is sent where one is missing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Words {
    /// English, with `{first_name}`, `{clinic}`, `{phone}` and `{questions}`.
    #[schema(inline)]
    #[serde(default)]
    pub en: Option<Text<1, 320>>,
    /// Spanish.
    #[schema(inline)]
    #[serde(default)]
    pub es: Option<Text<1, 320>>,
}

impl Words {
    /// The words for somebody of this language, and the language that they are in.
    pub fn of(&self, language: Language) -> (&str, Language) {
        let own = |language| match language {
            Language::English => self.en.as_ref(),
            Language::Spanish => self.es.as_ref(),
        };
        let other = match language {
            Language::English => Language::Spanish,
            Language::Spanish => Language::English,
        };
        match (own(language), own(other)) {
            (Some(own), _) => (own.as_str(), language),
            (None, Some(words)) => (words.as_str(), other),
            (None, None) => ("", language),
        }
    }

    /// Each language that it has.
    pub fn each(&self) -> impl Iterator<Item = (Language, &str)> {
        [(Language::English, self.en.as_ref()), (Language::Spanish, self.es.as_ref())]
            .into_iter()
            .filter_map(|(language, words)| Some((language, words?.as_str())))
    }
}

/// One text: either some minutes after the beginning, or some days after it at an hour.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// Minutes after the beginning.
    #[schema(inline)]
    #[serde(default)]
    pub after_minutes: Option<Count<10, 1440>>,
    /// Civil days after the beginning, by the site's clock.
    #[schema(inline)]
    #[serde(default)]
    pub after_days: Option<Count<1, 180>>,
    /// Hour of that day; 11 unless given.
    #[schema(inline)]
    #[serde(default)]
    pub at_hour: Option<Count<8, 20>>,
    /// What it says.
    pub words: Words,
}

/// A sequence as programs write it.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SequenceFields {
    /// For staff; nobody else reads it.
    #[schema(inline)]
    pub name: Text<1, 80>,
    /// Who enters.
    pub trigger: Trigger,
    /// Days since the last completed visit; only of `lapsed`.
    #[schema(inline)]
    #[serde(default)]
    pub lapsed_days: Option<Count<30, 1095>>,
    /// Only visits of these services count; all when empty. Not of `no_booking`.
    #[schema(inline)]
    #[serde(default)]
    pub services: List<Public<ServiceId>, 50>,
    /// Whether people enter and steps leave.
    #[serde(default)]
    pub active: bool,
    /// Days after which a run ends, whatever is left of it.
    #[schema(inline)]
    #[serde(default = "days_30")]
    pub max_days: Count<2, 181>,
    /// Days before somebody may enter again.
    #[schema(inline)]
    #[serde(default = "days_90")]
    pub reenter_days: Count<7, 730>,
    /// The texts, in order: 1 to 8.
    #[schema(inline)]
    pub steps: List<Step, 8>,
}

fn days_30() -> Count<2, 181> {
    Count::of::<30>()
}

fn days_90() -> Count<7, 730> {
    Count::of::<90>()
}

/// A sequence as it is kept.
#[derive(Debug, Clone)]
pub struct Sequence {
    /// Which.
    pub id: SequenceId,
    /// What it is.
    pub fields: SequenceFields,
    /// When it was made.
    pub created_at: Timestamp,
}

/// Why a run was stopped before its last step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StopReason {
    /// They texted us.
    Replied,
    /// They booked, or have a visit ahead.
    Booked,
    /// They said STOP.
    OptedOut,
    /// They took back their consent.
    NoConsent,
    /// A call of theirs was a complaint or a clinical urgency.
    Complained,
    /// It has lasted too long.
    MaxDays,
    /// The sequence was switched off or deleted.
    SwitchedOff,
    /// A person of the clinic ended it.
    Staff,
    /// No text can ever reach them; the rule of `may_send`.
    Rule(&'static str),
}

impl StopReason {
    /// Its name in the database and the API.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Replied => "replied",
            Self::Booked => "booked",
            Self::OptedOut => "opted_out",
            Self::NoConsent => "no_consent",
            Self::Complained => "complained",
            Self::MaxDays => "max_days",
            Self::SwitchedOff => "switched_off",
            Self::Staff => "staff",
            Self::Rule(rule) => rule,
        }
    }
}
