//! An alert on its way to somebody: what it is about, how far up its ladder it is, and who took it.

use std::str::FromStr;

use jiff::Timestamp;

use crate::messaging::Kind;
use crate::messaging::wording::{Ended, Waiting};
use crate::platform::ids::{CallId, EscalationId, LocationId};

/// What an alert is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AlertKind {
    /// Somebody is worth calling back now.
    HotLead,
    /// Somebody may be hurt.
    Clinical,
}

/// How an alert came to be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Via {
    /// Somebody who was told replied 1.
    Text,
    /// By click, or by a program.
    Api,
    /// The platform called the lead, or a person says that they did.
    CalledBack,
    /// A person of the clinic wrote to the lead.
    TextedBack,
    /// The lead booked.
    Booked,
    /// The caller may be hurt: the clinical alert takes its place.
    Clinical,
    /// What the call is cannot buy: a vendor, a wrong number, a complaint, somebody who looks for work, a test.
    NoLead,
}

/// A word of the database that this version does not know.
#[derive(Debug, thiserror::Error)]
#[error("unknown {0}")]
pub struct UnknownWord(&'static str);

impl AlertKind {
    const ALL: [Self; 2] = [Self::HotLead, Self::Clinical];

    /// Its name in the database and in the API.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::HotLead => "hot_lead",
            Self::Clinical => "clinical",
        }
    }

    /// The kind of its texts.
    pub const fn text(self) -> Kind {
        match self {
            Self::HotLead => Kind::HotLeadAlert,
            Self::Clinical => Kind::ClinicalAlert,
        }
    }
}

impl FromStr for AlertKind {
    type Err = UnknownWord;

    fn from_str(word: &str) -> Result<Self, UnknownWord> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word).ok_or(UnknownWord("kind of alert"))
    }
}

impl Via {
    const ALL: [Self; 7] = [
        Self::Text,
        Self::Api,
        Self::CalledBack,
        Self::TextedBack,
        Self::Booked,
        Self::Clinical,
        Self::NoLead,
    ];

    /// Its name in the database and in the API.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Api => "api",
            Self::CalledBack => "called_back",
            Self::TextedBack => "texted_back",
            Self::Booked => "booked",
            Self::Clinical => "clinical",
            Self::NoLead => "no_lead",
        }
    }

    /// Whether there was no lead, so that nobody took it and no time is measured.
    pub const fn is_withdrawn(self) -> bool {
        matches!(self, Self::Clinical | Self::NoLead)
    }
}

impl FromStr for Via {
    type Err = UnknownWord;

    fn from_str(word: &str) -> Result<Self, UnknownWord> {
        Self::ALL.into_iter().find(|via| via.as_str() == word).ok_or(UnknownWord("way to take an alert"))
    }
}

/// Who took an alert, how and when. Names a person: deliberately no `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub struct Taken {
    /// Their name, or the key of a program; of what was no lead, what the call is.
    pub by: String,
    /// How.
    pub via: Via,
    /// When.
    pub at: Timestamp,
}

impl Taken {
    /// Their name for colleagues; empty for a program, which has none that they know.
    pub fn name(&self) -> &str {
        let is_id = ["api:", "staff:"].iter().any(|kind| self.by.starts_with(kind));
        if self.via == Via::Text || !is_id { &self.by } else { "" }
    }

    /// As those are told who were told of the alert.
    pub fn ended(&self) -> Ended<'_> {
        match self.via {
            Via::Text | Via::Api => Ended::Taken(self.name()),
            Via::CalledBack => Ended::CalledBack,
            Via::TextedBack => Ended::TextedBack,
            Via::Booked => Ended::Booked,
            Via::Clinical => Ended::Clinical,
            Via::NoLead => Ended::NoLead(&self.by),
        }
    }
}

/// The ladder of one alert. Names a person: deliberately no `Debug`.
#[derive(Clone)]
pub struct Escalation {
    /// Which.
    pub id: EscalationId,
    /// What it is about.
    pub kind: AlertKind,
    /// The platform's call.
    pub call_ref: String,
    /// Our record of it.
    pub call: Option<CallId>,
    /// The site whose assistant answered.
    pub location: Option<LocationId>,
    /// The caller's name.
    pub lead_name: Option<String>,
    /// Whom to call back, E.164.
    pub lead_phone: Option<String>,
    /// What they want, or the kind of symptom they named.
    pub about: Option<String>,
    /// When the alert was raised.
    pub raised_at: Timestamp,
    /// From when somebody should know.
    pub due_at: Timestamp,
    /// When the first text was queued; `None` while it waits for opening.
    pub first_told_at: Option<Timestamp>,
    /// The rung that ran last.
    pub rung: i16,
    /// When the next one is due.
    pub next_at: Option<Timestamp>,
    /// Nobody was there: whoever comes first finds a task.
    pub waits_for_opening: bool,
    /// Who took it.
    pub taken: Option<Taken>,
    /// Taken, or given up.
    pub is_closed: bool,
}

impl Escalation {
    /// The rung that comes next: the first telling is 0.
    pub const fn next_rung(&self) -> i16 {
        if self.first_told_at.is_none() { 0 } else { self.rung.saturating_add(1) }
    }

    /// How it is told by those who were told before, and to those who are told later.
    pub fn waiting(&self, now: Timestamp) -> Waiting<'_> {
        let since = self.first_told_at.unwrap_or(self.raised_at);
        Waiting {
            is_clinical: self.kind == AlertKind::Clinical,
            name: self.lead_name.as_deref().unwrap_or_default(),
            phone: self.lead_phone.as_deref().unwrap_or_default(),
            about: self.about.as_deref().unwrap_or_default(),
            minutes: now.duration_since(since).as_mins().max(0),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn names_are_read_back() {
        for kind in AlertKind::ALL {
            assert_eq!(kind.as_str().parse::<AlertKind>().unwrap(), kind);
        }
        for via in Via::ALL {
            assert_eq!(via.as_str().parse::<Via>().unwrap(), via);
        }
        assert!("sale".parse::<AlertKind>().is_err() && "shouted".parse::<Via>().is_err());
    }
}
