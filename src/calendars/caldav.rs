//! CalDAV servers behind the words that both providers share.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use reqwest::Url;
use voxanne_caldav as wire;

use super::ask::AskError;
use super::connection::{Calendar, Connection};
use super::event::{Mark, SeenEvent, Span, Wanted};
use super::provider::{Changes, Listed};
use super::sealed::{self, SECRET};
use super::trouble::Trouble;
use crate::platform::app::App;
use crate::platform::ids::OrgId;

/// Names of the properties of a [`Mark`], asked for one by one.
const MARKS: [&str; 4] = Mark::NAMES;

/// Objects that are held at once.
const FETCHED: usize = 50;
/// Times that a calendar may keep within a year: one every three minutes.
const SPANS_MAX: usize = 200_000;

/// One account.
pub(super) struct Caldav {
    client: wire::Client,
    base: Url,
    /// Its address, as which it is invited to things.
    own: Option<String>,
    now: Timestamp,
}

/// The account of a connection, with this much time for each request.
pub(super) fn account(
    app: &App,
    org: OrgId,
    connection: &Connection,
    deadline: Duration,
) -> Result<Caldav, AskError> {
    let secret = connection.secret_sealed.as_deref().ok_or(Trouble::NeedsReconnect)?;
    let password = sealed::open(app, org, (SECRET, connection.id.0), secret)?;
    let username = connection.account.clone().ok_or(Trouble::NeedsReconnect)?;
    let base = connection.server_url.as_deref().unwrap_or_default();
    login(app, base, wire::Login { username, password }, deadline)
}

/// An account that is not stored yet.
pub(super) fn login(
    app: &App,
    base: &str,
    login: wire::Login,
    deadline: Duration,
) -> Result<Caldav, AskError> {
    struct Http(Option<reqwest::Client>);
    let calendars = &app.config.calendars;
    let guard = if calendars.private_networks {
        wire::Guard::with_private_networks()
    } else {
        wire::Guard::strict().and_ports(calendars.further_ports())
    };
    let limit = Duration::from_secs(calendars.timeout_seconds);
    let http = app.memo.get_or(|| Http(wire::http_client(guard.clone(), limit).ok()));
    let http = http.0.clone().ok_or(Trouble::Away)?;
    let base = Url::parse(base).ok().ok_or(Trouble::Refused)?;
    let own = login.username.contains('@').then(|| login.username.clone());
    let client = wire::Client::new(http, login, deadline).guarded_by(guard);
    Ok(Caldav { client, base, own, now: app.clock.now() })
}

impl Caldav {
    pub async fn calendars(&self) -> Result<Vec<Listed>, AskError> {
        let entries = self.client.calendars(&self.base).await?;
        let main = entries.iter().position(|entry| entry.can_write);
        let listed = entries.into_iter().enumerate().map(|(n, entry)| Listed {
            external_id: entry.url,
            name: entry.name,
            time_zone: entry.time_zone,
            is_main: Some(n) == main,
            is_usable: true,
        });
        Ok(listed.collect())
    }

    /// Everything since the sync token, or everything; recurring events as the times within `window`.
    pub async fn changes(
        &self,
        calendar: &Calendar,
        since: Option<&str>,
        window: Span,
    ) -> Result<Changes, AskError> {
        let at = &calendar.external_id;
        let told = self.client.sync(at, since).await?;
        let mut events = Vec::with_capacity(told.changed.len() + told.removed.len());
        let mut spans = 0;
        // Some at a time: what is left of an object is its times, and a server says how long each object is.
        for changed in told.changed.chunks(FETCHED) {
            let hrefs: Vec<&str> = changed.iter().map(|changed| changed.href.as_str()).collect();
            let objects = self.client.fetch(at, &hrefs).await?;
            let found: BTreeMap<&str, &wire::Object> = objects.iter().map(|o| (o.href.as_str(), o)).collect();
            for href in hrefs {
                let event = match found.get(href) {
                    Some(object) => self.seen(calendar, object, window)?,
                    // It went while we looked.
                    None => SeenEvent::gone(event_ref(href)),
                };
                spans += event.busy.len();
                events.push(event);
                // Working out a recurrence takes its time, and others have theirs.
                tokio::task::yield_now().await;
            }
            if spans > SPANS_MAX {
                return Err(Trouble::Unreadable.into());
            }
        }
        events.extend(told.removed.iter().map(|href| SeenEvent::gone(event_ref(href))));
        Ok(Changes { events, sync_token: told.sync_token })
    }

    pub async fn event(&self, calendar: &Calendar, event_ref: &str) -> Result<Option<SeenEvent>, AskError> {
        let object = self.object(calendar, event_ref).await?;
        // What it keeps within a year: an event of ours does not recur.
        let year = self.now.checked_add(SignedDuration::from_hours(24 * 400)).unwrap_or(self.now);
        object.map(|object| self.seen(calendar, &object, (self.now, year))).transpose()
    }

    pub async fn insert(&self, calendar: &Calendar, wanted: &Wanted) -> Result<String, AskError> {
        let properties = wanted.mark.properties();
        let private = Mark::lent(&properties);
        let ics = wire::event(&wire::NewEvent {
            uid: &wanted.event_ref,
            stamp: self.now,
            starts_at: wanted.starts_at.timestamp(),
            ends_at: wanted.ends_at.timestamp(),
            summary: &wanted.summary,
            description: None,
            location: Some(&wanted.place),
            private: &private,
        });
        match self.put(calendar, &wanted.event_ref, &ics, wire::Condition::Absent).await {
            Err(AskError::Trouble(Trouble::Changed, _)) => Err(Trouble::Duplicate.into()),
            written => written,
        }
    }

    pub async fn change(
        &self,
        calendar: &Calendar,
        wanted: &Wanted,
        etag: Option<&str>,
    ) -> Result<String, AskError> {
        let Some(object) = self.object(calendar, &wanted.event_ref).await? else {
            return self.insert(calendar, wanted).await;
        };
        if etag.is_some_and(|etag| etag != object.etag) {
            return Err(Trouble::Changed.into());
        }
        let properties = wanted.mark.properties();
        let private = Mark::lent(&properties);
        let span = (wanted.starts_at.timestamp(), wanted.ends_at.timestamp());
        let ics = wire::moved(&object.ics, span, self.now, &private).map_err(|error| {
            tracing::warn!(calendar.id = %calendar.id, %error, "An event of ours is no longer one that can be moved");
            Trouble::Changed
        })?;
        self.put(calendar, &wanted.event_ref, &ics, wire::Condition::Matches(&object.etag)).await
    }

    pub async fn remove(
        &self,
        calendar: &Calendar,
        event_ref: &str,
        etag: Option<&str>,
    ) -> Result<(), AskError> {
        let name = file_name(event_ref);
        Ok(self.client.delete(&calendar.external_id, &name, etag).await?)
    }

    async fn object(&self, calendar: &Calendar, event_ref: &str) -> Result<Option<wire::Object>, AskError> {
        let name = file_name(event_ref);
        Ok(self.client.get(&calendar.external_id, &name).await?)
    }

    /// Servers need not tell the new etag: then the next look does.
    async fn put(
        &self,
        calendar: &Calendar,
        event_ref: &str,
        ics: &str,
        condition: wire::Condition<'_>,
    ) -> Result<String, AskError> {
        let name = file_name(event_ref);
        let at = &calendar.external_id;
        if let Some(etag) = self.client.put(at, &name, ics, condition).await? {
            return Ok(etag);
        }
        let written = self.client.get(at, &name).await?;
        Ok(written.map(|object| object.etag).unwrap_or_default())
    }

    /// An object that is not understood makes the whole calendar unknown: it may keep any time.
    fn seen(&self, calendar: &Calendar, object: &wire::Object, window: Span) -> Result<SeenEvent, AskError> {
        let rules = wire::BusyRules {
            tentative: calendar.tentative_blocks,
            all_day: calendar.all_day_blocks,
            own: self.own.as_deref(),
        };
        let busy = wire::busy(&object.ics, &calendar.zone, &rules, window.0, window.1).map_err(|error| {
            tracing::warn!(calendar.id = %calendar.id, %error, "An event of a CalDAV calendar is not understood");
            Trouble::Unreadable
        })?;
        let marks = MARKS
            .iter()
            .filter_map(|name| wire::private(&object.ics, name).map(|value| ((*name).to_owned(), value)));
        Ok(SeenEvent {
            event_ref: event_ref(&object.href),
            series_ref: None,
            etag: object.etag.clone(),
            is_gone: false,
            span: wire::span(&object.ics, &calendar.zone),
            busy,
            mark: Mark::read(&marks.collect()),
        })
    }
}

/// What an event is called here: the last part of its path, ours without the ending.
fn event_ref(href: &str) -> String {
    let name = href.rsplit('/').next().unwrap_or(href);
    let ours = name.strip_suffix(".ics").filter(|bare| is_ours(bare));
    ours.unwrap_or(name).to_owned()
}

fn file_name(event_ref: &str) -> String {
    if is_ours(event_ref) { format!("{event_ref}.ics") } else { event_ref.to_owned() }
}

fn is_ours(name: &str) -> bool {
    name.len() == 33 && name.starts_with('v') && name[1..].bytes().all(|b| b.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn our_events_have_one_name_with_both_providers_and_others_keep_theirs() {
        let ours = format!("v{}", "0".repeat(32));
        assert_eq!(event_ref(&format!("/anna/cal/{ours}.ics")), ours);
        assert_eq!(file_name(&ours), format!("{ours}.ics"));
        for theirs in ["lunch.ics", "lunch", "v12.ics", "%C3%A4.ics"] {
            assert_eq!(file_name(&event_ref(&format!("/anna/cal/{theirs}"))), theirs);
        }
    }
}
