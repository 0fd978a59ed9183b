//! Work for a person: what the program could not finish, or must not decide.

mod finish;
mod raise;
mod raise_for_thread;
mod reword;
mod store;

pub use finish::finish;
pub use raise::{NewTask, raise};
pub use raise_for_thread::{finish_for_thread, raise_for_thread};
pub use reword::reword;
