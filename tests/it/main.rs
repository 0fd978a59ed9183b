//! One binary; its tree mirrors the product. Real PostgreSQL, the vendors' wire, a clock that tests move.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    clippy::disallowed_methods,
    reason = "tests fail by panicking, print their seeds and may use the ambient"
)]

mod api;
mod architecture;
mod calendars;
mod catalogue;
mod durability;
mod embedded;
mod explain;
mod feeds;
mod harness;
mod leads;
mod ledger;
mod messaging;
mod migrations;
mod receptionist;
mod scheduling;
mod schema_comments;
mod secrets;
mod shipped;
mod tenancy;
mod tools;
mod waitlist;
