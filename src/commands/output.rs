//! Lines for whoever gave the command.

use std::error::Error;
use std::fmt::Display;
use std::io::{self, Write};

/// One line on standard output, at once. A reader that has left (`| head`) is no failure.
pub(super) fn say(line: impl Display) {
    let mut out = io::stdout().lock();
    let _ = writeln!(out, "{line}").and_then(|()| out.flush());
}

/// One sentence on standard error: the failure and its causes, each said once.
pub(super) fn complain(error: &dyn Error) {
    let mut sentence = error.to_string();
    let mut cause = error.source();
    while let Some(next) = cause {
        let words = next.to_string();
        // The database's errors say their cause themselves.
        if !sentence.ends_with(&words) {
            sentence.push_str(": ");
            sentence.push_str(&words);
        }
        cause = next.source();
    }
    let _ = writeln!(io::stderr(), "voxanne: {sentence}");
}
