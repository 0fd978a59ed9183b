//! Takes every step that is due: sends it, leaves it for later, leaves it out, or ends the run.

use std::sync::Arc;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::sequence::{Sequence, Step, StopReason};
use super::store::{self, Facts};
use super::timeline::{Beginning, Next, is_overtaken};
use super::words::{self, Reader};
use crate::messaging::{self, Kind, NewText, QueueError, Queued, Rule};
use crate::orgs;
use crate::phone::Phone;
use crate::platform::app::App;
use crate::platform::db::PgConnection;
use crate::platform::ids::{OrgId, SequenceRunId};
use crate::platform::telemetry::chain;
use crate::scheduling::{self, RuleBook};

/// Runs of one org in one round; the next round is a minute away.
const RUNS_MAX: i64 = 500;

/// Why a step was not taken. The schedule comes again.
#[derive(Debug, thiserror::Error)]
pub enum AdvanceError {
    /// The database refused.
    #[error("the database refused")]
    Database(#[from] sqlx::Error),
    /// The clinic's rules could not be read.
    #[error("the rules could not be read")]
    Rules(#[from] Arc<sqlx::Error>),
    /// The text was not queued.
    #[error("the text was not queued")]
    Queue(#[from] QueueError),
}

/// Takes the org's due steps, each in a transaction of its own; says how many texts came of it. One that fails does not
/// keep the others.
pub async fn advance(app: &App, org: OrgId) -> Result<usize, AdvanceError> {
    let mut tx = app.begin(org).await?;
    let due = store::due(&mut tx, org, app.clock.now(), RUNS_MAX).await?;
    tx.commit().await?;
    if due.is_empty() {
        return Ok(0);
    }
    let book = scheduling::rule_book(app, org, None).await?;
    let (mut sent, mut failed) = (0, None);
    for run in due {
        match take(app, &book, org, run).await {
            Ok(is_sent) => sent += usize::from(is_sent),
            Err(error) => {
                tracing::warn!(org.id = %org, run.id = %run, error = chain(&error), "A step of a sequence was not taken; it comes again");
                failed = Some(error);
            }
        }
    }
    failed.map_or(Ok(sent), Err)
}

/// A run in hand: locked, and nothing has ended it.
struct Run<'a> {
    id: SequenceRunId,
    facts: &'a Facts,
    sequence: &'a Sequence,
    beginning: Beginning,
}

impl Run<'_> {
    fn step(&self, nth: i16) -> Option<&Step> {
        usize::try_from(nth).ok().and_then(|nth| self.sequence.fields.steps.get(nth))
    }

    fn last_sent_at(&self) -> Option<Timestamp> {
        self.facts.last_sent_at.map(jiff_sqlx::Timestamp::to_jiff)
    }

    /// When the step after the next is due.
    fn following(&self, sent_at: Option<Timestamp>) -> Option<Timestamp> {
        let step = self.step(self.facts.next_step + 1)?;
        Some(self.beginning.due(step, sent_at.or(self.last_sent_at())))
    }
}

/// One run; true when a text came of it. A step that is left out makes room for the next at once.
async fn take(app: &App, book: &RuleBook, org: OrgId, id: SequenceRunId) -> Result<bool, AdvanceError> {
    let now = app.clock.now();
    let mut tx = app.begin(org).await?;
    let mut taken = Taken::LeftOut;
    while taken == Taken::LeftOut {
        let Some(facts) = store::lock_due(&mut tx, org, id, now).await? else { break };
        taken = look_at(app, &mut tx, org, book, (id, &facts)).await?;
    }
    tx.commit().await?;
    Ok(taken == Taken::Sent)
}

/// What became of a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Taken {
    Sent,
    LeftOut,
    /// It waits, or the run is over.
    Settled,
}

async fn look_at(
    app: &App,
    tx: &mut PgConnection,
    org: OrgId,
    book: &RuleBook,
    (id, facts): (SequenceRunId, &Facts),
) -> Result<Taken, AdvanceError> {
    let now = app.clock.now();
    if let Some(reason) = &facts.stop_reason {
        return stop(tx, org, id, reason, now).await;
    }
    let Some(sequence) = store::find(tx, org, facts.sequence_id).await? else {
        return stop(tx, org, id, StopReason::SwitchedOff.as_str(), now).await;
    };
    let beginning = Beginning {
        entered_at: facts.entered_at.to_jiff(),
        zone: TimeZone::get(&facts.time_zone).unwrap_or(TimeZone::UTC),
        max_days: i16::try_from(sequence.fields.max_days.get()).unwrap_or(i16::MAX),
    };
    step(app, tx, org, book, &Run { id, facts, sequence: &sequence, beginning }).await
}

async fn step(
    app: &App,
    tx: &mut PgConnection,
    org: OrgId,
    book: &RuleBook,
    run: &Run<'_>,
) -> Result<Taken, AdvanceError> {
    let (now, facts) = (app.clock.now(), run.facts);
    let Some(step) = run.step(facts.next_step) else {
        store::finish(tx, org, run.id, now).await?;
        return Ok(Taken::Settled);
    };
    let due = run.beginning.due(step, run.last_sent_at());
    if due > now && facts.moves == 0 {
        // The steps have changed since it was planned.
        store::put_off(tx, org, run.id, (due, 0)).await?;
        return Ok(Taken::Settled);
    }
    if is_overtaken(facts.next_at.to_jiff(), run.following(None), now) {
        return leave_out(tx, org, run, "late", now).await;
    }
    let Ok(to) = Phone::parse_e164(&facts.phone) else {
        return stop(tx, org, run.id, "not_a_number", now).await;
    };
    let settings = orgs::settings(tx, &app.keys, org).await?;
    let Some((from, until)) = messaging::daytime_of(&settings, &to, now) else {
        return held_back(tx, org, run, Rule::TooLate, now).await;
    };
    if from > now {
        store::put_off(tx, org, run.id, (from, facts.moves)).await?;
        return Ok(Taken::Settled);
    }
    let reader = Reader {
        name: facts.name.as_deref(),
        language: facts.language.as_deref().and_then(|own| own.parse().ok()).unwrap_or(settings.language),
        location: facts.location_id,
        service: facts.service_id,
    };
    let text = NewText {
        kind: Kind::Nurture,
        to: &to,
        body: words::text(book, step, reader),
        dedupe_key: format!("nurture:{}:{}", run.id.0, facts.next_step),
        contact: Some(facts.contact_id),
        appointment: None,
        call: None,
        sent_by: None,
    };
    // Not by night either when the provider was away: a reply or a booking meanwhile would not hold it back any more.
    match messaging::queue_text_before(app, tx, org, &settings, (text, until)).await? {
        Queued::Yes(_) | Queued::Already(_) => {
            let following = run.following(Some(now));
            store::went_out(tx, org, run.id, now, following.unwrap_or(now)).await?;
            if following.is_none() {
                store::finish(tx, org, run.id, now).await?;
            }
            metrics::counter!("voxanne_sequence_steps_total", "outcome" => "sent").increment(1);
            Ok(Taken::Sent)
        }
        Queued::Refused(rule) => held_back(tx, org, run, rule, now).await,
    }
}

/// A rule forbids it: for a day, for good, or with everything that comes after.
async fn held_back(
    tx: &mut PgConnection,
    org: OrgId,
    run: &Run<'_>,
    rule: Rule,
    now: Timestamp,
) -> Result<Taken, AdvanceError> {
    match run.beginning.held_back(rule, run.facts.moves, now) {
        Next::Later { at, moves } => {
            store::put_off(tx, org, run.id, (at, moves)).await?;
            metrics::counter!("voxanne_sequence_steps_total", "outcome" => "moved").increment(1);
            Ok(Taken::Settled)
        }
        Next::Skip(reason) => leave_out(tx, org, run, reason, now).await,
        Next::Stop(reason) => stop(tx, org, run.id, reason.as_str(), now).await,
    }
}

async fn leave_out(
    tx: &mut PgConnection,
    org: OrgId,
    run: &Run<'_>,
    reason: &str,
    now: Timestamp,
) -> Result<Taken, AdvanceError> {
    let following = run.following(None);
    store::skip(tx, org, run.id, (run.facts.next_step, reason), following.unwrap_or(now)).await?;
    if following.is_none() {
        store::finish(tx, org, run.id, now).await?;
    }
    metrics::counter!("voxanne_sequence_steps_total", "outcome" => "skipped").increment(1);
    Ok(Taken::LeftOut)
}

async fn stop(
    tx: &mut PgConnection,
    org: OrgId,
    id: SequenceRunId,
    reason: &str,
    now: Timestamp,
) -> Result<Taken, AdvanceError> {
    store::stop(tx, org, id, reason, now).await?;
    metrics::counter!("voxanne_sequence_runs_total", "outcome" => "stopped").increment(1);
    Ok(Taken::Settled)
}
