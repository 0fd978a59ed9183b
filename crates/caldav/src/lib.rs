//! CalDAV as far as a receptionist needs it: find a calendar, learn what changed in it, write a visit into it; and the
//! reading of iCalendar objects into the times they keep.
//!
//! Knows no clinic, keeps no state, reads no clock. Two rules: an address that a person typed is asked only where a
//! [`Guard`] permits, and an event that is not understood is an error ([`ReadError`]), never free time.

mod client;
mod discovery;
mod error;
mod guard;
mod href;
pub mod ics;
mod objects;
mod sync;
mod xml;

pub use client::{Client, Login};
pub use discovery::CalendarEntry;
pub use error::Error;
pub use guard::{Guard, http_client};
pub use ics::{BusyRules, NewEvent, ReadError, busy, event, feed, moved, private, span, uid};
pub use objects::{Condition, Object};
pub use sync::{Changes, Resource};
