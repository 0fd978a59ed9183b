//! Reads events: all of a stretch of time, what has changed since, or one.

use jiff::Timestamp;
use reqwest::Method;
use secrecy::SecretString;
use serde::Deserialize;

use crate::client::{ANSWER_BYTES_MAX, event_path, events_path};
use crate::wire::{EVENT_FIELDS, EventWire, PAGE_FIELDS};
use crate::{Client, Error, Event};

/// 2,500 events with long properties and many invitations stay well below.
const PAGE_BYTES_MAX: usize = 8 * 1024 * 1024;
/// Google's largest page.
const PAGE_SIZE: &str = "2500";

/// Which events.
#[derive(Debug, Clone, Copy)]
pub enum EventsRequest<'a> {
    /// All that touch a stretch of time; the last page has the sync token to go on from.
    Full {
        /// Events that end after this.
        from: Timestamp,
        /// Events that start before this.
        to: Timestamp,
        /// The page; `None` for the first.
        page: Option<&'a str>,
    },
    /// What has changed since, deleted ones included, at any time, inside the stretch or not.
    Since {
        /// From the last page of the read before.
        sync_token: &'a str,
        /// The page; `None` for the first.
        page: Option<&'a str>,
    },
}

/// Some events, and how to go on.
#[derive(Debug, Clone)]
pub struct EventsPage {
    /// Recurring ones as their instances.
    pub events: Vec<Event>,
    /// There is more.
    pub next_page: Option<String>,
    /// On the last page: what to ask for changes with.
    pub sync_token: Option<String>,
    /// The calendar's own, by IANA name.
    pub time_zone: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct PageWire {
    kind: String,
    #[serde(default)]
    items: Vec<EventWire>,
    next_page_token: Option<String>,
    next_sync_token: Option<String>,
    time_zone: Option<String>,
}

impl PageWire {
    /// One event that cannot be read makes the page [`Error::Unreadable`]. The calendar then grows stale and counts as
    /// unknown, which staff are told; left out, the event's time would be offered to a caller.
    fn read(self) -> Result<EventsPage, Error> {
        if self.kind != "calendar#events" {
            return Err(Error::Unreadable);
        }
        Ok(EventsPage {
            events: self.items.into_iter().map(Event::try_from).collect::<Result<_, _>>()?,
            next_page: self.next_page_token,
            sync_token: self.next_sync_token,
            time_zone: self.time_zone,
        })
    }
}

impl Client {
    /// One page of a calendar's events. [`Error::SyncTokenGone`]: begin again with [`EventsRequest::Full`].
    pub async fn events(
        &self,
        access: &SecretString,
        calendar: &str,
        ask: &EventsRequest<'_>,
    ) -> Result<EventsPage, Error> {
        // One guest is asked for: with more, Google names the calendar's owner alone.
        let mut query = vec![
            ("singleEvents", "true".to_owned()),
            ("maxResults", PAGE_SIZE.to_owned()),
            ("maxAttendees", "1".to_owned()),
            ("fields", PAGE_FIELDS.to_owned()),
        ];
        let page = match ask {
            EventsRequest::Full { from, to, page } => {
                query.push(("showDeleted", "false".to_owned()));
                query.push(("timeMin", from.to_string()));
                query.push(("timeMax", to.to_string()));
                page
            }
            EventsRequest::Since { sync_token, page } => {
                query.push(("showDeleted", "true".to_owned()));
                query.push(("syncToken", (*sync_token).to_owned()));
                page
            }
        };
        query.extend(page.map(|page| ("pageToken", page.to_owned())));
        let request = self.call(Method::GET, access, &events_path(calendar)).query(&query);
        self.read::<PageWire>(request, PAGE_BYTES_MAX).await?.read()
    }

    /// One event, cancelled or not; `None` if there never was one.
    pub async fn event(
        &self,
        access: &SecretString,
        calendar: &str,
        id: &str,
    ) -> Result<Option<Event>, Error> {
        let query = [("maxAttendees", "1"), ("fields", EVENT_FIELDS)];
        let request = self.call(Method::GET, access, &event_path(calendar, id)).query(&query);
        match self.read::<EventWire>(request, ANSWER_BYTES_MAX).await {
            Ok(wire) => wire.try_into().map(Some),
            Err(Error::NotFound) => Ok(None),
            Err(error) => Err(error),
        }
    }
}

#[cfg(test)]
#[path = "list_tests.rs"]
mod tests;
