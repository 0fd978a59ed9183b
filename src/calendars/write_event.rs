//! Makes one calendar agree with one visit: creates the event, moves it, takes it out, or does nothing.
//!
//! The event's name follows from the visit, so that writing twice is writing once; an insert that finds the name taken
//! looks at what is there. Where a person moved or deleted our event it is left alone and staff are asked.

use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::ask::{AskError, ask_to_write};
use super::conflict::{self, ConflictKind, Found};
use super::connection::{Calendar, State};
use super::event::{Mark, SeenEvent, Span, Wanted, event_ref, summary, zone_or};
use super::mirror;
use super::pause::pause;
use super::provider::Provider;
use super::store::{self, EventRow, Standing, VisitRow};
use super::sync::{load, queue};
use super::trouble::Trouble;
use crate::platform::app::App;
use crate::platform::db::PgConnection;
use crate::platform::ids::{AppointmentId, CalendarId, OrgId};
use crate::platform::jobs::{self, NewJob, Priority};

/// The task that makes a calendar agree with a visit.
pub const WRITE_TASK: &str = "write_event";

/// Which visit, in which calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct WriteEvent {
    /// Whose.
    pub org: OrgId,
    /// The visit.
    pub appointment: AppointmentId,
    /// The calendar.
    pub calendar: CalendarId,
}

/// What there is to do, as of the visit's version.
enum Plan {
    Nothing,
    /// It is written at the right time already; only the version is new.
    Note,
    Write(Box<Wanted>),
    Remove,
    /// It is another account's to write, in this very calendar: one person's for clinic and practitioner alike.
    HandOver,
    /// Somebody is asked about it: the visit may have come to agree.
    Look(Option<Box<Wanted>>),
}

/// What became of the event.
enum Outcome {
    Written(String),
    Removed,
    /// A person moved it, or deleted it.
    Conflict(Option<SeenEvent>),
    /// Nobody disagrees any more: it is to be written, over this version of it.
    Free(String),
}

/// Runs the job. `Ok` also when the calendar has to wait: then it has left a job for later.
pub async fn write_event(app: &App, job: WriteEvent) -> Result<(), sqlx::Error> {
    let (org, now) = (job.org, app.clock.now());
    let mut tx = app.begin(org).await?;
    let Some(calendar) = load(&mut tx, org, job.calendar).await? else { return Ok(()) };
    // Whoever connects it again has everything written that is due then.
    if calendar.connection.state != State::Connected {
        return Ok(());
    }
    let Some(visit) = store::visit(&mut tx, org, job.appointment).await? else { return Ok(()) };
    let known = store::event(&mut tx, org, job.appointment, job.calendar).await?;
    let plan = plan(job, (&visit, &calendar), known.as_ref(), now);
    match &plan {
        Plan::Nothing => return Ok(()),
        Plan::Note => {
            let standing = Standing { state: "written", etag: None, version: visit.version };
            store::set_event(&mut tx, org, (job.appointment, job.calendar), standing).await?;
            return tx.commit().await;
        }
        Plan::HandOver => {
            let standing = Standing { state: "gone", etag: None, version: visit.version };
            store::set_event(&mut tx, org, (job.appointment, job.calendar), standing).await?;
            return tx.commit().await;
        }
        Plan::Write(wanted) => {
            let span = (wanted.starts_at.timestamp(), wanted.ends_at.timestamp());
            // Before anything leaves: an insert that is lost on the way back is known to be ours.
            let name = (job.appointment, job.calendar, wanted.event_ref.as_str());
            store::begin_writing(&mut tx, org, name, span, now).await?;
        }
        Plan::Remove | Plan::Look(_) => {}
    }
    tx.commit().await?;
    let done = carry_out(app, org, &calendar, &plan, known.as_ref()).await;
    conclude(app, job, (&visit, &calendar), done).await
}

fn plan(
    job: WriteEvent,
    (visit, calendar): (&VisitRow, &Calendar),
    known: Option<&EventRow>,
    now: Timestamp,
) -> Plan {
    let state = known.map(|event| event.state.as_str());
    let is_wanted = visit.status != "cancelled" && visit.target == Some(job.calendar);
    if state == Some("conflict") {
        return Plan::Look(is_wanted.then(|| Box::new(wanted(job, visit))));
    }
    if !is_wanted {
        let is_same_place = visit.target_external_id.as_ref() == Some(&calendar.external_id);
        return match state {
            Some("writing" | "reviving" | "written") if visit.status != "cancelled" && is_same_place => {
                Plan::HandOver
            }
            Some("writing" | "reviving" | "written") => Plan::Remove,
            _ => Plan::Nothing,
        };
    }
    let (starts_at, ends_at) = (visit.starts_at.to_jiff(), visit.ends_at.to_jiff());
    let is_there = |event: &EventRow| {
        event.state == "written"
            && event.starts_at.map(jiff_sqlx::Timestamp::to_jiff) == Some(starts_at)
            && event.ends_at.map(jiff_sqlx::Timestamp::to_jiff) == Some(ends_at)
    };
    match known {
        Some(event) if is_there(event) && event.version == visit.version => Plan::Nothing,
        Some(event) if is_there(event) => Plan::Note,
        // Nobody needs an event of what is over.
        None if ends_at <= now => Plan::Nothing,
        _ => Plan::Write(Box::new(wanted(job, visit))),
    }
}

fn wanted(job: WriteEvent, visit: &VisitRow) -> Wanted {
    let zone = zone_or(Some(&visit.time_zone), &jiff::tz::TimeZone::UTC);
    let (starts_at, ends_at) = (visit.starts_at.to_jiff(), visit.ends_at.to_jiff());
    let place = visit
        .address
        .as_ref()
        .map_or_else(|| visit.place.clone(), |address| format!("{}, {address}", visit.place));
    Wanted {
        event_ref: event_ref(job.appointment),
        summary: summary(&visit.service, visit.customer_name.as_deref()),
        place,
        starts_at: starts_at.to_zoned(zone.clone()),
        ends_at: ends_at.to_zoned(zone),
        mark: Mark { org: job.org, appointment: job.appointment, span: (starts_at, ends_at) },
    }
}

async fn carry_out(
    app: &App,
    org: OrgId,
    calendar: &Calendar,
    plan: &Plan,
    known: Option<&EventRow>,
) -> Result<Outcome, AskError> {
    let provider = Provider::patient(app, org, &calendar.connection)?;
    let question = async {
        match plan {
            Plan::Write(wanted) => write(&provider, calendar, wanted, known).await,
            Plan::Look(wanted) => look(&provider, calendar, wanted.as_deref(), known).await,
            _ => remove(&provider, calendar, known).await,
        }
    };
    ask_to_write(app, org, calendar, question).await
}

/// Inserts, or moves what is there unless a person did.
async fn write(
    provider: &Provider<'_>,
    calendar: &Calendar,
    wanted: &Wanted,
    known: Option<&EventRow>,
) -> Result<Outcome, AskError> {
    let etag = known.and_then(|event| event.etag.as_deref());
    let written = match etag {
        Some(etag) => provider.change(calendar, wanted, Some(etag)).await,
        None => provider.insert(calendar, wanted).await,
    };
    match written {
        Ok(etag) => return Ok(Outcome::Written(etag)),
        Err(AskError::Trouble(
            Trouble::Changed | Trouble::Duplicate | Trouble::Missing | Trouble::TokenGone,
            _,
        )) => {}
        Err(error) => return Err(error),
    }
    // Somebody was there before us: we ourselves, in a try whose answer was lost, or a person.
    let found = provider.event(calendar, &wanted.event_ref).await?;
    let was_removed_by_us = known.is_some_and(|event| matches!(event.state.as_str(), "gone" | "reviving"));
    match found {
        Some(event) if is_as_wanted(&event, wanted) => Ok(Outcome::Written(event.etag)),
        Some(event) if !event.is_gone && event.span != Some(wanted.mark.span) && is_moved(&event, known) => {
            Ok(Outcome::Conflict(Some(event)))
        }
        Some(event) if !event.is_gone || was_removed_by_us => {
            Ok(Outcome::Written(provider.change(calendar, wanted, Some(&event.etag)).await?))
        }
        // A name that was never taken, or whose event was purged after we took it out.
        None if etag.is_none() || was_removed_by_us => {
            Ok(Outcome::Written(provider.insert(calendar, wanted).await?))
        }
        _ => Ok(Outcome::Conflict(None)),
    }
}

async fn remove(
    provider: &Provider<'_>,
    calendar: &Calendar,
    known: Option<&EventRow>,
) -> Result<Outcome, AskError> {
    let Some(event) = known else { return Ok(Outcome::Removed) };
    // Without an etag it is not sure to be there, nor as what.
    if let Some(etag) = event.etag.as_deref() {
        match provider.remove(calendar, &event.event_ref, Some(etag)).await {
            Ok(()) => return Ok(Outcome::Removed),
            Err(AskError::Trouble(Trouble::Changed, _)) => {}
            Err(error) => return Err(error),
        }
    }
    match provider.event(calendar, &event.event_ref).await? {
        Some(there) if !there.is_gone && is_moved(&there, known) => Ok(Outcome::Conflict(Some(there))),
        Some(there) if !there.is_gone => {
            provider.remove(calendar, &event.event_ref, Some(&there.etag)).await?;
            Ok(Outcome::Removed)
        }
        _ => Ok(Outcome::Removed),
    }
}

/// Looks whether there is still anything to ask. Nothing is written here.
async fn look(
    provider: &Provider<'_>,
    calendar: &Calendar,
    wanted: Option<&Wanted>,
    known: Option<&EventRow>,
) -> Result<Outcome, AskError> {
    let Some(event) = known else { return Ok(Outcome::Removed) };
    let there = provider.event(calendar, &event.event_ref).await?.filter(|there| !there.is_gone);
    Ok(match (there, wanted) {
        (None, None) => Outcome::Removed,
        (None, Some(_)) => Outcome::Conflict(None),
        (Some(there), wanted) => {
            let is_agreed = wanted.is_some_and(|wanted| there.span == Some(wanted.mark.span));
            if is_agreed || !is_moved(&there, known) {
                Outcome::Free(there.etag)
            } else {
                Outcome::Conflict(Some(there))
            }
        }
    })
}

/// Whether a person gave our event another time than we last did. The event itself says what we wrote; where that is
/// lost, our own record does.
pub(super) fn is_moved(event: &SeenEvent, known: Option<&EventRow>) -> bool {
    let ours = event.mark.map(|mark| mark.span).or_else(|| known.and_then(recorded));
    ours.is_none_or(|ours| event.span != Some(ours))
}

/// The time that we last tried to write.
pub(super) fn recorded(event: &EventRow) -> Option<Span> {
    event.starts_at.zip(event.ends_at).map(|(from, to)| (from.to_jiff(), to.to_jiff()))
}

fn is_as_wanted(event: &SeenEvent, wanted: &Wanted) -> bool {
    !event.is_gone && event.span == Some(wanted.mark.span) && event.mark == Some(wanted.mark)
}

async fn conclude(
    app: &App,
    job: WriteEvent,
    (visit, calendar): (&VisitRow, &Calendar),
    done: Result<Outcome, AskError>,
) -> Result<(), sqlx::Error> {
    let (org, key) = (job.org, (job.appointment, job.calendar));
    let count = |outcome: &'static str| {
        metrics::counter!("voxanne_calendar_writes_total", "outcome" => outcome).increment(1);
    };
    let mut tx = app.begin(org).await?;
    match done {
        Ok(Outcome::Written(etag)) => {
            count("written");
            let etag = Some(etag.as_str()).filter(|etag| !etag.is_empty());
            let standing = Standing { state: "written", etag, version: visit.version };
            store::set_event(&mut tx, org, key, standing).await?;
            conflict::agree(app, &mut tx, org, (job.calendar, &event_ref(job.appointment))).await?;
            tell_overlaps(app, &mut tx, job).await?;
        }
        Ok(Outcome::Removed) => {
            count("removed");
            let standing = Standing { state: "gone", etag: None, version: visit.version };
            store::set_event(&mut tx, org, key, standing).await?;
            conflict::agree(app, &mut tx, org, (job.calendar, &event_ref(job.appointment))).await?;
        }
        Ok(Outcome::Free(etag)) => {
            count("free");
            let standing = Standing { state: "writing", etag: Some(&etag), version: 0 };
            store::set_event(&mut tx, org, key, standing).await?;
            conflict::agree(app, &mut tx, org, (job.calendar, &event_ref(job.appointment))).await?;
            later(&mut tx, job, Duration::ZERO).await?;
        }
        Ok(Outcome::Conflict(theirs)) => {
            count("conflict");
            let found = Found {
                appointment: job.appointment,
                calendar: job.calendar,
                kind: if theirs.is_some() { ConflictKind::Moved } else { ConflictKind::Deleted },
                event_ref: &event_ref(job.appointment),
                etag: theirs.as_ref().map(|event| event.etag.as_str()),
                theirs: theirs.as_ref().and_then(|event| event.span),
                version: visit.version,
            };
            conflict::raise(app, &mut tx, org, &found).await?;
            if let Some(event) = &theirs {
                mirror::keep_moved(app, &mut tx, org, calendar, event).await?;
            }
        }
        Err(AskError::Database(error)) => return Err(error),
        // Connected again, everything is written that is due then.
        Err(AskError::Trouble(Trouble::NeedsReconnect, _)) => count("needs_reconnect"),
        Err(error) => {
            count("failed");
            let after = pause(&mut tx, org, (calendar, &error), app.clock.now()).await?;
            later(&mut tx, job, after).await?;
        }
    }
    tx.commit().await
}

/// G15: what came up in a calendar before the visit was written is told of now.
async fn tell_overlaps(app: &App, tx: &mut PgConnection, job: WriteEvent) -> Result<(), sqlx::Error> {
    for row in store::in_the_way(tx, job.org, job.appointment, app.clock.now()).await? {
        let found = Found {
            appointment: job.appointment,
            calendar: row.calendar_id,
            kind: ConflictKind::Overlap,
            event_ref: &row.event_ref,
            etag: None,
            theirs: Some((row.starts_at.to_jiff(), row.ends_at.to_jiff())),
            version: 0,
        };
        conflict::raise(app, tx, job.org, &found).await?;
    }
    Ok(())
}

/// Leaves the job with the caller's transaction.
pub(super) async fn later(
    tx: &mut PgConnection,
    job: WriteEvent,
    after: Duration,
) -> Result<(), sqlx::Error> {
    let key = format!("{WRITE_TASK}:{}:{}", job.appointment.0, job.calendar.0);
    let queue = queue(job.calendar);
    jobs::enqueue(
        tx,
        job.org,
        NewJob { task: WRITE_TASK, queue: &queue, payload: &job, key, after, priority: Priority::Usual },
    )
    .await
}
