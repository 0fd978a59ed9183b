//! `voxanne assistant show`: what to paste into the voice platform. `docs/vapi.md` explains where.

use clap::Subcommand;
use serde_json::{Value, json};
use voxanne_vapi::provisioning::default_server_messages;

use super::CommandError;
use super::failure::Doing as _;
use super::org::{known, org_id};
use super::output::say;
use super::start::{self, How, Started};
use crate::platform::app::App;
use crate::platform::ids::OrgId;
use crate::scheduling;
use crate::tools::definitions::{self, Clinic};

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
    let location = book.location(None).ok_or_else(|| CommandError::Refused(format!("{org} has no location")))?;
    let clinic = Clinic::at(&book, location);
    let base = Some(app.config.server.public_url.as_str()).filter(|url| !url.is_empty());
    let door_url = format!("{}/api/webhooks/vapi/{}", base.unwrap_or("https://YOUR-SERVER"), show.door);
    if show.json {
        say(sheet(&clinic, &door_url, show.credential.as_deref()));
        return Ok(());
    }
    print_for_people(&clinic, &door_url, show.credential.as_deref());
    if base.is_none() {
        say("\n(server.url has a placeholder: set server.public_url (BACKEND_URL) to your https address.)");
    }
    Ok(())
}

fn sheet(clinic: &Clinic, door_url: &str, credential: Option<&str>) -> Value {
    let server = definitions::server(door_url, credential);
    json!({
        "credential": credential_body(clinic),
        "tools": definitions::tools(clinic, &server),
        "assistant": {
            "name": format!("{} receptionist", clinic.name).chars().take(40).collect::<String>(),
            "firstMessage": definitions::first_message(clinic),
            "firstMessageMode": "assistant-speaks-first",
            "model": definitions::model(clinic, Vec::new()),
            "server": server,
            "serverMessages": default_server_messages(),
        },
    })
}

/// The secret arrives in `x-vapi-secret`, in clear over TLS.
fn credential_body(clinic: &Clinic) -> Value {
    json!({
        "provider": "custom-credential",
        "name": format!("{} voice door", clinic.name).chars().take(40).collect::<String>(),
        "authenticationPlan": {
            "type": "bearer",
            "token": "YOUR-WEBHOOK-SECRET",
            "headerName": "X-Vapi-Secret",
            "bearerPrefixEnabled": false,
        },
    })
}

fn print_for_people(clinic: &Clinic, door_url: &str, credential: Option<&str>) {
    let sheet = sheet(clinic, door_url, credential);
    let assistant = &sheet["assistant"];
    let section = |title: &str, value: &Value| {
        say(format_args!("\n=== {title}\n"));
        match value {
            Value::String(text) => say(text),
            other => say(format_args!("{other:#}")),
        }
    };
    section("1. Credential (the secret: voxanne admin secret add)", &sheet["credential"]);
    for tool in sheet["tools"].as_array().into_iter().flatten() {
        let name = tool["function"]["name"].as_str().unwrap_or_default();
        section(&format!("2. Tool {name}"), tool);
    }
    section("3. Assistant: first message", &assistant["firstMessage"]);
    section("4. Assistant: system prompt", &assistant["model"]["messages"][0]["content"]);
    section("5. Assistant: server", &assistant["server"]);
    section("6. Assistant: server messages", &assistant["serverMessages"]);
}
