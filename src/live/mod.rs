//! Staff are told what happens while it happens: sockets of the dashboard, in rooms by org.
//!
//! **Invariant.** Which room a socket is in comes from its token alone. What is told is a kind and an id, never a person's
//! data: whoever wants to see the thing asks for it, with their own rights.
//!
//! Everything is told at least once. Triggers write each event with the change itself (`migrations/20261129000002_events.sql`),
//! the hub hears of it, a socket that was away resumes from the table (`docs/adr/0037-events-are-rows-with-a-horizon.md`).

mod event;
mod follow;
pub mod http;
mod rooms;
mod socket;
mod store;

pub use event::{KINDS, SAID};
pub use follow::follow;
pub use store::forget_events;
