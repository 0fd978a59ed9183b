//! People who called: one per phone number and org.

mod find_or_create;
mod list;
mod store;
mod update;

pub use find_or_create::find_or_create;
pub use list::{Listed, Listing, list};
pub use store::{Contact, Known, known};
pub use update::{Change, update};
