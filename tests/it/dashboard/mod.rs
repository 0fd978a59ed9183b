//! The dashboard over HTTP, as a browser asks for it.

mod analytics;
mod words;
