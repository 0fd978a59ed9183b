//! Hands one text to the provider, once.
//!
//! Twilio has no idempotency key. So a text is leased (committed as `sending`) before it is handed over, and one
//! found leased afterwards is looked up, not sent again, until two look-ups some time apart have not found it.
//!
//! A job is one text; while it runs it takes along what else is due in its queue (`lane`), so that many texts share
//! transactions and connections, and an org has at most a window of them in hand.

mod conclude;
mod lane;
mod prepare;

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use voxanne_twilio::{Class as Trouble, Client, Message};

use super::account::{Account, callback_base};
use super::may_send::{Rule, Verdict};
use super::record_status::Failure;
use super::store::Text;
use super::text::{Kind, TextState};
use crate::platform::app::App;
use crate::platform::db::PgConnection;
use crate::platform::ids::{OrgId, TextId};
use crate::platform::jobs::{NewJob, Priority, enqueue};

pub use lane::deliver;

/// The task that hands a text to the provider.
pub const DELIVER_TASK: &str = "deliver_text";

/// Runs of the job that got nowhere before a person is asked: about two hours.
const TRIES_MAX: u8 = 12;
/// Times a text is handed over and surely not there afterwards. What was refused in so many words is not among them.
const LOST_MAX: u8 = 4;
/// Look-ups that must not find a text before it is sent again.
const LOOK_UPS: u8 = 2;
/// Between two look-ups: Twilio's list lags behind its ears.
const LOOK_UP_GAP: Duration = Duration::from_mins(1);
/// Beyond the provider's time limit, before another worker may touch a leased text.
const LEASE_MARGIN: SignedDuration = SignedDuration::from_secs(20);
/// A provider's clock may run behind ours.
const CLOCK_SLACK: SignedDuration = SignedDuration::from_mins(1);
/// Longest pause between two tries.
const PAUSE_MAX: Duration = Duration::from_mins(15);
/// Times a text met a busy account before a person is asked. It was surely not sent, and its account had a pause each time.
const BUSY_MAX: u8 = 60;

/// The job: which text, and what earlier runs found out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeliverText {
    /// Whose text.
    pub org: OrgId,
    /// Which.
    pub text: TextId,
    /// Runs that got nowhere.
    #[serde(default)]
    pub tries: u8,
    /// Look-ups that did not find the text after `attempt`.
    #[serde(default)]
    pub absent: u8,
    /// The handing-over that `absent` is about.
    #[serde(default)]
    pub attempt: i16,
    /// Times that it was handed over and surely not there afterwards.
    #[serde(default)]
    pub lost: u8,
    /// Runs that met a busy account.
    #[serde(default)]
    pub busy: u8,
}

impl DeliverText {
    /// The job of a text nobody has tried to send.
    pub const fn first(org: OrgId, text: TextId) -> Self {
        Self { org, text, tries: 0, absent: 0, attempt: 0, lost: 0, busy: 0 }
    }

    /// A text has one waiting job.
    pub fn key(&self) -> String {
        format!("{DELIVER_TASK}:{}", self.text.0)
    }

    const fn after_a_try(self) -> Self {
        Self { tries: self.tries.saturating_add(1), ..self }
    }

    const fn after_a_busy_answer(self) -> Self {
        Self { busy: self.busy.saturating_add(1), ..self }
    }

    const fn after_a_look_up(self, attempt: i16) -> Self {
        let absent = if self.attempt == attempt { self.absent.saturating_add(1) } else { 1 };
        let lost = if absent == LOOK_UPS { self.lost.saturating_add(1) } else { self.lost };
        Self { absent, attempt, lost, ..self.after_a_try() }
    }

    /// Twice as long after every try, spread by the text's id so that those that failed together do not come together.
    fn pause(&self) -> Duration {
        let own = Duration::from_secs(15).saturating_mul(1 << self.tries.min(10)).min(PAUSE_MAX);
        let spread = u32::from(self.text.0.as_bytes()[15]).wrapping_add(u32::from(self.tries) * 97) % 256;
        own + own * spread / 1024
    }
}

/// Why a run did not come to its end. The queue tries again.
#[derive(Debug, thiserror::Error)]
#[error("could not {doing}")]
pub struct DeliverError {
    doing: &'static str,
    source: sqlx::Error,
}

fn doing(doing: &'static str) -> impl FnOnce(sqlx::Error) -> DeliverError {
    move |source| DeliverError { doing, source }
}

/// What to do with a text as it is now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Plan {
    /// Done, given up, or no longer ours.
    Nothing,
    /// Something forbids it since it was queued.
    Refuse(Rule),
    /// It is quiet hours: not before then.
    Sleep(Timestamp),
    Send,
    /// Another worker may be handing it over right now.
    Wait(SignedDuration),
    LookUp,
    /// A person decides; the state says whether it may have left.
    GiveUp(TextState),
}

fn plan(text: &Text, job: &DeliverText, verdict: Verdict, lease: SignedDuration, now: Timestamp) -> Plan {
    let surely_absent = job.attempt == text.attempts && job.absent >= LOOK_UPS;
    let may_be_out = match (text.state, text.leased_at) {
        (TextState::Queued, _) | (TextState::Sending, None) => false,
        (TextState::Sending, Some(since)) => {
            let left = lease - now.duration_since(since);
            if left > SignedDuration::ZERO {
                return Plan::Wait(left);
            }
            if surely_absent && job.lost >= LOST_MAX {
                return Plan::GiveUp(TextState::Failed);
            }
            !surely_absent
        }
        _ => return Plan::Nothing,
    };
    if job.tries >= TRIES_MAX || (job.busy >= BUSY_MAX && !may_be_out) {
        return Plan::GiveUp(if may_be_out { TextState::Unknown } else { TextState::Failed });
    }
    if may_be_out {
        return Plan::LookUp;
    }
    // T9: a STOP that came since the text was queued still holds it back.
    match verdict {
        Verdict::Allow(_) => Plan::Send,
        Verdict::Wait(until) => Plan::Sleep(until),
        Verdict::Deny(rule) => Plan::Refuse(rule),
    }
}

const fn given_up(state: TextState) -> Failure {
    let hint = match state {
        TextState::Unknown => "Twilio could not say whether it left. Call if it matters.",
        _ => "Twilio could not be reached, or kept failing. Call if it matters.",
    };
    Failure { code: None, trouble: Trouble::Other, hint }
}

/// Tells one account from another without keeping what lets us in.
pub(super) fn digest_of(app: &App, account: &Account) -> String {
    use secrecy::ExposeSecret as _;
    hex::encode(app.keys.digest(account.fingerprint().expose_secret()))
}

fn lease(app: &App) -> SignedDuration {
    SignedDuration::try_from(Duration::from_secs(app.config.texts.timeout_seconds)).unwrap_or(LEASE_MARGIN)
        + LEASE_MARGIN
}

fn client(app: &App, account: &Account) -> Client {
    Client::new(app.http.clone(), &app.config.twilio.base_url, account.credentials.clone())
}

fn message(app: &App, org: OrgId, text: &Text, (account, now): (&Account, Timestamp)) -> Message {
    let report_to = |base| format!("{base}/api/webhooks/twilio/status/{}/{}", org.0, text.id.0);
    // Late is of no use, so the carrier need not try for longer either. Twilio takes no less than a second.
    let left = text.leave_before.map(|end| end.duration_since(now).as_secs());
    Message {
        to: text.to.clone(),
        from: account.from(),
        body: text.body.clone(),
        status_callback: callback_base(&app.config).map(report_to),
        validity_seconds: left.map(|seconds| u32::try_from(seconds.max(1)).unwrap_or(u32::MAX)),
    }
}

/// Leaves the job of a text of this kind with the caller's transaction.
pub(super) async fn deliver_after(
    tx: &mut PgConnection,
    job: &DeliverText,
    kind: Kind,
    after: Duration,
) -> Result<(), sqlx::Error> {
    let new = NewJob {
        task: DELIVER_TASK,
        queue: kind.queue(),
        payload: job,
        key: job.key(),
        after,
        priority: Priority::Usual,
    };
    enqueue(tx, job.org, new).await
}

#[cfg(test)]
#[path = "deliver_tests.rs"]
mod tests;
