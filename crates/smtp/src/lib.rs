//! Mail by SMTP as far as a receptionist needs it: one message of plain words, handed over once.
//!
//! Knows no clinic, keeps no state, reads no clock. SMTP has no idempotency key. What it has is the Message-ID, by which
//! receivers recognise a message that comes a second time, so [`Message::id`] is the caller's and the same at every try.
//! The whole message is: its date is the caller's too. Whether an error leaves it open if the message was taken is
//! [`SendError::outcome_is_unknown`].

mod address;
mod client;
mod error;
mod message;

pub use address::Address;
pub use client::{Client, Login, Security, Server};
pub use error::{SendError, Stage};
pub use message::Message;
