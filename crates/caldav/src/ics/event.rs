//! The events of an object, as far as they are read.

use jiff::tz::TimeZone;

use super::ReadError;
use super::lines::{self, Line, Part};
use super::when::{self, When};
use super::zone::{self, NamedZone};

/// The properties that decide which times an event keeps. What else an event has is not looked at, so that nothing
/// wrong with it can hide the event.
const READ: &[&str] = &[
    "UID",
    "DTSTART",
    "DTEND",
    "DURATION",
    "RRULE",
    "RDATE",
    "EXDATE",
    "RECURRENCE-ID",
    "STATUS",
    "TRANSP",
    "ATTENDEE",
    "TZID",
    "X-LIC-LOCATION",
];

/// One object.
#[derive(Debug, Default)]
pub(super) struct Calendar {
    pub events: Vec<Event>,
    pub zones: Vec<NamedZone>,
}

/// One `VEVENT`, without the components in it.
#[derive(Debug, Default)]
pub(super) struct Event {
    lines: Vec<Line>,
}

impl Calendar {
    pub fn read(ics: &str) -> Result<Self, ReadError> {
        let mut calendar = Self::default();
        lines::walk(ics, |placed| {
            let parents = placed.inside.iter().map(String::as_str).collect::<Vec<_>>();
            match (&placed.part, parents.as_slice()) {
                (Part::Begin(name), ["VCALENDAR"]) if name == "VEVENT" => {
                    calendar.events.push(Event::default());
                }
                (Part::Begin(name), ["VCALENDAR"]) if name == "VTIMEZONE" => {
                    calendar.zones.push(NamedZone::default());
                }
                (Part::Content(raw), ["VCALENDAR", kind]) => calendar.take(kind, raw),
                _ => {}
            }
        })?;
        Ok(calendar)
    }

    fn take(&mut self, kind: &str, raw: &str) {
        let is_read = lines::name_of(raw).is_some_and(|name| READ.contains(&name.as_str()));
        let Some(line) = is_read.then(|| lines::read(raw)).flatten() else { return };
        if kind == "VEVENT" {
            if let Some(event) = self.events.last_mut() {
                event.lines.push(line);
            }
        } else if kind == "VTIMEZONE"
            && let Some(zone) = self.zones.last_mut()
        {
            match line.name.as_str() {
                "TZID" => zone.tzid = line.value,
                "X-LIC-LOCATION" => zone.location = Some(line.value),
                _ => {}
            }
        }
    }

    /// The event itself, not one of its exceptions.
    pub fn master(&self) -> Option<&Event> {
        self.events.iter().find(|event| !event.is_exception()).or_else(|| self.events.first())
    }

    /// The times in `line`, of which those without a zone are in `floating`.
    pub fn times(&self, line: &Line, floating: &TimeZone) -> Result<Vec<When>, ReadError> {
        let zone = self.zone_of(line)?;
        line.value
            .split(',')
            .map(|value| {
                when::read(value, zone.as_ref().unwrap_or(floating), floating).ok_or(ReadError::Time)
            })
            .collect()
    }

    /// The zone that `line` names.
    pub fn zone_of(&self, line: &Line) -> Result<Option<TimeZone>, ReadError> {
        line.param("TZID").map(|tzid| zone::resolve(tzid, &self.zones)).transpose()
    }

    /// The only time in the property `name` of `event`, if it has that property.
    pub fn time(
        &self,
        event: &Event,
        name: &'static str,
        floating: &TimeZone,
    ) -> Result<Option<When>, ReadError> {
        let Some(line) = event.line(name) else { return Ok(None) };
        match self.times(line, floating)?.as_slice() {
            [one] => Ok(Some(one.clone())),
            _ => Err(ReadError::Time),
        }
    }
}

impl Event {
    pub fn line(&self, name: &'static str) -> Option<&Line> {
        self.all(name).next()
    }

    pub fn all(&self, name: &'static str) -> impl Iterator<Item = &Line> {
        self.lines.iter().filter(move |line| line.name == name)
    }

    pub fn value(&self, name: &'static str) -> Option<&str> {
        self.line(name).map(|line| line.value.as_str())
    }

    pub fn says(&self, name: &'static str, word: &str) -> bool {
        self.value(name).is_some_and(|value| value.eq_ignore_ascii_case(word))
    }

    /// Whether it stands for one instance of a series.
    pub fn is_exception(&self) -> bool {
        self.line("RECURRENCE-ID").is_some()
    }

    pub fn recurs(&self) -> bool {
        self.line("RRULE").is_some() || self.line("RDATE").is_some()
    }

    /// What `own`, an e-mail address, answered to the invitation.
    pub fn answer_of(&self, own: &str) -> Option<&str> {
        let is_own = |line: &&Line| {
            let address = line.value.get(..7).filter(|scheme| scheme.eq_ignore_ascii_case("mailto:"));
            let address = address.and_then(|_| line.value.get(7..));
            [address, line.param("EMAIL")].into_iter().flatten().any(|email| email.eq_ignore_ascii_case(own))
        };
        self.all("ATTENDEE").find(is_own)?.param("PARTSTAT")
    }
}
