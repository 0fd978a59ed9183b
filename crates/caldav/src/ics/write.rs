//! Writes events of ours.

use icalendar::{Component, Event, Property};
use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::lines::{self, Part};

const PRODUCT: &str = "-//Voxanne//Calendar//EN";
/// Before the names of properties that only we read.
const OURS: &str = "X-VOXANNE-";
/// How often those who follow a feed are asked to look.
const REFRESH: &str = "PT15M";

/// A visit as it is written into a calendar. Its `Debug` shows no words.
#[derive(Clone, Copy)]
pub struct NewEvent<'a> {
    /// Its name for ever, ours to choose.
    pub uid: &'a str,
    /// When it was written.
    pub stamp: Timestamp,
    /// When the visit starts.
    pub starts_at: Timestamp,
    /// When it ends.
    pub ends_at: Timestamp,
    /// Its title.
    pub summary: &'a str,
    /// More about it.
    pub description: Option<&'a str>,
    /// Where it is.
    pub location: Option<&'a str>,
    /// Names and values that only we read: `("appointment", "apt_…")` becomes `X-VOXANNE-APPOINTMENT`.
    pub private: &'a [(&'a str, &'a str)],
}

impl std::fmt::Debug for NewEvent<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewEvent").field("uid", &self.uid).finish_non_exhaustive()
    }
}

/// An object with this one event.
pub fn event(new: &NewEvent<'_>) -> String {
    calendar([]).push(component(new)).to_string()
}

/// A calendar to follow, called `name`, with these events.
pub fn feed(name: &str, events: &[NewEvent<'_>]) -> String {
    let name = printable(name);
    let mut feed = calendar([
        Property::new("METHOD", "PUBLISH"),
        // The library escapes only what RFC 5545 knows as text, and `NAME` is younger (RFC 7986).
        Property::new("NAME", escaped(&name)),
        Property::new("X-WR-CALNAME", name),
        Property::new("REFRESH-INTERVAL", REFRESH).add_parameter("VALUE", "DURATION").done(),
        Property::new("X-PUBLISHED-TTL", REFRESH),
    ]);
    for new in events {
        feed.push(component(new));
    }
    feed.to_string()
}

/// The value that `name` of [`NewEvent::private`] has in an object.
pub fn private(ics: &str, name: &str) -> Option<String> {
    let wanted = private_name(name);
    let mut found = None;
    lines::walk(ics, |placed| {
        if let Part::Content(raw) = placed.part
            && found.is_none()
            && placed.inside.len() == 2
            && placed.inside[1] == "VEVENT"
            && lines::name_of(raw).as_ref() == Some(&wanted)
        {
            found = lines::read(raw).map(|line| line.value);
        }
    })
    .ok()?;
    found
}

/// `20261126T170000Z`.
pub(super) fn utc(at: Timestamp) -> String {
    TimeZone::UTC.to_datetime(at).strftime("%Y%m%dT%H%M%SZ").to_string()
}

fn calendar<const N: usize>(properties: [Property; N]) -> icalendar::Calendar {
    let mut calendar = icalendar::Calendar::empty();
    for (key, value) in [("VERSION", "2.0"), ("PRODID", PRODUCT), ("CALSCALE", "GREGORIAN")] {
        calendar.append_property(Property::new(key, value));
    }
    for property in properties {
        calendar.append_property(property);
    }
    calendar
}

fn component(new: &NewEvent<'_>) -> Event {
    let mut event = Event::new();
    for (key, value) in [
        ("UID", printable(new.uid)),
        // Given, so that the library does not look at the clock.
        ("DTSTAMP", utc(new.stamp)),
        ("DTSTART", utc(new.starts_at)),
        ("DTEND", utc(new.ends_at)),
        ("SUMMARY", printable(new.summary)),
        ("STATUS", "CONFIRMED".to_owned()),
        ("TRANSP", "OPAQUE".to_owned()),
        ("SEQUENCE", "0".to_owned()),
    ] {
        event.add_property(key, value);
    }
    for (key, value) in [("DESCRIPTION", new.description), ("LOCATION", new.location)] {
        if let Some(value) = value {
            event.add_property(key, printable(value));
        }
    }
    for (name, value) in new.private {
        event.add_property(private_name(name), printable(value));
    }
    event
}

pub(super) fn private_name(name: &str) -> String {
    let name: String =
        name.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '-' }).collect();
    match name.strip_prefix("X-VOXANNE-").or_else(|| name.strip_prefix("VOXANNE-")) {
        Some(bare) => format!("{OURS}{bare}"),
        None => format!("{OURS}{name}"),
    }
}

/// Line breaks in one form, and nothing else that steers a reader.
pub(super) fn printable(text: &str) -> String {
    text.replace("\r\n", "\n")
        .chars()
        .map(|c| if c == '\r' { '\n' } else { c })
        .filter(|c| !c.is_control() || matches!(c, '\n' | '\t'))
        .collect()
}

pub(super) fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace(';', "\\;").replace(',', "\\,").replace('\n', "\\n")
}

#[cfg(test)]
#[path = "write_tests.rs"]
mod tests;
