//! Has Google tell of changes at once. Polling goes on beside it: pushes get lost, and a channel ends some day.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use super::ask::AskError;
use super::connection::Calendar;
use super::provider::Provider;
use super::signed::{Purpose, Signed};
use super::store;
use super::sync::sync_later;
use crate::platform::app::App;
use crate::platform::config::Config;
use crate::platform::ids::{CalendarId, OrgId};

/// Where pushes arrive.
pub(super) const PUSH_PATH: &str = "/api/webhooks/google/calendar";
/// How long a channel is asked for.
const LASTS: Duration = Duration::from_hours(7 * 24);
/// A channel with less than this left is replaced.
const LEFT_MIN: SignedDuration = SignedDuration::from_hours(26);
/// Where pushes cannot be had: until we ask again.
const ASK_AGAIN: Duration = Duration::from_hours(6);

/// The address that Google is given: only one that it can reach.
fn address(config: &Config) -> Option<String> {
    let is_sandbox = config.google.api_url.starts_with("http://127.0.0.1");
    let base = if is_sandbox { Some(config.server.public_url.as_str()) } else { config.public_https_url() };
    base.filter(|base| !base.is_empty()).map(|base| format!("{base}{PUSH_PATH}"))
}

/// Opens a channel where there is none, or only one that ends soon. What goes wrong is no trouble of the calendar's.
pub(super) async fn keep_watching(
    app: &App,
    org: OrgId,
    (provider, calendar): (&Provider<'_>, &Calendar),
) -> Result<(), AskError> {
    let (Provider::Google(google), Some(address)) = (provider, address(&app.config)) else { return Ok(()) };
    let now = app.clock.now();
    let has_time = |ends: Timestamp| match calendar.channel {
        Some(_) => ends.duration_since(now) > LEFT_MIN,
        None => ends > now,
    };
    if calendar.channel_until.is_some_and(has_time) {
        return Ok(());
    }
    let id: Uuid = app.new_id();
    let token = Signed::new(org, calendar.id.0).write(app, Purpose::Channel);
    let channel = id.simple().to_string();
    let opened = google.watch(calendar, (&channel, &token, &address), super::ask::later(now, LASTS)).await;
    let mut tx = app.begin(org).await?;
    match &opened {
        Ok((resource, until)) => {
            store::set_channel(&mut tx, org, calendar.id, Some((id, resource)), *until).await?;
        }
        Err(error) => {
            tracing::info!(org.id = %org, calendar.id = %calendar.id, %error, "Changes of a calendar are not pushed; polling has to do");
            store::set_channel(&mut tx, org, calendar.id, None, super::ask::later(now, ASK_AGAIN)).await?;
        }
    }
    tx.commit().await?;
    if let Some(former) = &calendar.channel {
        stop(google, former.id, &former.resource).await;
    }
    Ok(())
}

/// Ends a channel; one that goes on pushing is ignored anyway.
pub(super) async fn stop(google: &super::google::Google<'_>, channel: Uuid, resource: &str) {
    if let Err(error) = google.stop(&channel.simple().to_string(), resource).await {
        tracing::debug!(%error, "Could not end a push channel");
    }
}

/// What became of a push.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pushed {
    /// The calendar is looked at soon.
    Heard,
    /// Of a channel that was replaced.
    Old,
    /// Not signed by us.
    Forged,
}

/// Takes a push for what it is: a hint that there is something to look at.
pub(super) async fn receive(app: &App, token: &str, channel: &str) -> Result<Pushed, sqlx::Error> {
    let Some(Signed { org, row: calendar, .. }) = Signed::verify(app, Purpose::Channel, token) else {
        return Ok(Pushed::Forged);
    };
    let Ok(channel) = Uuid::try_parse(channel) else { return Ok(Pushed::Old) };
    let calendar = CalendarId(calendar);
    let mut tx = app.begin(org).await?;
    if !store::is_channel_of(&mut tx, org, calendar, channel).await? {
        return Ok(Pushed::Old);
    }
    sync_later(&mut tx, org, calendar).await?;
    tx.commit().await?;
    Ok(Pushed::Heard)
}
