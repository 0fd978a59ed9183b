//! Programs that may act for an org: keys of the HTTP API, what each may do, and the log of who did what.
//!
//! **Invariant.** A key is presented, looked up and forgotten: only its keyed digest is stored.

mod add_key;
mod authenticate;
mod list;
mod record_act;
mod scope;
mod store;

pub use add_key::{AddKeyError, NewKey, add_key};
pub use authenticate::{KeyHolder, authenticate};
pub use list::{ListedAct, WantedActs, has_acted, list_acts, subjects_of};
pub use record_act::{Act, record_act};
pub use scope::Scope;
pub use store::{KeyRow, list_keys, revoke_key};
