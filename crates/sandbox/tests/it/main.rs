//! The production clients of Twilio and Google, and the caller, against the sandbox, over real HTTP.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod callbacks;
mod caller;
mod conduct;
mod google;
mod hook;
mod lookups;
mod management;
mod sends;
mod support;
