//! `voxanne assistant show`: what to paste into the voice platform. `docs/vapi.md` explains where.

use clap::Subcommand;
use serde::Serialize;

use super::CommandError;
use super::failure::Doing as _;
use super::org::{known, org_id};
use super::output::say;
use super::start::{self, How, Started};
use crate::platform::app::App;
use crate::platform::ids::OrgId;
use crate::scheduling;
use crate::tools::definitions::Clinic;
use crate::tools::sheet::{Sheet, sheet};

/// What to do with the assistant.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Print tool definitions, system prompt and server settings
    Show(Show),
}

#[derive(Debug, clap::Args)]
struct Show {
    /// Whose
    #[arg(long, value_parser = org_id)]
    org: OrgId,
    /// The token of the org's door, as `admin door add` printed it (the server keeps only a digest)
    #[arg(long, default_value = "YOUR-DOOR-TOKEN")]
    door: String,
    /// The platform's id of the credential that holds the secret
    #[arg(long)]
    credential: Option<String>,
    /// One JSON object
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(args: Args) -> Result<(), CommandError> {
    let Action::Show(show) = args.action;
    let started = Started::begin(start::config()?, How::to_look()).await?;
    let done = print(&started.app, &show).await;
    started.end().await;
    done
}

async fn print(app: &App, show: &Show) -> Result<(), CommandError> {
    let org = known(app, show.org).await?;
    let book = scheduling::rule_book(app, org, None).await.doing("read the clinic's rules")?;
    let location =
        book.location(None).ok_or_else(|| CommandError::Refused(format!("{org} has no location")))?;
    let clinic = Clinic::at(&book, location);
    let base = Some(app.config.server.public_url.as_str()).filter(|url| !url.is_empty());
    let door_url = format!("{}/api/webhooks/vapi/{}", base.unwrap_or("https://YOUR-SERVER"), show.door);
    let sheet = sheet(&clinic, &door_url, show.credential.as_deref());
    if show.json {
        say(serde_json::to_string(&sheet).doing("write JSON")?);
        return Ok(());
    }
    print_for_people(&sheet)?;
    if base.is_none() {
        say("\n(server.url has a placeholder: set server.public_url (BACKEND_URL) to your https address.)");
    }
    Ok(())
}

fn print_for_people(sheet: &Sheet) -> Result<(), CommandError> {
    section("1. Credential (the secret: voxanne admin secret add)", &pretty(&sheet.credential)?);
    for tool in &sheet.tools {
        section(&format!("2. Tool {}", tool.function.name), &pretty(tool)?);
    }
    if let Some(tool) = &sheet.transfer_tool {
        section(&format!("2. Tool {}", tool.function.name), &pretty(tool)?);
    }
    let assistant = &sheet.assistant;
    section("3. Assistant: first message", &assistant.first_message);
    for message in &assistant.model.messages {
        section("4. Assistant: system prompt", &message.content);
    }
    section("5. Assistant: server", &pretty(&assistant.server)?);
    section("6. Assistant: server messages", &pretty(&assistant.server_messages)?);
    Ok(())
}

fn section(title: &str, text: &str) {
    say(format_args!("\n=== {title}\n\n{text}"));
}

fn pretty(value: &impl Serialize) -> Result<String, CommandError> {
    serde_json::to_string_pretty(value).doing("write JSON")
}
