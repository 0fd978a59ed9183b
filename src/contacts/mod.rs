//! People who called: one per phone number and org.

mod find_or_create;
mod learn_language;
mod list;
mod note_language;
mod note_listed;
mod store;
mod update;

pub use find_or_create::find_or_create;
pub use learn_language::learn_language;
pub use list::{Listed, Listing, list, newest};
pub use note_language::note_language;
pub use note_listed::note_listed;
pub use store::{Contact, Known, known, lock};
pub use update::{Change, update};
