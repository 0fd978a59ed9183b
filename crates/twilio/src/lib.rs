//! Twilio's message API as far as a receptionist needs it: send a text, learn what became of it.
//!
//! Knows no clinic, keeps no state, reads no clock. Twilio offers no idempotency key on create, so the one rule of this
//! crate is that an answer which never came is [`SendError::outcome_is_unknown`]: look the text up with
//! [`Client::find`] before trying again, never send blindly a second time.

mod callback;
mod client;
mod code;
pub mod encoding;
mod error;
mod lookup;
mod message;
pub mod signature;
mod status;

pub use callback::StatusCallback;
pub use client::{Auth, Client, Credentials, http_client};
pub use code::{Class, class_of, code_hint};
pub use error::{FindError, SendError};
pub use lookup::Found;
pub use message::{Message, Sender, Sent};
pub use status::Status;
