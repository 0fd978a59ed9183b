//! The program's roles, one file each.
//!
//! They talk to people on standard output and log to standard error. A failure is one sentence that names what to change.
//! Exit codes: 0 done, 1 failed, 2 the command line does not make sense.

mod admin;
mod assistant;
mod call;
pub mod database;
mod demo;
mod demo_calendar;
mod demo_file;
mod demo_mail;
mod doctor;
mod failure;
mod inbox;
mod jobs;
mod left;
mod org;
mod output;
mod place;
mod roles;
mod score;
mod sealed;
mod serve;
mod start;
mod store;
mod stories;
mod texting;

use std::process::ExitCode;

use clap::Subcommand;

pub use failure::CommandError;

use failure::Doing as _;

/// What the program is asked to be or do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Answer calls: the HTTP server, with a worker in the same process
    Serve(serve::Args),
    /// Only work on background jobs, beside servers that run with --no-worker
    Work,
    /// Bring the database up to date and leave
    Migrate,
    /// Check settings, database, credentials and what was left undone
    Doctor(doctor::Args),
    /// Look after the program's own PostgreSQL
    Database(database::Args),
    /// List or replay messages of the voice platform that could not be processed
    Inbox(inbox::Args),
    /// List or replay background jobs that failed too often
    Jobs(jobs::Args),
    /// Create orgs, secrets, doors, assistants and numbers
    Admin(admin::Args),
    /// Print what to paste into the voice platform
    Assistant(assistant::Args),
    /// Play with two demo clinics, a database and vendors of its own: nothing to configure
    Demo(demo::Args),
    /// Score a transcript, or the labelled corpus, and say why
    Score(score::Args),
    /// Let simulated callers ring a running demo
    Call(call::Args),
}

/// Runs `command` and tells what to exit with.
pub fn run(command: Command) -> ExitCode {
    let done = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .doing("start the runtime")
        .and_then(|runtime| runtime.block_on(perform(command)));
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            output::complain(&error);
            error.exit_code()
        }
    }
}

async fn perform(command: Command) -> Result<(), CommandError> {
    match command {
        Command::Serve(args) => serve::serve(args).await,
        Command::Work => serve::work().await,
        Command::Migrate => database::migrate().await,
        Command::Doctor(args) => doctor::run(args).await,
        Command::Database(args) => database::run(args).await,
        Command::Inbox(args) => inbox::run(args).await,
        Command::Jobs(args) => jobs::run(args).await,
        Command::Admin(args) => admin::run(args).await,
        Command::Assistant(args) => assistant::run(args).await,
        Command::Demo(args) => demo::run(args).await,
        Command::Score(args) => score::run(&args),
        Command::Call(args) => call::run(args).await,
    }
}
