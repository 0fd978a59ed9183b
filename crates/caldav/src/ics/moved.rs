//! Moves an event without touching what a person added to it.

use jiff::Timestamp;

use super::ReadError;
use super::event::Calendar;
use super::lines::{self, Part};
use super::write::{escaped, printable, private_name, utc};

/// What is written anew; every other line stays as it is.
const REPLACED: &[&str] = &["DTSTART", "DTEND", "DURATION", "DTSTAMP", "LAST-MODIFIED", "SEQUENCE"];

/// The same object with other times: title, notes, alarms and whatever else a person added are kept byte for byte, and
/// the sequence number is the next. Of `private` (see [`super::NewEvent::private`]), what the object has under the same names
/// is replaced. Refuses a series.
pub fn moved(
    ics: &str,
    (starts_at, ends_at): (Timestamp, Timestamp),
    stamp: Timestamp,
    private: &[(&str, &str)],
) -> Result<String, ReadError> {
    let calendar = Calendar::read(ics)?;
    match calendar.events.as_slice() {
        [] => return Err(ReadError::NoEvent),
        [event] if !event.recurs() && !event.is_exception() => {}
        _ => return Err(ReadError::Recurs),
    }
    let sequence = sequence(ics)?;
    let mut replaced = vec![
        ("DTSTAMP".to_owned(), utc(stamp)),
        ("LAST-MODIFIED".to_owned(), utc(stamp)),
        ("DTSTART".to_owned(), utc(starts_at)),
        ("DTEND".to_owned(), utc(ends_at)),
        ("SEQUENCE".to_owned(), sequence.saturating_add(1).to_string()),
    ];
    replaced.extend(private.iter().map(|(name, value)| (private_name(name), escaped(&printable(value)))));
    let mut written = String::with_capacity(ics.len() + 128);
    lines::walk(ics, |placed| {
        let in_event = placed.inside == ["VCALENDAR", "VEVENT"];
        let is_replaced = in_event
            && matches!(placed.part, Part::Content(raw)
            if lines::name_of(raw).is_some_and(|name| {
                REPLACED.contains(&name.as_str()) || replaced.iter().any(|(new, _)| *new == name)
            }));
        if is_replaced {
            return;
        }
        push(&mut written, placed.raw);
        let begins =
            matches!(&placed.part, Part::Begin(name) if name == "VEVENT") && placed.inside == ["VCALENDAR"];
        if begins {
            for (name, value) in &replaced {
                push(&mut written, &format!("{name}:{value}"));
            }
        }
    })?;
    Ok(written)
}

/// The event's sequence number.
fn sequence(ics: &str) -> Result<u32, ReadError> {
    let mut sequence = 0;
    lines::walk(ics, |placed| {
        if let Part::Content(raw) = placed.part
            && placed.inside == ["VCALENDAR", "VEVENT"]
            && lines::name_of(raw).as_deref() == Some("SEQUENCE")
        {
            sequence = lines::read(raw).and_then(|line| line.value.parse().ok()).unwrap_or(sequence);
        }
    })?;
    Ok(sequence)
}

/// XML has made line feeds of the line breaks; the standard has both characters.
fn push(written: &mut String, raw: &str) {
    for line in raw.lines() {
        written.push_str(line);
        written.push_str("\r\n");
    }
}

#[cfg(test)]
#[path = "moved_tests.rs"]
mod tests;
