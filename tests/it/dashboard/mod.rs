//! The dashboard over HTTP, as a browser asks for it.

mod analytics;
mod calendar;
mod calendar_drag;
mod call;
mod clinic;
mod first_run;
mod forms;
mod lists;
mod looked_at;
mod no_page;
mod reached;
mod settings;
mod today;
mod told;
mod truth;
mod two_sites;
mod weight;
mod words;
