//! What came of a call, in one word.

use std::fmt;
use std::str::FromStr;

/// What came of a call: the first of these that holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It is not over.
    Running,
    /// The caller never said a word to the assistant: it rang out, failed, or they hung up at the greeting. Figures count the same
    /// calls (`counted_calls.is_missed`).
    Missed,
    /// A visit was booked in it.
    Booked,
    /// The caller moved or called off their visit.
    Changed,
    /// They wait for an opening.
    Waiting,
    /// Somebody of the clinic is to call back.
    CallBack,
    /// They were connected to the clinic.
    Transferred,
    /// They were talked to, and nothing else came of it.
    Answered,
}

impl Outcome {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Running,
        Self::Missed,
        Self::Booked,
        Self::Changed,
        Self::Waiting,
        Self::CallBack,
        Self::Transferred,
        Self::Answered,
    ];

    /// Its name in the API.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Booked => "booked",
            Self::Changed => "changed",
            Self::Waiting => "waiting",
            Self::CallBack => "call_back",
            Self::Transferred => "transferred",
            Self::Missed => "missed",
            Self::Answered => "answered",
        }
    }

    /// As the statement of [`outcome_of`] says it.
    pub(super) fn of(said: &str) -> Self {
        said.parse().unwrap_or(Self::Answered)
    }
}

impl FromStr for Outcome {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        let known = Self::ALL.into_iter().find(|outcome| outcome.as_str() == name);
        known.ok_or_else(|| format!("must be one of {}", Self::ALL.map(Self::as_str).join(", ")))
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The word for what came of the call `c`. A change counts while the call ran and a minute longer.
macro_rules! outcome_of {
    () => {
        "case
           when c.state <> 'ended' then 'running'
           when not c.caller_spoke then 'missed'
           when exists (select from appointments a where a.org_id = c.org_id and a.call_id = c.id) then 'booked'
           when exists (select from appointments a
                          join appointment_changes g on g.org_id = a.org_id and g.appointment_id = a.id
                         where a.org_id = c.org_id and a.customer_phone = c.caller_phone and g.actor = 'voice'
                           and g.action in ('moved', 'cancelled') and g.at >= c.created_at
                           and g.at <= coalesce(c.ended_at, c.created_at) + interval '1 minute') then 'changed'
           when exists (select from waitlist_entries w where w.org_id = c.org_id and w.call_id = c.id) then 'waiting'
           when exists (select from tasks t where t.org_id = c.org_id and t.call_id = c.id
                           and t.kind in ('call_back', 'clinical_call_back', 'call_hot_lead')) then 'call_back'
           when c.ended_reason like 'assistant-forwarded%' then 'transferred'
           else 'answered'
         end"
    };
}
pub(super) use outcome_of;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_of_the_statement_is_an_outcome_and_every_outcome_has_one() {
        for outcome in Outcome::ALL {
            assert!(outcome_of!().contains(&format!("'{outcome}'")), "{outcome}");
            assert_eq!(Outcome::of(outcome.as_str()), outcome);
        }
        assert!("lost".parse::<Outcome>().is_err());
    }
}
