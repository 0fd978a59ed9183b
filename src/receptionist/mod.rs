//! The voice door: authenticate, find the org, store once, dispatch by message type, answer in time.
//!
//! **Invariant.** Nothing is stored, and nothing happens, before a request is authenticated.
//! **Invariant.** The org is the credential's. Ids in a message can only disagree with it, and then it is refused.

mod answer_ring;
mod authenticate;
mod dispatch;
pub mod http;
mod receive;
mod recorder;
mod replay;
mod store;
mod try_door;

pub use recorder::start_recorder;
pub use replay::{DeadLetter, ReplayError, list_dead, replay, replay_stored};
pub use try_door::try_door;
