//! The HTTP API, over HTTP on real PostgreSQL.

mod access;
mod catalogue;
mod document;
mod idempotency;
mod keys;
mod pages;
mod services;
mod templates;
mod threads;
mod visits;
mod week;
