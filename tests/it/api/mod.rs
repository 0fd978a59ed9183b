//! The HTTP API, over HTTP on real PostgreSQL.

mod access;
mod calls;
mod catalogue;
mod document;
mod idempotency;
mod keys;
mod leads;
mod outcomes;
mod pages;
mod recordings;
mod scoring_settings;
mod search;
mod services;
mod tasks;
mod templates;
mod threads;
mod visits;
mod week;
