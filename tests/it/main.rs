//! One binary; its tree mirrors the product. Real PostgreSQL, the vendors' wire, a clock that tests move.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod architecture;
mod durability;
mod embedded;
mod harness;
mod migrations;
mod receptionist;
mod schema_comments;
mod tenancy;
mod tools;
