//! Visits as an iCalendar document (RFC 5545). Pure: the same visits are the same document.

use std::fmt::{self, Write as _};

use icalendar::{Calendar, Class, Component as _, Event, EventLike as _, EventStatus, Property};
use jiff::Timestamp;

use super::super::store::FeedVisit;
use crate::spoken_name::SpokenName;

/// How often programs should look again. Some do so once a day, whatever is said.
const REFRESH: &str = "PT15M";
const INSTANT: &str = "%Y%m%dT%H%M%SZ";

/// `name` is what a program that subscribes calls it.
pub(super) fn document(name: &str, visits: &[FeedVisit]) -> Result<String, fmt::Error> {
    let mut calendar = Calendar::empty();
    let properties = [
        Property::new("VERSION", "2.0"),
        Property::new("PRODID", "-//Voxanne//Visits//EN"),
        Property::new("CALSCALE", "GREGORIAN"),
        Property::new("METHOD", "PUBLISH"),
        text("NAME", name),
        text("X-WR-CALNAME", name),
        Property::new("REFRESH-INTERVAL", REFRESH).add_parameter("VALUE", "DURATION").done(),
        Property::new("X-PUBLISHED-TTL", REFRESH),
    ];
    for property in properties {
        calendar.append_property(property);
    }
    for visit in visits {
        calendar.push(event(visit));
    }
    let mut written = String::new();
    write!(written, "{calendar}")?;
    Ok(written)
}

fn event(visit: &FeedVisit) -> Event {
    let changed = instant(visit.changed_at.to_jiff());
    let status = if visit.status == "pending" { EventStatus::Tentative } else { EventStatus::Confirmed };
    Event::new()
        .uid(&format!("{}@voxanne", visit.id))
        .add_property("DTSTAMP", &changed)
        .add_property("LAST-MODIFIED", &changed)
        .add_property("SEQUENCE", visit.version.to_string())
        .add_property("DTSTART", instant(visit.starts_at.to_jiff()))
        .add_property("DTEND", instant(visit.ends_at.to_jiff()))
        .status(status)
        .class(Class::Private)
        .summary(&summary(visit))
        .location(&place(visit))
        .done()
}

/// "Botox - Dana O.", or the service alone.
fn summary(visit: &FeedVisit) -> String {
    let service = plain(&visit.service_name);
    match visit.customer_name.as_deref().and_then(SpokenName::parse) {
        Some(name) => format!("{service} - {}", name.short()),
        None => service,
    }
}

fn place(visit: &FeedVisit) -> String {
    let name = plain(&visit.location_name);
    match &visit.address {
        Some(address) => format!("{name}, {}", plain(address)),
        None => name,
    }
}

fn instant(at: Timestamp) -> String {
    at.strftime(INSTANT).to_string()
}

/// Of these the format has no type, by which it would be escaped.
fn text(name: &str, value: &str) -> Property {
    Property::new(name, plain(value)).add_parameter("VALUE", "TEXT").done()
}

/// A line break or another control character would end the line, or the document for some programs.
fn plain(value: &str) -> String {
    value.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use jiff_sqlx::ToSqlx as _;
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;
    use crate::platform::ids::AppointmentId;

    fn at(text: &str) -> jiff_sqlx::Timestamp {
        text.parse::<Timestamp>().unwrap().to_sqlx()
    }

    fn visit(service: &str, name: Option<&str>) -> FeedVisit {
        FeedVisit {
            id: AppointmentId(Uuid::from_u128(7)),
            status: "scheduled".to_owned(),
            starts_at: at("2026-12-01T18:30:00Z"),
            ends_at: at("2026-12-01T19:15:00Z"),
            version: 3,
            changed_at: at("2026-11-24T18:00:00.5Z"),
            service_name: service.to_owned(),
            location_name: "Glow".to_owned(),
            address: Some("12 Main St, Suite 4; Los Angeles".to_owned()),
            customer_name: name.map(str::to_owned),
        }
    }

    /// The lines as a program reads them: joined where they were folded.
    fn lines(document: &str) -> Vec<String> {
        document.replace("\r\n ", "").split_terminator("\r\n").map(str::to_owned).collect()
    }

    #[test]
    fn a_visit_is_an_event_that_every_program_reads() {
        let written = document("Nora - Glow", &[visit("Botox, 2 areas; \\ touch-up", Some("Dana O'Neil"))]);
        insta::assert_snapshot!(written.unwrap().replace("\r\n", "\n"), @r"
        BEGIN:VCALENDAR
        VERSION:2.0
        PRODID:-//Voxanne//Visits//EN
        CALSCALE:GREGORIAN
        METHOD:PUBLISH
        NAME;VALUE=TEXT:Nora - Glow
        X-WR-CALNAME;VALUE=TEXT:Nora - Glow
        REFRESH-INTERVAL;VALUE=DURATION:PT15M
        X-PUBLISHED-TTL:PT15M
        BEGIN:VEVENT
        CLASS:PRIVATE
        DTEND:20261201T191500Z
        DTSTAMP:20261124T180000Z
        DTSTART:20261201T183000Z
        LAST-MODIFIED:20261124T180000Z
        LOCATION:Glow\, 12 Main St\, Suite 4\; Los Angeles
        SEQUENCE:3
        STATUS:CONFIRMED
        SUMMARY:Botox\, 2 areas\; \\ touch-up - Dana O.
        UID:apt_00000000000000000000000000000007@voxanne
        END:VEVENT
        END:VCALENDAR
        ");
    }

    #[test]
    fn the_same_visits_are_the_same_document() {
        let visits = [visit("Botox", None), visit("Filler", Some("Ana Diaz"))];
        assert_eq!(document("x", &visits).unwrap(), document("x", &visits).unwrap());
    }

    proptest! {
        /// Whatever staff call things: lines of at most 75 bytes, whole characters, and no line that they made.
        #[test]
        fn nothing_that_is_called_anything_breaks_the_format(service in any::<String>(), place in any::<String>()) {
            let strange = FeedVisit { location_name: place.clone(), ..visit(&service, Some(&place)) };
            let written = document(&service, &[strange]).unwrap();
            let folded: Vec<&str> = written.split_terminator("\r\n").collect();
            prop_assert!(written.ends_with("\r\n"));
            prop_assert!(folded.iter().all(|line| line.len() <= 75 && !line.contains(['\r', '\n'])));
            let names: Vec<String> = lines(&written).iter().map(|l| l.split([':', ';']).next().unwrap().to_owned()).collect();
            let expected: Vec<String> = lines(&document("a", &[visit("b", None)]).unwrap())
                .iter().map(|l| l.split([':', ';']).next().unwrap().to_owned()).collect();
            prop_assert_eq!(names, expected);
            let said = lines(&written).into_iter().find_map(|l| l.strip_prefix("SUMMARY:").map(str::to_owned)).unwrap();
            let said = said.replace("\\,", ",").replace("\\;", ";").replace("\\\\", "\\");
            prop_assert!(said.starts_with(&plain(&service)), "{} {}", said, service);
        }
    }
}
