//! What keeps calendars and visits in step when pushes, jobs or processes get lost.

use std::time::Duration;

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

use super::ask::{AskError, ask};
use super::connection::{Calendar, State};
use super::event::{Span, without};
use super::provider::Provider;
use super::store;
use super::sync::{load, queue, sync_later};
use super::trouble::Trouble;
use super::write_event::{WriteEvent, later};
use crate::platform::app::App;
use crate::platform::ids::{CalendarId, OrgId};
use crate::platform::jobs::{self, NewJob, Priority};

/// A visit whose event was tried this lately has its job.
const TRIED_LATELY: SignedDuration = SignedDuration::from_mins(2);
/// Consents are forgotten a day after their end.
const CONSENTS_KEPT: SignedDuration = SignedDuration::from_hours(24);
/// How far ahead the mirror is held against free/busy.
const CHECKED_AHEAD: SignedDuration = SignedDuration::from_hours(24 * 14);
/// Differences up to this come from rounding.
const ROUNDING: SignedDuration = SignedDuration::from_secs(60);

/// The task that holds a mirror against free/busy.
pub const CHECK_TASK: &str = "check_mirror";

/// Which calendar's mirror to check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckMirror {
    /// Whose.
    pub org: OrgId,
    /// Which.
    pub calendar: CalendarId,
}

/// Asks for what nobody pushed, and gives a job to every visit that a calendar does not tell rightly. Says how many jobs.
pub async fn keep_in_step(app: &App, org: OrgId) -> Result<usize, sqlx::Error> {
    let now = app.clock.now();
    let poll = SignedDuration::from_mins(app.config.calendars.poll_minutes);
    let before = |by: SignedDuration| now.checked_sub(by).unwrap_or(now);
    let mut tx = app.begin(org).await?;
    store::forget_consents(&mut tx, org, before(CONSENTS_KEPT)).await?;
    if !store::has_calendars(&mut tx, org).await? {
        tx.commit().await?;
        return Ok(0);
    }
    let due = store::due_calendars(&mut tx, org, before(poll), now).await?;
    for calendar in &due {
        sync_later(&mut tx, org, *calendar).await?;
    }
    let unwritten = store::unwritten(&mut tx, org, before(TRIED_LATELY), now).await?;
    for row in &unwritten {
        let job = WriteEvent { org, appointment: row.appointment_id, calendar: row.calendar_id };
        later(&mut tx, job, Duration::ZERO).await?;
    }
    tx.commit().await?;
    Ok(due.len() + unwritten.len())
}

/// Leaves the jobs that hold mirrors against free/busy.
pub async fn check_mirrors(app: &App, org: OrgId) -> Result<usize, sqlx::Error> {
    let mut tx = app.begin(org).await?;
    let mirrors = store::mirrors(&mut tx, org).await?;
    for calendar in &mirrors {
        let job = CheckMirror { org, calendar: *calendar };
        let (key, queue) = (format!("{CHECK_TASK}:{}", calendar.0), queue(*calendar));
        let job = NewJob {
            task: CHECK_TASK,
            queue: &queue,
            payload: &job,
            key,
            after: Duration::ZERO,
            priority: Priority::Usual,
        };
        jobs::enqueue(&mut tx, org, job).await?;
    }
    tx.commit().await?;
    Ok(mirrors.len())
}

/// Runs the job: what free/busy and the mirror do not agree on is asked for anew, whole.
pub async fn check_mirror(app: &App, job: CheckMirror) -> Result<(), sqlx::Error> {
    let org = job.org;
    let mut tx = app.begin(org).await?;
    let Some(calendar) = load(&mut tx, org, job.calendar).await? else { return Ok(()) };
    tx.commit().await?;
    let is_mirrored = calendar.blocks && calendar.sync_token.is_some();
    if calendar.connection.state != State::Connected || !is_mirrored {
        return Ok(());
    }
    let now = app.clock.now();
    let window = (now, now.checked_add(CHECKED_AHEAD).unwrap_or(now));
    let busy = match ask(app, org, &calendar, free_busy(app, org, &calendar, window)).await {
        Ok(busy) => busy,
        Err(AskError::Database(error)) => return Err(error),
        // Written down, and shown; the next round asks again.
        Err(_) => return Ok(()),
    };
    let mut tx = app.begin(org).await?;
    let mut known = store::own_spans(&mut tx, org, calendar.id, window).await?;
    let mirrored = store::mirrored(&mut tx, org, calendar.id, window).await?;
    let inside = |span: &Span| (span.0.max(window.0), span.1.min(window.1));
    let extra = without(&mirrored.iter().map(inside).collect::<Vec<_>>(), &busy);
    known.extend(mirrored);
    // Free/busy knows nothing of what staff decided: what they let pass is busy there, and not missing here.
    let counts_all = calendar.tentative_blocks && calendar.all_day_blocks;
    let missing = if counts_all { without(&busy, &known) } else { Vec::new() };
    let is_real = |span: &Span| span.1.duration_since(span.0) > ROUNDING;
    if missing.iter().chain(&extra).any(is_real) {
        metrics::counter!("voxanne_calendar_drifts_total").increment(1);
        tracing::warn!(org.id = %org, calendar.id = %calendar.id, "A mirror and free/busy disagree: asking for everything");
        store::forget_sync_token(&mut tx, org, calendar.id).await?;
        sync_later(&mut tx, org, calendar.id).await?;
    }
    tx.commit().await
}

async fn free_busy(app: &App, org: OrgId, calendar: &Calendar, window: Span) -> Result<Vec<Span>, AskError> {
    let Provider::Google(google) = Provider::patient(app, org, &calendar.connection)? else {
        return Err(Trouble::Refused.into());
    };
    let told = google.free_busy(&[&calendar.external_id], window).await?;
    let busy = told.into_iter().find_map(|(id, busy)| busy.filter(|_| id == calendar.external_id));
    Ok(busy.ok_or(Trouble::Unreadable)?)
}
