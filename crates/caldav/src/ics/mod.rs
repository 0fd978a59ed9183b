//! iCalendar objects (RFC 5545): the times they keep, and the ones we write.

mod busy;
mod event;
mod length;
mod lines;
mod moved;
mod recurrence;
mod when;
mod windows;
mod write;
mod zone;

pub use busy::{BusyRules, busy, span, uid};
pub use moved::moved;
pub use write::{NewEvent, event, feed, private};
pub(crate) use zone::{zone_name, zone_of};

/// Why an object was not understood. Its time is unknown then, never free.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// No iCalendar object, or only the beginning of one.
    #[error("this is no whole iCalendar object")]
    NotACalendar,
    /// There is no event in it.
    #[error("there is no event in this object")]
    NoEvent,
    /// A start, end, duration or date that is none.
    #[error("a time of this event is unreadable")]
    Time,
    /// A zone that is neither of the tz database nor known by another name.
    #[error("the time zone {0:?} of this event is unknown")]
    Zone(String),
    /// A recurrence rule that the library refuses, or one of every minute.
    #[error("the recurrence rule of this event is not understood")]
    Rule,
    /// More instances than anybody works through.
    #[error("this event happens too often")]
    TooMany,
    /// It recurs, so it cannot be moved as a whole.
    #[error("this event recurs")]
    Recurs,
}

#[cfg(test)]
mod oracle_tests;
