//! `voxanne call`: simulated callers ring a running demo through the same HTTP door as the voice platform, and text it
//! through the one of the texts' provider.

use std::path::PathBuf;

use clap::ValueEnum as _;

use super::CommandError;
use super::demo_file::DemoFile;
use super::output::say;
use super::start;
use super::stories::{self, Stage, Story};
use crate::phone::Phone;

/// Who rings where.
#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Args {
    #[command(subcommand)]
    instead: Option<Instead>,
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

/// What else somebody can do with a phone.
#[derive(Debug, clap::Subcommand)]
enum Instead {
    /// Text the demo's first clinic and see what it answers
    Text {
        /// Who writes, E.164
        #[arg(long)]
        from: String,
        /// What
        body: String,
        /// The demo's directory, if it is not the usual one
        #[arg(long)]
        data_dir: Option<PathBuf>,
    },
}

pub(super) async fn run(args: Args) -> Result<(), CommandError> {
    if let Some(Instead::Text { from, body, data_dir }) = args.instead {
        return text(&from, &body, data_dir).await;
    }
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

async fn text(from: &str, body: &str, data_dir: Option<PathBuf>) -> Result<(), CommandError> {
    let from = Phone::parse_e164(from)
        .map_err(|_not_one| CommandError::Usage("--from takes a number like +13105550142".into()))?;
    let stage = found(data_dir)?;
    let said = match &stage.texting {
        Some(texting) => texting.says(from.as_str(), body).await,
        None => Ok(()),
    };
    stage.close().await;
    said
}

fn found(data_dir: Option<PathBuf>) -> Result<Stage, CommandError> {
    let dir = DemoFile::dir(data_dir, &start::config()?)?;
    let demo = DemoFile::read(&dir).ok_or_else(|| {
        CommandError::Refused(format!(
            "no demo has run in {}: start `voxanne demo` first, or name its directory in --data-dir",
            dir.display()
        ))
    })?;
    Stage::of_demo(&demo, None)
}
