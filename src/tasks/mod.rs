//! Work for a person: what the program could not finish, or must not decide, and what staff write for themselves.

mod by_hand;
mod change;
mod finish;
mod is_open;
mod kind;
mod list;
mod raise;
mod raise_for_thread;
mod reword;
mod set_done;
mod store;

pub use by_hand::{ByHand, ByHandError, add_by_hand};
pub use change::{Change, change};
pub use finish::finish;
pub use is_open::is_open;
pub use kind::{BY_HAND, Urgency, kinds, label, urgency};
pub use list::{Listed, OpenPlace, WantedTasks, list_done, list_open, one, open_by_kind, open_count};
pub use raise::{NewTask, raise};
pub use raise_for_thread::{finish_for_thread, raise_for_thread};
pub use reword::reword;
pub use set_done::{finish_by_hand, reopen};
