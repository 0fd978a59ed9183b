//! Google's JSON, as much of it as is asked for.

use std::collections::BTreeMap;

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};
use serde::{Deserialize, Deserializer, Serialize};

use crate::{Error, Event, EventStatus, EventTime, Response};

/// What is asked for of an event: nothing that a person wrote.
macro_rules! event_fields {
    () => {
        "id,etag,status,start,end,transparency,recurringEventId,eventType,attendees(self,responseStatus),extendedProperties/private"
    };
}

pub(crate) const EVENT_FIELDS: &str = event_fields!();
pub(crate) const PAGE_FIELDS: &str =
    concat!("kind,nextPageToken,nextSyncToken,timeZone,items(", event_fields!(), ")");

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct EventWire {
    id: String,
    #[serde(default)]
    etag: String,
    status: Option<String>,
    start: Option<TimeWire>,
    end: Option<TimeWire>,
    transparency: Option<String>,
    recurring_event_id: Option<String>,
    event_type: Option<String>,
    #[serde(default)]
    attendees: Vec<AttendeeWire>,
    #[serde(default)]
    extended_properties: PropertiesWire,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct AttendeeWire {
    #[serde(default, rename = "self")]
    is_self: bool,
    response_status: Option<String>,
}

#[derive(Deserialize, Default)]
struct PropertiesWire {
    #[serde(default)]
    private: BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct TimeWire {
    date: Option<Date>,
    date_time: Option<String>,
    time_zone: Option<String>,
}

impl TryFrom<EventWire> for Event {
    type Error = Error;

    /// Words of a later API read as what keeps time: an unknown status is confirmed, an unknown answer is none given. An
    /// event without readable times is an error, for it might keep any; only a cancelled one needs none.
    fn try_from(wire: EventWire) -> Result<Self, Error> {
        let status = match wire.status.as_deref() {
            Some("cancelled") => EventStatus::Cancelled,
            Some("tentative") => EventStatus::Tentative,
            _ => EventStatus::Confirmed,
        };
        let (start, end) = if status == EventStatus::Cancelled {
            (wire.start.and_then(|time| time.read().ok()), wire.end.and_then(|time| time.read().ok()))
        } else {
            let (Some(start), Some(end)) = (wire.start, wire.end) else { return Err(Error::Unreadable) };
            let (start, end) = (start.read()?, end.read()?);
            let in_order = match (start, end) {
                (EventTime::At(start), EventTime::At(end)) => start <= end,
                (EventTime::Day(start), EventTime::Day(end)) => start <= end,
                _ => false,
            };
            if !in_order {
                return Err(Error::Unreadable);
            }
            (Some(start), Some(end))
        };
        let own = wire.attendees.into_iter().find(|attendee| attendee.is_self);
        Ok(Self {
            id: wire.id,
            etag: wire.etag,
            status,
            start,
            end,
            is_transparent: wire.transparency.as_deref() == Some("transparent"),
            own_response: own.map(|own| Response::read(own.response_status.as_deref())),
            series: wire.recurring_event_id,
            kind: wire.event_type.unwrap_or_else(|| "default".to_owned()),
            private: wire.extended_properties.private,
        })
    }
}

impl TimeWire {
    fn read(self) -> Result<EventTime, Error> {
        match (self.date, self.date_time) {
            (Some(date), None) => Ok(EventTime::Day(date)),
            (None, Some(raw)) => instant(&raw, self.time_zone.as_deref()).map(EventTime::At),
            _ => Err(Error::Unreadable),
        }
    }
}

/// A time with its offset, or a local one of a zone. A local time that does not exist is the one after the gap.
fn instant(raw: &str, zone: Option<&str>) -> Result<Timestamp, Error> {
    if let Ok(instant) = raw.parse::<Timestamp>() {
        return Ok(instant);
    }
    let local: DateTime = raw.parse().map_err(|_no_time| Error::Unreadable)?;
    let zone = TimeZone::get(zone.ok_or(Error::Unreadable)?).map_err(|_no_zone| Error::Unreadable)?;
    zone.to_timestamp(local).map_err(|_out_of_range| Error::Unreadable)
}

/// A time as Google is told it: with its offset, and with its zone if that has a name.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct TimeSent {
    /// Sent as null, which takes back a day.
    #[serde(skip_serializing_if = "Option::is_none")]
    date: Option<()>,
    date_time: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    time_zone: Option<String>,
}

impl TimeSent {
    /// In place of whatever time an event has, an all-day one too.
    pub fn replacing(at: &Zoned) -> Self {
        Self { date: Some(()), ..at.into() }
    }
}

impl From<&Zoned> for TimeSent {
    fn from(at: &Zoned) -> Self {
        Self {
            date: None,
            date_time: at.timestamp().display_with_offset(at.offset()).to_string(),
            time_zone: at.time_zone().iana_name().map(str::to_owned),
        }
    }
}

/// Properties that only this program sees.
#[derive(Serialize)]
pub(crate) struct PropertiesSent<'a> {
    private: BTreeMap<&'a str, &'a str>,
}

impl<'a> From<&[(&'a str, &'a str)]> for PropertiesSent<'a> {
    fn from(pairs: &[(&'a str, &'a str)]) -> Self {
        Self { private: pairs.iter().copied().collect() }
    }
}

/// Milliseconds since 1970, which Google writes as a string.
pub(crate) fn millis<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Timestamp>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Millis {
        Text(String),
        Number(i64),
    }
    let Some(raw) = Option::<Millis>::deserialize(from)? else { return Ok(None) };
    let millis = match raw {
        Millis::Number(millis) => millis,
        Millis::Text(text) => text.parse().map_err(serde::de::Error::custom)?,
    };
    Timestamp::from_millisecond(millis).map(Some).map_err(serde::de::Error::custom)
}

#[cfg(test)]
#[path = "wire_tests.rs"]
mod tests;
