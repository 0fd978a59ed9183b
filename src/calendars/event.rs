//! An event of an outside calendar as both providers tell it, and ours as both are told it. Pure.

use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, Zoned};
use uuid::Uuid;

use crate::platform::ids::{AppointmentId, OrgId};

/// A stretch of time: from here, up to there.
pub type Span = (Timestamp, Timestamp);

/// What our events carry so that they are known again whatever a person does to them: names of private properties.
const VISIT: &str = "voxanneVisit";
const ORG: &str = "voxanneOrg";
const STARTS_AT: &str = "voxanneStart";
const ENDS_AT: &str = "voxanneEnd";

/// What we wrote on an event of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Mark {
    pub org: OrgId,
    pub appointment: AppointmentId,
    /// The time that we gave it. Where the event is at another, a person moved it.
    pub span: Span,
}

impl Mark {
    /// The names of its properties.
    pub const NAMES: [&str; 4] = [VISIT, ORG, STARTS_AT, ENDS_AT];

    /// As private properties.
    pub fn properties(&self) -> Vec<(&'static str, String)> {
        vec![
            (VISIT, self.appointment.0.to_string()),
            (ORG, self.org.0.to_string()),
            (STARTS_AT, self.span.0.to_string()),
            (ENDS_AT, self.span.1.to_string()),
        ]
    }

    /// The same, to be lent.
    pub fn lent<'p>(properties: &'p [(&'static str, String)]) -> Vec<(&'static str, &'p str)> {
        properties.iter().map(|(name, value)| (*name, value.as_str())).collect()
    }

    /// From private properties; `None` for an event that is not ours, or no longer tells it.
    pub fn read(properties: &BTreeMap<String, String>) -> Option<Self> {
        let of = |name: &str| properties.get(name);
        Some(Self {
            org: OrgId(Uuid::try_parse(of(ORG)?).ok()?),
            appointment: AppointmentId(Uuid::try_parse(of(VISIT)?).ok()?),
            span: (of(STARTS_AT)?.parse().ok()?, of(ENDS_AT)?.parse().ok()?),
        })
    }
}

/// An event as it was seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct SeenEvent {
    pub event_ref: String,
    /// The recurring event that it is an instance of.
    pub series_ref: Option<String>,
    pub etag: String,
    /// Deleted.
    pub is_gone: bool,
    /// When it is, whether that keeps anybody busy or not.
    pub span: Option<Span>,
    /// The time it keeps.
    pub busy: Vec<Span>,
    pub mark: Option<Mark>,
}

impl SeenEvent {
    /// An event of which is known only that it is gone.
    pub fn gone(event_ref: String) -> Self {
        Self {
            event_ref,
            series_ref: None,
            etag: String::new(),
            is_gone: true,
            span: None,
            busy: Vec::new(),
            mark: None,
        }
    }
}

/// A visit as its event should tell it.
#[derive(Debug, Clone)]
pub(super) struct Wanted {
    pub event_ref: String,
    pub summary: String,
    pub place: String,
    pub starts_at: Zoned,
    pub ends_at: Zoned,
    pub mark: Mark,
}

/// The event's name: it follows from the visit alone, so that writing twice is writing once. Hexadecimal is within
/// Google's alphabet of base32hex.
pub(super) fn event_ref(appointment: AppointmentId) -> String {
    format!("v{}", appointment.0.simple())
}

/// What staff read in their calendar: "Lip Filler - Dana O."
pub(super) fn summary(service: &str, name: Option<&str>) -> String {
    let Some(name) = name else { return service.to_owned() };
    let mut words = name.split_whitespace();
    let first = words.next().unwrap_or_default();
    match words.next_back().and_then(|last| last.chars().next()) {
        Some(initial) => format!("{service} - {first} {initial}."),
        None => format!("{service} - {first}"),
    }
}

/// In pieces of a day at most, so that whoever asks for a day need not look for starts long before it.
pub(super) fn pieces((from, to): Span) -> Vec<Span> {
    let day = SignedDuration::from_hours(24);
    let mut pieces = Vec::new();
    let mut at = from;
    while at < to {
        let next = at.checked_add(day).unwrap_or(to).min(to);
        pieces.push((at, next));
        at = next;
    }
    pieces
}

/// What is left of `busy` without `ours`: an answer of free/busy has our own events in it, joined with others.
pub(super) fn without(busy: &[Span], ours: &[Span]) -> Vec<Span> {
    let mut left = busy.to_vec();
    for own in ours {
        let cut = |span: &Span| {
            let before = (span.0, span.1.min(own.0));
            let after = (span.0.max(own.1), span.1);
            [before, after]
        };
        left = left.iter().flat_map(cut).filter(|(from, to)| from < to).collect();
    }
    left.sort_unstable();
    left.dedup();
    left
}

/// The zone of this name, else the other one.
pub(super) fn zone_or(name: Option<&str>, fallback: &TimeZone) -> TimeZone {
    name.and_then(|name| TimeZone::get(name).ok()).unwrap_or_else(|| fallback.clone())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use proptest::prelude::*;

    use super::*;

    fn at(minutes: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + minutes * 60).unwrap()
    }

    #[test]
    fn a_mark_is_read_as_it_is_written() {
        let mark = Mark {
            org: OrgId(Uuid::from_u128(1)),
            appointment: AppointmentId(Uuid::from_u128(2)),
            span: (at(0), at(45)),
        };
        let written: BTreeMap<String, String> =
            mark.properties().into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        assert_eq!(Mark::read(&written), Some(mark));
        assert_eq!(Mark::read(&BTreeMap::new()), None);
    }

    #[test]
    fn an_event_says_what_and_who_without_a_last_name() {
        assert_eq!(summary("Lip Filler", Some("Dana Ortiz Lopez")), "Lip Filler - Dana L.");
        assert_eq!(summary("Lip Filler", Some("Dana")), "Lip Filler - Dana");
        assert_eq!(summary("Lip Filler", None), "Lip Filler");
    }

    #[test]
    fn event_names_fit_googles_alphabet() {
        let name = event_ref(AppointmentId(Uuid::from_u128(u128::MAX)));
        assert!(name.len() <= 64 && name.chars().all(|c| matches!(c, '0'..='9' | 'a'..='v')), "{name}");
    }

    #[test]
    fn own_time_is_cut_out_of_what_free_busy_has_joined() {
        let joined = [(at(0), at(120))];
        assert_eq!(without(&joined, &[(at(0), at(60))]), [(at(60), at(120))]);
        assert_eq!(without(&joined, &[(at(30), at(60))]), [(at(0), at(30)), (at(60), at(120))]);
        assert_eq!(without(&joined, &[(at(200), at(260))]), joined);
        assert_eq!(without(&joined, &[(at(0), at(120))]), []);
    }

    proptest! {
        // What is left is exactly what is busy and not ours, minute by minute.
        #[test]
        fn cutting_agrees_with_counting_minutes(busy in prop::collection::vec((0_i64..60, 1_i64..20), 0..5),
                                                ours in prop::collection::vec((0_i64..60, 1_i64..20), 0..5)) {
            let spans = |raw: &[(i64, i64)]| raw.iter().map(|(f, l)| (at(*f), at(f + l))).collect::<Vec<_>>();
            let (busy, ours) = (spans(&busy), spans(&ours));
            let left = without(&busy, &ours);
            let holds = |spans: &[Span], minute: i64| spans.iter().any(|(f, t)| *f <= at(minute) && at(minute) < *t);
            for minute in 0..100 {
                prop_assert_eq!(holds(&left, minute), holds(&busy, minute) && !holds(&ours, minute));
            }
        }

        #[test]
        fn pieces_are_a_day_at_most_and_leave_nothing_out(minutes in 1_i64..20_000) {
            let pieces = pieces((at(0), at(minutes)));
            prop_assert_eq!(pieces.first().unwrap().0, at(0));
            prop_assert_eq!(pieces.last().unwrap().1, at(minutes));
            for pair in pieces.windows(2) {
                prop_assert_eq!(pair[0].1, pair[1].0);
            }
            for (from, to) in pieces {
                prop_assert!(from < to && to.duration_since(from) <= SignedDuration::from_hours(24));
            }
        }
    }
}
