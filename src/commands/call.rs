//! `voxanne call`: simulated callers ring a running demo through the same HTTP door as the voice platform.

use std::path::PathBuf;

use clap::ValueEnum as _;

use super::CommandError;
use super::demo_file::DemoFile;
use super::output::say;
use super::start;
use super::stories::{self, Stage, Story};

/// Who rings where.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Which stories; all of them unless given
    #[arg(value_enum)]
    stories: Vec<Story>,
    /// List the stories
    #[arg(long)]
    list: bool,
    /// The demo's directory, if it is not the usual one
    #[arg(long, conflicts_with_all = ["url", "secret"])]
    data_dir: Option<PathBuf>,
    /// A webhook address of another server (what it keeps cannot be shown then)
    #[arg(long, requires = "secret")]
    url: Option<String>,
    /// What to send in x-vapi-secret
    #[arg(long, requires = "url", env = "VOXANNE_CALL_SECRET", hide_env_values = true)]
    secret: Option<String>,
    /// The clinic's time zone, with --url
    #[arg(long, default_value = "America/Los_Angeles")]
    time_zone: String,
}

pub(super) async fn run(args: Args) -> Result<(), CommandError> {
    if args.list {
        for story in Story::value_variants() {
            say(format_args!("{:<20} {}", story.name(), story.plot()));
        }
        return Ok(());
    }
    let stage = match (args.url, args.secret) {
        (Some(url), Some(secret)) => Stage::elsewhere(url, secret, &args.time_zone)?,
        _ => found(args.data_dir)?,
    };
    let chosen = if args.stories.is_empty() { Story::value_variants() } else { &args.stories };
    let told = stories::tell(&stage, chosen).await;
    stage.close().await;
    told
}

fn found(data_dir: Option<PathBuf>) -> Result<Stage, CommandError> {
    let dir = DemoFile::dir(data_dir, &start::config()?)?;
    let demo = DemoFile::read(&dir).ok_or_else(|| {
        CommandError::Refused(format!(
            "no demo has run in {}: start `voxanne demo` first, or name its directory in --data-dir",
            dir.display()
        ))
    })?;
    Stage::of_demo(&demo)
}
