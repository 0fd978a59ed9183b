//! One binary; its tree mirrors the product. Real PostgreSQL, the vendors' wire, a clock that tests move.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    clippy::disallowed_methods,
    clippy::large_futures,
    reason = "tests fail by panicking, print their seeds, may use the ambient and be large"
)]

mod accounts;
mod after_hours;
mod alerts;
mod analytics;
mod api;
mod architecture;
mod attacks;
mod calendars;
mod catalogue;
mod dashboard;
mod durability;
mod embedded;
mod explain;
mod feeds;
mod harness;
mod leads;
mod ledger;
mod live;
mod mail;
mod messaging;
mod migrations;
mod promises;
mod receptionist;
mod routes;
mod scheduling;
mod schema_comments;
mod scoring;
mod secrets;
mod sequences;
mod shipped;
mod tenancy;
mod tools;
mod waitlist;
