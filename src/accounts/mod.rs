//! Programs that may act for an org: keys of the HTTP API and what each may do.
//!
//! **Invariant.** A key is presented, looked up and forgotten: only its keyed digest is stored.

mod add_key;
mod authenticate;
mod scope;
mod store;

pub use add_key::{AddKeyError, NewKey, add_key};
pub use authenticate::{KeyHolder, authenticate};
pub use scope::Scope;
pub use store::{KeyRow, list_keys, revoke_key};
