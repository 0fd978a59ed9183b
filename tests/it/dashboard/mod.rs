//! The dashboard over HTTP, as a browser asks for it.

mod words;
