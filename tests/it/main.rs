//! One binary; its tree mirrors the product. Real PostgreSQL, the vendors' wire, a clock that tests move.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod architecture;
mod embedded;
mod harness;
mod receptionist;
mod schema_comments;
mod tenancy;
mod tools;
