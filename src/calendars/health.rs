//! How an account's calendars are doing, as numbers and as a sentence that a receptionist understands. Pure.

use jiff::Timestamp;

use super::connection::{ProviderKind, State};

/// How an account is doing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Health {
    /// How it stands.
    pub state: State,
    /// Who keeps the calendars.
    pub provider: ProviderKind,
    /// How staff know the account.
    pub account: String,
    /// When all its blocking calendars were last known; `None` when one of them never was.
    pub known_at: Option<Timestamp>,
    /// Since when it fails, and the word for why.
    pub failing: Option<(Timestamp, String)>,
    /// Visits ahead that are still to be written.
    pub backlog: i64,
    /// Disagreements that wait for somebody.
    pub open_conflicts: i64,
    /// How old the mirror may be, in minutes.
    pub fresh_minutes: i64,
}

impl Health {
    /// Seconds since its calendars were known.
    pub fn age_seconds(&self, now: Timestamp) -> Option<i64> {
        self.known_at.map(|at| now.duration_since(at).as_secs().max(0))
    }

    /// Whether its busy times can be relied on.
    pub fn is_known(&self, now: Timestamp) -> bool {
        let limit = self.fresh_minutes * 60;
        self.state == State::Connected && self.age_seconds(now).is_some_and(|age| age <= limit)
    }

    /// What staff read.
    pub fn sentence(&self, now: Timestamp) -> String {
        self.sentences(now).join(" ")
    }

    /// The same, one by one.
    pub fn sentences(&self, now: Timestamp) -> Vec<String> {
        let (account, keeper) = (&self.account, self.keeper());
        let (state, is_out) = match (self.state, self.age_seconds(now)) {
            (State::Disconnected, _) => return vec!["No calendar is connected.".to_owned()],
            (State::NeedsReconnect, _) => {
                (format!("{keeper} no longer lets us into {account}: connect it again."), true)
            }
            (State::Connected, None) if self.failing.is_none() => {
                (format!("{account} is being read for the first time."), false)
            }
            (State::Connected, None) => (format!("{account} was never read: {}.", self.because()), true),
            (State::Connected, Some(age)) if self.is_known(now) => {
                (format!("{account} is up to date, read {}.", ago(age)), false)
            }
            (State::Connected, Some(age)) => {
                (format!("{account} was last read {}: {}.", ago(age), self.because()), true)
            }
        };
        let pending = is_out.then(|| "Until then new visits wait for your confirmation.".to_owned());
        let all = [Some(state), pending, self.backlog_sentence(), self.conflicts_sentence()];
        all.into_iter().flatten().collect()
    }

    const fn keeper(&self) -> &'static str {
        match self.provider {
            ProviderKind::Google => "Google",
            ProviderKind::Caldav => "The calendar server",
        }
    }

    fn because(&self) -> String {
        let keeper = self.keeper();
        match self.failing.as_ref().map(|(_, word)| word.as_str()) {
            Some("limited") => format!("{keeper} asked for a pause"),
            Some("missing") => "a calendar is gone, choose another one".to_owned(),
            Some("forbidden") => "it may not use one of its calendars, share it again".to_owned(),
            Some("unreadable") => format!("{keeper} answers something we cannot read"),
            Some("not_permitted") => "its address is no longer one that may be asked".to_owned(),
            Some("refused") => format!("{keeper} refuses what we ask"),
            Some(_) => format!("{keeper} does not answer"),
            // Nobody refused anything: whoever should read it does not come to it.
            None => "it could not be read since on our side".to_owned(),
        }
    }

    fn backlog_sentence(&self) -> Option<String> {
        match self.backlog {
            0 => None,
            1 => Some("One visit is still to be written there.".to_owned()),
            n => Some(format!("{n} visits are still to be written there.")),
        }
    }

    fn conflicts_sentence(&self) -> Option<String> {
        match self.open_conflicts {
            0 => None,
            1 => Some("One visit needs your decision.".to_owned()),
            n => Some(format!("{n} visits need your decision.")),
        }
    }
}

fn ago(seconds: i64) -> String {
    match (seconds / 60, seconds / 3600, seconds / 86_400) {
        (0, ..) => "just now".to_owned(),
        (1, ..) => "a minute ago".to_owned(),
        (minutes, 0, _) => format!("{minutes} minutes ago"),
        (_, 1, _) => "an hour ago".to_owned(),
        (_, hours, 0) => format!("{hours} hours ago"),
        (.., 1) => "a day ago".to_owned(),
        (.., days) => format!("{days} days ago"),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use insta::assert_snapshot;

    use super::*;

    fn now() -> Timestamp {
        "2026-11-24T18:00:00Z".parse().unwrap()
    }

    fn health() -> Health {
        Health {
            state: State::Connected,
            provider: ProviderKind::Google,
            account: "front@glow.example".into(),
            known_at: Some("2026-11-24T17:58:00Z".parse().unwrap()),
            failing: None,
            backlog: 0,
            open_conflicts: 0,
            fresh_minutes: 10,
        }
    }

    #[test]
    fn every_state_has_a_sentence_that_says_what_to_do() {
        let failing = |word: &str| Some(("2026-11-24T16:00:00Z".parse().unwrap(), word.to_owned()));
        let said = |health: Health| health.sentence(now());
        assert_snapshot!(said(health()), @"front@glow.example is up to date, read 2 minutes ago.");
        let busy = Health { backlog: 3, open_conflicts: 1, ..health() };
        assert_snapshot!(said(busy), @"front@glow.example is up to date, read 2 minutes ago. 3 visits are still to be written there. One visit needs your decision.");
        let new = Health { known_at: None, ..health() };
        assert_snapshot!(said(new), @"front@glow.example is being read for the first time.");
        let old = Health {
            known_at: Some("2026-11-24T16:00:00Z".parse().unwrap()),
            failing: failing("away"),
            ..health()
        };
        assert_snapshot!(said(old), @"front@glow.example was last read 2 hours ago: Google does not answer. Until then new visits wait for your confirmation.");
        let never = Health {
            known_at: None,
            failing: failing("missing"),
            provider: ProviderKind::Caldav,
            ..health()
        };
        assert_snapshot!(said(never), @"front@glow.example was never read: a calendar is gone, choose another one. Until then new visits wait for your confirmation.");
        let revoked = Health { state: State::NeedsReconnect, ..health() };
        assert_snapshot!(said(revoked), @"Google no longer lets us into front@glow.example: connect it again. Until then new visits wait for your confirmation.");
        let none = Health { state: State::Disconnected, ..health() };
        assert_snapshot!(said(none), @"No calendar is connected.");
    }
}
