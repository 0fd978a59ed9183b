//! Lines for whoever gave the command.

use std::error::Error;
use std::fmt::Display;
use std::io::{self, Write};

use crate::platform::telemetry::chain;

/// One line on standard output, at once. A reader that has left (`| head`) is no failure.
pub(super) fn say(line: impl Display) {
    let mut out = io::stdout().lock();
    let _ = writeln!(out, "{line}").and_then(|()| out.flush());
}

/// One sentence on standard error.
pub(super) fn complain(error: &dyn Error) {
    let _ = writeln!(io::stderr(), "voxanne: {}", chain(error));
}
