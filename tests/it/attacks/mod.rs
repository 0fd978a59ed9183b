//! What somebody tries who means no good: a stranger, a viewer of one clinic, a key that may do one thing, and whoever has something
//! written down that staff will look at.

mod bulk;
mod connections;
mod failures;
mod markup;
mod money;
mod neighbours;
mod paths;
mod payloads;
mod rights;
mod statements;
mod strangers;
mod watching;
