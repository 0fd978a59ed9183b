//! All SQL of outside calendars.

mod calendars;
mod conflicts;
mod connections;
mod consents;
mod events;
mod feeds;
mod health;
mod mirror;
mod sealed;

pub(super) use calendars::*;
pub(super) use conflicts::*;
pub(super) use connections::*;
pub(super) use consents::*;
pub(super) use events::*;
pub(super) use feeds::*;
pub(super) use health::*;
pub(super) use mirror::*;
pub(super) use sealed::*;
