//! What the dashboard tells staff.

mod list;
mod mark_read;
mod note_look;
mod notify;
mod store;

pub use list::{Listed, WantedNotifications, list, unread};
pub use mark_read::{mark_all_read, mark_read};
pub use note_look::note_look;
pub use notify::{NewNotification, notify, notify_owners};
