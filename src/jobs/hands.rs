//! What a worker works on, and how much of it at once.

use std::time::Duration;

/// Jobs a worker runs at once.
const CONCURRENCY: usize = 4;
/// Orgs whose texts a worker hands over at once. Each waits for Twilio most of the time, so many of them fit; an account
/// that does not answer keeps one of them busy, once.
const TEXTING: usize = 16;
/// Jobs a worker takes ahead: what a crash makes wait for the recovery of its worker.
const TAKEN_AHEAD: usize = 20;
/// Jobs of one org and task follow each other at this distance at most.
const POLL: Duration = Duration::from_millis(250);
/// E-mails handed over at once, to one server.
const MAIL_CONCURRENCY: usize = 2;
/// Between two looks for e-mails.
const MAIL_POLL: Duration = Duration::from_secs(1);

/// What a worker works on. Texts, calendars and e-mails have hands of their own: a provider that does not answer keeps nobody else
/// waiting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Hands {
    Desk,
    Texts,
    Calendars,
    Mail,
}

impl Hands {
    pub(super) const ALL: [Self; 4] = [Self::Desk, Self::Texts, Self::Calendars, Self::Mail];

    /// Jobs it runs at once, jobs it takes ahead, and how often it asks for more.
    pub(super) const fn strength(self) -> (usize, usize, Duration) {
        match self {
            Self::Desk | Self::Calendars => (CONCURRENCY, TAKEN_AHEAD, POLL),
            Self::Texts => (TEXTING, TAKEN_AHEAD, POLL),
            Self::Mail => (MAIL_CONCURRENCY, MAIL_CONCURRENCY, MAIL_POLL),
        }
    }

    /// Whether it hears of new jobs at once, which takes a connection of its own. Texts and e-mails may wait for the next
    /// look, which comes soon.
    pub(super) const fn listens(self) -> bool {
        !matches!(self, Self::Texts | Self::Mail)
    }
}
