//! The program: one role for each subcommand.

use std::process::ExitCode;

use clap::Parser;
use voxanne::commands::{self, Command};

/// The server behind an AI voice receptionist for MedSpa clinics.
#[derive(Debug, Parser)]
#[command(name = "voxanne", version, arg_required_else_help = true, infer_subcommands = true)]
struct Line {
    #[command(subcommand)]
    command: Command,
}

fn main() -> ExitCode {
    let line = Line::parse();
    commands::run(line.command)
}
