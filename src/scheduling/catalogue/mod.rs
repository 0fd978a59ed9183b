//! What programs and pages write of a clinic's rules: each thing as it is read, as it is written, and how it is kept.
//!
//! What was written is read back in the same form. Nothing that a visit could name is deleted: it becomes inactive.

mod closure;
mod entry;
mod hours;
mod local_time;
mod location;
mod policy;
mod practitioner;
mod resource;
mod service;
mod store;
mod time_off;

pub use closure::{Closure, ClosureFields};
pub use entry::{Change, Deletable, Entry, Filter, Wanted, WriteError, lock_catalogue};
pub use hours::{HoursError, Span, SpanKind, Week, WeeklyHours, set_weekly_hours, weekly_hours, whose};
pub use local_time::LocalTime;
pub use location::{Location, LocationFields};
pub use policy::{NoticeCounts, Policy, PolicyFields, add_policy, current_policy};
pub use practitioner::{Practitioner, PractitionerFields};
pub use resource::{Resource, ResourceFields, ResourceKind};
pub use service::{Assignment, LeadValue, Need, Prerequisite, Service, ServiceFields, Spacing};
pub use time_off::{TimeOff, TimeOffFields};
