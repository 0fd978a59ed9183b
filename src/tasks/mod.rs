//! Work for a person: what the program could not finish, or must not decide.

mod finish;
mod raise;
mod reword;
mod store;

pub use finish::finish;
pub use raise::{NewTask, raise};
pub use reword::reword;
