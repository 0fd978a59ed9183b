//! The proof obligations of the ledger: nobody is ever in two places, whoever writes at the same time.
//!
//! [`spec`] says what each operation means, in cells of a quarter of an hour and without a database. [`writer`] does the
//! same through the shipped `app_ctx.open_ledger` and the shipped statement that reserves. [`model`] compares the two
//! after every step of random sequences. [`histories`] lets many clients at once write random operations and looks for
//! a legal order of what they were told ([`checker`]). [`red`] breaks one thing at a time, on a copy of its own, and
//! must be caught by the same suite.

mod checker;
mod clinic;
mod decision;
mod histories;
mod model;
mod opening;
mod red;
mod spec;
mod workload;
mod writer;
mod written;
