//! The dashboard over HTTP, as a browser asks for it.

mod lists;
mod words;
