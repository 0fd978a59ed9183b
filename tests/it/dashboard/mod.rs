//! The dashboard over HTTP, as a browser asks for it.

mod settings;
mod clinic;
mod first_run;
mod calendar;
mod words;
