//! Brings the mirror of one calendar up to date: what changed since the sync token, or everything.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::ask::{AskError, ask};
use super::connection::{Calendar, Connection, State};
use super::deletions;
use super::event::{Span, zone_or};
use super::mirror::{self, News};
use super::own_events;
use super::provider::{Changes, Provider};
use super::store;
use super::trouble::Trouble;
use super::watch;
use crate::platform::app::App;
use crate::platform::db::PgConnection;
use crate::platform::ids::{CalendarId, OrgId};
use crate::platform::jobs::{self, NewJob, Priority};

/// The task that brings a mirror up to date.
pub const SYNC_TASK: &str = "sync_calendar";
/// What is over this long ago is not mirrored.
const BEHIND: SignedDuration = SignedDuration::from_hours(24);
/// The mirror reaches at least a year ahead, as visits do: before it does not, everything is asked again.
const REACH_MIN: SignedDuration = SignedDuration::from_hours(24 * 368);

/// Which calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct SyncCalendar {
    /// Whose.
    pub org: OrgId,
    /// Which.
    pub calendar: CalendarId,
}

/// Jobs about one calendar run one after another: one request in flight.
pub(super) fn queue(calendar: CalendarId) -> String {
    format!("calendar:{}", calendar.0)
}

/// Leaves the job with the caller's transaction; one that waits already is enough.
pub(super) async fn sync_later(
    tx: &mut PgConnection,
    org: OrgId,
    calendar: CalendarId,
) -> Result<(), sqlx::Error> {
    let job = SyncCalendar { org, calendar };
    let (key, queue) = (format!("{SYNC_TASK}:{}", calendar.0), queue(calendar));
    let job = NewJob {
        task: SYNC_TASK,
        queue: &queue,
        payload: &job,
        key,
        after: Duration::ZERO,
        priority: Priority::Usual,
    };
    jobs::enqueue(tx, org, job).await
}

/// The calendar and its account.
pub(super) async fn load(
    tx: &mut PgConnection,
    org: OrgId,
    id: CalendarId,
) -> Result<Option<Calendar>, sqlx::Error> {
    let Some(row) = store::calendar(tx, org, id).await? else { return Ok(None) };
    let Some(account) = store::connection(tx, org, row.connection_id).await? else { return Ok(None) };
    let zone = store::clinic_zone(tx, org).await?;
    let zone = zone_or(zone.as_deref(), &jiff::tz::TimeZone::UTC);
    Ok(Some(Calendar::new(row, Connection::from(account), &zone)))
}

/// Runs the job. `Ok` also when the provider is in trouble: that is written down, and the next round asks again.
pub async fn sync(app: &App, job: SyncCalendar) -> Result<(), sqlx::Error> {
    let patience = Duration::from_secs(app.config.calendars.timeout_seconds);
    match sync_within(app, job, patience).await {
        Ok(()) => Ok(()),
        Err(AskError::Database(error)) => Err(error),
        Err(error) => {
            tracing::debug!(org.id = %job.org, calendar.id = %job.calendar, %error, "A calendar was not synced");
            Ok(())
        }
    }
}

/// The same with a deadline for each request, for who waits for it.
pub(super) async fn sync_within(app: &App, job: SyncCalendar, deadline: Duration) -> Result<(), AskError> {
    let org = job.org;
    let mut tx = app.begin(org).await?;
    let Some(calendar) = load(&mut tx, org, job.calendar).await? else { return Ok(()) };
    if !calendar.blocks {
        // What does not block stands in no visit's way.
        mirror::close_overlaps(app, &mut tx, org, calendar.id).await?;
    }
    tx.commit().await?;
    let is_used = calendar.blocks || calendar.takes_events;
    if !is_used || calendar.connection.state != State::Connected {
        return Ok(());
    }
    let provider = Provider::of(app, org, &calendar.connection, deadline)?;
    let told = ask(app, org, &calendar, async {
        let mut news = news(app, &provider, &calendar).await?;
        // What looks like a person's doing is looked at once more, by itself: lists lag, and lie.
        deletions::confirm(app, org, (&provider, &calendar), &mut news).await?;
        let ours = own_events::examine(app, org, (&provider, &calendar), &news).await?;
        // Before the sync token goes on: what fails here is told again.
        own_events::remove_copies(app, org, (&provider, &calendar), &news).await?;
        Ok((news, ours))
    });
    let told = told.await;
    let outcome = if told.is_ok() { "synced" } else { "failed" };
    metrics::counter!("voxanne_calendar_syncs_total", "outcome" => outcome).increment(1);
    let (news, ours) = told?;
    mirror::apply(app, org, &calendar, &news, &ours).await?;
    watch::keep_watching(app, org, (&provider, &calendar)).await
}

/// What happened since the last time; everything where that cannot be told.
async fn news(app: &App, provider: &Provider<'_>, calendar: &Calendar) -> Result<News, AskError> {
    let now = app.clock.now();
    let shifted = |by: SignedDuration| now.checked_add(by).unwrap_or(now);
    let ahead = SignedDuration::from_hours(24 * app.config.calendars.mirror_days);
    let whole: Span = (shifted(-BEHIND), shifted(ahead));
    let reaches = calendar.synced_until.is_some_and(|until| until >= shifted(REACH_MIN));
    if let Some(token) = calendar.sync_token.as_deref().filter(|_| reaches) {
        let window = (whole.0, calendar.synced_until.unwrap_or(whole.1));
        match provider.changes(calendar, Some(token), window).await {
            Ok(changes) => return Ok(told(changes, now, (window, None))),
            // T-G2, G7: asked for everything again. Nothing is taken from the mirror before that has come whole.
            Err(AskError::Trouble(Trouble::TokenGone, _)) => {
                metrics::counter!("voxanne_calendar_resyncs_total").increment(1);
            }
            Err(error) => return Err(error),
        }
    }
    Ok(told(provider.changes(calendar, None, whole).await?, now, (whole, Some(whole.1))))
}

fn told(changes: Changes, at: Timestamp, (reach, whole_until): (Span, Option<Timestamp>)) -> News {
    News { events: changes.events, sync_token: changes.sync_token, at, reach, whole_until }
}
