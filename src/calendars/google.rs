//! Google Calendar behind the words that both providers share.

use std::time::Duration;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use secrecy::SecretString;
use voxanne_google_calendar as wire;

use super::ask::AskError;
use super::connection::Calendar;
use super::event::{Mark, SeenEvent, Span, Wanted};
use super::provider::{Changes, Listed};
use super::token;
use super::trouble::Trouble;
use crate::platform::app::App;
use crate::platform::ids::{ConnectionId, OrgId};

const EVENTS: &str = "https://www.googleapis.com/auth/calendar.events";
const FREE_BUSY: &str = "https://www.googleapis.com/auth/calendar.freebusy";
/// What a person is asked to grant; all of it is needed.
pub(super) const SCOPES: [&str; 3] =
    [EVENTS, FREE_BUSY, "https://www.googleapis.com/auth/calendar.calendarlist.readonly"];

/// A scope as Google's consent page calls it.
pub(super) fn permission(scope: &str) -> &'static str {
    match scope {
        EVENTS => "View and edit events on all your calendars",
        FREE_BUSY => "View your availability in your calendars",
        _ => "See the list of Google calendars you’re subscribed to",
    }
}
/// 2,500 events each: more is no calendar of a person.
const PAGES_MAX: usize = 400;

/// As long as a question about a calendar that is only to be seen.
const A_MOMENT: Duration = Duration::from_mins(1);

/// What is written below the title.
const DESCRIPTION: &str = "Booked by the receptionist. If you move or delete it here, the front desk is asked what to do with the visit.";

/// One account.
pub(super) struct Google<'a> {
    pub app: &'a App,
    pub org: OrgId,
    pub connection: ConnectionId,
    pub client: wire::Client,
}

/// The installation's client, with this much time for each request.
pub(super) fn client(app: &App, deadline: Duration) -> wire::Client {
    let google = &app.config.google;
    let endpoints = wire::Endpoints {
        auth_url: google.auth_url.clone(),
        token_url: google.token_url.clone(),
        revoke_url: google.revoke_url.clone(),
        api_url: google.api_url.clone(),
    };
    let credentials =
        wire::App { client_id: google.client_id.clone(), client_secret: google.client_secret.clone() };
    wire::Client::new(app.http.clone(), endpoints, credentials, deadline)
}

impl Google<'_> {
    /// Asks with the account's token, and once more with a new one when that is refused.
    async fn with<T, F>(&self, call: impl Fn(SecretString) -> F) -> Result<T, AskError>
    where
        F: Future<Output = Result<T, wire::Error>>,
    {
        let unshared = |error: std::sync::Arc<AskError>| match &*error {
            AskError::Trouble(trouble, said) => AskError::Trouble(*trouble, said.clone()),
            other => {
                tracing::warn!(org.id = %self.org, error = %other, "Could not get an access token");
                Trouble::Away.into()
            }
        };
        // Boxed, as the calls are: every question is made of these, and its future would be large.
        let token =
            |refused| Box::pin(token::access(self.app, self.org, self.connection, &self.client, refused));
        let access = token(None).await.map_err(unshared)?;
        match Box::pin(call(access.token.clone())).await {
            Err(wire::Error::Unauthorized) => {
                let access = token(Some(&access)).await.map_err(unshared)?;
                Box::pin(call(access.token.clone())).await.map_err(once_more)
            }
            answer => Ok(answer?),
        }
    }

    pub async fn calendars(&self) -> Result<Vec<Listed>, AskError> {
        let entries = self
            .with(|access| {
                let client = self.client.clone();
                async move { client.calendars(&access).await }
            })
            .await?;
        Ok(entries.into_iter().map(listed).collect())
    }

    /// Everything since the sync token; without one, everything within `window`.
    pub async fn changes(
        &self,
        calendar: &Calendar,
        since: Option<&str>,
        window: Span,
    ) -> Result<Changes, AskError> {
        let mut events = Vec::new();
        let mut page: Option<String> = None;
        for _ in 0..PAGES_MAX {
            let answer = self
                .with(|access| {
                    let (client, id, page) = (self.client.clone(), &calendar.external_id, page.clone());
                    async move {
                        let page = page.as_deref();
                        let ask = match since {
                            Some(sync_token) => wire::EventsRequest::Since { sync_token, page },
                            None => wire::EventsRequest::Full { from: window.0, to: window.1, page },
                        };
                        client.events(&access, id, &ask).await
                    }
                })
                .await?;
            let zone = super::event::zone_or(answer.time_zone.as_deref(), &calendar.zone);
            events.extend(answer.events.into_iter().map(|event| seen(event, calendar, &zone)));
            match (answer.next_page, answer.sync_token) {
                (Some(next), _) => page = Some(next),
                (None, Some(sync_token)) => return Ok(Changes { events, sync_token }),
                (None, None) => return Err(Trouble::Unreadable.into()),
            }
        }
        Err(Trouble::Unreadable.into())
    }

    pub async fn event(&self, calendar: &Calendar, event_ref: &str) -> Result<Option<SeenEvent>, AskError> {
        let found = self
            .with(|access| {
                let client = self.client.clone();
                async move { client.event(&access, &calendar.external_id, event_ref).await }
            })
            .await?;
        if found.is_none() {
            self.see(calendar).await?;
        }
        Ok(found.map(|event| seen(event, calendar, &calendar.zone)))
    }

    /// "Not found" is what Google says of an event, and of every event of a calendar that is out of our sight: nothing is
    /// missing from a calendar before that is seen itself.
    async fn see(&self, calendar: &Calendar) -> Result<(), AskError> {
        let now = self.app.clock.now();
        let told = self.free_busy(&[&calendar.external_id], (now, super::ask::later(now, A_MOMENT))).await?;
        let is_seen = told.iter().any(|(id, busy)| *id == calendar.external_id && busy.is_some());
        if is_seen { Ok(()) } else { Err(Trouble::Missing.into()) }
    }

    pub async fn insert(&self, calendar: &Calendar, wanted: &Wanted) -> Result<String, AskError> {
        let properties = wanted.mark.properties();
        let written = self
            .with(|access| {
                let (client, properties) = (self.client.clone(), &properties);
                async move {
                    let private = Mark::lent(properties);
                    let event = wire::NewEvent {
                        id: &wanted.event_ref,
                        summary: &wanted.summary,
                        description: Some(DESCRIPTION),
                        location: Some(&wanted.place),
                        start: &wanted.starts_at,
                        end: &wanted.ends_at,
                        private: &private,
                    };
                    client.insert(&access, &calendar.external_id, &event).await
                }
            })
            .await?;
        Ok(written.etag)
    }

    pub async fn change(
        &self,
        calendar: &Calendar,
        wanted: &Wanted,
        etag: Option<&str>,
    ) -> Result<String, AskError> {
        let properties = wanted.mark.properties();
        let written = self
            .with(|access| {
                let (client, properties) = (self.client.clone(), &properties);
                async move {
                    let private = Mark::lent(properties);
                    let patch = wire::EventPatch {
                        start: &wanted.starts_at,
                        end: &wanted.ends_at,
                        private: &private,
                    };
                    client.patch(&access, &calendar.external_id, &wanted.event_ref, &patch, etag).await
                }
            })
            .await?;
        Ok(written.etag)
    }

    /// Where Google does not know the event, it is looked for: a copy of Google's that lags does not know it either.
    pub async fn remove(
        &self,
        calendar: &Calendar,
        event_ref: &str,
        etag: Option<&str>,
    ) -> Result<(), AskError> {
        let deleted = self
            .with(|access| {
                let client = self.client.clone();
                async move { client.delete(&access, &calendar.external_id, event_ref, etag).await }
            })
            .await;
        let Err(AskError::Trouble(Trouble::Missing, _)) = deleted else { return deleted };
        let is_there = self.event(calendar, event_ref).await?.is_some_and(|event| !event.is_gone);
        if is_there { Err(Trouble::Away.into()) } else { Ok(()) }
    }

    /// What each calendar keeps busy; `None` for one that Google cannot tell about.
    pub async fn free_busy(
        &self,
        calendars: &[&str],
        (from, to): Span,
    ) -> Result<Vec<(String, Option<Vec<Span>>)>, AskError> {
        let answer = self
            .with(|access| {
                let client = self.client.clone();
                async move { client.free_busy(&access, calendars, from, to).await }
            })
            .await?;
        let known = |state| match state {
            wire::FreeBusy::Busy(busy) => Some(busy),
            wire::FreeBusy::Unknown { .. } => None,
        };
        Ok(answer.into_iter().map(|(id, state)| (id, known(state))).collect())
    }

    /// Has changes of a calendar pushed to `address`.
    pub async fn watch(
        &self,
        calendar: &Calendar,
        channel: (&str, &str, &str),
        expires_at: Timestamp,
    ) -> Result<(String, Timestamp), AskError> {
        let (id, token, address) = channel;
        let opened = self
            .with(|access| {
                let client = self.client.clone();
                async move {
                    let channel = wire::NewChannel { id, token, address, expires_at };
                    client.watch(&access, &calendar.external_id, &channel).await
                }
            })
            .await?;
        Ok((opened.resource_id, opened.expires_at))
    }

    pub async fn stop(&self, channel: &str, resource: &str) -> Result<(), AskError> {
        self.with(|access| {
            let client = self.client.clone();
            async move { client.stop(&access, channel, resource).await }
        })
        .await
    }
}

/// A token that is new and refused all the same says nothing of the consent: only a refused refresh does.
fn once_more(error: wire::Error) -> AskError {
    let is_token = matches!(error, wire::Error::Unauthorized);
    match AskError::from(error) {
        AskError::Trouble(_, said) if is_token => AskError::Trouble(Trouble::Away, said),
        other => other,
    }
}

/// A calendar as its account lists it.
pub(super) fn listed(entry: wire::CalendarEntry) -> Listed {
    Listed {
        external_id: entry.id,
        name: entry.name,
        time_zone: entry.time_zone,
        is_main: entry.is_primary && entry.can_write,
        is_usable: entry.can_read_events,
    }
}

fn seen(event: wire::Event, calendar: &Calendar, zone: &TimeZone) -> SeenEvent {
    let rules = wire::BusyRules { tentative: calendar.tentative_blocks, all_day: calendar.all_day_blocks };
    SeenEvent {
        is_gone: event.status == wire::EventStatus::Cancelled,
        span: event.span(zone),
        busy: event.busy(zone, &rules).into_iter().collect(),
        mark: Mark::read(&event.private),
        event_ref: event.id,
        series_ref: event.series,
        etag: event.etag,
    }
}
