//! Writes events. Guests are never told by Google.

use std::fmt;

use jiff::Zoned;
use reqwest::{Method, RequestBuilder, header::IF_MATCH};
use secrecy::SecretString;
use serde::Serialize;

use crate::client::{ANSWER_BYTES_MAX, event_path, events_path};
use crate::wire::{EVENT_FIELDS, EventWire, PropertiesSent, TimeSent};
use crate::{Client, Error, Event};

/// An event to be made.
#[derive(Clone, Copy)]
pub struct NewEvent<'a> {
    /// `[a-v0-9]{5,1024}`, unique in the calendar for ever: the same insert again is [`Error::Duplicate`].
    pub id: &'a str,
    /// Its title.
    pub summary: &'a str,
    /// What it is about.
    pub description: Option<&'a str>,
    /// Where it is.
    pub location: Option<&'a str>,
    /// From when.
    pub start: &'a Zoned,
    /// Until when.
    pub end: &'a Zoned,
    /// Properties that only this program sees: keys up to 44 characters, values up to 1,024.
    pub private: &'a [(&'a str, &'a str)],
}

/// Where an event is to be. Title, description, place and colour stay as a person left them; a deleted event comes back.
#[derive(Clone, Copy)]
pub struct EventPatch<'a> {
    /// From when.
    pub start: &'a Zoned,
    /// Until when.
    pub end: &'a Zoned,
    /// Set; others stay.
    pub private: &'a [(&'a str, &'a str)],
}

/// Without its words, which name a patient.
impl fmt::Debug for NewEvent<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewEvent")
            .field("id", &self.id)
            .field("start", self.start)
            .field("end", self.end)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for EventPatch<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EventPatch").field("start", self.start).field("end", self.end).finish_non_exhaustive()
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct InsertBody<'a> {
    id: &'a str,
    summary: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    location: Option<&'a str>,
    transparency: &'static str,
    reminders: Reminders,
    #[serde(flatten)]
    time: TimeBody<'a>,
}

/// What an insert and a patch have in common, and all of a patch.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct TimeBody<'a> {
    status: &'static str,
    start: TimeSent,
    end: TimeSent,
    extended_properties: PropertiesSent<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Reminders {
    use_default: bool,
    overrides: [(); 0],
}

impl<'a> TimeBody<'a> {
    fn new(start: TimeSent, end: TimeSent, private: &[(&'a str, &'a str)]) -> Self {
        Self { status: "confirmed", start, end, extended_properties: private.into() }
    }
}

impl<'a> From<&EventPatch<'a>> for TimeBody<'a> {
    fn from(change: &EventPatch<'a>) -> Self {
        let (start, end) = (TimeSent::replacing(change.start), TimeSent::replacing(change.end));
        Self::new(start, end, change.private)
    }
}

impl<'a> From<&NewEvent<'a>> for InsertBody<'a> {
    fn from(event: &NewEvent<'a>) -> Self {
        Self {
            id: event.id,
            summary: event.summary,
            description: event.description,
            location: event.location,
            transparency: "opaque",
            reminders: Reminders { use_default: false, overrides: [] },
            time: TimeBody::new(event.start.into(), event.end.into(), event.private),
        }
    }
}

impl Client {
    /// Makes an event with an id of the caller's. [`Error::Duplicate`] if there is or once was one; Google does not promise
    /// to notice when two are made at the same moment.
    pub async fn insert(
        &self,
        access: &SecretString,
        calendar: &str,
        event: &NewEvent<'_>,
    ) -> Result<Event, Error> {
        let request = self.call(Method::POST, access, &events_path(calendar)).json(&InsertBody::from(event));
        self.write(request).await
    }

    /// Moves an event, and revives it if it was deleted. With `if_match`, only while its etag is still that.
    pub async fn patch(
        &self,
        access: &SecretString,
        calendar: &str,
        id: &str,
        change: &EventPatch<'_>,
        if_match: Option<&str>,
    ) -> Result<Event, Error> {
        let request =
            self.call(Method::PATCH, access, &event_path(calendar, id)).json(&TimeBody::from(change));
        self.write(matching(request, if_match)).await
    }

    /// Deletes an event; one that was deleted before is fine. With `if_match`, only while its etag is still that.
    /// [`Error::NotFound`] if the event was never there, or the whole calendar is out of sight.
    pub async fn delete(
        &self,
        access: &SecretString,
        calendar: &str,
        id: &str,
        if_match: Option<&str>,
    ) -> Result<(), Error> {
        let request = self.call(Method::DELETE, access, &event_path(calendar, id));
        let request = matching(request, if_match).query(&[("sendUpdates", "none")]);
        match self.ask(request, ANSWER_BYTES_MAX, Error::api).await {
            Ok(_) | Err(Error::SyncTokenGone) => Ok(()),
            Err(error) => Err(error),
        }
    }

    async fn write(&self, request: RequestBuilder) -> Result<Event, Error> {
        let request =
            request.query(&[("sendUpdates", "none"), ("maxAttendees", "1"), ("fields", EVENT_FIELDS)]);
        self.read::<EventWire>(request, ANSWER_BYTES_MAX).await?.try_into()
    }
}

fn matching(request: RequestBuilder, etag: Option<&str>) -> RequestBuilder {
    match etag {
        Some(etag) => request.header(IF_MATCH, etag),
        None => request,
    }
}

#[cfg(test)]
#[path = "write_tests.rs"]
mod tests;
