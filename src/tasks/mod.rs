//! Work for a person: what the program could not finish, or must not decide.

mod raise;
mod store;

pub use raise::{NewTask, raise};
