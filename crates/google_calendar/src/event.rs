//! An event as far as it keeps time.

use std::collections::BTreeMap;

use jiff::{Timestamp, civil};

/// One event, or one instance of a recurring one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// Unique within its calendar.
    pub id: String,
    /// Changes with every edit; empty if Google gave none.
    pub etag: String,
    /// Cancelled means deleted.
    pub status: EventStatus,
    /// Present unless cancelled.
    pub start: Option<EventTime>,
    /// Exclusive; present unless cancelled.
    pub end: Option<EventTime>,
    /// Shown as free.
    pub is_transparent: bool,
    /// What the calendar's owner answered to the invitation, if it is one.
    pub own_response: Option<Response>,
    /// The recurring event that it is an instance of.
    pub series: Option<String>,
    /// Google's `eventType`; `default` for an ordinary event.
    pub kind: String,
    /// Properties that this program put there.
    pub private: BTreeMap<String, String>,
}

/// Whether an event stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EventStatus {
    /// It stands.
    Confirmed,
    /// It may come to stand.
    Tentative,
    /// It is deleted.
    Cancelled,
}

/// A point of an event's time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EventTime {
    /// An instant.
    At(Timestamp),
    /// The start of a day, wherever the calendar is.
    Day(civil::Date),
}

/// An answer to an invitation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Response {
    /// Yes.
    Accepted,
    /// No.
    Declined,
    /// Maybe.
    Tentative,
    /// None yet.
    NeedsAction,
}

impl Response {
    pub(crate) fn read(word: Option<&str>) -> Self {
        match word {
            Some("accepted") => Self::Accepted,
            Some("declined") => Self::Declined,
            Some("tentative") => Self::Tentative,
            _ => Self::NeedsAction,
        }
    }
}
