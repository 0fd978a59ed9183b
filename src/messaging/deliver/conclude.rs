//! Records how handing texts over, or looking them up, ended.

use std::collections::HashMap;
use std::time::Duration;

use voxanne_twilio::{FindError, Found, SendError, Sent};

use super::prepare::{Hand, lock};
use super::{DeliverError, DeliverText, LOOK_UP_GAP, LOOK_UPS, deliver_after, doing, given_up, lease};
use crate::messaging::provider::{self, Heard};
use crate::messaging::record_status::{Failure, Report, apply, settle};
use crate::messaging::store::{self, Text};
use crate::messaging::text::TextState;
use crate::platform::app::App;
use crate::platform::db::PgConnection;
use crate::platform::ids::{OrgId, TextId};
use crate::platform::jobs;
use crate::platform::telemetry::chain;

/// What the provider said.
pub(super) enum Answer {
    Sent(Result<Sent, SendError>),
    Found(Result<Vec<Found>, FindError>),
    /// It was not asked.
    None,
}

/// A text and what the provider said of it.
pub(super) struct Answered {
    pub hand: Hand,
    pub to: String,
    pub answer: Answer,
}

/// Records outcomes in one transaction; jobs that were taken along end with it, or wait for their next run.
pub(super) async fn conclude(
    app: &App,
    org: OrgId,
    account: &str,
    answers: &[Answered],
) -> Result<(), DeliverError> {
    let mut tx = app.begin(org).await.map_err(doing("open a transaction"))?;
    // All of them first: callbacks about the same texts may be at it, and raise the same task.
    let ids: Vec<TextId> = answers.iter().map(|answered| answered.hand.job.text).collect();
    // Again, for a callback may have been faster than the answer.
    let texts: HashMap<TextId, Text> =
        lock(&mut tx, org, &ids).await?.into_iter().map(|text| (text.id, text)).collect();
    let (mut ended, mut pause) = (Vec::new(), false);
    for answered in answers {
        let Some(text) = texts.get(&answered.hand.job.text) else { continue };
        let wait = match &answered.answer {
            Answer::Sent(outcome) => conclude_send(app, &mut tx, text, &answered.hand.job, outcome).await?,
            Answer::Found(found) => conclude_look_up(app, &mut tx, text, &answered.hand.job, found).await?,
            Answer::None => Wait::No,
        };
        match wait {
            Wait::No => ended.extend(answered.hand.taken),
            Wait::For(job, after) => {
                deliver_after(&mut tx, &job, text.kind, after).await.map_err(doing("put a text off"))?;
            }
            Wait::ForAccount(job) => {
                pause = true;
                deliver_after(&mut tx, &job, text.kind, Duration::ZERO)
                    .await
                    .map_err(doing("hold a text"))?;
            }
        }
    }
    if !ended.is_empty() {
        jobs::finish(&mut tx, &ended).await.map_err(doing("end texts' jobs"))?;
    }
    let heard: Vec<Heard> = answers.iter().filter_map(|answered| heard(&answered.answer)).collect();
    let paused =
        provider::hear(app, &mut tx, org, account, &heard).await.map_err(doing("record how Twilio is"))?;
    if let (true, Some(until)) = (pause, paused) {
        provider::hold(app, &mut tx, org, until).await.map_err(doing("hold texts"))?;
    }
    tx.commit().await.map_err(doing("commit texts' outcomes"))
}

/// Whether a text's job runs again.
enum Wait {
    No,
    For(DeliverText, Duration),
    /// As soon as the account is asked again.
    ForAccount(DeliverText),
}

async fn conclude_send(
    app: &App,
    tx: &mut PgConnection,
    text: &Text,
    job: &DeliverText,
    outcome: &Result<Sent, SendError>,
) -> Result<Wait, DeliverError> {
    let org = job.org;
    let error = match outcome {
        Ok(sent) => {
            let report = Report { sid: sent.sid.clone(), status: sent.status, error_code: None };
            apply(app, tx, org, text, &report).await.map_err(doing("record a sent text"))?;
            return Ok(Wait::No);
        }
        Err(SendError::Rejected { code, .. }) => {
            let failure = Failure::of_code(*code);
            settle(app, tx, org, text, (TextState::Failed, None), &failure)
                .await
                .map_err(doing("record a failed text"))?;
            return Ok(Wait::No);
        }
        Err(error) => error,
    };
    if error.outcome_is_unknown() {
        tracing::warn!(org.id = %org, text.id = %text.id, error = chain(error), "A text may or may not have left; looking it up soon");
        return Ok(Wait::For(job.after_a_try(), Duration::try_from(lease(app)).unwrap_or(LOOK_UP_GAP)));
    }
    tracing::warn!(org.id = %org, text.id = %text.id, error = chain(error), "A text did not leave; trying again later");
    store::release(tx, org, text.id).await.map_err(doing("release a text"))?;
    Ok(match error {
        SendError::Busy { .. } => Wait::ForAccount(job.after_a_busy_answer()),
        SendError::Auth { .. } => Wait::ForAccount(*job),
        _ => Wait::For(job.after_a_try(), job.pause()),
    })
}

async fn conclude_look_up(
    app: &App,
    tx: &mut PgConnection,
    text: &Text,
    job: &DeliverText,
    found: &Result<Vec<Found>, FindError>,
) -> Result<Wait, DeliverError> {
    let org = job.org;
    Ok(match found {
        Ok(found) => {
            if let Some(hit) = unclaimed(tx, org, text.id, found).await? {
                tracing::info!(org.id = %org, text.id = %text.id, "Found a text that had left");
                let report = Report { sid: hit.sid.clone(), status: hit.status, error_code: hit.error_code };
                apply(app, tx, org, text, &report).await.map_err(doing("record a found text"))?;
                return Ok(Wait::No);
            }
            let next = job.after_a_look_up(text.attempts);
            let after = if next.absent >= LOOK_UPS { Duration::ZERO } else { LOOK_UP_GAP };
            Wait::For(next, after)
        }
        Err(FindError::Busy { .. }) => Wait::ForAccount(job.after_a_busy_answer()),
        Err(FindError::Auth { .. }) => Wait::ForAccount(*job),
        Err(FindError::Unavailable(error)) => {
            tracing::warn!(org.id = %org, text.id = %text.id, error = chain(error), "Could not look a text up; trying again later");
            Wait::For(job.after_a_try(), job.pause())
        }
        Err(FindError::TooMany) => {
            let unknown = (TextState::Unknown, None);
            settle(app, tx, org, text, unknown, &given_up(TextState::Unknown))
                .await
                .map_err(doing("record a text that nobody finds"))?;
            Wait::No
        }
    })
}

/// The newest text found that is not another one of the org.
async fn unclaimed<'f>(
    tx: &mut PgConnection,
    org: OrgId,
    text: TextId,
    found: &'f [Found],
) -> Result<Option<&'f Found>, DeliverError> {
    let sids: Vec<String> = found.iter().map(|f| f.sid.clone()).collect();
    let claimed = store::claimed_sids(tx, org, text, &sids).await.map_err(doing("compare look-ups"))?;
    Ok(found.iter().find(|f| !claimed.contains(&f.sid)))
}

/// What the answer says about the account.
fn heard(answer: &Answer) -> Option<Heard> {
    let of_send = |error: &SendError| match error {
        SendError::Rejected { .. } => Heard::Answer,
        SendError::Auth { code } => Heard::Refused(*code),
        SendError::Busy { retry_after } => Heard::Limited(*retry_after),
        SendError::Server { .. } => Heard::Failure("failed"),
        SendError::Garbled { .. } => Heard::Failure("garbled"),
        SendError::Unknown { .. } | SendError::NotSent { .. } => Heard::Failure("away"),
    };
    Some(match answer {
        Answer::Sent(Ok(_)) | Answer::Found(Ok(_) | Err(FindError::TooMany)) => Heard::Answer,
        Answer::Sent(Err(error)) | Answer::Found(Err(FindError::Unavailable(error))) => of_send(error),
        Answer::Found(Err(FindError::Auth { code })) => Heard::Refused(*code),
        Answer::Found(Err(FindError::Busy { retry_after })) => Heard::Limited(*retry_after),
        Answer::None => return None,
    })
}
