//! What the dashboard tells staff.

mod notify;
mod store;

pub use notify::{NewNotification, notify};
