//! Outside calendars: accounts, their calendars, and where those disagree with visits.

mod account;

pub(super) use account::{Calendar, accounts};
