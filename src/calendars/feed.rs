//! Feeds: a practitioner's visits under a secret address, which calendar programs subscribe to.
//!
//! **Invariant.** A feed shows which service is when and where. Who comes is shown only where the org decided so, as a first
//! name and an initial; phone numbers, addresses of e-mail and notes never are.

mod document;
mod make;
mod read;
mod revoke;

pub mod http;

pub use make::{MakeFeedError, make_feed};
pub use revoke::revoke_feed;
