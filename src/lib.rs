//! Voxanne: the server behind an AI voice receptionist for MedSpa clinics.
//!
//! In reading order: every URL and every job; the doors, for programs, for voices and for who watches, and what they may do; what it
//! works with; what all of it stands on.

pub mod commands;
pub mod seed;

pub mod first_run;
pub mod jobs;
pub mod router;

pub mod api;
pub mod dashboard;
pub mod live;
pub mod receptionist;

pub mod replies;
pub mod tools;

pub mod after_hours;
pub mod analytics;
pub mod sequences;
pub mod waitlist;

pub mod alert_phones;
pub mod appointments;
pub mod leads;
pub mod promises;
pub mod search;

pub mod scheduling;

pub mod calendars;

pub mod calls;
pub mod contacts;
pub mod mail;
pub mod messaging;
pub mod notifications;
pub mod tasks;

pub mod accounts;
pub mod kept_days;

pub mod orgs;

pub mod language;
pub mod phone;
pub mod platform;
pub mod spoken_name;
pub mod when;
