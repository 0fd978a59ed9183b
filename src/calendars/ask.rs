//! One request to a provider on behalf of a calendar, and what its outcome says about the calendar's health.
//!
//! A calendar that fails is left alone for a while that grows, or as long as it asks for; the first request after that is
//! the probe. Requests for one calendar come one after another: jobs about it share a queue.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use voxanne_caldav as caldav;
use voxanne_google_calendar as google;

use super::connection::{Calendar, Connection};
use super::store;
use super::trouble::Trouble;
use crate::notifications::{self, NewNotification};
use crate::platform::app::App;
use crate::platform::db::PgConnection;
use crate::platform::ids::{ConnectionId, OrgId};
use crate::platform::secrets::SecretError;
use crate::tasks::{self, NewTask};

/// First pause after a failure.
const PAUSE: Duration = Duration::from_secs(10);
/// Longest that one question may take, however many requests it is: a provider that answers each of them just in time
/// would keep one of the few hands for hours.
const QUESTION_MAX: Duration = Duration::from_mins(10);
/// Longest pause that we take by ourselves.
const PAUSE_MAX: Duration = Duration::from_mins(10);
/// Longest pause that a provider may ask for.
const ASKED_MAX: Duration = Duration::from_hours(6);

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum AskError {
    /// The provider's trouble, and what it answered in its own words, such as "Google answered 403 rateLimitExceeded".
    #[error("{0}")]
    Trouble(Trouble, Option<String>),
    /// Not asked: it failed, or wants a pause.
    #[error("not asked before {0}")]
    Paused(Timestamp),
    /// What lets us in cannot be opened.
    #[error("what lets us in cannot be opened")]
    Sealed(#[from] SecretError),
    /// The database refused or went away.
    #[error("the database refused")]
    Database(#[from] sqlx::Error),
}

impl From<Trouble> for AskError {
    fn from(trouble: Trouble) -> Self {
        Self::Trouble(trouble, None)
    }
}

impl From<google::Error> for AskError {
    fn from(error: google::Error) -> Self {
        let said = error.code().map(|code| format!("Google answered {code}"));
        Self::Trouble(error.into(), said)
    }
}

impl From<caldav::Error> for AskError {
    fn from(error: caldav::Error) -> Self {
        let said = error.status().map(|http| format!("the calendar server answered {http}"));
        Self::Trouble(error.into(), said)
    }
}

/// Asks unless the calendar has a pause, and writes down how it went.
pub(super) async fn ask<T>(
    app: &App,
    org: OrgId,
    calendar: &Calendar,
    question: impl Future<Output = Result<T, AskError>>,
) -> Result<T, AskError> {
    let answer = unless_paused(app, calendar, question).await;
    conclude(app, org, calendar, answer.as_ref().err()).await?;
    answer
}

/// The same for something to be written. What is refused, perhaps one event, keeps nobody from reading: it has a pause of
/// its own.
pub(super) async fn ask_to_write<T>(
    app: &App,
    org: OrgId,
    calendar: &Calendar,
    question: impl Future<Output = Result<T, AskError>>,
) -> Result<T, AskError> {
    let now = app.clock.now();
    if let Some(until) = calendar.writes_paused_until.filter(|until| now < *until) {
        return Err(AskError::Paused(until));
    }
    let answer = unless_paused(app, calendar, question).await;
    match &answer {
        Err(AskError::Trouble(trouble @ (Trouble::Forbidden | Trouble::Refused), _)) => {
            record_refusal(app, org, calendar, *trouble).await?;
        }
        Ok(_) if calendar.writes_paused_until.is_some() => {
            let mut tx = app.begin(org).await?;
            store::mark_written(&mut tx, org, calendar.id).await?;
            tx.commit().await?;
        }
        answer => conclude(app, org, calendar, answer.as_ref().err()).await?,
    }
    answer
}

async fn unless_paused<T>(
    app: &App,
    calendar: &Calendar,
    question: impl Future<Output = Result<T, AskError>>,
) -> Result<T, AskError> {
    if let Some(until) = calendar.paused_until.filter(|_| calendar.is_paused(app.clock.now())) {
        return Err(AskError::Paused(until));
    }
    let answer = tokio::time::timeout(QUESTION_MAX, question).await;
    answer.unwrap_or_else(|_too_long| Err(Trouble::Away.into()))
}

async fn conclude(
    app: &App,
    org: OrgId,
    calendar: &Calendar,
    error: Option<&AskError>,
) -> Result<(), sqlx::Error> {
    match error {
        None if calendar.failures > 0 || calendar.paused_until.is_some() => {
            let mut tx = app.begin(org).await?;
            store::mark_working(&mut tx, org, calendar.id).await?;
            tx.commit().await
        }
        Some(AskError::Trouble(trouble, _)) if !trouble.is_about_an_event() => {
            record_trouble(app, org, calendar, *trouble).await
        }
        _ => Ok(()),
    }
}

async fn record_refusal(
    app: &App,
    org: OrgId,
    calendar: &Calendar,
    trouble: Trouble,
) -> Result<(), sqlx::Error> {
    metrics::counter!("voxanne_calendar_troubles_total", "trouble" => trouble.word()).increment(1);
    tracing::warn!(org.id = %org, calendar.id = %calendar.id, trouble = trouble.word(), "A visit cannot be written into a calendar");
    let now = app.clock.now();
    let mut tx = app.begin(org).await?;
    let until = later(now, pause(calendar, Trouble::Forbidden));
    let is_first = store::mark_refused(&mut tx, org, calendar.id, trouble.word(), (now, until)).await?;
    if is_first {
        tell_unusable(app, &mut tx, org, (calendar, trouble)).await?;
    }
    tx.commit().await
}

async fn record_trouble(
    app: &App,
    org: OrgId,
    calendar: &Calendar,
    trouble: Trouble,
) -> Result<(), sqlx::Error> {
    metrics::counter!("voxanne_calendar_troubles_total", "trouble" => trouble.word()).increment(1);
    tracing::warn!(org.id = %org, calendar.id = %calendar.id, trouble = trouble.word(), "A calendar cannot be asked");
    let now = app.clock.now();
    let mut tx = app.begin(org).await?;
    if trouble == Trouble::NeedsReconnect {
        needs_reconnect(app, &mut tx, org, &calendar.connection).await?;
    } else {
        let until = later(now, pause(calendar, trouble));
        let is_first = store::mark_failing(&mut tx, org, calendar.id, trouble.word(), (now, until)).await?;
        if is_first && matches!(trouble, Trouble::Missing | Trouble::Forbidden) {
            tell_unusable(app, &mut tx, org, (calendar, trouble)).await?;
        }
    }
    tx.commit().await
}

pub(super) fn later(now: Timestamp, pause: Duration) -> Timestamp {
    SignedDuration::try_from(pause).ok().and_then(|pause| now.checked_add(pause).ok()).unwrap_or(now)
}

/// Twice as long after every failure, spread by the calendar's id so that many do not come back at once.
fn pause(calendar: &Calendar, trouble: Trouble) -> Duration {
    let failures = u32::try_from(calendar.failures).unwrap_or(0).min(16);
    let own = match trouble {
        // No sooner than staff can have changed something.
        Trouble::Missing | Trouble::Forbidden => PAUSE_MAX,
        _ => PAUSE.saturating_mul(1 << failures).min(PAUSE_MAX),
    };
    let spread = u32::from(calendar.id.0.as_bytes()[15]).wrapping_add(failures * 97) % 256;
    let own = own + own * spread / 1024;
    match trouble {
        Trouble::Limited { retry_after: Some(asked) } => own.max(asked.min(ASKED_MAX)),
        _ => own,
    }
}

/// A person has to connect again: staff are told once, bookings go on as pending.
pub(super) async fn needs_reconnect(
    app: &App,
    tx: &mut PgConnection,
    org: OrgId,
    connection: &Connection,
) -> Result<(), sqlx::Error> {
    let refused = connection.secret_sealed.as_deref();
    if !store::mark_needs_reconnect(tx, org, connection.id, refused).await? {
        return Ok(());
    }
    metrics::counter!("voxanne_calendar_reconnects_total").increment(1);
    let account = connection.account.as_deref().unwrap_or("a calendar account");
    let title = format!(
        "Connect {account} again in Settings: it no longer lets us in. Until then bookings wait for your confirmation."
    );
    let key = reconnect_key(connection.id, refused);
    let task = NewTask { kind: "reconnect_calendar", title, dedupe_key: key.clone(), ..NewTask::default() };
    tasks::raise(app, tx, org, &task).await?;
    let news = NewNotification {
        kind: "calendar",
        title: format!("The calendar of {account} has to be connected again"),
        subject: Some(("calendar_connection", connection.id.0)),
        dedupe_key: key,
    };
    notifications::notify(app, tx, org, &news).await?;
    Ok(())
}

/// One incident: this account, with this secret.
pub(super) fn reconnect_key(connection: ConnectionId, secret: Option<&[u8]>) -> String {
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, secret.unwrap_or_default());
    let digest = hex::encode(digest.as_ref().get(..8).unwrap_or_default());
    format!("reconnect_calendar:{}:{digest}", connection.0)
}

async fn tell_unusable(
    app: &App,
    tx: &mut PgConnection,
    org: OrgId,
    (calendar, trouble): (&Calendar, Trouble),
) -> Result<(), sqlx::Error> {
    let account = calendar.connection.account.as_deref().unwrap_or("a calendar account");
    let title = match trouble {
        Trouble::Missing => format!("A calendar of {account} is gone: choose another one in Settings"),
        _ => format!(
            "{account} may not use one of its calendars: share it with changes allowed, or choose another"
        ),
    };
    let day = app.clock.now().strftime("%Y-%m-%d").to_string();
    let key = format!("calendar_{}:{}:{day}", trouble.word(), calendar.id.0);
    let task = NewTask {
        kind: "choose_calendar",
        title: title.clone(),
        dedupe_key: key.clone(),
        ..NewTask::default()
    };
    tasks::raise(app, tx, org, &task).await?;
    let subject = Some(("calendar_connection", calendar.connection.id.0));
    let news = NewNotification { kind: "calendar", title, subject, dedupe_key: key };
    notifications::notify(app, tx, org, &news).await?;
    Ok(())
}
