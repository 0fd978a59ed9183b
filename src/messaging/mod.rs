//! Texts: whether one may leave, queueing it with what it confirms, handing it over once, and what became of it.
//!
//! **Invariant.** A row of `texts` commits with the job that sends it; nothing else reaches the provider.
//! **Invariant.** The provider is never called while a transaction is open, and a text whose outcome is unknown is looked
//! up before it is sent again.

mod account;
mod chase;
mod connect_twilio;
mod deliver;
pub mod http;
mod may_send;
mod meaning;
mod provider;
mod queue_text;
mod receive_text;
mod record_status;
mod send_again;
mod store;
mod text;
pub mod wording;

pub use account::{SANDBOX_ACCOUNT_SID, SANDBOX_AUTH_TOKEN, SANDBOX_NUMBER};
pub use chase::chase_unfinished;
pub use connect_twilio::connect_twilio;
pub use deliver::{DELIVER_TASK, DeliverError, DeliverText, deliver};
pub use may_send::{Class, Facts, Limits, Rule, may_send};
pub use meaning::Meaning;
pub use queue_text::{NewText, QueueError, Queued, queue_text, queue_text_before};
pub use receive_text::{Inbound, Received, has_opted_out, inbound, receive_text};
pub use record_status::{Recorded, record_status};
pub use text::{Kind, TextState};
