//! The first run: what a new org is guided through until a caller can book, step by step.
//!
//! **Invariant.** A step whose data is there is done, whatever was said about it before: nobody is asked for what exists.

mod decide;
mod progress;
mod step;
mod store;

pub use decide::decide;
pub use progress::{Progress, Standing, progress};
pub use step::{Decision, Step};
