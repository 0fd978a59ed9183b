//! People who called: one per phone number and org.

mod find_or_create;
mod store;

pub use find_or_create::find_or_create;
pub use store::{Contact, Known, known};
