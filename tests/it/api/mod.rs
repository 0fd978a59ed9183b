//! The HTTP API, over HTTP on real PostgreSQL.

mod access;
pub mod alert_phones;
mod api_keys;
mod catalogue;
mod document;
mod founder_console;
mod idempotency;
mod keys;
mod leads;
mod outcomes;
mod pages;
mod scoring_settings;
mod services;
mod setting_tests;
mod templates;
mod threads;
mod visits;
mod voice;
mod week;
