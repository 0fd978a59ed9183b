//! The HTTP API, over HTTP on real PostgreSQL.

mod access;
pub mod alert_phones;
mod api_keys;
mod bounds;
mod calls;
mod catalogue;
mod document;
mod etags;
mod founder_console;
mod idempotency;
mod keys;
pub mod leads;
pub mod outcomes;
mod pages;
mod recordings;
mod scoring_settings;
mod search;
mod services;
mod setting_tests;
mod tasks;
mod templates;
mod test_calls;
mod threads;
mod visits;
mod voice;
mod week;
mod words;
