//! Asks free/busy while a caller waits, which happens only where the mirror is too old: within its budget, once for all
//! who wait, and not again for a while when no answer came.

use std::collections::BTreeMap;
use std::time::Duration;

use futures::future::join_all;
use jiff::{SignedDuration, Timestamp};
use moka::future::Cache;

use super::ask::AskError;
use super::connection::{Connection, ProviderKind};
use super::event::{Span, without};
use super::provider::Provider;
use super::store::{self, StaleRow};
use super::sync::{SyncCalendar, sync_within};
use super::trouble::Trouble;
use crate::platform::app::App;
use crate::platform::ids::{ConnectionId, OrgId};

/// Asked for at least: the next question is often about another day.
const AHEAD: SignedDuration = SignedDuration::from_hours(24 * 35);
/// What one answer may span: Google refuses more than three months.
const SPAN_MAX: SignedDuration = SignedDuration::from_hours(24 * 80);
const ORGS_MAX: u64 = 10_000;

/// Answers that are being waited for, or came a moment ago: whether everything was told.
struct Asked(Cache<(OrgId, Timestamp, Timestamp), bool>);
/// Orgs whose calendars did not tell a moment ago.
struct Silent(Cache<OrgId, ()>);

/// Makes calendars known between two instants that were not. True when that changed what is known.
pub async fn freshen(app: &App, org: OrgId, window: Span) -> bool {
    let settings = &app.config.calendars;
    let pause = Duration::from_secs(settings.live_pause_seconds);
    let silent =
        app.memo.get_or(|| Silent(Cache::builder().max_capacity(ORGS_MAX).time_to_live(pause).build()));
    if silent.0.contains_key(&org) {
        return false;
    }
    let asked =
        app.memo.get_or(|| Asked(Cache::builder().max_capacity(ORGS_MAX).time_to_live(pause).build()));
    let window = widened(window, app.clock.now());
    let is_told = asked
        .0
        .get_with((org, window.0, window.1), async {
            let budget = Duration::from_millis(settings.live_ms);
            let told = tokio::time::timeout(budget, tell(app, org, window, budget)).await;
            told.is_ok_and(|told| told)
        })
        .await;
    let outcome = if is_told { "known" } else { "unknown" };
    metrics::counter!("voxanne_calendar_live_asks_total", "outcome" => outcome).increment(1);
    if !is_told {
        silent.0.insert(org, ()).await;
    }
    is_told
}

/// Whether asking could tell something: nobody was asked about this a moment ago, nor fell silent.
pub fn is_worth_asking(app: &App, org: OrgId, window: Span) -> bool {
    let window = widened(window, app.clock.now());
    let asked = |asked: &Asked| asked.0.contains_key(&(org, window.0, window.1));
    !app.memo.find::<Silent>().is_some_and(|silent| silent.0.contains_key(&org))
        && !app.memo.find::<Asked>().is_some_and(|known| asked(&known))
}

/// From the start of the hour, so that callers of one hour ask the same question.
fn widened((from, until): Span, now: Timestamp) -> Span {
    let hour = Timestamp::from_second(now.as_second() - now.as_second().rem_euclid(3600)).unwrap_or(now);
    let shifted = |at: Timestamp, by| at.checked_add(by).unwrap_or(at);
    if until <= shifted(hour, AHEAD) && from >= shifted(hour, -SignedDuration::from_hours(48)) {
        return (shifted(hour, -SignedDuration::from_hours(48)), shifted(hour, AHEAD));
    }
    (from, until.min(shifted(from, SPAN_MAX)))
}

/// Asks each account at the same time. False when any of them did not tell.
async fn tell(app: &App, org: OrgId, window: Span, budget: Duration) -> bool {
    match ask_all(app, org, window, budget).await {
        Ok(is_told) => is_told,
        Err(error) => {
            tracing::warn!(org.id = %org, %error, "Could not ask calendars while a caller waits");
            false
        }
    }
}

async fn ask_all(app: &App, org: OrgId, window: Span, budget: Duration) -> Result<bool, AskError> {
    let now = app.clock.now();
    let fresh = SignedDuration::from_mins(app.config.voice.calendar_fresh_minutes);
    let fresh_since = now.checked_sub(fresh).unwrap_or(now);
    let mut tx = app.begin_live(org).await?;
    let stale = store::stale_calendars(&mut tx, org, window, (fresh_since, now)).await?;
    let mut accounts: BTreeMap<ConnectionId, (Connection, Vec<StaleRow>)> = BTreeMap::new();
    for row in stale {
        if let Some((_, rows)) = accounts.get_mut(&row.connection_id) {
            rows.push(row);
        } else if let Some(connection) = store::connection(&mut tx, org, row.connection_id).await? {
            accounts.insert(row.connection_id, (connection.into(), vec![row]));
        }
    }
    tx.commit().await?;
    let asks =
        accounts.values().map(|(connection, rows)| ask_one(app, org, connection, (rows, window, budget)));
    let answers: Vec<bool> = join_all(asks).await.into_iter().collect::<Result<_, _>>()?;
    Ok(!answers.is_empty() && answers.into_iter().all(|is_told| is_told))
}

async fn ask_one(
    app: &App,
    org: OrgId,
    connection: &Connection,
    (rows, window, budget): (&[StaleRow], Span, Duration),
) -> Result<bool, AskError> {
    if connection.provider == ProviderKind::Caldav {
        // No free/busy there that can be relied on: what changed is asked for, and the mirror is true again.
        let syncs = rows.iter().map(|row| sync_within(app, SyncCalendar { org, calendar: row.id }, budget));
        return Ok(join_all(syncs).await.iter().all(Result::is_ok));
    }
    let Provider::Google(google) = Provider::of(app, org, connection, budget)? else { return Ok(false) };
    let at = app.clock.now();
    let ids: Vec<&str> = rows.iter().map(|row| row.external_id.as_str()).collect();
    let told = match google.free_busy(&ids, window).await {
        Ok(told) => told,
        Err(AskError::Trouble(trouble, _)) => return unanswered(app, org, connection, trouble).await,
        Err(error) => return Err(error),
    };
    let mut is_told = true;
    let mut tx = app.begin_live(org).await?;
    for row in rows {
        let busy = told.iter().find(|(id, _)| *id == row.external_id).and_then(|(_, busy)| busy.as_ref());
        // Google answers "200, nothing busy" beside an error: that is not free.
        let Some(busy) = busy else {
            is_told = false;
            continue;
        };
        let ours = store::own_spans(&mut tx, org, row.id, window).await?;
        store::check(&mut tx, org, row.id, window, &without(busy, &ours), at).await?;
    }
    tx.commit().await?;
    Ok(is_told)
}

async fn unanswered(
    app: &App,
    org: OrgId,
    connection: &Connection,
    trouble: Trouble,
) -> Result<bool, AskError> {
    if trouble == Trouble::NeedsReconnect {
        let mut tx = app.begin_live(org).await?;
        super::ask::needs_reconnect(app, &mut tx, org, connection).await?;
        tx.commit().await?;
    }
    tracing::info!(org.id = %org, trouble = trouble.word(), "A calendar did not tell while a caller waited");
    Ok(false)
}

/// Lets the next caller ask again: a calendar was connected, or works again.
pub(super) async fn forget(app: &App, org: OrgId) {
    if let Some(silent) = app.memo.find::<Silent>() {
        silent.0.invalidate(&org).await;
    }
    if let Some(asked) = app.memo.find::<Asked>() {
        asked.0.invalidate_all();
    }
}
