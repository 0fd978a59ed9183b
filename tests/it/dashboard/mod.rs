//! The dashboard over HTTP, as a browser asks for it.

mod analytics;
mod calendar;
mod clinic;
mod first_run;
mod lists;
mod no_page;
mod settings;
mod weight;
mod words;
