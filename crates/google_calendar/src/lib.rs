//! Google Calendar as far as a receptionist needs it: consent, what keeps time, events of one's own, pushes.
//!
//! Knows no clinic, keeps no state, reads no clock, never tries twice. What holds throughout:
//!
//! * What cannot be read is [`Error::Unreadable`] or [`FreeBusy::Unknown`], never an empty calendar.
//! * Only what keeps time is asked for: no title, description, place or guest is ever fetched.
//! * A write whose answer never came is [`Error::outcome_is_unknown`]; ids of new events are the caller's, so it can look.
//! * No error, and no `Debug`, shows a token, a body or an e-mail address.

mod busy;
mod calendars;
mod channels;
mod client;
mod error;
mod event;
mod free_busy;
mod list;
mod oauth;
mod wire;
mod write;

pub use busy::BusyRules;
pub use calendars::CalendarEntry;
pub use channels::{Channel, NewChannel};
pub use client::{App, Client, Endpoints, http_client};
pub use error::Error;
pub use event::{Event, EventStatus, EventTime, Response};
pub use free_busy::FreeBusy;
pub use list::{EventsPage, EventsRequest};
pub use oauth::{ConsentRequest, Tokens, challenge};
pub use write::{EventPatch, NewEvent};
