//! The wire of the Vapi voice platform: what it sends, what it expects back, how it signs.
//!
//! **Invariant.** Nothing here knows a clinic, a database or a clock; `now` is an argument.
//! **Invariant.** No type's `Debug` shows a secret, a whole phone number, a word of a caller or the raw body.
//!
//! Deliberately absent: which org a message belongs to. [`CallRef`] carries what the platform said; nothing in it is
//! taken from tool arguments or metadata, which the model can influence.

pub mod answer;
pub mod auth;
mod hmac;
mod json;
mod kind;
pub mod management;
mod message;
mod parse;
pub mod provisioning;
pub mod redact;
mod report;
mod sentiment;
mod tool_calls;

pub use kind::Kind;
pub use message::{BadArguments, CallRef, Event, Message, Report, Role, ToolCall, Transcript, Turn};
pub use parse::{ParseError, parse};
pub use sentiment::Sentiment;
