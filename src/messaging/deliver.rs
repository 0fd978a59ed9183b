//! Hands one text to the provider, once.
//!
//! Twilio has no idempotency key. So a text is leased (committed as `sending`) before it is handed over, and one
//! found leased afterwards is looked up, not sent again, until two look-ups some time apart have not found it.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use voxanne_twilio::{Class as Trouble, Client, FindError, Found, Message, SendError, Sent};

use super::account::{Account, callback_base, sending_account};
use super::may_send::{Rule, Verdict};
use super::queue_text::decide_again;
use super::record_status::{Failure, Report, apply, settle};
use super::store::{self, Text};
use super::text::{Kind, TextState};
use crate::orgs;
use crate::platform::app::App;
use crate::platform::db::{OrgTx, PgConnection};
use crate::platform::ids::{OrgId, TextId};
use crate::platform::jobs::{NewJob, enqueue};
use crate::platform::telemetry::chain;

/// The task that hands a text to the provider.
pub const DELIVER_TASK: &str = "deliver_text";

/// Runs of the job that got nowhere before a person is asked: about two hours.
const TRIES_MAX: u8 = 12;
/// Times a text is handed over although it was surely not there afterwards.
const SENDS_MAX: i16 = 4;
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
/// Longest pause that the provider may ask for: later, a confirmation is of no use to anybody.
const ASKED_MAX: Duration = Duration::from_hours(1);
/// A text without a job for this long is given one.
const FORGOTTEN_AFTER: SignedDuration = SignedDuration::from_mins(10);

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
}

impl DeliverText {
    /// The job of a text nobody has tried to send.
    pub const fn first(org: OrgId, text: TextId) -> Self {
        Self { org, text, tries: 0, absent: 0, attempt: 0 }
    }

    /// A text has one waiting job.
    pub fn key(&self) -> String {
        format!("{DELIVER_TASK}:{}", self.text.0)
    }

    const fn after_a_try(self) -> Self {
        Self { tries: self.tries.saturating_add(1), ..self }
    }

    const fn after_a_look_up(self, attempt: i16) -> Self {
        let before = if self.attempt == attempt { self.absent } else { 0 };
        Self { absent: before.saturating_add(1), attempt, ..self.after_a_try() }
    }

    /// Twice as long after every try, and as long as the provider asked for.
    fn pause(&self, asked: Option<Duration>) -> Duration {
        let own = Duration::from_secs(15).saturating_mul(1 << self.tries.min(10)).min(PAUSE_MAX);
        own.max(asked.unwrap_or_default().min(ASKED_MAX))
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
            if surely_absent && text.attempts >= SENDS_MAX {
                return Plan::GiveUp(TextState::Failed);
            }
            !surely_absent
        }
        _ => return Plan::Nothing,
    };
    if job.tries >= TRIES_MAX {
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

/// What is left to do outside the transaction.
enum Next {
    Nothing,
    Send(Client, Message),
    LookUp(Client, Text),
}

/// Runs the job. `Ok` also when the text has to wait: then it has left a job for later.
pub async fn deliver(app: &App, job: DeliverText) -> Result<(), DeliverError> {
    match prepare(app, &job).await? {
        Next::Nothing => Ok(()),
        Next::Send(client, message) => {
            let outcome = client.send(&message).await;
            conclude_send(app, &job, outcome).await
        }
        Next::LookUp(client, text) => {
            let since = text.queued_at.checked_sub(CLOCK_SLACK).unwrap_or(text.queued_at);
            let found = client.find(&text.to, &text.body, since).await;
            conclude_look_up(app, &job, found).await
        }
    }
}

/// Decides under the row's lock, and commits the lease before anything leaves.
async fn prepare(app: &App, job: &DeliverText) -> Result<Next, DeliverError> {
    let (org, now) = (job.org, app.clock.now());
    let mut tx = app.begin(org).await.map_err(doing("open a transaction"))?;
    let Some(text) = store::lock(&mut tx, org, job.text).await.map_err(doing("read a text"))? else {
        return Ok(Next::Nothing);
    };
    let settings = orgs::settings(&mut tx, &app.keys, org).await.map_err(doing("read the settings"))?;
    let verdict = decide_again(&settings, &text, now);
    let plan = plan(&text, job, verdict, lease(app), now);
    let next = match (plan, sending_account(&settings, &app.config)) {
        (Plan::Nothing, _) => Next::Nothing,
        (Plan::Refuse(rule), _) => {
            let trouble = match rule {
                Rule::OptedOut => Trouble::OptedOut,
                Rule::TextingIsOff => Trouble::Config,
                _ => Trouble::Other,
            };
            let failure = Failure { code: None, trouble, hint: rule.advice() };
            store::hold_back(&mut tx, org, text.id, &verdict.stored(), None)
                .await
                .map_err(doing("keep a verdict"))?;
            return end(app, tx, &text, org, (TextState::Failed, failure)).await;
        }
        (Plan::GiveUp(state), _) => return end(app, tx, &text, org, (state, given_up(state))).await,
        (Plan::Wait(left), _) => {
            let left = Duration::try_from(left).unwrap_or(LOOK_UP_GAP);
            deliver_after(&mut tx, job, text.kind, left).await.map_err(doing("put a text off"))?;
            Next::Nothing
        }
        (Plan::Sleep(until), _) => {
            let left = Duration::try_from(until.duration_since(now)).unwrap_or(LOOK_UP_GAP);
            store::hold_back(&mut tx, org, text.id, &verdict.stored(), Some(until))
                .await
                .map_err(doing("keep a verdict"))?;
            deliver_after(&mut tx, job, text.kind, left).await.map_err(doing("put a text off"))?;
            Next::Nothing
        }
        (Plan::Send | Plan::LookUp, Err(none)) => {
            let state = if plan == Plan::Send { TextState::Failed } else { TextState::Unknown };
            return end(app, tx, &text, org, (state, none.failure())).await;
        }
        (Plan::Send, Ok(account)) => {
            let by = (account.sender.as_str(), verdict.stored());
            store::lease(&mut tx, org, text.id, (by.0, &by.1), now).await.map_err(doing("lease a text"))?;
            let message = message(app, org, &text, &account);
            Next::Send(client(app, account), message)
        }
        (Plan::LookUp, Ok(account)) => Next::LookUp(client(app, account), text),
    };
    tx.commit().await.map_err(doing("commit a text's lease"))?;
    Ok(next)
}

async fn conclude_send(
    app: &App,
    job: &DeliverText,
    outcome: Result<Sent, SendError>,
) -> Result<(), DeliverError> {
    let Some((mut tx, text)) = reopen(app, job).await? else { return Ok(()) };
    let org = job.org;
    match outcome {
        Ok(sent) => {
            let report = Report { sid: sent.sid, status: sent.status, error_code: None };
            apply(app, &mut tx, org, &text, &report).await.map_err(doing("record a sent text"))?;
        }
        Err(SendError::Rejected { code, .. }) => {
            return end(app, tx, &text, org, (TextState::Failed, Failure::of_code(code))).await.map(|_| ());
        }
        Err(SendError::Auth) => {
            return end(app, tx, &text, org, (TextState::Failed, Failure::of_code(AUTH))).await.map(|_| ());
        }
        Err(error) if error.outcome_is_unknown() => {
            tracing::warn!(org.id = %org, text.id = %text.id, error = chain(&error), "A text may or may not have left; looking it up soon");
            let after = Duration::try_from(lease(app)).unwrap_or(LOOK_UP_GAP);
            deliver_after(&mut tx, &job.after_a_try(), text.kind, after)
                .await
                .map_err(doing("put a look-up off"))?;
        }
        Err(error) => {
            tracing::warn!(org.id = %org, text.id = %text.id, error = chain(&error), "A text did not leave; trying again later");
            let asked = if let SendError::Busy { retry_after } = error { retry_after } else { None };
            store::release(&mut tx, org, text.id).await.map_err(doing("release a text"))?;
            let after = job.pause(asked);
            deliver_after(&mut tx, &job.after_a_try(), text.kind, after)
                .await
                .map_err(doing("put a text off"))?;
        }
    }
    tx.commit().await.map_err(doing("commit a text's outcome"))
}

async fn conclude_look_up(
    app: &App,
    job: &DeliverText,
    found: Result<Vec<Found>, FindError>,
) -> Result<(), DeliverError> {
    let Some((mut tx, text)) = reopen(app, job).await? else { return Ok(()) };
    let org = job.org;
    let (next, after) = match found {
        Ok(found) => {
            if let Some(hit) = unclaimed(&mut tx, org, text.id, found).await? {
                tracing::info!(org.id = %org, text.id = %text.id, "Found a text that had left");
                let report = Report { sid: hit.sid, status: hit.status, error_code: hit.error_code };
                apply(app, &mut tx, org, &text, &report).await.map_err(doing("record a found text"))?;
                return tx.commit().await.map_err(doing("commit a found text"));
            }
            let next = job.after_a_look_up(text.attempts);
            (next, if next.absent >= LOOK_UPS { Duration::ZERO } else { LOOK_UP_GAP })
        }
        Err(FindError::Busy { retry_after }) => (job.after_a_try(), job.pause(retry_after)),
        Err(FindError::Unavailable(error)) => {
            tracing::warn!(org.id = %org, text.id = %text.id, error = chain(&error), "Could not look a text up; trying again later");
            (job.after_a_try(), job.pause(None))
        }
        Err(FindError::Auth) => {
            return end(app, tx, &text, org, (TextState::Unknown, Failure::of_code(AUTH))).await.map(|_| ());
        }
        Err(FindError::TooMany) => {
            return end(app, tx, &text, org, (TextState::Unknown, given_up(TextState::Unknown)))
                .await
                .map(|_| ());
        }
    };
    deliver_after(&mut tx, &next, text.kind, after).await.map_err(doing("put a look-up off"))?;
    tx.commit().await.map_err(doing("commit a look-up"))
}

/// Twilio's code for refused credentials, which an answer need not carry.
const AUTH: u32 = 20003;

/// The newest text found that is not another one of the org.
async fn unclaimed(
    tx: &mut OrgTx,
    org: OrgId,
    text: TextId,
    found: Vec<Found>,
) -> Result<Option<Found>, DeliverError> {
    let sids: Vec<String> = found.iter().map(|f| f.sid.clone()).collect();
    let claimed = store::claimed_sids(tx, org, text, &sids).await.map_err(doing("compare look-ups"))?;
    Ok(found.into_iter().find(|f| !claimed.contains(&f.sid)))
}

/// The text again, after the provider spoke: a callback may have been faster.
async fn reopen(app: &App, job: &DeliverText) -> Result<Option<(OrgTx, Text)>, DeliverError> {
    let mut tx = app.begin(job.org).await.map_err(doing("open a transaction"))?;
    let text = store::lock(&mut tx, job.org, job.text).await.map_err(doing("read a text"))?;
    Ok(text.map(|text| (tx, text)))
}

async fn end(
    app: &App,
    mut tx: OrgTx,
    text: &Text,
    org: OrgId,
    (state, failure): (TextState, Failure),
) -> Result<Next, DeliverError> {
    settle(app, &mut tx, org, text, (state, None), &failure).await.map_err(doing("record a failed text"))?;
    tx.commit().await.map_err(doing("commit a failed text"))?;
    Ok(Next::Nothing)
}

const fn given_up(state: TextState) -> Failure {
    let hint = match state {
        TextState::Unknown => "Twilio could not say whether it left. Call if it matters.",
        _ => "Twilio could not be reached, or kept failing. Call if it matters.",
    };
    Failure { code: None, trouble: Trouble::Other, hint }
}

fn lease(app: &App) -> SignedDuration {
    SignedDuration::try_from(Duration::from_secs(app.config.texts.timeout_seconds)).unwrap_or(LEASE_MARGIN)
        + LEASE_MARGIN
}

fn client(app: &App, account: Account) -> Client {
    Client::new(app.http.clone(), &app.config.twilio.base_url, account.credentials)
}

fn message(app: &App, org: OrgId, text: &Text, account: &Account) -> Message {
    let report_to = |base| format!("{base}/api/webhooks/twilio/status/{}/{}", org.0, text.id.0);
    Message {
        to: text.to.clone(),
        from: account.from(),
        body: text.body.clone(),
        status_callback: callback_base(&app.config).map(report_to),
        validity_seconds: None,
    }
}

/// Leaves the job of a text of this kind with the caller's transaction.
pub(super) async fn deliver_after(
    tx: &mut PgConnection,
    job: &DeliverText,
    kind: Kind,
    after: Duration,
) -> Result<(), sqlx::Error> {
    let new = NewJob { task: DELIVER_TASK, queue: kind.queue(), payload: job, key: job.key(), after };
    enqueue(tx, job.org, new).await
}

/// Gives a job to every text of `org` that lost its own, say to a dead letter or a restored backup; says how many.
pub async fn chase_unfinished(app: &App, org: OrgId) -> Result<usize, sqlx::Error> {
    let now = app.clock.now();
    let mut tx = app.begin(org).await?;
    let forgotten = store::forgotten(&mut tx, org, now.checked_sub(FORGOTTEN_AFTER).unwrap_or(now)).await?;
    for (id, kind) in &forgotten {
        deliver_after(&mut tx, &DeliverText::first(org, *id), *kind, Duration::ZERO).await?;
        tracing::warn!(org.id = %org, text.id = %id, "A text had no job; it has one again");
    }
    tx.commit().await?;
    Ok(forgotten.len())
}

#[cfg(test)]
#[path = "deliver_tests.rs"]
mod tests;
