//! Finds what staff type a few letters or digits of: people, their calls, visits and texts, and tasks.
//!
//! Bounded: eight of each kind, each found by an index. A read model: it writes nothing.

mod find;
mod store;

pub use find::{Found, Wanted, find};
pub use store::{CallFound, ContactFound, TaskFound, ThreadFound, VisitFound};
