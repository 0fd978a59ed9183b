//! Reminds the people of visits that come closer.

use std::sync::Arc;

use jiff::Timestamp;

use super::appointment::Status;
use super::change::Appointment;
use super::plan_reminders::night;
use super::reminder_times::{Fate, fates};
use super::store::{self, PlannedRow, Settled};
use super::tell;
use crate::messaging::{self, Kind, NewQuestion, NewText, QuestionKind, Queued, wording};
use crate::orgs::{self, Settings};
use crate::phone::Phone;
use crate::platform::app::App;
use crate::platform::db::PgConnection;
use crate::platform::ids::{AppointmentId, OrgId, TextId};
use crate::platform::telemetry::chain;
use crate::scheduling::{self, RuleBook};
use crate::spoken_name::SpokenName;

/// Why the round ended early. The next one comes in a minute.
#[derive(Debug, thiserror::Error)]
pub enum RemindError {
    /// The database refused or went away.
    #[error("the database refused")]
    Database(#[from] sqlx::Error),
    /// The rules could not be read.
    #[error("the rules could not be read")]
    Rules(#[from] Arc<sqlx::Error>),
}

/// Queues the reminders that are due, each with its mark in one transaction; says how many left.
///
/// The visit is read again under its lock, so that a move or cancellation comes either before and decides, or after and
/// finds the text sent. Whoever comes second, after a crash or beside another worker, finds the mark.
pub async fn send_reminders(app: &App, org: OrgId) -> Result<usize, RemindError> {
    let mut tx = app.begin(org).await?;
    let due = store::visits_due(&mut tx, org, app.clock.now()).await?;
    if due.is_empty() {
        tx.commit().await?;
        return Ok(0);
    }
    let settings = orgs::settings(&mut tx, &app.keys, org).await?;
    let version = scheduling::rules_version(&mut tx, org).await?;
    tx.commit().await?;
    let book = scheduling::rule_book(app, org, Some(version)).await?;
    let mut sent = 0;
    for visit in due {
        match remind_once(app, org, (&book, &settings), visit).await {
            Ok(has_left) => sent += usize::from(has_left),
            // One visit's trouble is not the next one's.
            Err(error) => {
                tracing::warn!(org.id = %org, appointment.id = %visit, error = chain(&error), "A reminder stays for the next round");
            }
        }
    }
    Ok(sent)
}

async fn remind_once(
    app: &App,
    org: OrgId,
    with: (&RuleBook, &Settings),
    id: AppointmentId,
) -> Result<bool, sqlx::Error> {
    let mut tx = app.begin(org).await?;
    // Who changes the visit right now decides: the next round sees it.
    let Some(row) = store::lock_unless_busy(&mut tx, org, id).await? else { return Ok(false) };
    let visit = Appointment::try_from(row)?;
    let has_left = remind(app, &mut tx, org, with, &visit).await?;
    tx.commit().await?;
    Ok(has_left)
}

async fn remind(
    app: &App,
    tx: &mut PgConnection,
    org: OrgId,
    with: (&RuleBook, &Settings),
    visit: &Appointment,
) -> Result<bool, sqlx::Error> {
    let now = app.clock.now();
    let all = store::planned_of(tx, org, visit.id).await?;
    let is_of_now = |row: &PlannedRow| row.starts_at.to_jiff() == visit.starts_at.timestamp();
    let (current, stale): (Vec<PlannedRow>, Vec<PlannedRow>) = all.into_iter().partition(is_of_now);
    for row in stale {
        settle(tx, org, (visit.id, &row), ("dropped", "moved"), now).await?;
    }
    if !visit.status.is_ahead() {
        for row in &current {
            settle(tx, org, (visit.id, row), ("dropped", visit.status.as_str()), now).await?;
        }
        return Ok(false);
    }
    let planned: Vec<_> = current.iter().map(|row| (row.offset_minutes, row.due_at.to_jiff())).collect();
    let mut has_left = false;
    for (offset, fate) in fates(&visit.starts_at, &planned, night(with.1), now) {
        let Some(row) = current.iter().find(|row| row.offset_minutes == offset) else { continue };
        match fate {
            Fate::Skip(why) => settle(tx, org, (visit.id, row), ("skipped", why), now).await?,
            Fate::PutOff(until) => {
                let which = (row.starts_at.to_jiff(), offset);
                store::put_reminder_off(tx, org, visit.id, which, until).await?;
            }
            Fate::Send => has_left = send(app, tx, org, with, (visit, row, &current)).await?,
        }
    }
    Ok(has_left)
}

/// Queues the text and marks the reminder, or marks why not.
async fn send(
    app: &App,
    tx: &mut PgConnection,
    org: OrgId,
    with: (&RuleBook, &Settings),
    (visit, row, planned): (&Appointment, &PlannedRow, &[PlannedRow]),
) -> Result<bool, sqlx::Error> {
    let now = app.clock.now();
    let phone = visit.customer_phone.as_deref().and_then(|phone| Phone::parse_e164(phone).ok());
    let Some(phone) = phone else {
        settle(tx, org, (visit.id, row), ("skipped", "no_number"), now).await?;
        return Ok(false);
    };
    // The clinic knows that it switched its texts off: no task for each visit.
    if !with.1.texting_enabled {
        settle(tx, org, (visit.id, row), ("skipped", "texting_is_off"), now).await?;
        return Ok(false);
    }
    // A pending visit still waits for the clinic: "C" would sound as if that were settled.
    let asks = visit.status == Status::Scheduled && visit.confirmed_at.is_none();
    match queue(app, tx, org, with, (visit, row, &phone, asks)).await? {
        Queued::Yes(text) | Queued::Already(text) => {
            let settled = Settled { text: Some(text), ..settled(row, ("sent", None)) };
            store::settle_reminder(tx, org, visit.id, &settled, now).await?;
            if asks {
                ask(app, tx, org, (visit, &phone), text).await?;
            }
            metrics::counter!("voxanne_reminders_total", "outcome" => "sent").increment(1);
            Ok(true)
        }
        Queued::Refused(rule) => {
            // One task says it of all: the same rule would refuse the next reminder of this visit as well.
            let lasts = matches!(
                rule,
                messaging::Rule::OptedOut | messaging::Rule::Number(_) | messaging::Rule::NumberUnreachable
            );
            for other in planned.iter().filter(|other| lasts || other.offset_minutes == row.offset_minutes) {
                settle(tx, org, (visit.id, other), ("skipped", rule.code()), now).await?;
            }
            Ok(false)
        }
    }
}

async fn queue(
    app: &App,
    tx: &mut PgConnection,
    org: OrgId,
    (book, settings): (&RuleBook, &Settings),
    (visit, row, phone, asks): (&Appointment, &PlannedRow, &Phone, bool),
) -> Result<Queued, sqlx::Error> {
    let starts_at = visit.starts_at.timestamp();
    let Some(location) = book.location(Some(visit.location)) else { return Err(sqlx::Error::RowNotFound) };
    let name = visit.customer_name.as_deref().and_then(SpokenName::parse);
    let head = tell::letterhead(book, location, visit, name.as_ref());
    let text = NewText {
        kind: Kind::Reminder,
        to: phone,
        body: wording::reminder(&head, &visit.starts_at, app.clock.now(), asks),
        dedupe_key: format!("reminder:{}:{}:{}", visit.id.0, starts_at.as_second(), row.offset_minutes),
        contact: visit.contact,
        appointment: Some(visit.id),
        call: None,
        sent_by: None,
    };
    Ok(messaging::queue_text_before(app, tx, org, settings, (text, starts_at)).await?)
}

/// Notes that they were asked, and what a short answer of theirs means until the visit begins.
async fn ask(
    app: &App,
    tx: &mut PgConnection,
    org: OrgId,
    (visit, phone): (&Appointment, &Phone),
    text: TextId,
) -> Result<(), sqlx::Error> {
    let question = NewQuestion {
        phone,
        kind: QuestionKind::ConfirmVisit,
        subject: Some(visit.id.0),
        options: &[],
        text: Some(text),
        expires_at: visit.starts_at.timestamp(),
    };
    messaging::ask(app, tx, org, &question).await?;
    store::mark_asked(tx, org, visit.id, app.clock.now()).await
}

fn settled<'a>(row: &PlannedRow, (state, reason): (&'static str, Option<&'a str>)) -> Settled<'a> {
    Settled {
        starts_at: row.starts_at.to_jiff(),
        offset_minutes: row.offset_minutes,
        state,
        reason,
        text: None,
    }
}

async fn settle(
    tx: &mut PgConnection,
    org: OrgId,
    (id, row): (AppointmentId, &PlannedRow),
    (state, why): (&'static str, &str),
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    metrics::counter!("voxanne_reminders_total", "outcome" => state).increment(1);
    store::settle_reminder(tx, org, id, &settled(row, (state, Some(why))), now).await
}
