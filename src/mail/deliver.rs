//! Hands one e-mail to the mail server.
//!
//! Leased (committed as `sending`) before it is handed over. One found leased afterwards, or whose outcome is unknown, is
//! handed over once more under the same Message-ID; after that a person is told.

use std::hash::{Hash as _, Hasher as _};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use voxanne_smtp::{Address, SendError};

use super::email::{EmailState, Kind};
use super::mailer::Mailer;
use super::store::{self, Email};
use super::trouble::{self, Failure};
use super::wording::{LINK, Words};
use crate::accounts;
use crate::platform::app::App;
use crate::platform::db::{OrgTx, PgConnection};
use crate::platform::ids::{EmailId, OrgId};
use crate::platform::jobs::{NewJob, Priority, enqueue};
use crate::platform::telemetry::chain;

/// The task that hands an e-mail over.
pub const DELIVER_EMAIL_TASK: &str = "deliver_email";

/// Runs of the job that got nowhere before a person is told: about two hours.
const TRIES_MAX: u8 = 12;
/// Times an e-mail is handed over although the server may have it.
const DOUBTS_MAX: i16 = 1;
/// Beyond the server's time limit, before another worker may touch a leased e-mail.
const LEASE_MARGIN: SignedDuration = SignedDuration::from_secs(20);
/// Longest pause between two tries.
const PAUSE_MAX: Duration = Duration::from_mins(15);
/// An e-mail without a job for this long is given one.
const FORGOTTEN_AFTER: SignedDuration = SignedDuration::from_mins(10);

/// The job: which e-mail, and how often it got nowhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeliverEmail {
    /// Whose e-mail.
    pub org: OrgId,
    /// Which.
    pub email: EmailId,
    /// Runs that got nowhere.
    #[serde(default)]
    pub tries: u8,
}

impl DeliverEmail {
    /// The job of an e-mail nobody has tried to send.
    pub const fn first(org: OrgId, email: EmailId) -> Self {
        Self { org, email, tries: 0 }
    }

    /// An e-mail has one waiting job.
    pub fn key(&self) -> String {
        format!("{DELIVER_EMAIL_TASK}:{}", self.email.0)
    }

    const fn after_a_try(self) -> Self {
        Self { tries: self.tries.saturating_add(1), ..self }
    }

    /// Twice as long after every try, up to a quarter more or less: e-mails that failed together come again apart. The
    /// same for the same e-mail and try, whatever runs it.
    fn pause(&self) -> Duration {
        let whole = Duration::from_secs(15).saturating_mul(1 << self.tries.min(10)).min(PAUSE_MAX);
        let mut hash = std::hash::DefaultHasher::new();
        (self.email.0, self.tries).hash(&mut hash);
        let permille = u32::try_from(hash.finish() % 501).unwrap_or(250);
        whole * (750 + permille) / 1000
    }
}

/// Why a run did not come to its end. The queue tries again.
#[derive(Debug, thiserror::Error)]
#[error("could not {doing}")]
pub struct DeliverEmailError {
    doing: &'static str,
    source: sqlx::Error,
}

fn doing(doing: &'static str) -> impl FnOnce(sqlx::Error) -> DeliverEmailError {
    move |source| DeliverEmailError { doing, source }
}

/// What to do with an e-mail as it is now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Plan {
    /// Done or given up.
    Nothing,
    Send {
        /// Whether the server may have it from before.
        is_again: bool,
    },
    /// Another worker may be handing it over right now.
    Wait(SignedDuration),
    GiveUp(Failure),
}

fn plan(email: &Email, job: &DeliverEmail, is_on: bool, lease: SignedDuration, now: Timestamp) -> Plan {
    let is_in_doubt = match (email.state, email.leased_at) {
        (EmailState::Queued, _) | (EmailState::Sending, None) => false,
        (EmailState::Sending, Some(since)) => {
            let left = lease - now.duration_since(since);
            if left > SignedDuration::ZERO {
                return Plan::Wait(left);
            }
            true
        }
        (EmailState::Sent | EmailState::Failed, _) => return Plan::Nothing,
    };
    if is_in_doubt && email.doubts >= DOUBTS_MAX {
        return Plan::GiveUp(Failure::DOUBTFUL);
    }
    if !email.is_wanted {
        return Plan::GiveUp(Failure::REMOVED);
    }
    if !is_on {
        return Plan::GiveUp(Failure::OFF);
    }
    if job.tries >= TRIES_MAX {
        let unreachable = Failure { code: email.last_code, ..Failure::UNREACHABLE };
        return Plan::GiveUp(if is_in_doubt { Failure::DOUBTFUL } else { unreachable });
    }
    Plan::Send { is_again: is_in_doubt }
}

/// Runs the job. `Ok` also when the e-mail has to wait: then it has left a job for later.
pub async fn deliver(app: &App, job: DeliverEmail) -> Result<(), DeliverEmailError> {
    let Some((mailer, email, to)) = prepare(app, &job).await? else { return Ok(()) };
    let words = with_link(app, &email);
    let outcome = mailer.send(email.id.0, to, words, email.queued_at).await;
    conclude(app, &job, outcome).await
}

/// What it says, with the link that is stored nowhere.
fn with_link(app: &App, email: &Email) -> Words {
    let Some(link) = email.kind.link(email.recipient) else { return email.words.clone() };
    let body = email.words.body.replacen(LINK, &accounts::page_of(app, link), 1);
    Words { body, ..email.words.clone() }
}

/// Decides under the row's lock, and commits the lease before anything leaves.
async fn prepare(
    app: &App,
    job: &DeliverEmail,
) -> Result<Option<(Mailer, Email, Address)>, DeliverEmailError> {
    let (org, now) = (job.org, app.clock.now());
    let Some((mut tx, email)) = reopen(app, job).await? else { return Ok(None) };
    let (mailer, to) = (Mailer::of(&app.config), Address::parse(&email.to));
    let planned = plan(&email, job, mailer.is_some(), lease(app), now);
    let ready = match (planned, mailer, to) {
        (Plan::Send { is_again }, Some(mailer), Some(to)) => {
            store::lease(&mut tx, org, email.id, is_again, now).await.map_err(doing("lease an e-mail"))?;
            Some((mailer, email, to))
        }
        (Plan::Send { .. }, ..) => return end(app, tx, org, &email, Failure::OFF).await.map(|()| None),
        (Plan::GiveUp(failure), ..) => return end(app, tx, org, &email, failure).await.map(|()| None),
        (Plan::Wait(left), ..) => {
            let left = Duration::try_from(left).unwrap_or(PAUSE_MAX);
            deliver_after(&mut tx, job, email.kind, left).await.map_err(doing("put an e-mail off"))?;
            None
        }
        (Plan::Nothing, ..) => None,
    };
    tx.commit().await.map_err(doing("commit an e-mail's lease"))?;
    Ok(ready)
}

async fn conclude(
    app: &App,
    job: &DeliverEmail,
    outcome: Result<(), SendError>,
) -> Result<(), DeliverEmailError> {
    let Some((mut tx, email)) = reopen(app, job).await? else { return Ok(()) };
    let (org, now) = (job.org, app.clock.now());
    match outcome {
        Ok(()) => {
            let sent = (EmailState::Sent, None);
            store::settle(&mut tx, org, email.id, sent, now).await.map_err(doing("record a sent e-mail"))?;
            count(&email, EmailState::Sent);
            let waited = now.duration_since(email.queued_at).as_secs_f64().max(0.0);
            metrics::histogram!("voxanne_email_delivery_seconds").record(waited);
        }
        Err(error) if error.is_permanent() => {
            return end(app, tx, org, &email, Failure::of(&error)).await;
        }
        Err(error) if error.outcome_is_unknown() => {
            tracing::warn!(org.id = %org, email.id = %email.id, error = chain(&error), "An e-mail may or may not have left; it leaves once more under the same Message-ID");
            let after = Duration::try_from(lease(app)).unwrap_or(PAUSE_MAX);
            deliver_after(&mut tx, &job.after_a_try(), email.kind, after)
                .await
                .map_err(doing("put an e-mail off"))?;
        }
        Err(error) => {
            tracing::warn!(org.id = %org, email.id = %email.id, error = chain(&error), "An e-mail did not leave; trying again later");
            store::release(&mut tx, org, email.id, error.code()).await.map_err(doing("release an e-mail"))?;
            deliver_after(&mut tx, &job.after_a_try(), email.kind, job.pause())
                .await
                .map_err(doing("put an e-mail off"))?;
        }
    }
    tx.commit().await.map_err(doing("commit an e-mail's outcome"))
}

/// The e-mail as it is now, locked.
async fn reopen(app: &App, job: &DeliverEmail) -> Result<Option<(OrgTx, Email)>, DeliverEmailError> {
    let mut tx = app.begin(job.org).await.map_err(doing("open a transaction"))?;
    let email = store::lock(&mut tx, job.org, job.email).await.map_err(doing("read an e-mail"))?;
    Ok(email.map(|email| (tx, email)))
}

async fn end(
    app: &App,
    mut tx: OrgTx,
    org: OrgId,
    email: &Email,
    failure: Failure,
) -> Result<(), DeliverEmailError> {
    let failed = (EmailState::Failed, Some((failure.code, failure.hint)));
    store::settle(&mut tx, org, email.id, failed, app.clock.now())
        .await
        .map_err(doing("record a failed e-mail"))?;
    trouble::raise(app, &mut tx, org, email, &failure).await.map_err(doing("raise a task for an e-mail"))?;
    tx.commit().await.map_err(doing("commit a failed e-mail"))?;
    tracing::warn!(org.id = %org, email.id = %email.id, code = failure.code, reason = failure.hint, "An e-mail was given up");
    count(email, EmailState::Failed);
    Ok(())
}

fn count(email: &Email, state: EmailState) {
    metrics::counter!("voxanne_emails_total", "state" => state.as_str(), "kind" => email.kind.as_str())
        .increment(1);
}

fn lease(app: &App) -> SignedDuration {
    SignedDuration::try_from(Duration::from_secs(app.config.mail.timeout_seconds)).unwrap_or(LEASE_MARGIN)
        + LEASE_MARGIN
}

/// Leaves the job of an e-mail of this kind with the caller's transaction.
pub(super) async fn deliver_after(
    tx: &mut PgConnection,
    job: &DeliverEmail,
    kind: Kind,
    after: Duration,
) -> Result<(), sqlx::Error> {
    let new = NewJob {
        task: DELIVER_EMAIL_TASK,
        queue: kind.queue(),
        payload: job,
        key: job.key(),
        after,
        priority: Priority::Usual,
    };
    enqueue(tx, job.org, new).await
}

/// Gives a job to every e-mail of `org` that lost its own, say to a dead letter or a restored backup; says how many.
pub async fn chase_unfinished(app: &App, org: OrgId) -> Result<usize, sqlx::Error> {
    let now = app.clock.now();
    let mut tx = app.begin(org).await?;
    let forgotten = store::forgotten(&mut tx, org, now.checked_sub(FORGOTTEN_AFTER).unwrap_or(now)).await?;
    for (id, kind) in &forgotten {
        deliver_after(&mut tx, &DeliverEmail::first(org, *id), *kind, Duration::ZERO).await?;
        tracing::warn!(org.id = %org, email.id = %id, "An e-mail had no job; it has one again");
    }
    tx.commit().await?;
    Ok(forgotten.len())
}

#[cfg(test)]
#[path = "deliver_tests.rs"]
mod tests;
